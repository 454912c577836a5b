import { parentPort } from 'node:worker_threads';
import type { Fold } from './folds/fold.ts';
import { unpackBatch } from './folds/foldBatch.ts';
import type { FoldBatch } from './folds/foldBatch.ts';
import { createFold } from './folds/plan.ts';
import type { Plan, ResultOf } from './folds/plan.ts';

/** To the merging thread. A question is begun, fed batch by batch, and ended or given up. */
export type MergeOrder =
  | { type: 'begin'; id: number; plan: Plan }
  | ({ type: 'batch'; id: number } & FoldBatch)
  | { type: 'end'; id: number }
  | { type: 'cancel'; id: number };

/** From the merging thread: a batch is done with, a result, or why there is none. */
export type MergeReply =
  | { type: 'taken'; id: number }
  | { type: 'result'; id: number; result: ResultOf<Plan> }
  | { type: 'failed'; id: number; error: unknown };

const port = parentPort!;
const folds = new Map<number, Fold<ResultOf<Plan>>>();

function obey(order: MergeOrder): void {
  const { id } = order;
  switch (order.type) {
    case 'begin':
      folds.set(id, createFold(order.plan));
      return;
    case 'batch': {
      const fold = folds.get(id);
      if (fold !== undefined) for (const item of unpackBatch(order)) fold.take(item);
      port.postMessage({ type: 'taken', id } satisfies MergeReply);
      return;
    }
    case 'end': {
      const fold = folds.get(id);
      folds.delete(id);
      // It failed, and that was told.
      if (fold === undefined) throw new RangeError(`question ${id} is not known`);
      port.postMessage({ type: 'result', id, result: fold.finish() } satisfies MergeReply);
      return;
    }
    case 'cancel':
      folds.delete(id);
  }
}

port.on('message', (order: MergeOrder) => {
  try {
    obey(order);
  } catch (error) {
    // One question's fault is not the others': it fails, the thread goes on.
    folds.delete(order.id);
    port.postMessage({ type: 'failed', id: order.id, error } satisfies MergeReply);
  }
});
