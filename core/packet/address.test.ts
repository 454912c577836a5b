import { expect, test } from 'vitest';
import { formatAddress } from './address.ts';

const words = (...values: number[]): Uint32Array => Uint32Array.from(values);

test('IPv4 is dotted', () => {
  expect(formatAddress(words(0, 0, 0xffff, 0xc0000207))).toBe('192.0.2.7');
  expect(formatAddress(words(9, 0, 0, 0xffff, 0xffffffff), 1)).toBe('255.255.255.255');
});

test('IPv6 is written as RFC 5952 asks', () => {
  expect(formatAddress(words(0x20010db8, 0, 0, 1))).toBe('2001:db8::1');
  expect(formatAddress(words(0, 0, 0, 0))).toBe('::');
  expect(formatAddress(words(0, 0, 0, 1))).toBe('::1');
  expect(formatAddress(words(0xfe800000, 0, 0, 0))).toBe('fe80::');
  // A single zero group is not shortened, and of two equal runs the first is.
  expect(formatAddress(words(0x20010db8, 0x00000001, 0x00010001, 0x00010001))).toBe('2001:db8:0:1:1:1:1:1');
  expect(formatAddress(words(0x20010db8, 0x00000000, 0x00010000, 0x00000001))).toBe('2001:db8::1:0:0:1');
});
