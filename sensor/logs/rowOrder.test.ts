import { expect, test } from 'vitest';
import { RowOrder } from './rowOrder.ts';

function ordered(times: readonly number[], mostRows: number, mostCharacters = 1000): string[] {
  const order = new RowOrder(mostRows, mostCharacters);
  const lines: string[] = [];
  const out = (line: string): void => void lines.push(line);
  for (const [i, time] of times.entries()) order.add(time, `${time}/${i}`, out);
  order.flush(out);
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

test('no more is held than there is room for: the earliest goes, what is late comes late', () => {
  expect(ordered([5, 4, 6, 1], 2)).toEqual(['4/1', '1/3', '5/0', '6/2']);
  expect(ordered([5, 4, 6, 1], 100, 6)).toEqual(['4/1', '1/3', '5/0', '6/2']);
});
