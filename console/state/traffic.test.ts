import { expect, test } from 'vitest';
import type { Answer, SeriesRow } from '../../proto/api.ts';
import { coverageRuns, lostOf, meanOf, toTraffic } from './traffic.ts';

const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

function row(
  site: string,
  start: number,
  value: number | null,
  present: number,
  more: Partial<{ answered: number; kernel: number }> = {},
): SeriesRow {
  const { answered = 1, kernel = 0 } = more;
  return {
    from: iso(start),
    to: iso(start + 60),
    site,
    value,
    lower: value,
    upper: value,
    coverage: {
      sensors: { asked: 1, answered },
      seconds: { expected: 60, present },
      packets: { seen: 5, nic: 0, kernel, shed: 0, unrecorded: 0 },
    },
  };
}

const answer = (rows: SeriesRow[]) => ({ step: 60, rows }) as Answer<'series'>;

test('rates are of the watched time, gaps stay gaps, sites are in order', () => {
  const traffic = toTraffic(
    answer([row('b', 60, 600, 60), row('b', 120, null, 0), row('b', 180, 300, 30), row('a', 60, 0, 60, { kernel: 7 })]),
  );
  expect(traffic).toEqual({
    starts: [60, 120, 180],
    step: 60,
    sites: [
      { site: 'a', rates: [0, null, null], covered: [1, null, null], lost: [7, 0, 0], seen: [5, 0, 0] },
      { site: 'b', rates: [10, null, 10], covered: [1, 0, 0.5], lost: [0, 0, 0], seen: [5, 5, 5] },
    ],
  });
});

test('two sensors add, and one that is away is not made up for', () => {
  const both = toTraffic(answer([row('a', 0, 1200, 120, { answered: 2 })])).sites[0];
  const one = toTraffic(answer([row('a', 0, 600, 60, { answered: 1 })])).sites[0];
  expect([both?.rates, one?.rates]).toEqual([[20], [10]]);
  // A sensor with two taps: seconds are of both.
  expect(toTraffic(answer([row('a', 0, 600, 120)])).sites[0]?.rates).toEqual([10]);
});

test('steps that no row tells of are a gap', () => {
  const { starts, sites } = toTraffic(answer([row('a', 0, 60, 60), row('a', 600, 60, 60)]));
  expect([starts, sites[0]?.rates]).toEqual([
    [0, 60, 600],
    [1, null, 1],
  ]);
});

test('lanes under the chart join what is alike', () => {
  const site = { site: 'a', rates: [], covered: [1, 0.999, 0.5, 0, null, 1], lost: [], seen: [] };
  expect(coverageRuns(site)).toEqual([
    { from: 0, to: 2, kind: 'whole' },
    { from: 2, to: 3, kind: 'part' },
    { from: 3, to: 5, kind: 'none' },
    { from: 5, to: 6, kind: 'whole' },
  ]);
});

test('means and losses', () => {
  expect([meanOf([1, null, 3]), meanOf([null])]).toEqual([2, undefined]);
  expect(lostOf({ nic: 1, kernel: 2, shed: 4 })).toBe(7);
});

test('names with numbers are in the order of the numbers', () => {
  const rows = ['s10', 's2', 's1'].map((site) => row(site, 0, 60, 60));
  expect(toTraffic(answer(rows)).sites.map(({ site }) => site)).toEqual(['s1', 's2', 's10']);
});
