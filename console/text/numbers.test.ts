import { expect, test } from 'vitest';
import {
  formatBitRate,
  formatBounds,
  formatCount,
  formatDuration,
  formatNoun,
  formatOctets,
  formatPacketRate,
  formatShare,
  formatShortCount,
} from './numbers.ts';

test.each([
  [0, '0'],
  [1234567.4, '1,234,567'],
])('count %s', (value, text) => expect(formatCount(value)).toBe(text));

test.each([
  [99_999, '99,999'],
  [100_000, '100 k'],
  [999_499, '999 k'],
  [999_500, '1.00 M'],
  [41_234_567, '41.2 M'],
  [2 ** 53, '9.01 P'],
])('short count %s', (value, text) => expect(formatShortCount(value)).toBe(text));

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [999.5, '1.00 kB'],
  [1500, '1.50 kB'],
  [9.996e6, '10.0 MB'],
  [3.1e9, '3.10 GB'],
  [1e21, '1,000 EB'],
])('octets %s', (value, text) => expect(formatOctets(value)).toBe(text));

test('rates', () => {
  expect(formatBitRate(125_000)).toBe('1.00 Mbit/s');
  expect(formatBitRate(0)).toBe('0 bit/s');
  expect(formatPacketRate(0.25)).toBe('0.25 pkt/s');
  expect(formatPacketRate(12_345)).toBe('12.3 kpkt/s');
});

test.each([
  [0, 0, '–'],
  [0, 5, '0 %'],
  [5, 5, '100 %'],
  [1, 1e6, '< 0.01 %'],
  [999_999, 1e6, '> 99.99 %'],
  [0.5, 100, '0.5 %'],
  [99.5, 100, '99.5 %'],
  [27.49, 100, '27.5 %'],
  [1.2, 1, '100 %'],
])('share of %s in %s', (part, whole, text) => expect(formatShare(part, whole)).toBe(text));

test.each([
  [-3, '0 s'],
  [59.9, '59 s'],
  [60, '1 min'],
  [200, '3 min 20 s'],
  [812, '13 min'],
  [18_720, '5 h 12 min'],
  [86_400 * 3 + 7200, '3 d 2 h'],
  [86_400 * 400, '400 d'],
])('duration of %s s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

test('bounds are the wider side, and none of what is exact', () => {
  expect(formatBounds(1000, 970, 1034)).toBe('± 3.4 %');
  expect(formatBounds(7, 7, 7)).toBe('');
  expect(formatBounds(0, 0, 3)).toBe('');
});

test('nouns', () => {
  expect([formatNoun(1, 'site'), formatNoun(2, 'site'), formatNoun(0, 'box', 'boxes')]).toEqual([
    '1 site',
    '2 sites',
    '0 boxes',
  ]);
});
