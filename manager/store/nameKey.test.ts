import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nameKey, nameOfKey, suffixKeys } from './nameKey.ts';

const label = fc.string({ unit: fc.constantFrom(...'ab-_019\\046/!'.split('')), minLength: 1, maxLength: 8 });
const dnsName = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.'));

test('a key gives its name back', () => {
  fc.assert(
    fc.property(dnsName, (name) => {
      expect(nameOfKey(nameKey(name))).toBe(name);
    }),
  );
  expect(nameKey('www.example.org')).toBe('org.example.www.');
  expect(nameKey('www.example.org.')).toBe('org.example.www.');
  expect([nameKey(''), nameKey('.'), nameOfKey('.')]).toEqual(['.', '.', '.']);
});

test('a suffix is the range of itself and what is below it', () => {
  fc.assert(
    fc.property(dnsName, dnsName, (name, suffix) => {
      const { from, to } = suffixKeys(suffix);
      const holds = (one: string): boolean => nameKey(one) >= from && nameKey(one) < to;
      expect(holds(`${name}.${suffix}`)).toBe(true);
      expect(holds(suffix)).toBe(true);
      expect(holds(`x${suffix}`)).toBe(false);
      expect(holds(name)).toBe(name === suffix || name.endsWith(`.${suffix}`));
    }),
  );
  const { from, to } = suffixKeys('.');
  for (const key of ['.', 'org.', 'org.example.']) expect(key >= from && key < to).toBe(true);
});
