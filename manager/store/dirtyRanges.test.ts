import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DirtyRanges } from './dirtyRanges.ts';
import { levels } from './schema.ts';

let directory = '';
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'picket-dirty-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function open(): DirtyRanges {
  const ranges = new DirtyRanges(directory);
  ranges.start();
  return ranges;
}

/** Everything that it knows, without times of this run. */
function known(ranges: DirtyRanges, taps: readonly number[]): unknown {
  return {
    loaded: ranges.loadedUpTo,
    dirty: levels.map((_, level) =>
      [...ranges.all(level)]
        .map(({ tap, ts, seconds, since, last }) => [tap, ts, seconds, since, last])
        .sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]! || a[2]! - b[2]!),
    ),
    waiting: ranges.size,
    horizons: taps.flatMap((tap) => [-1, 0, 1, 2, 3].map((level) => ranges.horizon(level, tap))),
    widths: taps.map((tap) => ranges.widths(tap, -Infinity, Infinity).sort((a, b) => a - b)),
  };
}

test('a part makes its cell of each level dirty, until that is rolled', () => {
  const ranges = open();
  ranges.load(5, [{ tap: 1, ts: 3_600_030, seconds: 10, windowSeconds: 10 }], 1);
  const cells = levels.map((_, level) => [...ranges.all(level)].map(({ ts, seconds }) => [ts, seconds]));
  expect(cells).toEqual([[[3_600_000, 60]], [[3_600_000, 600]], [[3_600_000, 3600]], [[3_542_400, 86_400]]]);
  expect(ranges.ranges(0, 1, 0, 4_000_000)).toEqual([3_600_000]);
  ranges.load(6, [{ tap: 1, ts: 3_600_040, seconds: 10, windowSeconds: 10 }], 2);
  // Rolled up to a segment before the last that touched it: it stays, for what came later.
  ranges.clean([...ranges.all(0)], 5);
  expect([...ranges.all(0)]).toMatchObject([{ since: 6, last: 6 }]);
  ranges.clean([...ranges.all(0)], 6);
  expect([...ranges.all(0)]).toEqual([]);
  expect(ranges.size).toBe(3);
  ranges.stop();
});

test('levels that are gone take nothing in', () => {
  const ranges = open();
  ranges.drop(0, [[1, 6000]]);
  ranges.load(1, [{ tap: 1, ts: 3000, seconds: 10, windowSeconds: 10 }], 1);
  expect(levels.map((_, level) => [...ranges.all(level)].length)).toEqual([0, 1, 1, 1]);
  ranges.load(2, [{ tap: 2, ts: 3000, seconds: 10, windowSeconds: 10 }], 1);
  expect([...ranges.all(0)].length).toBe(1);
  ranges.stop();
});

const steps = fc.array(
  fc.oneof(
    fc.record({
      type: fc.constant('load' as const),
      parts: fc.array(
        fc.record({
          tap: fc.integer({ min: 1, max: 2 }),
          ts: fc.integer({ min: -700, max: 700 }).map((at) => at * 10),
          seconds: fc.constantFrom(10, 60, 600),
        }),
        { maxLength: 5 },
      ),
    }),
    fc.record({
      type: fc.constant('clean' as const),
      level: fc.integer({ min: 0, max: 3 }),
      behind: fc.integer({ min: 0, max: 2 }),
    }),
    fc.record({
      type: fc.constant('drop' as const),
      level: fc.integer({ min: -1, max: 2 }),
      until: fc.integer({ min: -7000, max: 7000 }),
    }),
  ),
  { maxLength: 12 },
);

test('what is in memory is what is on the disk', () => {
  fc.assert(
    fc.property(steps, (list) => {
      rmSync(directory, { recursive: true, force: true });
      directory = mkdtempSync(join(tmpdir(), 'picket-dirty-'));
      const ranges = open();
      let segment = 0;
      for (const step of list) {
        if (step.type === 'load')
          ranges.load(
            (segment += 1),
            step.parts.map((part) => ({ ...part, windowSeconds: part.seconds })),
            segment,
          );
        else if (step.type === 'clean') ranges.clean([...ranges.all(step.level)], segment - step.behind);
        else ranges.drop(step.level, [[1, step.until]]);
      }
      const before = known(ranges, [1, 2]);
      ranges.stop();
      const again = open();
      expect(known(again, [1, 2])).toEqual(before);
      again.stop();
    }),
    { numRuns: 40 },
  );
});
