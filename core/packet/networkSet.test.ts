import { expect, test } from 'vitest';
import { NetworkSet, nonGlobalNetworks, parsePrefix } from './networkSet.ts';

const local = new NetworkSet(nonGlobalNetworks);

test.each([
  ['10.1.2.3', true],
  ['11.0.0.0', false],
  ['172.31.255.255', true],
  ['172.32.0.0', false],
  ['224.0.0.251', true],
  ['224.0.1.1', false],
  ['239.255.255.250', true],
  ['8.8.8.8', false],
  ['fe80::1', true],
  ['2001:db8::1', true],
  ['2001:db9::1', false],
  ['ff02::fb', false],
  ['::1', true],
  ['::2', false],
])('%s is local: %s', (text, expected) => {
  expect(local.has(parsePrefix(text)!.words, 0)).toBe(expected);
});

test('prefixes are read strictly, and IPv6 networks hold no IPv4', () => {
  for (const bad of [
    '',
    '1.2.3',
    '1.2.3.256',
    '1.2.3.4/33',
    '1.2.3.4/',
    '::/129',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'x',
  ]) {
    expect(parsePrefix(bad)).toBeUndefined();
  }
  expect([...parsePrefix('::ffff:1.2.3.4')!.words]).toEqual([0, 0, 0xffff, 0x01020304]);
  expect([...parsePrefix('1:2:3:4:5:6:7:8')!.words]).toEqual([0x10002, 0x30004, 0x50006, 0x70008]);
  expect(new NetworkSet(['::/0']).has(parsePrefix('1.2.3.4')!.words, 0)).toBe(false);
  expect(new NetworkSet(['0.0.0.0/0']).has(parsePrefix('1.2.3.4')!.words, 0)).toBe(true);
  expect(() => new NetworkSet(['nonsense'])).toThrow('not a network');
});
