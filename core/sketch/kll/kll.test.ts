import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Refusal } from '../refusal.ts';
import { Kll } from './kll.ts';
import { decodeKll, encodeKll } from './kllCodec.ts';

const ERROR = 0.0133;

function filled(values: Iterable<number>, seed = 0): Kll {
  const kll = new Kll(seed);
  for (const value of values) kll.update(value);
  return kll;
}

const range = (n: number, from = 1): number[] => Array.from({ length: n }, (_, i) => from + i);

function decoded(bytes: Uint8Array, item: 'float' | 'double' = 'double'): Kll {
  const kll = decodeKll(bytes, item);
  if (kll instanceof Refusal) throw new Error(kll.toString());
  return kll;
}

/** All that a sketch is, but for its seed and what lies in free room. */
const state = ({ k, minK, n, min, max, levels, items }: Kll) => ({
  facts: [k, minK, n, min, max],
  levels,
  items: items.subarray(levels[0]),
});

/** 1..n in an order that looks like none. */
function shuffled(n: number): number[] {
  const values = range(n);
  let state = 7;
  for (let i = n - 1; i > 0; i--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    [values[i], values[j]] = [values[j]!, values[i]!];
  }
  return values;
}

test('ten values give the bytes of DataSketches', () => {
  const hash = (item: 'float' | 'double'): string =>
    createHash('sha256')
      .update(encodeKll(filled(range(10)), item))
      .digest('hex');
  expect(hash('double')).toBe('824de6488ecee3962b57eabf82cc104d595f2c4cf5af335a97ef4ed757b9e8a6');
  expect(hash('float')).toBe('c6d03fe2cee4c66543635d87624afa03e0456e6739e1b9a482ff53a5b9a38688');
});

test('reference files, where they are at hand', (ctx) => {
  const folder = new URL('../../../../shared/golden/', import.meta.url);
  if (!existsSync(folder)) ctx.skip('not in CI: no folder of reference files beside the checkout');
  for (const item of ['float', 'double'] as const) {
    for (const n of [10, 1000, 100_000]) {
      const bytes = new Uint8Array(readFileSync(new URL(`kll_${item}_n${n}_java.sk`, folder)));
      const kll = decoded(bytes, item);
      expect(kll).toMatchObject({ n, min: 1, max: n });
      for (const p of [0.01, 0.1, 0.5, 0.9, 0.99]) {
        expect(Math.abs(kll.quantile(p)! / n - p)).toBeLessThan(Math.max(ERROR, 1 / n));
      }
      expect(encodeKll(kll, item)).toEqual(bytes);
    }
  }
});

test('exact while there are few', () => {
  const kll = filled([5, 1, 4, 2, 3, Number.NaN]);
  expect([0, 0.2, 0.5, 0.9, 1].map((p) => kll.quantile(p))).toEqual([1, 1, 3, 5, 5]);
  expect(kll.rank(3)).toBe(0.6);
  expect(new Kll().quantile(0.5)).toBeUndefined();
  expect(new Kll().rank(0)).toBe(0);
  expect(filled(shuffled(200)).quantile(0.5)).toBe(100);
});

test('ranks are within the stated error for long streams, sorted or not, and merged', () => {
  for (const n of [1000, 20_000, 100_000]) {
    for (const values of [range(n), range(n).toReversed(), shuffled(n)]) {
      const whole = filled(values, 3);
      const parts = [0, 1, 2].map((part) =>
        filled(values.filter((_, i) => i % 7 === part || (i % 7 > 2 && part === 1))),
      );
      const merged = new Kll();
      for (const part of parts) merged.merge(part);
      for (const kll of [whole, merged]) {
        expect(kll).toMatchObject({ n, min: 1, max: n });
        for (let p = 0.05; p < 1; p += 0.05) expect(Math.abs(kll.rank(p * n) - p)).toBeLessThan(ERROR);
        expect(kll.retained).toBeLessThan(700);
        const bytes = encodeKll(kll);
        expect(encodeKll(decoded(bytes))).toEqual(bytes);
      }
    }
  }
});

test('one stream gives the same bytes twice, and the seed decides the coins', () => {
  const bytes = (seed: number): Uint8Array => encodeKll(filled(shuffled(5000), seed));
  expect(bytes(1)).toEqual(bytes(1));
  expect(bytes(1)).not.toEqual(bytes(2));
});

test('merge: n, least and greatest whatever the order; empty is neutral; what was written is read', () => {
  const size = fc.constantFrom(0, 1, 2, 8, 199, 200, 201, 1000, 3000);
  fc.assert(
    fc.property(size, size, fc.double({ noNaN: true }), (a, b, odd) => {
      const x = filled(range(a));
      const y = filled([...range(b, 500), odd]);
      const xy = x.copy();
      xy.merge(y);
      const yx = y.copy();
      yx.merge(x);
      for (const kll of [xy, yx]) {
        expect(kll).toMatchObject({ n: a + b + 1, min: Math.min(x.n > 0 ? x.min : odd, y.min) });
        expect(kll.max).toBe(Math.max(x.n > 0 ? x.max : odd, y.max));
        let weight = 0;
        for (let level = 0; level < kll.levelCount; level++) {
          weight += (kll.levels[level + 1]! - kll.levels[level]!) * 2 ** level;
        }
        expect(weight).toBe(kll.n);
      }
      const again = decoded(encodeKll(xy));
      expect(state(again)).toEqual(state(xy));
      xy.merge(new Kll());
      expect(state(xy)).toEqual(state(again));
      const empty = new Kll();
      empty.merge(again);
      expect(encodeKll(empty)).toEqual(encodeKll(again));
    }),
  );
});

test('sketches of different k merge to the smaller one', () => {
  for (const sizes of [
    [0, 5000],
    [5000, 0],
    [3000, 5000],
  ]) {
    const [large, small] = [new Kll(0, 400), new Kll(0, 100)];
    for (const value of shuffled(sizes[0]!)) large.update(value);
    for (const value of shuffled(sizes[1]!)) small.update(value);
    for (const [into, from] of [
      [large.copy(), small],
      [small.copy(), large],
    ] as const) {
      into.merge(from);
      expect(into).toMatchObject({ k: 100, minK: 100, n: sizes[0]! + sizes[1]! });
      expect(state(decoded(encodeKll(into)))).toEqual(state(into));
      into.update(1);
    }
  }
});

test('a sketch merged with itself has each value twice', () => {
  const kll = filled(range(3000));
  kll.merge(kll);
  expect(kll.n).toBe(6000);
  expect(Math.abs(kll.quantile(0.5)! / 3000 - 0.5)).toBeLessThan(ERROR);
});

test('hostile bytes are refused, never thrown at', () => {
  const seeds = [0, 1, 5, 1000, 20_000].map((n) => encodeKll(filled(shuffled(n))));
  let refused = 0;
  let state = 1;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let i = 0; i < 20_000; i++) {
    const bytes = seeds[next(seeds.length)]!.slice(0, next(4) === 0 ? next(3000) : undefined);
    for (let n = next(4); n >= 0; n--) bytes[next(Math.min(bytes.length, next(2) ? 64 : 5000))] = next(256);
    const kll = decodeKll(bytes);
    if (kll instanceof Refusal) refused++;
    else kll.quantile(0.5);
  }
  expect(refused).toBeGreaterThan(5000);
});
