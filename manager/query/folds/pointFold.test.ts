import { expect, test } from 'vitest';
import { KeyHasher } from '../../../core/sketch/hash/keyHasher.ts';
import { TopList } from '../../../core/sketch/top/topList.ts';
import { FlowKeys } from '../../../core/summary/flowKeys.ts';
import { KeyedFeed } from '../../../core/summary/keyedFeed.ts';
import { COUNT_MIN_COLUMNS, COUNT_MIN_ROWS, kinds } from '../../../core/summary/kinds.ts';
import { encodeSection } from '../../../core/summary/section.ts';
import { hashSeed } from '../../../core/summary/seed.ts';
import { Split } from '../../../core/summary/split.ts';
import type { WireSection } from '../../../proto/partCodec.ts';
import { Random } from '../../../test/captures/random.ts';
import { readAddressKey } from '../addressKey.ts';
import type { FoldItem } from './fold.ts';
import { createPointFold } from './pointFold.ts';

const seed = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
const keys = new FlowKeys(new KeyHasher());
const hosts = 1500;

/** A minute at one tap: a list of the first 64 and a sketch, and the truth. */
function minute(random: Random, truth: Map<number, number>): { list: WireSection; sketch: WireSection } {
  const feed = new KeyedFeed(seed, 60);
  feed.begin(1);
  const list = new TopList(5, 512, 'octets');
  const address = new Uint32Array(8);
  const octets = new Float64Array(1);
  for (let i = 0; i < 3000; i++) {
    const host = Math.floor(hosts * random.real() ** 4);
    octets[0] = 60 + random.below(1400);
    address.set([0, 0, 0xffff, 0x0a000000 + host, 0, 0, 0xffff, 0xc6120001]);
    keys.set(address, 0, 0);
    feed.addAddress(keys, false, octets, 0);
    list.add(keys.words, 0, 1, octets[0]);
    truth.set(host, (truth.get(host) ?? 0) + octets[0]);
  }
  const rows = list.toRows();
  rows.cutToUnion(64);
  const remote = new TopList(5, 512, 'octets').toRows();
  return {
    list: encodeSection(kinds.topHosts, [512], new Split(rows, remote, 99)),
    sketch: encodeSection(kinds.pointOctets, [COUNT_MIN_ROWS, COUNT_MIN_COLUMNS], feed.pointOctets, hashSeed(seed)),
  };
}

const item = (tap: number, range: number, section: WireSection): FoldItem => ({
  tap,
  range,
  start: 60 * range,
  seconds: 60,
  section,
});

test('the truth of every host is within its bounds, and the keyed hash is the sensors', () => {
  const random = new Random(5);
  const truth = new Map<number, number>();
  const ofTap0 = new Map<number, number>();
  const minutes = [0, 1, 2].map((range) => {
    const sum = new Map<number, number>();
    const [a, b] = [minute(random, sum), minute(random, truth)];
    for (const [host, octets] of sum) {
      ofTap0.set(host, (ofTap0.get(host) ?? 0) + octets);
      truth.set(host, (truth.get(host) ?? 0) + octets);
    }
    return { range, a, b };
  });
  const told = { list: 0, sketch: 0, none: 0 };
  let below = 0;
  for (let host = 0; host < hosts; host += 11) {
    const fold = createPointFold({ fold: 'point', key: [0, 0, 0xffff, 0x0a000000 + host, 0], seed });
    for (const { range, a, b } of minutes) {
      fold.take(item(0, range, a.sketch));
      fold.take(item(1, range, b.sketch));
    }
    for (const { range, a, b } of minutes) {
      fold.take(item(0, range, a.list));
      fold.take(item(1, range, b.list));
    }
    const result = fold.finish();
    expect(result.leftOut).toBe(0);
    told[result.all.told] += 1;
    for (const [cut, sum] of [
      [result.all, truth],
      [result.taps.get(0)!, ofTap0],
    ] as const) {
      const octets = sum.get(host) ?? 0;
      expect(cut.octets.upper).toBeGreaterThanOrEqual(octets);
      expect(cut.octets.estimate).toBeGreaterThanOrEqual(cut.octets.lower);
      expect(cut.octets.estimate).toBeLessThanOrEqual(cut.octets.upper);
      if (cut.octets.lower > octets) below += 1;
    }
  }
  // A sketch's lower bound holds 97.5 times in a hundred, that of a list always.
  expect(below).toBeLessThan((2 * hosts) / 11 / 20);
  expect(told.none).toBe(0);
  expect(told.list).toBeGreaterThan(5);
  expect(told.sketch).toBeGreaterThan(50);
});

test('lists of times that no sketch covers are added to the sketch, and sketches of another seed are left out', () => {
  const truth = new Map<number, number>();
  const random = new Random(6);
  const [first, second] = [minute(random, truth), minute(random, truth)];
  const fold = createPointFold({ fold: 'point', key: [0, 0, 0xffff, 0x0a000000 + 900, 0], seed });
  fold.take(item(0, 0, first.sketch));
  fold.take(item(0, 0, first.list));
  fold.take(item(0, 1, second.list));
  const { all } = fold.finish();
  expect(all.octets.upper).toBeGreaterThanOrEqual(truth.get(900) ?? 0);
  const other = createPointFold({ fold: 'point', key: [0, 0, 0, 0, 0], seed: new Uint8Array(16) });
  other.take(item(0, 0, first.sketch));
  expect(other.finish()).toMatchObject({ leftOut: 1, all: { told: 'none' } });
});

test('addresses are read as lists show them', () => {
  expect(readAddressKey('10.0.0.7')).toEqual([0, 0, 0xffff, 0x0a000007, 0]);
  expect(readAddressKey('::ffff:10.0.0.7')).toEqual([0, 0, 0xffff, 0x0a000007, 0]);
  expect(readAddressKey('2001:db8::7')).toEqual([0x20010db8, 0, 0, 7, 0]);
  expect(readAddressKey('10.0.0.7@0000beef')[4]).toBe(0xbeef);
  expect(readAddressKey('10.0.0.7@lab')[4]).toBeGreaterThan(0);
  // A global address is the same host in every realm.
  expect(readAddressKey('8.8.8.8@lab')[4]).toBe(0);
  for (const text of ['foo', '10.0.0.0/8', '10.0.0', '', '@lab', '1::2::3'])
    expect(() => readAddressKey(text), text).toThrow('not an address');
});
