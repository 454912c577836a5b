import { expect, test } from 'vitest';
import { KeyHasher } from '../hash/keyHasher.ts';
import { encodeHll } from '../hll/hllCodec.ts';
import { Refusal } from '../refusal.ts';
import { Distinct } from './distinct.ts';
import { decodeDistinct, encodeDistinct } from './distinctCodec.ts';

const hasher = new KeyHasher();

function counted(from: number, to: number, exact = true): Distinct {
  const distinct = new Distinct(exact);
  for (let i = from; i < to; i++) {
    hasher.words[0] = i;
    hasher.hash(4);
    distinct.addHash(hasher.h);
    distinct.addHash(hasher.h);
  }
  return distinct;
}

const exactly = (n: number) => ({ estimate: n, lower: n, upper: n, exact: true });

test('exact up to 4,096 items, an estimate from there', () => {
  for (const n of [0, 1, 100, 4096]) expect(counted(0, n).estimate()).toEqual(exactly(n));
  const { estimate, lower, upper, exact } = counted(0, 4097).estimate();
  expect(exact).toBe(false);
  expect(lower).toBeLessThanOrEqual(4097);
  expect(upper).toBeGreaterThanOrEqual(4097);
  expect(lower < estimate && estimate < upper).toBe(true);
  expect(counted(0, 10, false).estimate()).toMatchObject({ estimate: 10, exact: false });
});

test('a union is exact when both are and it fits', () => {
  const union = (...parts: readonly Distinct[]): Distinct => {
    const into = new Distinct(true);
    for (const part of parts) into.merge(part);
    return into;
  };
  expect(union(counted(0, 3000), counted(1000, 4096)).estimate()).toEqual(exactly(4096));
  expect(union(counted(0, 3000), counted(1000, 4097)).estimate().exact).toBe(false);
  expect(union(counted(0, 30), counted(1000, 1001, false)).estimate().exact).toBe(false);
  const whole = union(counted(0, 3000), counted(1000, 4000));
  expect(encodeHll(union(counted(1000, 4000), counted(0, 3000)).hll)).toEqual(encodeHll(whole.hll));
  const inexact = new Distinct(false);
  inexact.merge(counted(0, 7));
  expect(inexact.estimate()).toEqual(exactly(7));
  const neutral = counted(0, 9);
  neutral.merge(new Distinct(false));
  expect(neutral.estimate()).toEqual(exactly(9));
});

test('the hash of zeros is an item like any other', () => {
  const distinct = new Distinct(true);
  distinct.addHash(new Int32Array(4));
  distinct.addHash(new Int32Array(4));
  expect(distinct.estimate()).toEqual(exactly(1));
});

test('what was written is read, with and without the set', () => {
  for (const distinct of [counted(0, 0), counted(0, 5), counted(0, 4096), counted(0, 5000), counted(0, 50, false)]) {
    const bytes = encodeDistinct(distinct);
    const again = decodeDistinct(bytes, 12);
    if (again instanceof Refusal) throw new Error(again.toString());
    expect(again.estimate()).toEqual(distinct.estimate());
    expect(encodeDistinct(again)).toEqual(bytes);
    expect(encodeDistinct(distinct.copy())).toEqual(bytes);
    expect(decodeDistinct(bytes, 11)).toBeInstanceOf(Refusal);
    expect(decodeDistinct(bytes.subarray(0, -1), 12)).toBeInstanceOf(Refusal);
  }
  expect(decodeDistinct(new Uint8Array([0xff, 0xff, 0x7f]), 12)).toBeInstanceOf(Refusal);
  const twice = new Uint8Array(1 + 32 + 8).fill(0);
  twice[0] = 3;
  expect(decodeDistinct(twice, 12)).toMatchObject({ reason: 'an item twice' });
});
