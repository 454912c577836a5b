import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyHasher } from '../hash/keyHasher.ts';
import { Refusal } from '../refusal.ts';
import { FlowSample } from './flowSample.ts';
import { decodeFlowSample, encodeFlowSample } from './flowSampleCodec.ts';
import { overlap } from './overlap.ts';
import { select, uniform } from './sampleTable.ts';

const hasher = new KeyHasher();

type Item = readonly [key: number, octets: number];

function add(sample: FlowSample, key: number, octets: number, seed = 0): void {
  hasher.words[0] = key;
  hasher.words[1] = seed;
  hasher.hash(8);
  sample.add(hasher.h[1]!, hasher.h[0]!, octets);
}

function sampled(items: readonly Item[], k = 16, seed = 0): FlowSample {
  const sample = new FlowSample(k);
  for (const [key, octets] of items) add(sample, key, octets, seed);
  return sample;
}

function decoded(bytes: Uint8Array, k: number): FlowSample {
  const sample = decodeFlowSample(bytes, k);
  if (sample instanceof Refusal) throw new Error(sample.toString());
  return sample;
}

/** A stream of numbers in (0, 1) that is the same each time. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (((z ^ (z >>> 16)) >>> 0) + 0.5) / 2 ** 32;
  };
}

/** Pareto sizes, alpha 1.1, from 60 octets to 1 GB. */
function pareto(count: number, seed: number, from = 0): Item[] {
  const next = numbers(seed);
  return Array.from(
    { length: count },
    (_, i) => [from + i, Math.min(1e9, Math.ceil(60 * next() ** (-1 / 1.1)))] as const,
  );
}

const sumOf = (items: readonly Item[]): number => items.reduce((sum, [, octets]) => sum + octets, 0);

/** Items with different keys, whatever they are: keys of group `g` are g modulo 3. */
const items = (group: number): fc.Arbitrary<Item[]> =>
  fc.uniqueArray(
    fc.tuple(
      fc.nat(200).map((n) => 3 * n + group),
      fc.integer({ min: 0, max: 100_000 }),
    ),
    { selector: ([key]) => key, maxLength: 80, size: 'max' },
  );

const merged = (way: 'join' | 'dedup', k: number, ...parts: readonly FlowSample[]): FlowSample => {
  const into = new FlowSample(k);
  for (const part of parts) into[way](part);
  return into;
};

test('selection is what sorting says', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { minLength: 1 }), fc.nat(), (values, n) => {
      const at = n % values.length;
      expect(select(Float64Array.from(values), values.length, at)).toBe(values.toSorted((a, b) => a - b)[at]);
    }),
  );
  expect(uniform(0, 0)).toBeGreaterThan(0);
  expect(uniform(-1, -1)).toBeLessThanOrEqual(1);
});

test('it holds the k least ranks and the one above them, in whatever order items come', () => {
  fc.assert(
    fc.property(items(0), items(1), (a, b) => {
      const all = [...a, ...b].filter(([, octets]) => octets > 0);
      const sample = sampled(all);
      const ranks = all.map(([key, octets]) => {
        hasher.words[0] = key;
        hasher.words[1] = 0;
        hasher.hash(8);
        return uniform(hasher.h[1]!, hasher.h[0]!) / octets;
      });
      ranks.sort((x, y) => x - y);
      expect(sample.count).toBe(Math.min(16, all.length));
      expect(sample.threshold).toBe(ranks[16] ?? Number.POSITIVE_INFINITY);
      expect(encodeFlowSample(sampled(all.toReversed()))).toEqual(encodeFlowSample(sample));
      if (all.length <= 16) expect(sample.total()).toEqual({ octets: sumOf(all), bound: 0 });
    }),
  );
});

test('join: of different items the sample of all of them, in any order and grouping', () => {
  fc.assert(
    fc.property(items(0), items(1), items(2), (a, b, c) => {
      const [x, y, z] = [sampled(a), sampled(b), sampled(c)];
      const bytes = encodeFlowSample(sampled([...a, ...b, ...c]));
      expect(encodeFlowSample(merged('join', 16, x, y, z))).toEqual(bytes);
      expect(encodeFlowSample(merged('join', 16, z, x, y))).toEqual(bytes);
      expect(encodeFlowSample(merged('join', 16, x, merged('join', 16, y, z)))).toEqual(bytes);
      expect(encodeFlowSample(merged('join', 16, x))).toEqual(encodeFlowSample(x));
      expect(encodeFlowSample(decoded(bytes, 16))).toEqual(bytes);
      // Equal items add; exactly, while nothing was left out.
      const all = [...a, ...b];
      expect(merged('join', 500, sampled(all, 500), sampled(a, 500)).total().octets).toBe(sumOf(all) + sumOf(a));
    }),
  );
});

test('dedup: the sample of the greatest, in any order and grouping, and twice is once', () => {
  fc.assert(
    fc.property(items(0), items(0), items(0), (a, b, c) => {
      const greatest = new Map<number, number>();
      for (const [key, octets] of [...a, ...b, ...c]) greatest.set(key, Math.max(octets, greatest.get(key) ?? 0));
      const [x, y, z] = [sampled(a), sampled(b), sampled(c)];
      const whole = merged('dedup', 16, x, y, z);
      const bytes = encodeFlowSample(whole);
      expect(encodeFlowSample(merged('dedup', 16, z, y, x))).toEqual(bytes);
      expect(encodeFlowSample(merged('dedup', 16, x, merged('dedup', 16, y, z)))).toEqual(bytes);
      expect(encodeFlowSample(merged('dedup', 16, whole, whole, y))).toEqual(bytes);
      const { high, low, octets } = whole.items();
      const truth = sampled([...greatest], 1000);
      for (const [i, value] of octets.entries()) expect(value).toBe(truth.octetsOf(high[i]!, low[i]!));
    }),
  );
});

test('totals of heavy-tailed flows are within the bound, and unbiased', () => {
  const flows = pareto(5000, 1);
  const truth = sumOf(flows);
  let [sum, outside] = [0, 0];
  for (let seed = 0; seed < 60; seed++) {
    const { octets, bound } = sampled(flows, 256, seed).total();
    expect(bound).toBeCloseTo(2 / Math.sqrt(255), 10);
    if (Math.abs(octets / truth - 1) > bound) outside++;
    sum += octets / truth - 1;
  }
  expect(outside).toBeLessThanOrEqual(3);
  expect(Math.abs(sum / 60)).toBeLessThan(0.02);
});

test('two sites, 30 % of flows at both, 2 % of packets lost at one: counted once, and the overlap within its bounds', () => {
  const flows = pareto(5000, 9);
  const common = 1500;
  const a = flows.filter(([key]) => key < common || key % 2 === 0);
  const lost = (octets: number): number => octets - Math.floor(octets * 0.02);
  const b = flows.filter(([key]) => key < common || key % 2 === 1).map(([key, octets]) => [key, lost(octets)] as const);
  const truth = sumOf(flows.map(([key, octets]) => [key, key >= common && key % 2 === 1 ? lost(octets) : octets]));
  const shared = sumOf(b.filter(([key]) => key < common));
  let [dedupOutside, overlapOutside, bias] = [0, 0, 0];
  for (let seed = 0; seed < 60; seed++) {
    const [x, y] = [sampled(a, 256, seed), sampled(b, 256, seed)];
    const once = merged('dedup', 256, x, y).total();
    if (Math.abs(once.octets / truth - 1) > once.bound) dedupOutside++;
    const { octets, lower, upper } = overlap(x, y);
    expect(overlap(y, x)).toEqual({ octets, lower, upper });
    expect(lower <= octets && octets <= upper).toBe(true);
    if (shared < lower || shared > upper) overlapOutside++;
    bias += octets / shared - 1;
  }
  expect(dedupOutside).toBeLessThanOrEqual(3);
  expect(overlapOutside).toBeLessThanOrEqual(6);
  expect(Math.abs(bias / 60)).toBeLessThan(0.04);
});

test('overlap: with equal thresholds it is A + B - dedup; none shared has 0 inside, all shared the total', () => {
  let allOutside = 0;
  for (let seed = 0; seed < 40; seed++) {
    const [a, b] = [pareto(3000, 3), pareto(3000, 4, 3000)];
    const none = overlap(sampled(a, 256, seed), sampled(b, 256, seed));
    expect([none.octets, none.lower]).toEqual([0, 0]);
    const same = sampled(a, 256, seed);
    const all = overlap(same, same.copy());
    expect(all.octets).toBe(same.total().octets);
    if (sumOf(a) < all.lower || sumOf(a) > all.upper) allOutside++;
    const [x, y] = [sampled(a, 256, seed), sampled([...a.slice(0, 2000), ...b], 256, seed)];
    const least = Math.min(x.threshold, y.threshold);
    x.lowerThreshold(least);
    y.lowerThreshold(least);
    const wide = new FlowSample(2000);
    for (const sample of [x, y]) sample.k = 2000;
    wide.dedup(x);
    wide.dedup(y);
    expect(Math.abs(overlap(x, y).octets - (x.total().octets + y.total().octets - wide.total().octets))).toBeLessThan(
      3,
    );
  }
  expect(allOutside).toBeLessThanOrEqual(3);
  const few = [pareto(20, 5), pareto(20, 5).slice(10)] as const;
  const exact = sumOf(few[1]);
  expect(overlap(sampled(few[0], 64), sampled(few[1], 64))).toEqual({ octets: exact, lower: exact, upper: exact });
});

test('an item that grows in its window counts whole unless it was cut; then it is short by less than 1/t', () => {
  const flows = pareto(4000, 6);
  const grown = new FlowSample(256);
  for (const [key, octets] of flows) {
    add(grown, key, Math.floor(octets / 2));
    add(grown, key, octets - Math.floor(octets / 2));
  }
  const whole = sampled(flows, 256);
  const { high, low, octets } = whole.items();
  let short = 0;
  for (const [i, value] of octets.entries()) short += value - grown.octetsOf(high[i]!, low[i]!);
  expect(short).toBe(0);
  expect(encodeFlowSample(grown)).toEqual(encodeFlowSample(whole));
  grown.reset();
  expect([grown.count, grown.threshold, grown.total()]).toEqual([0, Number.POSITIVE_INFINITY, { octets: 0, bound: 0 }]);
});

test('256 items are at most 2.6 KB deflated', () => {
  const bytes = encodeFlowSample(sampled(pareto(40_000, 2), 256));
  expect(deflateRawSync(bytes).length).toBeLessThan(2600);
});

test('bytes, mutated: refused by value, or the same bytes again', () => {
  const seeds = [sampled([]), sampled(pareto(10, 1)), sampled(pareto(2000, 1)), sampled([[1, 2 ** 52]])].map((sample) =>
    encodeFlowSample(sample),
  );
  const random = numbers(3);
  const next = (below: number): number => Math.floor(random() * below);
  let refused = 0;
  for (let i = 0; i < 20_000; i++) {
    const seed = seeds[next(seeds.length)]!;
    const bytes = next(4) === 0 ? seed.slice(0, next(seed.length + 1)) : seed.slice();
    for (let n = next(3); n > 0 && bytes.length > 0; n--) bytes[next(bytes.length)] = next(256);
    const sample = decodeFlowSample(bytes, 16);
    if (sample instanceof Refusal) refused++;
    else expect(encodeFlowSample(sample)).toEqual(bytes);
  }
  expect(refused).toBeGreaterThan(5000);
  expect(() => new FlowSample(1)).toThrow(RangeError);
});
