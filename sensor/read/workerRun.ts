import type { PacketBatch } from '../../core/packet/batch.ts';
import { AppError } from '../../runtime/error.ts';
import { startThread } from '../../runtime/threads.ts';
import type { ReadWorkerAnswer, ReadWorkerMessage, ReadWorkerOrder } from '../readWorker.ts';
import { SharedBatch } from '../sharedBatch.ts';
import { RunTimes } from '../window/runTimes.ts';
import type { RunOptions } from './pipelineRun.ts';
import { Summary } from '../../core/summary/summary.ts';
import { accepted, RunWindows } from './runResult.ts';

/** Batches that may be under way: one is filled while the workers are at the others. */
const BATCHES = 4;
const CAPACITY = 4096;

/**
 * Several workers over one reading of the files: each batch is copied to shared memory once, every worker looks at its
 * own packets in it.
 */
export class WorkerRun {
  readonly times: RunTimes = new RunTimes();
  readonly windows: RunWindows = new RunWindows();
  #total: Summary | undefined;
  readonly refusals: Set<string> = new Set();
  readonly #workers: ReturnType<typeof startThread>[] = [];
  readonly #free: SharedBatch[] = Array.from({ length: BATCHES }, (_, slot) => new SharedBatch(slot, CAPACITY));
  readonly #busy: Map<number, { batch: SharedBatch; left: number }> = new Map();
  readonly #done: Promise<void>[] = [];
  #wake: (() => void) | undefined;
  #failure: unknown;

  constructor(options: RunOptions, workers: number) {
    for (let worker = 0; worker < workers; worker++) {
      const order: ReadWorkerOrder = { ...options, worker, workers };
      const thread = startThread('read', order);
      const { promise, resolve } = Promise.withResolvers<void>();
      thread.on('message', (answer: ReadWorkerAnswer) => {
        try {
          this.#onAnswer(answer);
        } catch (error) {
          this.#fail(error);
        }
      });
      thread.on('error', (error) => this.#fail(error));
      thread.on('exit', (code) => {
        if (code !== 0) this.#fail(new AppError('read.worker', 'a worker ended early', { context: { code } }));
        resolve();
      });
      this.#workers.push(thread);
      this.#done.push(promise);
    }
  }

  /** Hands a batch to all workers; waits while they are too far behind. The batch may be released afterwards. */
  async process(batch: PacketBatch): Promise<void> {
    while (this.#free.length === 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
      this.#check();
    }
    this.#check();
    const shared = this.#free.pop()!;
    this.#busy.set(shared.slot, { batch: shared, left: this.#workers.length });
    this.#tell(shared.fill(batch));
  }

  /** Waits for all workers; answers with the run as a whole. */
  async finish(): Promise<Summary> {
    this.#tell('end');
    await Promise.all(this.#done);
    this.#check();
    if (this.#total === undefined) throw new AppError('read.worker', 'no worker gave a result');
    return this.#total;
  }

  #tell(message: ReadWorkerMessage): void {
    for (const worker of this.#workers) worker.postMessage(message);
  }

  #onAnswer(answer: ReadWorkerAnswer): void {
    if ('run' in answer) {
      this.times.merge(answer.run.times);
      this.windows.addEncoded(answer.run.windows);
      const total = accepted(Summary.fromSections(answer.run.total));
      if (this.#total === undefined) this.#total = total;
      else this.#total.merge(total);
      for (const refusal of answer.refusals) this.refusals.add(refusal);
      return;
    }
    const busy = this.#busy.get(answer.slot)!;
    busy.left -= 1;
    if (busy.left > 0) return;
    this.#busy.delete(answer.slot);
    this.#free.push(busy.batch);
    this.#wake?.();
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const worker of this.#workers) void worker.terminate();
    this.#wake?.();
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}
