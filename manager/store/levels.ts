import type { Clock } from '../../runtime/clock.ts';
import type { Stage } from '../../runtime/lifecycle.ts';
import { DirtyRanges, rawLevel } from './dirtyRanges.ts';
import type { DirtyCell } from './dirtyRanges.ts';
import type { Engine } from './engine.ts';
import { isFed, rollUp } from './levelJob.ts';
import type { JobDeps } from './levelJob.ts';
import { LevelReader } from './levelReader.ts';
import { createLevelTables } from './levelTables.ts';
import type { LoadedRows, RetentionSink } from './loadedRows.ts';
import { grainOf } from './planPieces.ts';
import { levels } from './schema.ts';

/** What waits to be rolled, for the stage that does it (`manager/rollup`). */
export interface RollupQueue {
  /** Number of levels, finest first. */
  readonly levels: number;
  /** Cells of a level that lack something that may be rolled now, and whose finer cells lack nothing. */
  ready(level: number): DirtyCell[];
  /** Rolls cells of one level; the bytes that were read, and sections that are in no level. */
  roll(cells: readonly DirtyCell[], merge: JobDeps['merge']): Promise<{ bytes: number; left: number; rows: number }>;
  /** Cells of all levels that lack something. */
  waiting(): number;
  /** Questions that are being answered. */
  reading(): number;
  /** Calls `listener` when something was loaded. */
  onLoaded(listener: () => void): void;
}

export interface Levels extends LoadedRows, RetentionSink, Stage {
  readonly queue: RollupQueue;
}

/**
 * What is loaded, answered from levels of time: 1 min, 10 min, 1 h, 1 d (docs/adr/0010). Inert before `start`.
 *
 * While a view is open, no roll-up takes in segments later than the view's: those it reads from the journal.
 */
export function createLevels(stateDir: string, deps: { engine: Engine; clock: Clock }): Levels {
  const { engine, clock } = deps;
  const ranges = new DirtyRanges(stateDir);
  const tables = createLevelTables(engine);
  const views = new Map<symbol, { upTo: number; closed: PromiseWithResolvers<void> }>();
  const listeners: (() => void)[] = [];
  let read = 0;

  const bound = (): number => [...views.values()].reduce((least, { upTo }) => Math.min(least, upTo), ranges.loadedUpTo);

  return {
    name: ranges.name,
    start: () => ranges.start(),
    stop: () => ranges.stop(),
    loadedUpTo: () => ranges.loadedUpTo,
    loaded(segment, parts) {
      ranges.load(segment, parts, clock.elapsed());
      for (const listener of listeners) listener();
    },
    open() {
      const id = Symbol('view');
      const upTo = ranges.loadedUpTo;
      const closed = Promise.withResolvers<void>();
      views.set(id, { upTo, closed });
      const reader = new LevelReader(upTo, { engine, queue: ranges, count: (rows) => (read += rows) });
      return {
        upTo,
        counts: (query) => reader.counts(query),
        sections: (query, kinds) => reader.sections(query, kinds),
        close() {
          views.delete(id);
          closed.resolve();
        },
      };
    },
    grain: (from, to, taps) => grainOf(from, to, taps, ranges) ?? 0,
    rowsRead: () => read,
    dropping(level, untilOfTap) {
      const index = level === 'raw' ? rawLevel : levels.findIndex(({ name }) => name === level);
      ranges.drop(index, untilOfTap);
    },
    async unread() {
      await Promise.all([...views.values()].map(({ closed }) => closed.promise));
    },
    heldFrom() {
      let least = Infinity;
      for (const level of levels.keys())
        for (const cell of ranges.all(level))
          if (level === 0 || cell.ts < ranges.horizon(level - 1, cell.tap)) least = Math.min(least, cell.since);
      return least;
    },
    holds(level, before) {
      const coarser = levels.findIndex(({ name }) => name === level) + 1;
      for (const cell of coarser < levels.length ? ranges.all(coarser) : []) if (cell.ts < before) return true;
      return false;
    },
    queue: {
      levels: levels.length,
      ready(level) {
        const upTo = bound();
        return [...ranges.all(level)].filter((cell) => cell.since <= upTo && isFed(cell, ranges));
      },
      roll: (cells, merge) =>
        rollUp(cells, bound(), { tables, queue: ranges, merge }).then(({ bytes, left, read: rows }) => ({
          bytes,
          left,
          rows,
        })),
      waiting: () => ranges.size,
      reading: () => views.size,
      onLoaded: (listener) => void listeners.push(listener),
    },
  };
}
