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

test('a set is what its prefixes say, one by one', () => {
  let state = 9;
  const next = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0);
  for (let round = 0; round < 40; round++) {
    const prefixes = Array.from({ length: 1 + (next() >>> 28) }, () =>
      (next() & 1) === 0
        ? `${next() >>> 30}.${next() >>> 31}.0.${next() >>> 24}/${next() % 33}`
        : `${(next() >>> 30).toString(16)}::${(next() >>> 28).toString(16)}/${next() % 129}`,
    );
    const whole = new NetworkSet(prefixes);
    const each = prefixes.map((prefix) => new NetworkSet([prefix]));
    for (let n = 0; n < 200; n++) {
      const words =
        (next() & 1) === 0
          ? Uint32Array.of(0, 0, 0xffff, ((next() >>> 30) << 24) | ((next() >>> 31) << 16) | (next() >>> 24))
          : Uint32Array.of((next() >>> 30) << 16, 0, 0, next() >>> 28);
      expect(whole.has(words, 0)).toBe(each.some((one) => one.has(words, 0)));
      const parsed = parsePrefix(prefixes[0]!)!;
      expect(each[0]!.has(words, 0)).toBe(isInPrefix(words, parsed));
    }
    expect(new NetworkSet(prefixes.toReversed()).fingerprint).toBe(whole.fingerprint);
  }
  expect(new NetworkSet(['10.0.0.0/9', '10.128.0.0/9']).fingerprint).toBe(new NetworkSet(['10.0.0.0/8']).fingerprint);
  expect(new NetworkSet(['10.0.0.0/9']).fingerprint).not.toBe(new NetworkSet(['10.0.0.0/8']).fingerprint);
});

/** By the bits of both as text. */
function isInPrefix(address: Uint32Array, { words, length }: { words: Uint32Array; length: number }): boolean {
  const bits = (all: Uint32Array): string => [...all].map((word) => word.toString(2).padStart(32, '0')).join('');
  const isV4 = bits(address).startsWith(`${'0'.repeat(80)}${'1'.repeat(16)}`);
  if (isV4 && length < 96) return false;
  return bits(address).slice(0, length) === bits(words).slice(0, length);
}
