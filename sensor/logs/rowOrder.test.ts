import { expect, test } from 'vitest';
import type { OctetBlock } from '../../core/records/octetBlock.ts';
import { RowOrder } from './rowOrder.ts';

function write(line: string, block: OctetBlock): void {
  const octets = Buffer.from(line);
  block.reserve(octets.length);
  block.bytes.set(octets, block.used);
  block.used += octets.length;
}

function ordered(times: readonly number[], mostRows: number, mostOctets = 10_000): string[] {
  const lines: string[] = [];
  const order = new RowOrder(write, mostRows, mostOctets, (bytes, from, to) => {
    const text = Buffer.from(bytes.subarray(from, to)).toString();
    expect(text.endsWith('\n')).toBe(true);
    lines.push(...text.slice(0, -1).split('\n'));
  });
  for (const [i, time] of times.entries()) {
    order.add(time, `${time}/${i}`);
    expect(order.size).toBeLessThanOrEqual(mostRows);
  }
  order.flush();
  expect(order.size).toBe(0);
  return lines;
}

test('lines come in order of time, those of one time as they came', () => {
  expect(ordered([3, 1, 2, 1, 3, 0, 1], 100)).toEqual(['0/5', '1/1', '1/3', '1/6', '2/2', '3/0', '3/4']);
  const many = Array.from({ length: 2000 }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 20);
  const lines = ordered(many, 5000, 1e6).map((line) => line.split('/').map(Number) as [number, number]);
  expect(lines).toEqual(lines.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]));
  expect(lines.length).toBe(many.length);
});

test('no more is held than there is room for: the earlier half goes, what is late comes late', () => {
  expect(ordered([5, 4, 6, 1], 2)).toEqual(['4/1', '5/0', '1/3', '6/2']);
  expect(ordered([5, 4, 6, 1], 100, 8)).toEqual(['4/1', '5/0', '1/3', '6/2']);
  expect(ordered([5, 4, 6, 1], 100, 1)).toEqual(['5/0', '4/1', '6/2', '1/3']);
});

test('every line comes once, whatever is held', () => {
  const times = Array.from({ length: 3000 }, (_, i) => i + (Math.imul(i, 0x9e3779b1) >>> 24));
  for (const most of [1, 2, 3, 100, 600]) {
    const lines = ordered(times, most, 1e6);
    expect(lines.toSorted()).toEqual(times.map((time, i) => `${time}/${i}`).toSorted());
  }
  // Times are out of order by less than 256 lines, and at least that many are held.
  const lines = ordered(times, 600, 1e6).map((line) => Number(line.split('/')[0]));
  expect(lines).toEqual(lines.toSorted((a, b) => a - b));
});

test('lines are UTF-8 and may be long', () => {
  const lines: string[] = [];
  const order = new RowOrder(write, 100, 1 << 20, (bytes, from, to) =>
    lines.push(Buffer.from(bytes.subarray(from, to)).toString()),
  );
  const long = `é\u{1f600}${'x'.repeat(200_000)}`;
  order.add(2, long);
  order.add(1, 'b');
  order.flush();
  expect(lines.join('')).toBe(`b\n${long}\n`);
});
