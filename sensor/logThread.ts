import { MessageChannel } from 'node:worker_threads';
import type { Worker } from 'node:worker_threads';
import { logs } from '../core/records/logs.ts';
import { AppError } from '../runtime/error.ts';
import { startThread } from '../runtime/threads.ts';
import type { SensorConfig } from './config.ts';
import type { SpoolMessage } from './link/spoolRecord.ts';
import { LOGS_SHARED_BYTES, LogsShared } from './logs/logsOrder.ts';
import type { LogsCommand, LogsOrder, LogsReport, RowsOrder } from './logs/logsOrder.ts';
import { makesLogs } from './memoryPlan.ts';
import { threadFault } from './threadFault.ts';

export interface LogEvents {
  /** Rows of a log as a durable message; resolves when it is on the disk or given up. */
  onLog: (message: Required<SpoolMessage>) => Promise<void>;
  /** What became of files on this host. */
  onLocalLogs: (told: Extract<LogsReport, { type: 'told' }>) => void;
}

/** The thread of logs, where the configuration wants logs, and the ways to it. */
export class LogThread {
  /** Resolves when all rows were written and given. */
  readonly ended: Promise<void>;
  readonly #orders: readonly (RowsOrder | undefined)[];
  readonly #shared = new SharedArrayBuffer(LOGS_SHARED_BYTES);
  readonly #ended = Promise.withResolvers<void>();
  readonly #order: LogsOrder | undefined;
  #thread: Worker | undefined;

  /** `workers`: how many will give rows. */
  constructor(config: SensorConfig, workers: number, live: boolean) {
    this.ended = this.#ended.promise;
    const { site, name, tap } = config;
    const { directory, local, format, rotateSeconds, maxBytes, ship } = config.logs;
    if (!makesLogs(config.logs)) {
      this.#orders = [];
      this.#ended.resolve();
      return;
    }
    const written = local.length > 0 ? local : logs.map(({ path }) => path);
    const wanted = new Set([...ship, ...(directory === undefined ? [] : written)]);
    const channels = Array.from({ length: workers }, () => new MessageChannel());
    const shared = this.#shared;
    const sensor = `${site}/${name}`;
    this.#orders = channels.map(({ port1 }) => ({ port: port1, logs: [...wanted], shared, sensor }));
    this.#order = {
      tap,
      ports: channels.map(({ port2 }) => port2),
      shared,
      live,
      ship,
      local: directory === undefined ? undefined : { directory, format, logs: written, rotateSeconds, maxBytes },
    };
  }

  /** What a worker is told; undefined when nobody wants rows. */
  orderOf(worker: number): RowsOrder | undefined {
    return this.#orders[worker];
  }

  get thread(): Worker | undefined {
    return this.#thread;
  }

  /** Rows that were given up since the thread was behind. */
  get dropped(): number {
    return Atomics.load(new Int32Array(this.#shared), LogsShared.ROWS_DROPPED) >>> 0;
  }

  start(
    limits: { maxOldGenerationSizeMb: number; maxYoungGenerationSizeMb: number },
    events: LogEvents,
    fail: (error: unknown) => void,
  ): void {
    if (this.#order === undefined) return;
    const { ports } = this.#order;
    const thread = startThread('logs', this.#order, { transferList: [...ports], resourceLimits: limits });
    this.#thread = thread;
    const given = new Set<Promise<void>>();
    let isWhole = false;
    thread.on('message', (report: LogsReport) => {
      if (report.type === 'told') events.onLocalLogs(report);
      else if (report.type === 'failed') fail(new AppError('capture.failed', `logs: ${report.message}`));
      else if (report.type === 'end') isWhole = true;
      else {
        const stored = events
          .onLog(report.message)
          .catch(fail)
          .finally(() => {
            given.delete(stored);
            thread.postMessage({ type: 'stored' } satisfies LogsCommand);
          });
        given.add(stored);
      }
    });
    thread.on('error', (error) => fail(threadFault('logs', error)));
    thread.on('exit', () => {
      if (!isWhole) fail(new AppError('capture.ended', 'the thread of logs ended'));
      void Promise.all(given).then(() => this.#ended.resolve());
    });
  }
}
