import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Refusal } from '../refusal.ts';
import { decodeTop, encodeTop } from './topCodec.ts';
import { type Metric, TopList } from './topList.ts';
import { TopRows } from './topRows.ts';

const WIDTH = 3;
type Event = readonly [key: number, packets: number, octets: number];

const key = (n: number): Uint32Array => Uint32Array.of(0xffff0000, n, n * n);

function listed(events: readonly Event[], capacity: number, by: Metric): TopRows {
  const list = new TopList(WIDTH, capacity, by);
  for (const [n, packets, octets] of events) list.add(key(n), 0, packets, octets);
  return list.toRows();
}

function truth(events: readonly Event[]): Map<number, { packets: number; octets: number }> {
  const totals = new Map<number, { packets: number; octets: number }>();
  for (const [n, packets, octets] of events) {
    const total = totals.get(n) ?? { packets: 0, octets: 0 };
    totals.set(n, { packets: total.packets + packets, octets: total.octets + octets });
  }
  return totals;
}

/** Every listed key's truth is within its bounds, and no other has more than the floors. */
function expectHonest(rows: TopRows, events: readonly Event[]): void {
  const totals = truth(events);
  for (const by of ['octets', 'packets'] as const) {
    const shown = rows.top(Number.POSITIVE_INFINITY, by);
    expect(shown).toHaveLength(rows.count);
    for (const row of shown) {
      const total = totals.get(row.key[1]!);
      if (total === undefined) throw new Error('a key that never was');
      expect(Math.abs(total.octets - row.octets)).toBeLessThanOrEqual(row.error.octets);
      expect(Math.abs(total.packets - row.packets)).toBeLessThanOrEqual(row.error.packets);
    }
    for (let i = 1; i < shown.length; i++) expect(shown[i - 1]![by]).toBeGreaterThanOrEqual(shown[i]![by]);
  }
  const here = new Set(rows.top(Number.POSITIVE_INFINITY, 'octets').map((row) => row.key[1]!));
  for (const [n, total] of totals) {
    if (here.has(n)) continue;
    expect(total.octets).toBeLessThanOrEqual(rows.floorOctets);
    expect(total.packets).toBeLessThanOrEqual(rows.floorPackets);
  }
}

const events = (keys: number): fc.Arbitrary<Event[]> =>
  fc.array(fc.tuple(fc.nat(keys), fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 2 ** 40 })), {
    maxLength: 400,
    size: 'max',
  });
const metric = fc.constantFrom<Metric>('octets', 'packets');

test('exact while there are no more keys than the capacity', () => {
  fc.assert(
    fc.property(events(30), metric, (stream, by) => {
      const totals = truth(stream);
      const rows = listed(stream, Math.max(1, totals.size), by);
      expect(rows.exact).toBe(true);
      expect(rows.count).toBe(totals.size);
      for (const row of rows.top(1000, by)) {
        expect(row).toMatchObject({ ...totals.get(row.key[1]!), error: { packets: 0, octets: 0 } });
      }
    }),
  );
});

test('the truth is within the bounds, for any stream, capacity, metric, cut and merge', () => {
  fc.assert(
    fc.property(
      events(200),
      events(200),
      fc.integer({ min: 1, max: 40 }),
      metric,
      fc.nat(30),
      (a, b, capacity, by, n) => {
        const rows = listed(a, capacity, by);
        expectHonest(rows, a);
        const cut = rows.copy();
        cut.cutToUnion(n);
        expect(cut.count).toBeLessThanOrEqual(2 * n);
        expectHonest(cut, a);
        const other = listed(b, capacity + 3, by);
        const ab = cut.copy();
        ab.merge(other);
        const ba = other.copy();
        ba.merge(cut);
        for (const merged of [ab, ba]) {
          expect(merged.capacity).toBe(capacity);
          expect(merged.count).toBeLessThanOrEqual(capacity);
          expectHonest(merged, [...a, ...b]);
        }
        expect(encodeTop(ab)).toEqual(encodeTop(ba));
      },
    ),
    { numRuns: 100 },
  );
});

test('merging does not depend on grouping while everything fits, and an empty list changes nothing', () => {
  fc.assert(
    fc.property(events(40), events(40), events(40), (a, b, c) => {
      const lists = [a, b, c].map((stream) => {
        const rows = listed(stream, 1000, 'octets');
        rows.cutToUnion(5);
        return rows;
      }) as [TopRows, TopRows, TopRows];
      const union = (x: TopRows, y: TopRows): TopRows => {
        const into = x.copy();
        into.merge(y);
        return into;
      };
      const [x, y, z] = lists;
      expect(encodeTop(union(union(x, y), z))).toEqual(encodeTop(union(x, union(z, y))));
      expect(encodeTop(union(x, listed([], 1000, 'octets')))).toEqual(encodeTop(x));
    }),
  );
});

test('rare keys by the thousand do not push out the heavy ones', () => {
  const list = new TopList(WIDTH, 256, 'octets');
  let total = 0;
  for (let i = 0; i < 60_000; i++) {
    const heavy = i % 3 === 0;
    list.add(key(heavy ? i % 20 : 1000 + i), 0, 1, heavy ? 1500 : 60);
    total += heavy ? 1500 : 60;
  }
  const rows = list.toRows();
  const top = rows.top(20, 'octets');
  expect(top.map((row) => row.key[1]!).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  expect(rows.floorOctets).toBeLessThan(total / 256);
});

test('cut at once or later, the rows are the same', () => {
  fc.assert(
    fc.property(events(200), fc.integer({ min: 1, max: 40 }), metric, fc.nat(30), (stream, capacity, by, n) => {
      const list = new TopList(WIDTH, capacity, by);
      for (const [key1, packets, octets] of stream) list.add(key(key1), 0, packets % 3, octets % 5);
      const later = list.toRows();
      later.cutToUnion(n);
      expect(list.toRows(n)).toEqual(later);
    }),
  );
});

test('equal counts come in the order of keys, whatever the order they came in', () => {
  const one = listed(
    [5, 3, 9, 1].map((n) => [n, 1, 10] as const),
    8,
    'octets',
  );
  expect(one.top(3, 'packets').map((row) => row.key[1])).toEqual([1, 3, 5]);
});

test('what was written is read; damage is refused', () => {
  fc.assert(
    fc.property(events(100), fc.integer({ min: 1, max: 40 }), fc.nat(), (stream, capacity, where) => {
      const rows = listed(stream, capacity, 'packets');
      const bytes = encodeTop(rows);
      expect(decodeTop(bytes, WIDTH, capacity)).toEqual(rows);
      expect(decodeTop(bytes.subarray(0, where % bytes.length), WIDTH, capacity)).toBeInstanceOf(Refusal);
      const damaged = bytes.slice();
      damaged[where % bytes.length]! ^= 1 << (where % 8);
      const read = decodeTop(damaged, WIDTH, capacity);
      if (!(read instanceof Refusal)) expect(encodeTop(read)).toEqual(damaged);
    }),
  );
  expect(decodeTop(Uint8Array.from([0xff, 0xff, 0xff, 0x7f, 0, 0]), WIDTH, 8)).toBeInstanceOf(Refusal);
});

test('rounding up what was missed keeps the bounds, and what is exact', () => {
  const rows = new TopRows(1, 8, 6);
  rows.missedOctets.set([0, 31, 32, 33, 1_000_001, Number.MAX_SAFE_INTEGER]);
  rows.missedPackets.set([0, 1, 2, 3, 63, 65]);
  const before = rows.copy();
  rows.roundMissed();
  expect([...rows.missedOctets]).toEqual([0, 31, 32, 34, 1_015_808, Number.MAX_SAFE_INTEGER]);
  expect([...rows.missedPackets]).toEqual([0, 1, 2, 3, 64, 68]);
  rows.missedOctets.forEach((missed, i) => {
    expect(missed).toBeGreaterThanOrEqual(before.missedOctets[i]!);
    expect(missed).toBeLessThanOrEqual(before.missedOctets[i]! * (17 / 16));
  });
  const again = rows.copy();
  again.roundMissed();
  expect(again).toEqual(rows);
});
