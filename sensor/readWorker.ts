import { parentPort, workerData } from 'node:worker_threads';
import { createRun, type RunOptions } from './read/pipelineRun.ts';
import type { EncodedRun } from './read/runResult.ts';
import { SharedBatches, type SharedBatchMessage } from './sharedBatch.ts';

/** What a worker of `picket read` is started with. */
export interface ReadWorkerOrder extends RunOptions {
  worker: number;
  workers: number;
}

/** To a worker: a batch to look at, or the end. */
export type ReadWorkerMessage = SharedBatchMessage | 'end';

/** From a worker: it is done with the batch in a slot, or with everything. */
export type ReadWorkerAnswer = { slot: number } | { run: EncodedRun; refusals: string[] };

const port = parentPort!;
const { worker, workers, ...options } = workerData as ReadWorkerOrder;
const { pipeline, windows, filter, total } = await createRun(options, worker, workers);
const batches = new SharedBatches();

port.on('message', (message: ReadWorkerMessage) => {
  if (message !== 'end') {
    pipeline.process(batches.open(message));
    port.postMessage({ slot: message.slot } satisfies ReadWorkerAnswer);
    return;
  }
  pipeline.finish();
  const refusals = filter?.refusals().map((refusal) => refusal.message) ?? [];
  const run: EncodedRun = { total: total().toSections(), times: pipeline.times, windows: windows.encode() };
  port.postMessage({ run, refusals } satisfies ReadWorkerAnswer);
  port.close();
});
