import { rename, rm } from 'node:fs/promises';
import type { Clock } from '../../runtime/clock.ts';
import { AppError } from '../../runtime/error.ts';
import type { Stage } from '../../runtime/lifecycle.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import { markOf } from './dnsRows.ts';
import type { Engine } from './engine.ts';
import type { Journal } from './journal.ts';
import { tapId } from './journalEntry.ts';
import type { JournalSegment } from './journalSegment.ts';
import type { LoadedSink } from './loadedRows.ts';
import type { Table } from './schema.ts';
import { SegmentPreparer } from './segmentPreparer.ts';
import { name, sql } from './sql.ts';
import { rawTables } from './tables.ts';
import type { TapTable } from './tapTable.ts';

/** The number of this manager in `mgr`: one until several share a database. */
export const managerNumber = 1;
/** Milliseconds to wait after a failure, doubled for each further one. */
const firstWait = 500;
const longestWait = 30_000;
/** Milliseconds that stopping waits for a segment that is being loaded. */
const stopMillis = 2000;

export interface LoaderDeps {
  journal: Journal;
  engine: Engine;
  taps: TapTable;
  sink: LoadedSink;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  fail: (error: unknown) => void;
}

/** Takes closed segments of the journal into the engine, one after the other, each exactly once. */
export interface Loader extends Stage {
  /** Resolves when everything that was appended before is in the engine. */
  drained(): Promise<void>;
}

/**
 * Exactly once: a segment's rows of a table are one insert of one block into one partition, so they are there as a whole
 * or not at all. Whether they are is asked first. Then the sink takes note of what came, durably, and only then the
 * segment leaves the journal. Whatever is killed in between, the same steps are gone through again.
 */
export function createLoader(deps: LoaderDeps): Loader {
  const { journal, engine, taps, sink, clock } = deps;
  const log = deps.log.named('loader');
  const preparer = new SegmentPreparer(deps.fail);
  const segments = deps.metrics.counter(
    'store_loaded_segments',
    'segments',
    'Segments of the journal that were loaded.',
  );
  const rows = deps.metrics.counter('store_loaded_rows', 'rows', 'Rows that were loaded into the engine.');
  const unreadable = deps.metrics.counter(
    'store_unreadable_records',
    'records',
    'Parts, logs and records that could not be read when they were loaded: kept as they came, in no answer.',
  );
  const failures = deps.metrics.counter('store_load_failures', 'times', 'Times that a segment could not be loaded.');
  const state = { stopping: false };
  let loop: Promise<void> | undefined;
  const stopped = Promise.withResolvers<void>();

  const count = async (table: Table, { number, hour }: JournalSegment): Promise<number> => {
    if (table.marked === true) return await markedRows(table, number);
    const statement = sql`SELECT count() AS n FROM ${name(table.name)} WHERE mgr = ${managerNumber} AND seg = ${number} AND arrived = ${hour}`;
    return (await engine.select(statement, { millis: 120_000 })).single('n');
  };

  /** 1 when the segment's mark is there, and its other rows by that. */
  async function markedRows(table: Table, segment: number): Promise<number> {
    const statement = sql`SELECT count() AS n FROM ${name(table.name)} WHERE rname = '' AND rrtype = ${managerNumber} AND rdata = ${markOf(segment)}`;
    return Math.min(1, (await engine.select(statement, { millis: 120_000 })).single('n'));
  }

  async function load(segment: JournalSegment): Promise<void> {
    const { number } = segment;
    const parts = journal.rowsOf(segment);
    const numbers = new Map(parts.map((row) => [tapId(row), taps.idOf(row)]));
    const tables = rawTables().map((table) => ({ table, file: engine.insertPath(`${number}-${table.name}.native`) }));
    const files = Object.fromEntries(tables.map(({ table, file }) => [table.name, file]));
    const origin = { arrived: segment.hour, manager: managerNumber, number };
    const prepared = await preparer.prepare({ path: segment.path, origin, taps: numbers, files });
    await engine.ready();
    for (const { table, file } of tables) {
      const wanted = prepared.rows[table.name] ?? 0;
      if (wanted === 0) continue;
      await engine.make(table);
      if ((await count(table, segment)) === 0) {
        await engine.insertFile(table, file);
        const found = await count(table, segment);
        if (found !== (table.marked === true ? 1 : wanted))
          throw new AppError('store.unequal', 'the engine holds another number of rows than were loaded', {
            context: { table: table.name, segment: number, wanted, found },
          });
        rows.add(wanted);
      }
      await rm(file, { force: true });
    }
    if (state.stopping) throw new AppError('store.closed', 'the store is being closed');
    taps.loaded(number, parts);
    sink.loaded(
      number,
      parts.map(({ start: ts, seconds, windowSeconds, ...tap }) => ({
        tap: numbers.get(tapId(tap)) ?? 0,
        ts,
        seconds,
        windowSeconds,
      })),
    );
    segments.add();
    if (prepared.unreadable > 0) {
      unreadable.add(prepared.unreadable);
      log.error('what could not be read is kept, and is in no answer', {
        segment: number,
        records: prepared.unreadable,
      });
    }
    if (prepared.damaged > 0) await keepDamaged(segment, prepared.damaged);
    await journal.release(segment);
  }

  /** What follows the damage was told at the start to be lost. The file is kept for who wants to look. */
  async function keepDamaged(segment: JournalSegment, bytes: number): Promise<void> {
    const path = `${segment.path}.damaged`;
    await rename(segment.path, path);
    log.error('a damaged segment was loaded as far as it could be read, and is kept', { path, bytes });
  }

  async function run(): Promise<void> {
    let wait = firstWait;
    while (!state.stopping) {
      await Promise.race([journal.someClosed(), stopped.promise]);
      const segment = journal.oldestClosed();
      if (state.stopping || segment === undefined) continue;
      try {
        await load(segment);
        wait = firstWait;
      } catch (error) {
        if (state.stopping) return;
        failures.add();
        log.error('a segment cannot be loaded, it stays in the journal', { segment: segment.number }, error);
        await pause(wait);
        wait = Math.min(longestWait, wait * 2);
      }
    }
  }

  const pause = async (millis: number): Promise<void> => {
    const over = Promise.withResolvers<void>();
    const cancel = clock.after(millis, over.resolve, true);
    await Promise.race([over.promise, stopped.promise]);
    cancel();
  };

  return {
    name: 'loader',
    start() {
      loop = run();
    },
    async stop(deadline) {
      state.stopping = true;
      stopped.resolve();
      const over = Promise.withResolvers<void>();
      const cancel = clock.after(Math.min(stopMillis, Math.max(0, deadline - clock.elapsed())), over.resolve, true);
      await Promise.race([loop, over.promise]);
      cancel();
      await preparer.stop();
    },
    async drained() {
      await journal.cut();
      while (journal.oldestClosed() !== undefined && !state.stopping) await pause(5);
    },
  };
}
