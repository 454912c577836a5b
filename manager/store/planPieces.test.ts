import fc from 'fast-check';
import { expect, test } from 'vitest';
import { levelSeconds } from './levelCells.ts';
import { grainOf, planPieces } from './planPieces.ts';
import type { Piece } from './planPieces.ts';
import { levels } from './schema.ts';

const day = 86_400;
/** A midnight. */
const midnight = 20_000 * day;

/** What is behind, by level: starts of ranges. */
function knowing(
  dirty: readonly ReadonlySet<number>[] = [],
  horizons: readonly number[] = [],
  widths: number[] = [10],
) {
  return {
    horizon: (level: number) => horizons[level + 1] ?? -Infinity,
    ranges: (level: number, _tap: number, from: number, to: number) =>
      [...(dirty[level] ?? [])].filter((at) => at >= from && at < to).sort((a, b) => a - b),
    widths: () => widths,
    extent: () => ({ first: -Infinity, until: Infinity }),
  };
}

/** Rows that pieces take, of a tap with a row in each cell. */
function cellsOf(pieces: readonly Piece[], window: number): number {
  return pieces.reduce((sum, { level, from, to }) => sum + (to - from) / (level < 0 ? window : levelSeconds(level)), 0);
}

test('a day is one row, a rolling day at most 38 rows', () => {
  expect(planPieces([midnight, midnight + day], [1, 2], knowing())).toEqual([
    { source: 'level', level: 3, from: midnight, to: midnight + day, taps: [1, 2] },
  ]);
  for (let minutes = 1; minutes < 1440; minutes++) {
    const from = midnight + 60 * minutes;
    expect(cellsOf(planPieces([from, from + day], [1], knowing()), 60)).toBeLessThanOrEqual(38);
  }
});

test('where there can be nothing, nothing is read', () => {
  const knowledge = { ...knowing(), extent: () => ({ first: midnight + 5, until: midnight + 3605 }) };
  const cuts = Array.from({ length: 2001 }, (_, at) => midnight - 3600 * 1000 + 3600 * at);
  expect(planPieces(cuts, [1], knowledge)).toEqual([
    { source: 'level', level: 2, from: midnight, to: midnight + 7200, taps: [1] },
  ]);
  expect(planPieces([0, 3600], [1], knowledge)).toEqual([]);
});

test('a series of hours is a row for each, whatever the day', () => {
  const cuts = Array.from({ length: 25 }, (_, at) => midnight + 3600 * at);
  expect(cellsOf(planPieces(cuts, [1], knowing()), 10)).toBe(24);
});

const spans = fc
  .record({
    from: fc.integer({ min: 0, max: 3 * day }),
    steps: fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 5 }),
    dirty: fc.array(fc.record({ ts: fc.integer({ min: 0, max: 4 * day }), levels: fc.integer({ min: 1, max: 15 }) }), {
      maxLength: 12,
    }),
    gone: fc.array(fc.integer({ min: -1, max: 4 * day }), { minLength: 4, maxLength: 4 }),
  })
  .map(({ from, steps, dirty, gone }) => {
    const ranges = levels.map(
      ({ seconds }, level) =>
        new Set(
          dirty
            .filter((one) => ((one.levels >> level) & 1) === 1)
            .map(({ ts }) => midnight + Math.floor(ts / seconds) * seconds),
        ),
    );
    // A finer level is gone where a coarser one is.
    const horizons = gone.toSorted((a, b) => b - a).map((at) => (at < 0 ? -Infinity : midnight + at));
    const knowledge = knowing(ranges, horizons);
    const grain = grainOf(midnight, midnight + 4 * day, [1], knowledge) ?? 0;
    const round = (at: number): number => Math.floor((midnight + at) / grain) * grain;
    let at = from;
    const cuts = [...new Set([round(from), ...steps.map((step) => round((at += step)))])];
    return { cuts, ranges, knowledge, horizons };
  })
  .filter(({ cuts }) => cuts.length > 1);

test('every second is in one piece, whole cells only, and none that lacks something', () => {
  fc.assert(
    fc.property(spans, ({ cuts, ranges, knowledge, horizons }) => {
      const pieces = planPieces(cuts, [1], knowledge).sort((a, b) => a.from - b.from);
      let at = cuts[0]!;
      for (const { source, level, from, to } of pieces) {
        expect(from).toBe(at);
        expect(to).toBeGreaterThan(from);
        at = to;
        if (source === 'raw') continue;
        const length = levelSeconds(level);
        expect(from % length).toBe(0);
        expect(to % length).toBe(0);
        for (const cut of cuts) if (cut > from && cut < to) expect(cut % length).toBe(0);
        for (let cell = from; cell < to; cell += length) {
          expect(ranges[level]!.has(cell)).toBe(source === 'behind');
          expect(cell).toBeGreaterThanOrEqual(horizons[level + 1] ?? -Infinity);
          // Only what has no finer rows any more is read together with what it lacks.
          if (source === 'behind') expect(cell).toBeLessThan(horizons[level]!);
        }
      }
      expect(at).toBe(cuts.at(-1));
    }),
  );
});

test('raw parts are read only where no level can answer', () => {
  fc.assert(
    fc.property(spans, ({ cuts, ranges, knowledge, horizons }) => {
      for (const { source, from, to } of planPieces(cuts, [1], knowledge)) {
        if (source !== 'raw') continue;
        for (let minute = Math.ceil(from / 60) * 60; minute + 60 <= to; minute += 60)
          if (minute >= horizons[1]! && !cuts.some((cut) => cut > minute && cut < minute + 60))
            expect(ranges[0]!.has(minute)).toBe(true);
      }
    }),
  );
});

test('the grain holds all windows, and what is left where finer rows are gone', () => {
  expect(grainOf(0, 100, [1], knowing([], [], [10]))).toBe(10);
  expect(grainOf(0, 100, [1], knowing([], [], [10, 15]))).toBe(30);
  expect(grainOf(0, 100, [1], knowing([], [50], [10]))).toBe(60);
  expect(grainOf(0, 100, [1], knowing([], [50, 50], [10]))).toBe(600);
  expect(grainOf(0, 100, [1], knowing([], [], []))).toBe(undefined);
  expect(grainOf(0, 100, [1], knowing([], [], [59, 61, 67]))).toBe(86_400);
});
