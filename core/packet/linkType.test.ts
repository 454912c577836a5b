import { expect, test } from 'vitest';
import { canonicalLinkType, linkTypeName } from './linkType.ts';

test('raw IP has one number, whatever the system called it', () => {
  expect([12, 14, 101].map(canonicalLinkType)).toEqual([101, 101, 101]);
});

test('an unknown link type is named by its number', () => {
  expect(linkTypeName(147)).toBe('DLT 147');
  expect(linkTypeName(1)).toBe('EN10MB');
});
