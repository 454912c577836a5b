import { expect, test } from 'vitest';
import { FlowSample } from '../../../core/sketch/sample/flowSample.ts';
import { kinds } from '../../../core/summary/kinds.ts';
import { encodeSection } from '../../../core/summary/section.ts';
import { Random } from '../../../test/captures/random.ts';
import type { FoldItem } from './fold.ts';
import { createSampleFold } from './sampleFold.ts';

type Flow = readonly [high: number, low: number, octets: number];

/** Flows of Pareto sizes, with the hashes that their keys would have. */
function flows(random: Random, count: number): Flow[] {
  return Array.from({ length: count }, () => [
    random.below(2 ** 31) * 2,
    random.below(2 ** 31) * 2,
    Math.floor(100 / (random.real() + 1e-6) ** 0.8),
  ]);
}

function item(tap: number, range: number, seen: readonly Flow[], windowSeconds = 10, seedByte = 1): FoldItem {
  const sample = new FlowSample(256);
  for (const [high, low, octets] of seen) sample.add(high, low, octets);
  const seed = new Uint8Array(8).fill(seedByte);
  const section = encodeSection(kinds.flowSample, [windowSeconds, 256], sample, seed);
  return { tap, range, start: range * 10, seconds: 10, section };
}

const sum = (list: readonly Flow[]): number => list.reduce((total, [, , octets]) => total + octets, 0);

test('what two taps both saw counts once, within the bound, and the overlap is what both saw', () => {
  const random = new Random(3);
  const fold = createSampleFold({ fold: 'sample', sides: [0, 1] });
  let [truth, shared, plain] = [0, 0, 0];
  for (let range = 0; range < 8; range++) {
    const [own0, own1, both] = [flows(random, 2000), flows(random, 2000), flows(random, 1500)];
    fold.take(item(0, range, [...own0, ...both]));
    fold.take(item(1, range, [...own1, ...both]));
    truth += sum(own0) + sum(own1) + sum(both);
    shared += sum(both);
    plain += sum(own0) + sum(own1) + 2 * sum(both);
  }
  const { union, overlap, sides, compared, others, leftOut } = fold.finish();
  expect({ compared, others, leftOut }).toEqual({ compared: [0, 1], others: [], leftOut: 0 });
  expect(union.lower).toBeLessThanOrEqual(truth);
  expect(union.upper).toBeGreaterThanOrEqual(truth);
  // Eight ranges: 12.5 % / sqrt(8), a little more where they are of unequal size.
  expect((union.upper - union.lower) / 2 / truth).toBeLessThan(0.07);
  expect(plain).toBeGreaterThan(union.upper);
  expect(overlap.lower).toBeLessThanOrEqual(shared);
  expect(overlap.upper).toBeGreaterThanOrEqual(shared);
  expect(sides[0].upper).toBeLessThan(plain);
});

test('few flows are exact, and windows of one range and tap add', () => {
  const random = new Random(4);
  const [one, other] = [flows(random, 50), flows(random, 40)];
  const fold = createSampleFold({ fold: 'sample', sides: [] });
  fold.take(item(0, 0, one));
  fold.take(item(0, 0, other));
  fold.take(item(1, 0, one));
  const { union } = fold.finish();
  expect(union).toEqual({
    estimate: sum(one) + sum(other),
    lower: sum(one) + sum(other),
    upper: sum(one) + sum(other),
    exact: true,
  });
});

test('samples of other windows or another seed are not compared, and said so', () => {
  const random = new Random(5);
  const seen = flows(random, 20);
  const fold = createSampleFold({ fold: 'sample', sides: [] });
  fold.take(item(0, 0, [...seen, ...flows(random, 20)]));
  fold.take(item(1, 0, seen, 5));
  fold.take(item(2, 0, seen, 10, 9));
  const damaged = item(3, 0, seen);
  fold.take({ ...damaged, section: { ...damaged.section, body: damaged.section.body.subarray(0, 9) } });
  const { compared, others, leftOut } = fold.finish();
  expect(compared).toEqual([0]);
  expect(others).toEqual([
    { tap: 1, why: 'windows of 5 s' },
    { tap: 2, why: 'another seed' },
  ]);
  expect(leftOut).toBe(1);
});

test('of nothing there is nothing', () => {
  const { union, overlap, compared } = createSampleFold({ fold: 'sample', sides: [0, 1] }).finish();
  expect([union.estimate, overlap.estimate, compared]).toEqual([0, 0, []]);
});
