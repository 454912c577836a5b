import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { WorkerOptions } from 'node:worker_threads';

/**
 * All threads of both daemons: name -> file. One table, so that the bundle which is installed on hosts can give each
 * name a file of its own.
 */
const files = {
  capture: '../sensor/captureWorker.ts',
  merge: '../sensor/mergeWorker.ts',
  logs: '../sensor/logsWorker.ts',
  merging: '../manager/query/mergeWorker.ts',
  read: '../sensor/readWorker.ts',
  rollup: '../manager/rollup/rollupWorker.ts',
  load: '../manager/store/loadWorker.ts',
} as const;

export type ThreadName = keyof typeof files;

/** Starts a thread. Its death is for the caller to notice ('error', 'exit'): a dying worker ends the daemon. */
export function startThread(
  name: ThreadName,
  workerData: unknown,
  options: Omit<WorkerOptions, 'workerData'> = {},
): Worker {
  if (options.resourceLimits !== undefined) forgetHeapFlags();
  return new Worker(new URL(files[name], import.meta.url), { name, ...options, workerData });
}

/**
 * Flags of the process that bound its heap (`heapFlags` of a sensor, `NODE_OPTIONS`) go before the limits of a thread that
 * is made later. The main thread's heap has its bound from its start, and keeps it when they are taken back.
 */
export function forgetHeapFlags(): void {
  setFlagsFromString('--max-old-space-size=0');
  setFlagsFromString('--max-semi-space-size=0');
}
