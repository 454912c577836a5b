import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAddress, readName, readRecordType, recordTypeName, reverseName } from './dnsNames.ts';

test('addresses are read in any form and told in one', () => {
  expect(readAddress('192.0.2.7')).toBe('192.0.2.7');
  expect(readAddress('2001:DB8:0:0::7')).toBe('2001:db8::7');
  for (const text of ['www.example.org', '192.0.2.0/24', '192.0.2', '', '1.2.3.4.in-addr.arpa'])
    expect(readAddress(text), text).toBeUndefined();
});

test('reverse names are those of RFC 1035 and RFC 3596', () => {
  expect(reverseName('192.0.2.7')).toBe('7.2.0.192.in-addr.arpa');
  expect(reverseName('2001:db8::567:89ab')).toBe(
    'b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa',
  );
});

test('names are read as pairs have them', () => {
  expect(readName('WWW.Example.ORG.')).toBe('www.example.org');
  expect(readName('bücher.example')).toBe('xn--bcher-kva.example');
  expect(readName('a\\046b.test')).toBe('a\\046b.test');
  expect(readName('_dmarc.test')).toBe('_dmarc.test');
  expect(readName('.')).toBe('.');
  for (const text of ['', '..', 'a..b', '.a', 'a b', 'a\nb', 'x'.repeat(1021)])
    expect(() => readName(text), JSON.stringify(text)).toThrow('not a name');
});

test('any text is a name or refused, and a name that was read is read again as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      let name = '';
      try {
        name = readName(text);
      } catch (error) {
        expect(error).toMatchObject({ code: 'query.name' });
        return;
      }
      expect(readName(name)).toBe(name);
      expect(name).toMatch(/^[!-~]+$/);
    }),
  );
});

test('record types have names and numbers', () => {
  for (let type = 1; type <= 65_535; type += type < 300 ? 1 : 331)
    expect(readRecordType(recordTypeName(type)), recordTypeName(type)).toBe(type);
  expect(['a', 'AAAA', 'type28', '28', 'https'].map(readRecordType)).toEqual([1, 28, 28, 28, 65]);
  expect(recordTypeName(65_280)).toBe('TYPE65280');
  for (const text of ['nonsense', '70000', 'TYPE', '']) expect(() => readRecordType(text)).toThrow('not a record type');
});
