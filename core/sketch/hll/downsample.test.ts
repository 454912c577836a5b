import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyHasher } from '../hash/keyHasher.ts';
import { downsample } from './downsample.ts';
import { Hll } from './hll.ts';
import { encodeHll } from './hllCodec.ts';

const hasher = new KeyHasher();

function counted(from: number, to: number, lgK: number): Hll {
  const hll = new Hll(lgK);
  for (let i = from; i < to; i++) {
    hasher.words[0] = i;
    hasher.words[1] = 0;
    hasher.hash(8);
    hll.addHash(hasher.h[0]!, hasher.h[2]!, hasher.h[3]!);
  }
  return hll;
}

const registers = (hll: Hll): Uint8Array => hll.toRegisterArray().slice();

test('a smaller sketch of a sketch is the one that was made small, in every mode', () => {
  const size = fc.constantFrom(0, 1, 7, 8, 40, 100, 300, 700, 3000);
  const lgKs = fc.integer({ min: 4, max: 14 });
  fc.assert(
    fc.property(size, size, lgKs, lgKs, (a, b, one, other) => {
      const least = Math.min(one, other);
      const x = counted(0, a, one);
      const y = counted(a / 2, a / 2 + b, other);
      const before = encodeHll(x);
      expect(registers(downsample(x, least))).toEqual(registers(counted(0, a, least)));
      expect(downsample(x, 14).lgK).toBe(x.lgK);
      // Union first or small first: the same registers.
      const union = downsample(x, least);
      union.merge(downsample(y, least));
      const direct = counted(0, a, least);
      direct.merge(counted(a / 2, a / 2 + b, least));
      expect(registers(union)).toEqual(registers(direct));
      expect(encodeHll(x)).toEqual(before);
    }),
    { numRuns: 60 },
  );
});

test('the running estimate stays with the items it was made of', () => {
  const hll = counted(0, 5000, 12);
  const smaller = downsample(hll, 10);
  expect([smaller.hip, smaller.outOfOrder, smaller.lgK]).toEqual([hll.hip, false, 10]);
  hll.setOutOfOrder();
  expect(downsample(hll, 10)).toMatchObject({ hip: 0, outOfOrder: true });
  expect(Math.abs(smaller.estimate() / 5000 - 1)).toBeLessThan(0.1);
});
