import { expect, test } from 'vitest';
import { formatTime } from './timeText.ts';

test('a packet time has nine digits and is UTC', () => {
  expect(formatTime(0, 1)).toBe('1970-01-01T00:00:00.000000001Z');
  expect(formatTime(1750000000, 123456000)).toBe('2025-06-15T15:06:40.123456000Z');
  expect(formatTime(-1, 500000000)).toBe('1969-12-31T23:59:59.500000000Z');
});

test('years without four digits are seconds', () => {
  expect(formatTime(253402300800, 5)).toBe('253402300800.000000005');
  expect(formatTime(-62167219201, 250000000)).toBe('-62167219200.750000000');
});
