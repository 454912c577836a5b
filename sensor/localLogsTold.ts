import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';
import type { Counter, Metrics } from '../runtime/metrics.ts';
import type { LocalCounts } from './logs/localLogs.ts';

/** A disk that takes no logs is told this often. */
const TELL_MILLIS = 60_000;

/** Counts and tells what becomes of rows of logs on this host. */
export class LocalLogsTold {
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #written: Counter;
  readonly #unwritten: Counter;
  readonly #removed: Counter;
  #toldAt = Number.NEGATIVE_INFINITY;

  /** `dropped`: rows that were given up on their way, since the start. */
  constructor(deps: { log: Logger; metrics: Metrics; clock: Clock; dropped: () => number }) {
    const { log, metrics, clock, dropped } = deps;
    this.#log = log;
    this.#clock = clock;
    metrics.computed('logs_rows_dropped', 'rows', 'Rows of logs given up since their thread was behind.', dropped);
    this.#written = metrics.counter('logs_rows_written', 'rows', 'Rows written to logs of this host.');
    this.#unwritten = metrics.counter('logs_rows_unwritten', 'rows', 'Rows that the disk of the logs did not take.');
    this.#removed = metrics.counter('logs_files_removed', 'files', 'Files of logs removed for want of space.');
  }

  note({ written, removed, unwritten, why }: LocalCounts): void {
    this.#written.add(written);
    this.#removed.add(removed);
    this.#unwritten.add(unwritten);
    if (why === undefined || this.#clock.elapsed() - this.#toldAt < TELL_MILLIS) return;
    this.#toldAt = this.#clock.elapsed();
    this.#log.error('logs cannot be written on this host', { why, rowsSoFar: this.#unwritten.value });
  }
}
