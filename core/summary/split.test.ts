import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TopList } from '../sketch/top/topList.ts';
import { kinds } from './kinds.ts';
import { MIXED_SCOPE, NO_SCOPE, rowsOf, scopeOf, Split, UNSPLIT_SCOPE } from './split.ts';
import type { TopRows } from '../sketch/top/topRows.ts';

/** A site's lists, cut, and the truth of each key; keys below `local` are local to it. */
function site(events: readonly (readonly [number, number])[], local: number, scope: number): Split<TopRows> {
  const lists = new Split(new TopList(5, 8, 'octets'), new TopList(5, 8, 'octets'));
  for (const [key, octets] of events) {
    const words = Uint32Array.of(key, 0, 0, 0, 0);
    (key < local ? lists.local : lists.remote).add(words, 0, 1, octets);
  }
  return new Split(lists.local.toRows(4), lists.remote.toRows(4), scope);
}

const events = fc.array(fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 1000 })), { maxLength: 200, size: 'max' });

test('the truth is within the bounds, whatever sites call local', () => {
  fc.assert(
    fc.property(events, events, fc.constantFrom(0, 10, 20), fc.constantFrom(0, 10, 20), (a, b, localA, localB) => {
      const scope = (local: number): number => (local === 0 ? UNSPLIT_SCOPE : scopeOf(local));
      const merged = kinds.topHosts.empty([1 << 20]);
      kinds.topHosts.merge(merged, site(a, localA, scope(localA)));
      kinds.topHosts.merge(merged, site(b, localB, scope(localB)));
      expect(merged.scope).toBe(localA === localB ? scope(localA) : MIXED_SCOPE);
      const rows = rowsOf(merged);
      const truth = new Map<number, number>();
      for (const [key, octets] of [...a, ...b]) truth.set(key, (truth.get(key) ?? 0) + octets);
      const shown = new Set<number>();
      for (const { key, octets, error } of rows.top(1000, 'octets')) {
        shown.add(key[0]!);
        expect(Math.abs(truth.get(key[0]!)! - octets)).toBeLessThanOrEqual(error.octets);
      }
      for (const [key, octets] of truth) if (!shown.has(key)) expect(octets).toBeLessThanOrEqual(rows.floorOctets);
    }),
    { numRuns: 200 },
  );
});

test('of one scope a list is as sharp as its sides', () => {
  const lists = site(
    Array.from({ length: 40 }, (_, i) => [i, 100 + i] as const),
    20,
    scopeOf(1),
  );
  const rows = rowsOf(lists);
  const most = [...lists.local.missedOctets, ...lists.remote.missedOctets];
  const byValue = (a: number, b: number): number => a - b;
  expect([...rows.missedOctets].sort(byValue)).toEqual(most.sort(byValue));
  expect(rows.floorOctets).toBe(Math.max(lists.local.floorOctets, lists.remote.floorOctets));
  expect(new Split(lists.local, lists.remote).scope).toBe(NO_SCOPE);
});
