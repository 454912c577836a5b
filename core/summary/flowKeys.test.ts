import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyHasher, murmur3 } from '../sketch/hash/keyHasher.ts';
import { FlowKeys, serviceKey } from './flowKeys.ts';
import { realmWord, takesRealm } from './realm.ts';

const address = fc.oneof(
  fc.tuple(fc.constant(0), fc.constant(0), fc.constant(0xffff), fc.nat(0xffffffff)),
  fc.constantFrom([0, 0, 0xffff, 0x0a000001], [0, 0, 0xffff, 0xc0a80101], [0xfe800000, 0, 0, 1], [0xfd000000, 0, 0, 1]),
  fc.array(fc.nat(0xffffffff), { minLength: 4, maxLength: 4 }),
);

function bigEndian(words: readonly number[]): number[] {
  return words.flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]);
}

test('keys are the documented bytes', () => {
  const hasher = new KeyHasher();
  const keys = new FlowKeys(hasher);
  const port = fc.nat(65_535);
  fc.assert(
    fc.property(
      address,
      address,
      fc.constantFrom(0, 0x80c0f0e1),
      fc.nat(255),
      port,
      port,
      (a, b, realm, protocol, p, q) => {
        const words = Uint32Array.from([7, ...a, ...b]);
        keys.set(words, 1, realm);
        const realmBytes = bigEndian([realm]).toReversed();
        const realmOf = (at: number): number[] => (realm !== 0 && takesRealm(words, at) ? realmBytes : []);
        const [realmA, realmB] = [realmOf(1), realmOf(5)];
        const expectHash = (bytes: readonly number[]): void =>
          expect(new Uint8Array(hasher.h.buffer.slice(0, 16))).toEqual(murmur3(Uint8Array.from(bytes)));
        const full = (realmOfEnd: readonly number[]): readonly number[] =>
          realmOfEnd.length > 0 ? realmOfEnd : [0, 0, 0, 0];
        const either = realmA.length + realmB.length > 0;
        const inPair = (end: readonly number[], own: readonly number[]): number[] => [
          ...bigEndian(end),
          ...(either ? full(own) : []),
        ];
        keys.hashA();
        expectHash([...bigEndian(a), ...realmA]);
        keys.hashB();
        expectHash([...bigEndian(b), ...realmB]);
        keys.hashPairAB();
        expectHash([...inPair(a, realmA), ...inPair(b, realmB)]);
        keys.hashPairBA();
        expectHash([...inPair(b, realmB), ...inPair(a, realmA)]);
        const endA = [...bigEndian(a), p >> 8, p & 255, ...full(realmA)];
        const endB = [...bigEndian(b), q >> 8, q & 255, ...full(realmB)];
        const ends =
          Buffer.compare(Buffer.from(endA), Buffer.from(endB)) <= 0 ? [...endA, ...endB] : [...endB, ...endA];
        expect(ends).toHaveLength(44);
        keys.hashFlow(protocol, p, q);
        expectHash([protocol, ...ends]);
        keys.hashService(serviceKey(protocol, p));
        expectHash([protocol, p >> 8, p & 255]);
      },
    ),
  );
});

test('which addresses are of a realm', () => {
  const v4 = (a: number, b: number, c = 1, d = 1): number[] => [0, 0, 0xffff, (a << 24) | (b << 16) | (c << 8) | d];
  const takes = (words: readonly number[]): boolean => takesRealm(Uint32Array.from(words), 0);
  for (const inside of [
    v4(10, 0),
    v4(10, 255),
    v4(172, 16),
    v4(172, 31),
    v4(192, 168),
    v4(169, 254),
    v4(100, 64),
    v4(100, 127),
    [0xfc000000, 0, 0, 0],
    [0xfdffffff, 0, 0, 0],
    [0xfe800000, 0, 0, 0],
    [0xfebfffff, 0, 0, 0],
  ]) {
    expect(takes(inside)).toBe(true);
  }
  for (const outside of [
    v4(11, 0),
    v4(9, 255),
    v4(172, 15),
    v4(172, 32),
    v4(192, 169),
    v4(100, 63),
    v4(100, 128),
    v4(8, 8),
    [0, 0, 0, 0x0a000001],
    [0xfec00000, 0, 0, 0],
    [0xfe7fffff, 0, 0, 0],
    [0x20010db8, 0, 0, 1],
    [0xff020000, 0, 0, 1],
  ]) {
    expect(takes(outside)).toBe(false);
  }
});

test('a realm is a word of its name', () => {
  const bytes = murmur3(new TextEncoder().encode('plant'));
  expect(realmWord('plant')).toBe(new DataView(bytes.buffer).getUint32(0, true));
});
