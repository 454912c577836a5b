import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Distinct } from '../../core/dnsDigest/distinct.ts';
import { RTT_BUCKETS, RttBuckets } from '../../core/dnsDigest/rttBuckets.ts';
import { addRtt, packDistinct, packRtt, unpackDistinct } from './dnsSketch.ts';

test('sketches come back as they were, sparse and dense', () => {
  for (const items of [0, 1, 50, 700, 5000]) {
    const sketch = new Distinct();
    for (let i = 0; i < items; i++) sketch.add(Math.imul(i, 0x9e3779b1) >>> 0, Math.imul(i + 1, 0x85ebca6b) >>> 0);
    const back = unpackDistinct(packDistinct(sketch));
    expect(back?.estimate).toBe(sketch.estimate);
    expect(packDistinct(back ?? new Distinct())).toEqual(packDistinct(sketch));
  }
});

test('times come back as they were, and damaged ones add nothing', () => {
  const counts = fc.dictionary(fc.nat(RTT_BUCKETS - 1).map(String), fc.integer({ min: 1, max: 2 ** 40 }));
  fc.assert(
    fc.property(counts, (some) => {
      const buckets = new RttBuckets();
      for (const [bucket, count] of Object.entries(some)) buckets.add(Number(bucket), count);
      const back = new RttBuckets();
      addRtt(back, packRtt(buckets));
      expect([...back.counts]).toEqual([...buckets.counts]);
      if (buckets.count > 0) {
        addRtt(back, packRtt(buckets).slice(0, -1).fill(255));
        addRtt(back, Uint8Array.of(RTT_BUCKETS, 1));
        addRtt(back, Uint8Array.of(3));
      }
      expect([...back.counts]).toEqual([...buckets.counts]);
    }),
  );
  expect(packRtt(undefined)).toHaveLength(0);
});
