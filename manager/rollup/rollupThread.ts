import type { Worker } from 'node:worker_threads';
import { AppError } from '../../runtime/error.ts';
import { startThread } from '../../runtime/threads.ts';
import type { MergeOrder, MergeResult } from '../store/levelJob.ts';
import type { RollupAnswer } from './rollupWorker.ts';

/** The thread that merges for roll-ups, one order at a time. */
export interface RollupThread {
  start(): void;
  merge(order: MergeOrder): Promise<MergeResult>;
  stop(): Promise<void>;
}

/** `fail` is told when the thread dies: what it was at is lost, and the daemon ends. */
export function createRollupThread(deps: { fail: (error: unknown) => void }): RollupThread {
  let thread: Worker | undefined;
  let waiting: PromiseWithResolvers<MergeResult> | undefined;
  let stopping = false;

  function ended(error: unknown): void {
    thread = undefined;
    waiting?.reject(error);
    waiting = undefined;
    if (!stopping) deps.fail(error);
  }

  return {
    start() {
      thread = startThread('rollup', undefined);
      thread.on('message', (answer: RollupAnswer) => {
        const asked = waiting;
        waiting = undefined;
        if ('result' in answer) asked?.resolve(answer.result);
        else asked?.reject(new AppError('rollup.failed', `a roll-up failed: ${answer.error}`));
      });
      thread.on('error', ended);
      thread.on('exit', (code) =>
        ended(new AppError('rollup.ended', 'the thread of roll-ups ended', { context: { code } })),
      );
    },
    merge(order) {
      if (thread === undefined || waiting !== undefined)
        return Promise.reject(new TypeError('the thread of roll-ups is not there for this'));
      waiting = Promise.withResolvers<MergeResult>();
      // Only memory that is the answer's alone can change hands; any other is copied, without what lies around it.
      const transfer: ArrayBuffer[] = [];
      const inputs: MergeOrder['inputs'] = {};
      const own = (bytes: Uint8Array): Uint8Array => {
        const { buffer } = bytes;
        const alone = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength;
        const given = alone ? new Uint8Array(buffer) : new Uint8Array(bytes);
        transfer.push(given.buffer);
        return given;
      };
      for (const source of ['raw', 'finer', 'own'] as const) {
        const input = order.inputs[source];
        if (input !== undefined) inputs[source] = { windows: own(input.windows), sections: own(input.sections) };
      }
      thread.postMessage({ ...order, inputs }, transfer);
      return waiting.promise;
    },
    async stop() {
      stopping = true;
      await thread?.terminate();
    },
  };
}
