import { expect, test } from 'vitest';
import { CountMin } from '../../core/sketch/countMin/countMin.ts';
import { KeyHasher } from '../../core/sketch/hash/keyHasher.ts';
import { Kll } from '../../core/sketch/kll/kll.ts';
import { FlowSample } from '../../core/sketch/sample/flowSample.ts';
import { overlap } from '../../core/sketch/sample/overlap.ts';
import { hllOf, numbers } from './decoders.ts';

const hasher = new KeyHasher();

/** The hash of a key under a seed: what a deployment's seed decides. */
function keyed(key: number, seed: number): Int32Array {
  hasher.words[0] = seed;
  hasher.words[1] = key;
  hasher.hash(8);
  return hasher.h;
}

test('HLL at every size: the error of a merged sketch, no bias worth the name', () => {
  for (const n of [300, 500, 1000, 5000, 50_000]) {
    let [sum, squares] = [0, 0];
    const sets = 60;
    for (let set = 1; set <= sets; set++) {
      const merged = hllOf(set * 1e6, set * 1e6 + n / 2);
      merged.merge(hllOf(set * 1e6 + n / 2, set * 1e6 + n));
      const error = merged.estimate() / n - 1;
      sum += error;
      squares += error * error;
    }
    expect([n, Math.sqrt(squares / sets) < 0.0215]).toEqual([n, true]);
    expect([n, Math.abs(sum / sets) < 0.0065]).toEqual([n, true]);
  }
});

test('KLL: of 200 merged sketches of 20,000 values 99 % of ranks are within 1.33 %', () => {
  const n = 20_000;
  let [outside, all] = [0, 0];
  for (let seed = 0; seed < 200; seed++) {
    const next = numbers(seed);
    const merged = new Kll(seed);
    for (let part = 0; part < 5; part++) {
      const kll = new Kll(seed * 8 + part);
      for (let i = 0; i < n / 5; i++) kll.update(next(2 ** 30));
      merged.merge(kll);
    }
    for (let percent = 5; percent < 100; percent += 5) {
      all++;
      // Uniform values: the true rank of a value is known to 0.7 %, a half of which is the sampling of 20,000 itself.
      if (Math.abs(merged.rank((percent / 100) * 2 ** 30) - percent / 100) > 0.0133 + 0.004) outside++;
    }
  }
  expect(outside / all).toBeLessThan(0.02);
});

/** Pareto sizes; keys from 0 on. */
function pareto(count: number, tail: number, seed: number): Float64Array {
  const next = numbers(seed);
  return Float64Array.from({ length: count }, () =>
    Math.min(1e9, Math.ceil(60 * ((next(2 ** 31) + 0.5) / 2 ** 31) ** (-1 / tail))),
  );
}

const sumOf = (sizes: Float64Array, where: (key: number) => boolean): number =>
  sizes.reduce((sum, octets, key) => sum + (where(key) ? octets : 0), 0);

test.each([
  [1.05, 0],
  [1.05, 0.02],
  [1.2, 0.3],
  [1.5, 0.3],
  [2, 1],
])('flow samples, tail %f, %f of the flows at both: total, dedup and overlap hold their bounds', (tail, share) => {
  const flows = 5000;
  const sizes = pareto(flows, tail, 5);
  const common = flows * share;
  const atA = (key: number): boolean => key < common || key % 2 === 0;
  const atB = (key: number): boolean => key < common || key % 2 === 1;
  const truth = {
    a: sumOf(sizes, atA),
    all: sumOf(sizes, () => true),
    both: sumOf(sizes, (key) => key < common),
  };
  const sampleOf = (where: (key: number) => boolean, seed: number): FlowSample => {
    const sample = new FlowSample(256);
    for (let key = 0; key < flows; key++) {
      const h = keyed(key, seed);
      if (where(key)) sample.addFrom(h[1]!, h[0]!, sizes, key);
    }
    return sample;
  };
  const outside = { total: 0, dedup: 0, overlap: 0 };
  const runs = 400;
  for (let seed = 0; seed < runs; seed++) {
    const [a, b] = [sampleOf(atA, seed), sampleOf(atB, seed)];
    const total = a.total();
    if (Math.abs(total.octets / truth.a - 1) > total.bound) outside.total++;
    const shared = overlap(a, b);
    if (truth.both < shared.lower || truth.both > shared.upper) outside.overlap++;
    a.dedup(b);
    const once = a.total();
    if (Math.abs(once.octets / truth.all - 1) > once.bound) outside.dedup++;
  }
  expect(outside.total / runs).toBeLessThanOrEqual(0.06);
  expect(outside.dedup / runs).toBeLessThanOrEqual(0.06);
  expect(outside.overlap / runs).toBeLessThanOrEqual(0.09);
});

test.each([
  [0.8, 22_000],
  [1, 22_000],
  [1, 500],
  [1.5, 60_000],
])('count-min, Zipf %f over %i keys: lower bounds fail for at most 3 % of keys, upper ones never', (power, keys) => {
  const octets = Float64Array.from({ length: keys }, (_, i) => Math.ceil(1e9 / (i + 1) ** power));
  let [below, all] = [0, 0];
  for (let seed = 0; seed < 5; seed++) {
    const parts = [new CountMin(), new CountMin()] as const;
    for (let key = 0; key < keys; key++) parts[key % 2]!.addFrom(keyed(key, seed), octets, key);
    for (const part of parts) part.quantize();
    const [sketch, other] = parts;
    sketch.merge(other);
    const estimate = sketch.estimator();
    for (let key = 0; key < keys; key += 7) {
      const point = estimate(keyed(key, seed));
      all++;
      if (point.lower > octets[key]!) below++;
      expect(point.upper).toBeGreaterThanOrEqual(octets[key]!);
    }
  }
  expect(below / all).toBeLessThan(0.03);
});
