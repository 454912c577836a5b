import { expect, test } from 'vitest';
import { formatSpan, formatTime, readTime } from './times.ts';

const noon = new Date(2026, 2, 4, 12, 0, 5).getTime() / 1000;
const day = 86_400;

test('times of the API are read, odd years too', () => {
  expect(readTime('2026-03-04T12:00:00.500000000Z')).toBe(Date.UTC(2026, 2, 4, 12) / 1000 + 0.5);
  expect(readTime('-12345678901.000000000')).toBe(-12_345_678_901);
  expect([readTime(null), readTime('never')]).toEqual([undefined, undefined]);
});

test('a time has its date when it is another day, and its year when it is another year', () => {
  expect(formatTime(noon, noon)).toBe('12:00:05');
  expect(formatTime(noon - day, noon)).toBe('3 Mar 12:00:05');
  expect(formatTime(noon - 365 * day, noon)).toBe('4 Mar 2025 12:00:05');
  expect(formatTime(1e14, noon)).toBe('100000000000000 s since 1970');
});

test('a span says no more than it must', () => {
  expect(formatSpan(noon - 3605, noon - 5, noon)).toBe('11:00 to 12:00');
  expect(formatSpan(noon - 60, noon, noon)).toBe('11:59:05 to 12:00:05');
  expect(formatSpan(noon - day - 3600, noon - day, noon)).toBe('3 Mar, 11:00 to 12:00');
  expect(formatSpan(noon - day, noon, noon)).toBe('3 Mar 12:00 to 4 Mar 12:00');
});
