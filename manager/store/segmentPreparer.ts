import type { Worker } from 'node:worker_threads';
import { AppError } from '../../runtime/error.ts';
import { startThread } from '../../runtime/threads.ts';
import type { PrepareSegment, PreparedSegment } from './loadMessages.ts';

export type Prepared = Exclude<PreparedSegment, { error: string }>;

/** Turns segments into files in a thread of its own, which starts with the first of them. */
export class SegmentPreparer {
  readonly #fail: (error: unknown) => void;
  readonly #open = new Map<number, PromiseWithResolvers<Prepared>>();
  #thread: Worker | undefined;
  #last = 0;

  /** `fail`: the thread died. */
  constructor(fail: (error: unknown) => void) {
    this.#fail = fail;
  }

  prepare(segment: Omit<PrepareSegment, 'id'>): Promise<Prepared> {
    this.#thread ??= this.#start();
    this.#last += 1;
    const call = Promise.withResolvers<Prepared>();
    this.#open.set(this.#last, call);
    this.#thread.postMessage({ ...segment, id: this.#last } satisfies PrepareSegment);
    return call.promise;
  }

  async stop(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.terminate();
    this.#failAll(new AppError('store.closed', 'the store is not open'));
  }

  #start(): Worker {
    const thread = startThread('load', undefined);
    thread.on('message', (answer: PreparedSegment) => {
      const call = this.#open.get(answer.id);
      this.#open.delete(answer.id);
      if ('error' in answer) call?.reject(new AppError('store.segment', answer.error));
      else call?.resolve(answer);
    });
    const died = (error: unknown): void => {
      if (thread !== this.#thread) return;
      this.#thread = undefined;
      this.#failAll(error);
      this.#fail(error);
    };
    thread.on('error', died);
    thread.on('exit', () => died(new AppError('store.closed', 'the thread that loads ended by itself')));
    return thread;
  }

  #failAll(error: unknown): void {
    for (const { reject } of this.#open.values()) reject(error);
    this.#open.clear();
  }
}
