import { expect, test } from 'vitest';
import { isShipped, listRows, periods, sourcePeriod } from './period.ts';

test('lists are longer where periods are', () => {
  expect([1, 10, 30, 60, 600, 3600].map((seconds) => listRows(seconds))).toEqual([64, 64, 64, 128, 256, 512]);
});

test('where a level takes its sections from', () => {
  const from = (cadence: 'window' | 'lists' | 'minute', windowSeconds: number): number[] =>
    [60, 600, 3600, 86_400].map((level) => sourcePeriod(cadence, level, windowSeconds));
  expect(from('window', 10)).toEqual([10, 10, 10, 10]);
  expect(from('minute', 10)).toEqual([60, 60, 60, 60]);
  expect(from('lists', 10)).toEqual([60, 600, 3600, 3600]);
  expect(from('lists', 60)).toEqual([60, 600, 3600, 3600]);
  expect(sourcePeriod('lists', 10, 10)).toBe(10);
});

test('every cadence is shipped by the part that a level takes it from', () => {
  for (const cadence of ['window', 'lists', 'minute'] as const) {
    for (const windowSeconds of [1, 10, 60]) {
      for (const level of [60, 600, 3600, 86_400]) {
        const source = sourcePeriod(cadence, level, windowSeconds);
        expect(isShipped(cadence, source, windowSeconds)).toBe(true);
        expect(source === windowSeconds || (periods as readonly number[]).includes(source)).toBe(true);
      }
    }
  }
});
