import { parentPort, workerData } from 'node:worker_threads';
import { decodeColumns } from '../core/records/columns.ts';
import { logs } from '../core/records/logs.ts';
import { Refusal } from '../core/sketch/refusal.ts';
import { systemClock } from '../runtime/clock.ts';
import { AppError, describeError } from '../runtime/error.ts';
import { LocalLogs } from './logs/localLogs.ts';
import { LogsShared } from './logs/logsOrder.ts';
import type { LogsCommand, LogsOrder, LogsReport, RowsInput } from './logs/logsOrder.ts';
import { Shipments } from './logs/shipments.ts';

/** How often files are flushed and messages made. */
const FLUSH_MILLIS = 1000;
/** Messages that are not on the disk yet, beyond which a replay's rows wait. */
const MOST_UNSTORED = 8;

/** The thread of logs: rows of all capture workers of a tap in, files and durable messages out. */
const parent = parentPort!;
const order = workerData as LogsOrder;
const clock = systemClock();
const shared = new Int32Array(order.shared);
const local = order.local === undefined ? undefined : new LocalLogs(order.local, () => clock.now());
const shipped = logs.filter(({ path }) => order.ship.includes(path));
let unstored = 0;
/** Bytes that were taken and are still counted as on their way: a replay waits for the disk. */
let owed = 0;
const shipments = new Shipments({ tap: order.tap, live: order.live, logs: shipped }, (message) => {
  unstored += 1;
  parent.postMessage({ type: 'message', message } satisfies LogsReport, [message.bytes.buffer as ArrayBuffer]);
});
/** Up to when each worker has given all of its rows; a worker that is over has none any more. */
const marks = new Map<number, number>();
const left = new Set(order.ports.keys());
let coveredTo: number | undefined;

function settle(): void {
  if (owed === 0 || (!order.live && unstored > MOST_UNSTORED)) return;
  Atomics.sub(shared, LogsShared.BYTES_ON_THE_WAY, owed);
  Atomics.notify(shared, LogsShared.BYTES_ON_THE_WAY);
  owed = 0;
}

function take(worker: number, input: RowsInput): void {
  if (input.type === 'end') return end(worker);
  if (input.type === 'mark') return mark(worker, input);
  const log = logs.find(({ path }) => path === input.log);
  owed += input.columns.byteLength;
  settle();
  if (log === undefined) return undefined;
  const rows = decodeColumns(log, input.columns);
  if (rows instanceof Refusal) throw new AppError('capture.failed', String(rows));
  local?.add(log, rows);
  return shipments.add(log, rows, input.columns.byteLength, coveredTo ?? 0);
}

function mark(worker: number, { at, dropped }: Extract<RowsInput, { type: 'mark' }>): void {
  const isFirst = coveredTo === undefined;
  marks.set(worker, at);
  for (const [path, rows] of dropped) shipments.dropped(path, rows);
  if (marks.size < order.ports.length) return;
  // What came to be before the last of them began is of some workers only.
  coveredTo = isFirst
    ? [...marks.values()].reduce((a, b) => Math.max(a, b))
    : Math.max(
        coveredTo ?? 0,
        [...marks.values()].reduce((a, b) => Math.min(a, b)),
      );
  if (isFirst) shipments.begin(coveredTo);
}

function flush(isEnd = false): void {
  if (coveredTo !== undefined) shipments.seal(coveredTo, isEnd);
  if (local === undefined) return;
  if (isEnd) local.close();
  else local.flush();
  const counts = local.counts();
  const isNews = counts.written + counts.removed + counts.unwritten > 0 || counts.why !== undefined;
  if (isNews) parent.postMessage({ type: 'told', ...counts } satisfies LogsReport);
}

function end(worker: number): void {
  if (!left.delete(worker)) return;
  if (left.size > 0) return;
  flush(true);
  parent.postMessage({ type: 'end' } satisfies LogsReport);
  close();
}

function close(): void {
  clearInterval(tick);
  for (const port of order.ports) port.close();
  parent.close();
}

function guarded(action: () => void): void {
  try {
    action();
  } catch (error) {
    parent.postMessage({ type: 'failed', message: describeError(error) } satisfies LogsReport);
    process.exitCode = 1;
    close();
  }
}

const tick = setInterval(() => guarded(() => flush()), FLUSH_MILLIS);
parent.on('message', ({ type }: LogsCommand) => {
  if (type === 'stored') unstored -= 1;
  settle();
});
for (const [worker, port] of order.ports.entries()) {
  port.on('message', (input: RowsInput) => guarded(() => take(worker, input)));
  // Also of a worker that died: what it gave before has been taken.
  port.on('close', () => guarded(() => end(worker)));
}
