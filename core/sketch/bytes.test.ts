import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader } from './byteReader.ts';
import { ByteWriter } from './byteWriter.ts';

test('what was written is read', () => {
  fc.assert(
    fc.property(fc.array(fc.maxSafeNat()), fc.uint8Array(), fc.double(), (counts, bytes, real) => {
      const writer = new ByteWriter(1);
      for (const count of counts) {
        writer.varint(count);
        writer.u64(count);
        writer.u32(count % 2 ** 32);
        writer.u16(count % 2 ** 16);
        writer.u8(count % 256);
      }
      writer.bytes(bytes);
      writer.f64(real);
      writer.f32(real);
      const reader = new ByteReader(writer.finish());
      for (const count of counts) {
        expect(reader.varint()).toBe(count);
        expect(reader.u64()).toBe(count);
        expect(reader.u32()).toBe(count % 2 ** 32);
        expect(reader.u16()).toBe(count % 2 ** 16);
        expect(reader.u8()).toBe(count % 256);
      }
      expect(reader.bytes(bytes.length)).toEqual(bytes);
      expect(reader.f64()).toBe(real);
      expect(reader.f32()).toBe(Math.fround(real));
      expect(reader.done).toBe(true);
    }),
  );
});

test('the end of the input, long varints and large numbers fail without a throw', () => {
  for (const bytes of [[], [0x80], [0x80, 0], [255, 255, 255, 255, 255, 255, 255, 127], Array<number>(20).fill(0x80)]) {
    const reader = new ByteReader(Uint8Array.from(bytes));
    expect(reader.varint()).toBe(0);
    expect(reader.failed).toBe(true);
    expect(reader.bytes(0)).toHaveLength(0);
    expect(reader.left).toBe(0);
  }
  const large = new ByteReader(Uint8Array.from([0, 0, 0, 0, 0, 0, 0x20, 0]));
  expect(large.u64()).toBe(0);
  expect(large.failed).toBe(true);
  const greedy = new ByteReader(new Uint8Array(4));
  expect(greedy.bytes(0xffffffff)).toHaveLength(0);
  expect(greedy.failed).toBe(true);
});

test('a count that is none is refused', () => {
  for (const value of [-1, 0.5, 2 ** 53, Number.NaN]) expect(() => new ByteWriter().varint(value)).toThrow(RangeError);
});
