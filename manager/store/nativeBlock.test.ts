import { expect, test } from 'vitest';
import { decodeBlocks, encodeBlock } from './nativeBlock.ts';
import type { ColumnType, PlainType } from './nativeBlock.ts';
import { monthOf } from './schema.ts';
import { joinSql, name, sql } from './sql.ts';

const samples: Readonly<Record<Exclude<PlainType, 'String'>, readonly number[]>> = {
  UInt8: [0, 255],
  UInt16: [0, 65_535],
  UInt32: [0, 2 ** 32 - 1],
  UInt64: [0, Number.MAX_SAFE_INTEGER],
  Int32: [-(2 ** 31), 2 ** 31 - 1],
  Int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, -1, -(2 ** 32), 2 ** 32 - 1],
  Float64: [-0.5, 1.7e9 + 0.123, Infinity],
};

test.each(Object.entries(samples))('%s and its ends', (type, values) => {
  const bytes = Buffer.concat(encodeBlock([{ name: 'x', type: type as ColumnType, values }]));
  expect([...decodeBlocks(bytes).numbers('x')]).toEqual([...values]);
});

test('blocks follow each other, strings are any bytes', () => {
  const long = new Uint8Array(300).fill(7);
  const block = (values: (string | Uint8Array)[]) => encodeBlock([{ name: 's', type: 'String', values }]);
  const rows = decodeBlocks(Buffer.concat([...block(['', long]), ...block([]), ...block(['å'])]));
  expect(rows.count).toBe(3);
  expect(rows.bytes('s').map((value) => [...value])).toEqual([[], [...long], [0xc3, 0xa5]]);
  expect(() => rows.numbers('s')).toThrow('no such column');
});

test('what ends too early or is of another type is refused, without taking memory for it', () => {
  const bytes = Buffer.concat(encodeBlock([{ name: 'n', type: 'UInt64', values: [1, 2, 3] }]));
  for (let cut = 1; cut < bytes.length; cut++) expect(() => decodeBlocks(bytes.subarray(0, cut))).toThrow('block');
  expect(() => decodeBlocks(Uint8Array.of(1, 255, 255, 255, 255, 127, 1, 110, 6, ...Buffer.from('String')))).toThrow();
  expect(() => decodeBlocks(Uint8Array.of(1, 1, 1, 110, 4, ...Buffer.from('UUID')))).toThrow('unknown type');
  expect(() =>
    encodeBlock([
      { name: 'a', type: 'UInt8', values: [1] },
      { name: 'b', type: 'UInt8', values: [] },
    ]),
  ).toThrow('unequal');
});

test('values become digits or hexadecimal, nothing else', () => {
  expect(sql`a ${1.5} ${-3} ${[1, 2]} ${[]} ${"'x"} ${Uint8Array.of(0, 255)}`.text).toBe(
    "a 1.5 -3 1, 2 NULL unhex('2778') unhex('00ff')",
  );
  expect(joinSql([sql`a`, sql`${name('win_1m')}`], ' OR ').text).toBe('a OR win_1m');
  expect(() => name('x; DROP')).toThrow('not a name');
  for (const value of [NaN, Infinity, 2 ** 60]) expect(() => sql`${value}`).toThrow('not a number');
});

test('months of any year', () => {
  const of = (text: string): number => monthOf(Date.parse(text) / 1000);
  expect(of('1970-01-01T00:00:00Z')).toBe(1970 * 12);
  expect([of('2024-02-29T23:59:59Z'), of('2024-03-01T00:00:00Z')]).toEqual([2024 * 12 + 1, 2024 * 12 + 2]);
  expect([of('1601-12-31T23:00:00Z'), of('9999-12-31T00:00:00Z')]).toEqual([1601 * 12 + 11, 9999 * 12 + 11]);
  expect(monthOf(-1)).toBe(1969 * 12 + 11);
});
