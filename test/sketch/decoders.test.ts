import { expect, test } from 'vitest';
import { type Decoder, decoders, numbers } from './decoders.ts';
import { fuzz } from './fuzz.ts';

const all = decoders();
/** The forms whose unused bits may be anything: they are read, and written as zero. */
const loose = /^(hll|kll|frequent|any|distinct)/;

test.each(all.map((one) => [one.name, one] as const))('%s: what was written is read, whole or not at all', (_, one) => {
  for (const bytes of one.seeds) {
    expect(one.again(bytes)).toEqual(bytes);
    const copy = bytes.slice();
    one.again(copy);
    expect(copy).toEqual(bytes);
    for (let length = 0; length < bytes.length; length += length < 80 ? 1 : 97) {
      expect(one.again(bytes.subarray(0, length))).toBeUndefined();
    }
    expect(one.again(Uint8Array.from([...bytes, 0]))).toBeUndefined();
  }
});

test.each(all.map((one) => [one.name, one] as const))('%s: mutated bytes never throw', (name, one) => {
  const { refused, read, changed } = fuzz(one, 3000, 7);
  expect(refused).toBeGreaterThan(300);
  expect(refused + read).toBe(3000);
  if (!loose.test(name)) expect(changed).toBe(0);
});

/** Every four bytes of a head in turn as large as can be: a length, a number of rows, a size of a table. */
function claims(one: Decoder): Uint8Array[] {
  const next = numbers(1);
  return one.seeds.flatMap((seed) =>
    Array.from({ length: 150 }, () => {
      const bytes = seed.slice(0, Math.min(seed.length, 64));
      const at = next(Math.max(1, Math.min(bytes.length, 44)));
      bytes.fill(0xff, at, at + 1 + next(8));
      return bytes;
    }),
  );
}

test('no memory is taken by what bytes claim to hold', () => {
  for (const one of all) {
    for (const input of claims(one)) {
      const before = process.memoryUsage().arrayBuffers;
      one.again(input);
      // At most 64 bytes each. A KLL sketch of a large k is the largest that so few may make: some 2 MiB.
      const taken = process.memoryUsage().arrayBuffers - before;
      expect([one.name, taken < 3 * 2 ** 20]).toEqual([one.name, true]);
    }
  }
});
