import { expect, test } from 'vitest';
import { encodeFrequent } from '../frequent/frequentCodec.ts';
import { FrequentItems } from '../frequent/frequentItems.ts';
import { Hll } from '../hll/hll.ts';
import { encodeHll } from '../hll/hllCodec.ts';
import { Kll } from '../kll/kll.ts';
import { encodeKll } from '../kll/kllCodec.ts';
import { Refusal } from '../refusal.ts';
import { type AnySketch, decodeAny, encodeAny, uniteAll } from './anySketch.ts';

function read(bytes: Uint8Array): AnySketch {
  const sketch = decodeAny(bytes);
  if (sketch instanceof Refusal) throw new Error(sketch.toString());
  return sketch;
}

function frequent(...items: readonly (string | bigint)[]): Uint8Array {
  const sketch = new FrequentItems(typeof items[0] === 'bigint' ? 'long' : 'string', 5);
  for (const item of items) sketch.update(item, 3);
  return encodeFrequent(sketch);
}

function kll(n: number, item: 'float' | 'double'): Uint8Array {
  const sketch = new Kll();
  for (let i = 1; i <= n; i++) sketch.update(i);
  return encodeKll(sketch, item);
}

test('what a sketch is of is told by its bytes', () => {
  for (const item of ['float', 'double'] as const) {
    for (const n of [1, 2, 10, 1000]) {
      const bytes = kll(n, item);
      expect(read(bytes)).toMatchObject({ family: 'kll', items: item, sketch: { n, max: n } });
      expect(encodeAny(read(bytes))).toEqual(bytes);
    }
  }
  for (const [bytes, items] of [
    [frequent('a', 'bb'), 'string'],
    // Four bytes each: as long as integers would be.
    [frequent('oslo', 'lima'), 'string'],
    [frequent(4n), 'long'],
    [frequent(4n, 260n, -1n), 'long'],
  ] as const) {
    expect(read(bytes)).toMatchObject({ family: 'frequent', items });
    expect(encodeAny(read(bytes))).toEqual(bytes);
  }
  expect(decodeAny(frequent('oslo', 'lima'), 'long')).toMatchObject({ items: 'long' });
  expect(decodeAny(frequent('oslo'), 'double')).toBeInstanceOf(Refusal);
  expect(decodeAny(frequent('a', 'bb'), 'long')).toBeInstanceOf(Refusal);
  expect(decodeAny(kll(10, 'float'), 'double')).toBeInstanceOf(Refusal);
  expect(decodeAny(kll(10, 'float'), 'string')).toBeInstanceOf(Refusal);
  expect(decodeAny(encodeHll(new Hll()), 'string')).toMatchObject({ family: 'hll' });
});

test('no other bytes are taken for one', () => {
  for (const bytes of [[], [1], [2, 1, 7], [1, 1, 9, 12, 0, 0, 0, 0], [1, 1, 10], [2, 1, 15]]) {
    expect(decodeAny(Uint8Array.from(bytes))).toBeInstanceOf(Refusal);
  }
});

test('what can be one is united, the rest is refused', () => {
  const two = uniteAll([read(kll(10, 'float')), read(kll(1000, 'float'))]);
  expect(two).toMatchObject({ items: 'float', sketch: { n: 1010 } });
  expect(uniteAll([read(kll(10, 'float')), read(kll(10, 'double'))])).toBeInstanceOf(Refusal);
  expect(uniteAll([read(kll(10, 'float')), read(frequent('a'))])).toBeInstanceOf(Refusal);
  expect(uniteAll([read(frequent('a')), read(frequent('a', 'b'))])).toMatchObject({ sketch: { weight: 9 } });
  const empty = uniteAll([read(encodeHll(new Hll(9))), read(encodeHll(new Hll(7)))]);
  expect(empty).toMatchObject({ family: 'hll', sketch: { lgK: 7 } });
});
