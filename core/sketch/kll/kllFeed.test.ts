import { expect, test } from 'vitest';
import { Kll } from './kll.ts';
import { decodeKll, encodeKll } from './kllCodec.ts';
import { KllFeed } from './kllFeed.ts';

/** Values 0..n-1 in an order that is none. */
function shuffled(n: number): number[] {
  const step = 7919;
  return Array.from({ length: n }, (_, i) => (i * step) % n);
}

test('a feed holds the error of the sketch: one per cent and a third of n', () => {
  for (const n of [300, 20_000, 200_003]) {
    const feed = new KllFeed(new Kll(7));
    const values = Float64Array.from(shuffled(n));
    for (let i = 0; i < n; i++) feed.updateFrom(values, i);
    const kll = feed.take();
    expect([kll.n, kll.min, kll.max]).toEqual([n, 0, n - 1]);
    for (const p of [0.01, 0.1, 0.5, 0.9, 0.99]) {
      expect(Math.abs(kll.quantile(p)! - p * n)).toBeLessThan(0.0133 * n + 1);
    }
    expect(decodeKll(encodeKll(kll))).toMatchObject({ n, min: 0, max: n - 1 });
  }
});

test('one stream gives the same bytes twice, and few values stay exact', () => {
  const bytes = [0, 1].map(() => {
    const feed = new KllFeed(new Kll(3));
    const values = Float64Array.from(shuffled(50_000));
    for (let i = 0; i < values.length; i++) feed.updateFrom(values, i);
    return encodeKll(feed.take());
  });
  expect(bytes[0]).toEqual(bytes[1]);
  const feed = new KllFeed(new Kll(3));
  const few = Float64Array.of(5, 1, 4, Number.NaN, 2, 3);
  for (let i = 0; i < few.length; i++) feed.updateFrom(few, i);
  expect([0, 0.5, 1].map((p) => feed.take().quantile(p))).toEqual([1, 3, 5]);
});
