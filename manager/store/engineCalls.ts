import { AppError } from '../../runtime/error.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { FromEngine } from './engineMessages.ts';

/** Statements that wait or run at a time. */
const maxOpen = 4096;

/** What the engine was asked and has not answered yet. */
export class EngineCalls {
  readonly #open = new Map<number, PromiseWithResolvers<Uint8Array>>();
  #last = 0;

  constructor(metrics: Metrics) {
    metrics.computed('engine_open_statements', 'statements', 'Statements that wait or run.', () => this.#open.size);
  }

  open(): { id: number; answer: Promise<Uint8Array> } {
    if (this.#open.size >= maxOpen) throw new AppError('engine.busy', 'too many questions at a time');
    const call = Promise.withResolvers<Uint8Array>();
    this.#last += 1;
    this.#open.set(this.#last, call);
    return { id: this.#last, answer: call.promise };
  }

  settle(message: Extract<FromEngine, { id: number }>): void {
    const call = this.#open.get(message.id);
    this.#open.delete(message.id);
    if (message.type === 'answer') call?.resolve(message.bytes);
    else call?.reject(engineError(message.message, message.code));
  }

  failAll(error: unknown): void {
    const open = [...this.#open.values()];
    this.#open.clear();
    for (const { reject } of open) reject(error);
  }
}

/** An engine's error by its number: those that say that a question was too big have codes of their own. */
export function engineError(message: string, number: number): AppError {
  const text = message.replace(/^Code: \d+\. DB::Exception: /, '');
  const context = { engineCode: number, reason: text.slice(0, 500) };
  if (number === 159 || number === 160)
    return new AppError('engine.slow', 'the question took longer than it may', { context });
  if (number === 241) return new AppError('engine.memory', 'the question needs more memory than it may', { context });
  return new AppError('engine.failed', "the store's engine refused a statement", { context });
}
