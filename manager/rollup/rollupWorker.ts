import { parentPort } from 'node:worker_threads';
import { describeError } from '../../runtime/error.ts';
import type { MergeOrder, MergeResult } from '../store/levelJob.ts';
import { mergeFiles } from '../store/levelMergeFiles.ts';

/** To the thread: a merge, one at a time. From it: what came of it. */
export type RollupAnswer = { result: MergeResult } | { error: string };

const port = parentPort!;

port.on('message', (order: MergeOrder) => {
  mergeFiles(order).then(
    (result) => port.postMessage({ result } satisfies RollupAnswer),
    (error: unknown) => port.postMessage({ error: describeError(error) } satisfies RollupAnswer),
  );
});
