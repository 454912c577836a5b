import { MANTISSA_LOSS, roundUp, shiftFor } from './octetFloat.ts';

/**
 * Bytes of the deployment seed that a key's hash begins with. Nothing new is needed of `KeyHasher` for it: a hasher of
 * its own holds the seed in `bytes[0 .. 16)`, set once; the key is written behind it (from `words[4]` on), and
 * `hash(SEED_BYTES + length)` hashes both. It costs one more 16-byte block (some 2 ns) and no copy.
 */
export const SEED_BYTES = 16;

/** Rows are taken from the four words of one hash: there are no more. */
export const MAX_ROWS = 4;
export const MAX_COLUMNS = 1 << 14;

/** Chances that the noise of a point is larger: of the middle estimate, and of the lower bound. */
const MIDDLE = 0.5;
const LOWER = 0.025;

/** What a sketch says of one key. The truth is never above `upper`; it is below `lower` in at most 2.5 % of keys. */
export interface PointEstimate {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * Count-min (G. Cormode, S. Muthukrishnan, "An improved data stream summary", 2005): how much came for a key, for any
 * key, without a list of keys. `rows` x `columns` counters; a key adds its weight to one counter of each row, and has at
 * most the least of its counters. Plain, not conservative: updates are linear, so that sums of sketches are the sketch
 * of the sum.
 *
 * The row's counter is `h[row] % columns` of the key's 128-bit hash. It must be keyed: the hash of seed and key (see
 * `SEED_BYTES`); with a public hash anybody could make keys that collide.
 *
 * Laws: merge is commutative and associative, an empty sketch is neutral, to the last bit. `total` is exact. Counts end
 * at 2^53-1. The error: with probability 1 - 2^-rows the noise is below 2 * total / columns, for any traffic; the bounds
 * given are narrower, see `estimate`.
 */
export class CountMin {
  readonly rows: number;
  readonly columns: number;
  /** Row after row; whole numbers. */
  readonly counters: Float64Array;
  /** Sum of all weights. */
  total = 0;
  /** How often counters were rounded up, at most: each time by less than 1/17 of the result, and `grain` in all. */
  rounds = 0;
  grain = 0;

  /** `rows`: 1 to 4; `columns`: a power of two up to 16,384. */
  constructor(rows: number = 4, columns: number = 2048) {
    const power = columns >= 1 && columns <= MAX_COLUMNS && (columns & (columns - 1)) === 0;
    if (!(Number.isInteger(rows) && rows >= 1 && rows <= MAX_ROWS && power)) {
      throw new RangeError(`${rows} rows of ${columns} columns`);
    }
    this.rows = rows;
    this.columns = columns;
    this.counters = new Float64Array(rows * columns);
  }

  get isEmpty(): boolean {
    return this.total === 0;
  }

  /** Adds a whole number for the key with this hash (`KeyHasher.h`). */
  addHash(h: Int32Array | Uint32Array, weight: number): void {
    const { counters, columns, rows } = this;
    const mask = columns - 1;
    for (let row = 0, begin = 0; row < rows; row++, begin += columns) counters[begin + (h[row]! & mask)]! += weight;
    this.total += weight;
  }

  /** Adds `weights[at]`: a double that is handed over may be boxed. */
  addFrom(h: Int32Array | Uint32Array, weights: Float64Array, at: number): void {
    const { counters, columns, rows } = this;
    const mask = columns - 1;
    for (let row = 0, begin = 0; row < rows; row++, begin += columns) {
      counters[begin + (h[row]! & mask)]! += weights[at]!;
    }
    this.total += weights[at]!;
  }

  /** The most that can have come for a key: always true. */
  upper(h: Int32Array | Uint32Array): number {
    let least = Number.MAX_SAFE_INTEGER;
    for (let row = 0; row < this.rows; row++) {
      least = Math.min(least, this.counters[row * this.columns + (h[row]! & (this.columns - 1))]!);
    }
    return Math.min(least, this.total);
  }

  /**
   * A key's count with bounds. What other keys add to one of its counters is spread as what stands in the row's counters
   * is: the same keys fall into each with the same chance. So the least of `rows` such noises is above x with the chance
   * (share of counters above x) ^ rows. `estimate` takes away the noise that is exceeded in half of the cases, `lower`
   * that which is exceeded in 2.5 %, and what rounding can have added. Sorts all counters; see `estimator` for many keys.
   */
  estimate(h: Int32Array | Uint32Array): PointEstimate {
    return this.estimator()(h);
  }

  /** `estimate` for many keys of a sketch that does not change in between: the sorting is done once. */
  estimator(): (h: Int32Array | Uint32Array) => PointEstimate {
    const sorted = this.counters.slice().sort();
    const noise = (chance: number): number => {
      const above = Math.floor(chance ** (1 / this.rows) * sorted.length);
      return sorted[Math.max(0, sorted.length - 1 - above)]!;
    };
    const [middle, most] = [noise(MIDDLE), noise(LOWER)];
    const kept = (1 - MANTISSA_LOSS) ** this.rounds;
    return (h) => {
      const upper = this.upper(h);
      const lower = Math.max(0, Math.floor(upper * kept - this.grain - most));
      // Rounding adds half of its most on average.
      const rounded = (upper * (1 + kept)) / 2 - this.grain / 2;
      return { estimate: Math.max(lower, Math.round(rounded - middle)), lower, upper };
    };
  }

  /** Takes in `other`, which is left as it is. Both have the same shape (and were fed with the same seed). */
  merge(other: CountMin): void {
    const { counters } = this;
    if (other.rows !== this.rows || other.columns !== this.columns) {
      throw new RangeError(`${other.rows} x ${other.columns} merged into ${this.rows} x ${this.columns}`);
    }
    const more = other.counters;
    for (let i = 0; i < counters.length; i++) {
      counters[i] = Math.min(counters[i]! + more[i]!, Number.MAX_SAFE_INTEGER);
    }
    this.total = Math.min(this.total + other.total, Number.MAX_SAFE_INTEGER);
    this.rounds = Math.max(this.rounds, other.rounds);
    this.grain = Math.min(this.grain + other.grain, Number.MAX_SAFE_INTEGER);
  }

  /**
   * Rounds every counter up to what fits in a byte (`octetFloat.ts`), before it is sent: `upper` stays true, at most 1/16
   * higher. Nothing changes when they fit already.
   */
  quantize(): void {
    const { counters } = this;
    let greatest = 0;
    for (let i = 0; i < counters.length; i++) greatest = Math.max(greatest, counters[i]!);
    const shift = shiftFor(greatest);
    let changed = false;
    for (let i = 0; i < counters.length; i++) {
      const value = Math.min(roundUp(counters[i]!, shift), Number.MAX_SAFE_INTEGER);
      if (value !== counters[i]!) changed = true;
      counters[i] = value;
    }
    if (!changed) return;
    this.rounds++;
    this.grain = Math.min(this.grain + 2 ** shift - 1, Number.MAX_SAFE_INTEGER);
  }

  /** Empty again, with the memory that it has. */
  reset(): void {
    this.counters.fill(0);
    this.total = 0;
    this.rounds = 0;
    this.grain = 0;
  }

  copy(): CountMin {
    const copy = new CountMin(this.rows, this.columns);
    copy.counters.set(this.counters);
    copy.total = this.total;
    copy.rounds = this.rounds;
    copy.grain = this.grain;
    return copy;
  }
}
