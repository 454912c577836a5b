import { expect, test } from 'vitest';
import { CountMin } from '../sketch/countMin/countMin.ts';
import { KeyHasher, murmur3 } from '../sketch/hash/keyHasher.ts';
import { FlowSample } from '../sketch/sample/flowSample.ts';
import { realmWord } from './realm.ts';
import { hashSeed } from './seed.ts';
import { Statistics, type StatisticsOptions } from './statistics.ts';
import { Summary } from './summary.ts';
import { Refusal } from '../sketch/refusal.ts';

const seed = Uint8Array.from({ length: 16 }, (_, i) => 7 * i + 1);
const options: StatisticsOptions = {
  exact: false,
  topCapacity: 1024,
  by: 'octets',
  keyed: { seed, windowSeconds: 10 },
};
const realm = realmWord('plant');

/** The bytes of a hash as the words that sketches take. */
function wordsOf(...parts: readonly (readonly number[] | Uint8Array)[]): Int32Array {
  const hash = murmur3(Uint8Array.from(parts.flatMap((part) => [...part])));
  return new Int32Array(hash.buffer);
}

const v4 = (last: number): number[] => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, last];
const globalAddress = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 8, 8, 8, 8];
const realmBytes = [realm & 255, (realm >>> 8) & 255, (realm >>> 16) & 255, realm >>> 24];

/** Little-endian, as the window's start stands in front of the key. */
function startBytes(start: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt(start), true);
  return bytes;
}

function fed(number: number): Summary {
  const statistics = new Statistics({ ...options, number }, new KeyHasher());
  const words = Uint32Array.from([0, 0, 0xffff, 0x0a000005, 0, 0, 0xffff, 0x08080808]);
  statistics.deltas.set([2, 300, 1, 700]);
  statistics.feed(words, 0, realm, 6, 40_000, 443, -1, true);
  // Of a fragment: counts for its addresses, and is no flow.
  statistics.deltas.set([1, 60, 0, 0]);
  statistics.feed(words, 0, realm, 0, 0, 0, -1, false);
  return statistics.toSummary();
}

test.each([170_000_000, -3, 2 ** 40])('hashes are the documented bytes, window %i', (number) => {
  const { keyed } = fed(number);
  expect(keyed).toMatchObject({ seedHash: hashSeed(seed), windowSeconds: 10 });
  const points = new CountMin();
  points.addHash(wordsOf(seed, v4(5), realmBytes), 1060);
  points.addHash(wordsOf(seed, globalAddress), 1060);
  expect(keyed?.pointOctets).toEqual(points);
  const key = [
    6,
    ...globalAddress,
    443 >> 8,
    443 & 255,
    0,
    0,
    0,
    0,
    ...v4(5),
    40_000 >> 8,
    40_000 & 255,
    ...realmBytes,
  ];
  expect(key).toHaveLength(45);
  const h = wordsOf(seed, startBytes(number * 10), key);
  const sample = new FlowSample();
  sample.add(h[1]!, h[0]!, 1000);
  expect(keyed?.flowSample.items()).toEqual(sample.items());
});

test('no keyed section without a seed, and none of another is merged', () => {
  const plain = new Statistics({ exact: false, topCapacity: 16, by: 'octets' });
  expect(plain.toSummary().keyed).toBeUndefined();
  expect(
    plain
      .toSummary()
      .toSections()
      .some(({ kind }) => kind >= 64),
  ).toBe(false);
  const summary = plain.toSummary();
  summary.merge(fed(1));
  expect(summary.keyed?.pointOctets.total).toBe(2120);
  const other = new Statistics({ ...options, keyed: { seed: new Uint8Array(16), windowSeconds: 10 } });
  expect(() => summary.merge(other.toSummary())).toThrow(RangeError);
  expect(() => hashSeed(new Uint8Array(15))).toThrow(RangeError);
});

test('what a part of a window and of a minute ships', () => {
  const kindsIn = (seconds: number, windowSeconds: number): number[] => {
    const sections = fed(1).toPartSections({ seconds, windowSeconds });
    const again = Summary.fromSections(sections);
    if (again instanceof Refusal) throw new Error(again.toString());
    return sections.map(({ kind }) => kind);
  };
  const window = [16, 17, 18, 19, 32, 33, 34, 35];
  expect(kindsIn(10, 10)).toEqual([...window, 80]);
  expect(kindsIn(60, 10)).toEqual([32, 33, 34, 35, 64]);
  expect(kindsIn(60, 60)).toEqual([...window, 64, 80]);
  expect(kindsIn(3600, 10)).toEqual([32, 33, 34, 35]);
});
