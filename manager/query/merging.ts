import type { Worker } from 'node:worker_threads';
import { AppError } from '../../runtime/error.ts';
import type { Stage } from '../../runtime/lifecycle.ts';
import { startThread } from '../../runtime/threads.ts';
import type { FoldItem } from './folds/fold.ts';
import { bytesOf, packBatch } from './folds/foldBatch.ts';
import { createFold } from './folds/plan.ts';
import type { Plan, ResultOf } from './folds/plan.ts';
import type { MergeOrder, MergeReply } from './mergeWorker.ts';

/** Makes of sections what a plan says. */
export interface Merging {
  /** Rejects with the signal's reason when the question is given up. */
  merge<P extends Plan>(plan: P, items: AsyncIterable<FoldItem>, signal?: AbortSignal): Promise<ResultOf<P>>;
}

/** A batch goes to the thread when it has so many sections or bytes. */
const batchItems = 64;
const batchBytes = 512 * 1024;
/** Batches of one question that are on their way at most. */
const batchesUnderWay = 3;

interface Question {
  underWay: number;
  wake: () => void;
  result: PromiseWithResolvers<ResultOf<Plan>>;
}

/**
 * Merges in a thread of its own, so that the manager goes on taking in windows meanwhile. Questions take turns batch by
 * batch; each has at most three batches on their way, so a fast store waits for the merging. `fail` is told when the
 * thread dies.
 */
export function createMerging(deps: { fail: (error: unknown) => void }): Merging & Stage {
  const questions = new Map<number, Question>();
  const running: { thread: Worker | undefined } = { thread: undefined };
  let last = 0;
  let stopping = false;

  const send = (order: MergeOrder, transfer: ArrayBuffer[] = []): void => running.thread?.postMessage(order, transfer);

  function hear(reply: MergeReply): void {
    const question = questions.get(reply.id);
    if (question === undefined) return;
    if (reply.type === 'taken') question.underWay -= 1;
    else if (reply.type === 'result') question.result.resolve(reply.result);
    else question.result.reject(reply.error);
    question.wake();
  }

  function died(error: unknown): void {
    running.thread = undefined;
    for (const { result, wake } of questions.values()) {
      result.reject(error);
      wake();
    }
    if (!stopping) deps.fail(error);
  }

  async function feed(id: number, question: Question, items: AsyncIterable<FoldItem>, signal?: AbortSignal) {
    let batch: FoldItem[] = [];
    let bytes = 0;
    const flush = async (): Promise<void> => {
      if (batch.length === 0) return;
      const packed = packBatch(batch);
      [batch, bytes] = [[], 0];
      question.underWay += 1;
      send({ type: 'batch', id, ...packed }, [packed.heads.buffer, packed.bytes.buffer]);
      while (question.underWay >= batchesUnderWay && running.thread !== undefined) {
        const { promise, resolve } = Promise.withResolvers<void>();
        question.wake = resolve;
        await promise;
      }
    };
    for await (const item of items) {
      signal?.throwIfAborted();
      if (!questions.has(id)) return;
      batch.push(item);
      bytes += bytesOf(item.section);
      if (batch.length >= batchItems || bytes >= batchBytes) await flush();
    }
    await flush();
    signal?.throwIfAborted();
    send({ type: 'end', id });
  }

  return {
    name: 'merging',
    start() {
      const thread = startThread('merging', undefined);
      running.thread = thread;
      thread.on('message', hear);
      thread.on('error', died);
      thread.on('exit', () => died(new AppError('merge.ended', 'the merging thread ended by itself')));
    },
    async stop() {
      stopping = true;
      await running.thread?.terminate();
    },
    async merge<P extends Plan>(plan: P, items: AsyncIterable<FoldItem>, signal?: AbortSignal) {
      if (running.thread === undefined) throw new AppError('merge.closed', 'the merging thread does not run');
      last += 1;
      const id = last;
      const question: Question = { underWay: 0, wake: () => undefined, result: Promise.withResolvers() };
      // It may fail while sections are still being read: who awaits it comes later.
      question.result.promise.catch(() => undefined);
      questions.set(id, question);
      send({ type: 'begin', id, plan });
      const giveUp = (): void => {
        question.result.reject(signal?.reason);
        question.underWay = 0;
        question.wake();
      };
      signal?.addEventListener('abort', giveUp);
      try {
        const fed = feed(id, question, items, signal);
        // Who gave up does not wait for a store that is slow to give anything; what comes then is thrown away.
        fed.catch(() => undefined);
        await Promise.race([fed, question.result.promise]);
        return (await question.result.promise) as ResultOf<P>;
      } catch (error) {
        send({ type: 'cancel', id });
        throw error;
      } finally {
        signal?.removeEventListener('abort', giveUp);
        questions.delete(id);
      }
    },
  };
}

/** Merges where it is called: for tests, and for what is small. */
export function createInlineMerging(): Merging {
  return {
    async merge<P extends Plan>(plan: P, items: AsyncIterable<FoldItem>, signal?: AbortSignal) {
      const fold = createFold(plan);
      for await (const item of items) {
        signal?.throwIfAborted();
        fold.take(item);
      }
      return fold.finish() as ResultOf<P>;
    },
  };
}
