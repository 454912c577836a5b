/** An estimate as people and programs are shown it (`outputs`: all whole numbers). */
export interface Estimate {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  /** True when items were counted in a set and nothing is estimated. */
  readonly exact: boolean;
}

/** The relative standard error that bounds are stated with: that of a merged sketch of lgK 12, whatever the sketch. */
export const STANDARD_ERROR = 0.016234;

/**
 * Number of distinct coupons -> number of distinct items, at the knots that DataSketches interpolates between. The
 * values equal n + n(n-1)/(6 * 2^26) to 1e-12; these are used because the running estimate starts from them, and bytes
 * are to be equal to the last bit.
 */
const couponKnots: readonly (readonly [number, number])[] = [
  [0, 0],
  [1, 1],
  [20, 20.000000943740261],
  [400, 400.000396371338411],
  [8000, 8000.1589294602090376],
  [160_000, 160_063.6067763759638183],
  [300_000, 300_223.7071597663452849],
  [600_000, 600_895.5933856170158833],
];

/** Distinct items behind `count` (at most 300,000) distinct coupons of 26 + 6 bits: cubic interpolation of the knots. */
export function couponEstimate(count: number): number {
  let first = 0;
  while (first < couponKnots.length - 4 && count >= couponKnots[first + 2]![0]) first++;
  const [[x0, y0], [x1, y1], [x2, y2], [x3, y3]] = couponKnots.slice(first, first + 4) as [Knot, Knot, Knot, Knot];
  const [d0, d1, d2, d3] = [count - x0, count - x1, count - x2, count - x3];
  const estimate =
    (y0 * (d1 * d2 * d3)) / ((x0 - x1) * (x0 - x2) * (x0 - x3)) +
    (y1 * (d0 * d2 * d3)) / ((x1 - x0) * (x1 - x2) * (x1 - x3)) +
    (y2 * (d0 * d1 * d3)) / ((x2 - x0) * (x2 - x1) * (x2 - x3)) +
    (y3 * (d0 * d1 * d2)) / ((x3 - x0) * (x3 - x1) * (x3 - x2));
  return Math.max(estimate, count);
}

type Knot = readonly [number, number];

/**
 * Ertl's improved raw estimator (O. Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", 2017,
 * algorithm 6) for registers with values up to 63. No bias correction tables, good at every count.
 */
export function registerEstimate(registers: Uint8Array): number {
  const counts = new Uint32Array(64);
  for (const value of registers) counts[value & 63]!++;
  const m = registers.length;
  const zeros = counts[0]!;
  if (zeros === m) return 0;
  let z = m * tau(1 - counts[63]! / m);
  for (let value = 62; value >= 1; value--) z = 0.5 * (z + counts[value]!);
  z += m * sigma(zeros / m);
  return (m * m) / (2 * Math.LN2 * z);
}

function sigma(share: number): number {
  let x = share;
  let y = 1;
  let z = x;
  for (let last = -1; z !== last;) {
    last = z;
    x *= x;
    z += x * y;
    y += y;
  }
  return z;
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let x = share;
  let y = 1;
  let z = 1 - x;
  for (let last = -1; z !== last;) {
    last = z;
    x = Math.sqrt(x);
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}

/** `value` distinct items of a sketch, with bounds at two standard errors: e / (1 + 2s) and e / (1 - 2s). */
export function withBounds(value: number, lgK: number = 12): Estimate {
  const estimate = Math.round(value);
  const two = 2 * STANDARD_ERROR * 2 ** ((12 - lgK) / 2);
  return {
    estimate,
    lower: Math.floor(estimate / (1 + two)),
    upper: Math.ceil(estimate / (1 - two)),
    exact: false,
  };
}

/** A count that is known. */
export function exactly(count: number): Estimate {
  return { estimate: count, lower: count, upper: count, exact: true };
}
