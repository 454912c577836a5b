import { schedule } from 'node-cron';
import type { ScheduledTask } from 'node-cron';
import type { Clock } from '../../runtime/clock.ts';
import type { Stage } from '../../runtime/lifecycle.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { DirtyCell } from '../store/dirtyRanges.ts';
import type { RollupQueue } from '../store/levels.ts';
import { dueCells, resizeBatch, takeBatch } from './due.ts';
import { createRollupThread } from './rollupThread.ts';

/** Milliseconds from loading a segment to looking for work: several segments are one look. */
const debounceMillis = 1000;
/** When nothing is loaded, time alone makes cells due: looked at so often. */
const wakeUps = '*/15 * * * * *';
/** Cells of the first job; later ones by the bytes that a job read. */
const firstBatch = 64;
/** Milliseconds between two jobs while questions are answered, and when a job failed. */
const politeMillis = 50;
const failureMillis = 5000;

/** Makes the levels of time out of what is loaded, in jobs of bounded size, one at a time. */
export interface Rollup extends Stage {
  /** Rolls everything that can be rolled, whether it is due or not, and resolves then. */
  finish(): Promise<void>;
}

export function createRollup(deps: {
  queue: RollupQueue;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  fail: (error: unknown) => void;
}): Rollup {
  const { queue, clock, metrics } = deps;
  const log = deps.log.named('rollup');
  const thread = createRollupThread(deps);
  const jobs = metrics.counter('rollup_jobs', 'jobs', 'Roll-ups that were done.');
  const cellsDone = metrics.counter('rollup_cells', 'cells', 'Cells of the levels that were written.');
  const rowsRead = metrics.counter('rollup_rows', 'rows', 'Rows that roll-ups read.');
  const failures = metrics.counter('rollup_failures', 'jobs', 'Roll-ups that failed; they are done again.');
  const leftOut = metrics.counter(
    'rollup_left_sections',
    'sections',
    'Sections that are in no level: damaged, or of a kind that is not known here.',
  );
  metrics.computed('rollup_waiting', 'cells', 'Cells that lack something that was loaded.', () => queue.waiting());
  let task: ScheduledTask | undefined;
  let cancelWake: (() => void) | undefined;
  let running: Promise<void> | undefined;
  const ending = new AbortController();
  const batches = Array.from({ length: queue.levels }, () => firstBatch);

  /** Does all jobs that are due, level by level: what a coarser level is made of comes first. */
  async function runAll(everything: boolean): Promise<void> {
    for (let progress = true; progress && !ending.signal.aborted;) {
      progress = false;
      for (let level = 0; level < queue.levels; level++) {
        const cells = dueCells(
          queue.ready(level),
          everything ? undefined : { now: clock.now(), elapsed: clock.elapsed() },
        );
        for (let at = 0; at < cells.length && !ending.signal.aborted;) {
          const batch = takeBatch(cells, at, batches[level]!);
          at += batch.length;
          progress = (await roll(level, batch)) || progress;
        }
      }
    }
  }

  async function roll(level: number, batch: readonly DirtyCell[]): Promise<boolean> {
    try {
      const { bytes, left, rows } = await queue.roll(batch, (order) => thread.merge(order));
      jobs.add();
      cellsDone.add(batch.length);
      rowsRead.add(rows);
      batches[level] = resizeBatch(batch.length, bytes);
      if (left > 0) {
        leftOut.add(left);
        log.warn('sections that cannot be merged are in no level', { sections: left });
      }
      if (queue.reading() > 0) await pause(politeMillis);
      return true;
    } catch (error) {
      if (ending.signal.aborted) return false;
      failures.add();
      log.error('a roll-up failed, it will be done again', { level, cells: batch.length }, error);
      batches[level] = Math.max(1, batch.length >> 1);
      await pause(failureMillis);
      return false;
    }
  }

  const pause = (millis: number): Promise<void> => new Promise((resolve) => void clock.after(millis, resolve, true));

  function run(everything = false): Promise<void> {
    const next = (running ?? Promise.resolve()).then(() => runAll(everything));
    running = next.catch((error: unknown) => deps.fail(error));
    return running;
  }

  function wake(): void {
    if (ending.signal.aborted || cancelWake !== undefined) return;
    cancelWake = clock.after(
      debounceMillis,
      () => {
        void run().finally(() => (cancelWake = undefined));
      },
      true,
    );
  }

  return {
    name: 'rollup',
    start() {
      thread.start();
      queue.onLoaded(wake);
      // It only wakes: what there is to do is in the durable queue.
      task = schedule(wakeUps, wake);
      wake();
    },
    async stop(deadline) {
      ending.abort();
      await task?.destroy();
      cancelWake?.();
      await Promise.race([running, pause(Math.max(0, deadline - clock.elapsed() - 500))]);
      await thread.stop();
    },
    finish: () => run(true),
  };
}
