import { expect, test } from 'vitest';
import { Refusal } from '../sketch/refusal.ts';
import { decodeLogBatch, encodeLogBatch } from './logBatch.ts';

const batch = {
  log: 'dns',
  tap: 'tap0',
  rows: 3,
  from: 100.25,
  to: 101.5,
  first: 99,
  last: 101,
  dropped: 7,
  columns: Uint8Array.of(1, 2, 3),
};

test('a batch gives back all of it', () => {
  expect(decodeLogBatch(encodeLogBatch(batch))).toEqual(batch);
});

test('what is damaged is refused, or is another batch of no more octets', () => {
  const good = encodeLogBatch(batch);
  for (let cut = 0; cut < good.length - 3; cut++) expect(decodeLogBatch(good.subarray(0, cut))).toBeInstanceOf(Refusal);
  let seed = 1;
  const next = (): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) >>> 8;
  for (let i = 0; i < 5000; i++) {
    const bytes = good.slice();
    for (let n = next() % 4; n >= 0; n--) bytes[next() % bytes.length] = next() & 255;
    const read = decodeLogBatch(bytes);
    if (!(read instanceof Refusal)) expect(read.columns.length).toBeLessThanOrEqual(good.length);
  }
  expect(decodeLogBatch(encodeLogBatch({ ...batch, to: 99 }))).toEqual(new Refusal('log batch', 'span'));
  expect(decodeLogBatch(encodeLogBatch({ ...batch, tap: 'a/b' }))).toEqual(new Refusal('log batch', 'names'));
});
