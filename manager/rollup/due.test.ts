import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DirtyCell } from '../store/dirtyRanges.ts';
import { dueCells, resizeBatch, takeBatch } from './due.ts';

const cell = (changes: Partial<DirtyCell>): DirtyCell => ({
  level: 0,
  tap: 1,
  ts: 0,
  seconds: 60,
  since: 1,
  last: 1,
  firstTouched: 0,
  touched: 0,
  ...changes,
});

test('a cell is due when it is over and nothing came for it just now', () => {
  const isDue = (one: DirtyCell, nowSeconds: number, elapsed: number): boolean =>
    dueCells([one], { now: nowSeconds * 1000, elapsed }).length > 0;
  expect(isDue(cell({}), 79, 1e6)).toBe(false);
  expect(isDue(cell({}), 80, 1e6)).toBe(true);
  expect(isDue(cell({ firstTouched: 1e6, touched: 1e6 }), 80, 1e6 + 9999)).toBe(false);
  expect(isDue(cell({ firstTouched: 1e6, touched: 1e6 }), 80, 1e6 + 10_000)).toBe(true);
  // What is touched all the time is not put off for ever.
  expect(isDue(cell({ firstTouched: 0, touched: 119_999 }), 80, 120_000)).toBe(true);
});

test('without a time every cell is due, in the order of time', () => {
  const cells = [cell({ ts: 60 }), cell({ ts: 0, tap: 2 }), cell({ ts: 0 })];
  expect(dueCells(cells).map(({ ts, tap }) => [ts, tap])).toEqual([
    [0, 1],
    [0, 2],
    [60, 1],
  ]);
});

test('jobs come to read about as much as they may, and never none', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 64 << 20 }), fc.integer({ min: 1, max: 1024 }), (perCell, first) => {
      let cells = first;
      for (let job = 0; job < 20; job++) {
        cells = resizeBatch(cells, cells * perCell);
        expect(cells).toBeGreaterThanOrEqual(1);
        expect(cells).toBeLessThanOrEqual(1024);
      }
      if (cells > 1) expect(cells * perCell).toBeLessThanOrEqual(16 << 20);
    }),
  );
});

test('a job writes into few months, and jobs take every cell once', () => {
  const times = fc.array(fc.integer({ min: -1e11, max: 1e11 }), { maxLength: 300 });
  fc.assert(
    fc.property(times, fc.integer({ min: 1, max: 200 }), (list, size) => {
      const cells = dueCells(list.map((ts, tap) => cell({ ts, tap })));
      const taken: DirtyCell[] = [];
      while (taken.length < cells.length) {
        const batch = takeBatch(cells, taken.length, size);
        expect(batch.length).toBeGreaterThan(0);
        expect(batch.length).toBeLessThanOrEqual(size);
        const months = new Set(
          batch.map(({ ts }) => {
            const date = new Date(ts * 1000);
            return date.getUTCFullYear() * 12 + date.getUTCMonth();
          }),
        );
        expect(months.size).toBeLessThanOrEqual(80);
        taken.push(...batch);
      }
      expect(taken).toEqual(cells);
    }),
  );
});
