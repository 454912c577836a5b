import type { Counter, Metrics } from '../../runtime/metrics.ts';
import { BusyError } from './queryError.ts';

/** Lets few questions run at once, some wait, and refuses the others. */
export interface Turns {
  /** Runs `question` when it is its turn. Given up while it waits, it is not run at all. */
  take<T>(question: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Refuses new questions, and resolves when those that run or wait are answered. */
  close(): Promise<void>;
}

export function createTurns(config: { running: number; waiting: number }, metrics: Metrics): Turns {
  const waiting: (() => void)[] = [];
  let running = 0;
  let closed: PromiseWithResolvers<void> | undefined;
  const asked = metrics.counter('query_questions', 'questions', 'Questions that were asked.');
  const refused: Counter = metrics.counter('query_refused', 'questions', 'Questions refused because too many ran.');
  metrics.computed('query_running', 'questions', 'Questions that are being answered.', () => running);
  metrics.computed('query_waiting', 'questions', 'Questions that wait for their turn.', () => waiting.length);

  function done(): void {
    // The turn is handed on as it is: nobody who comes in between can take it.
    const next = waiting.shift();
    if (next !== undefined) {
      next();
      return;
    }
    running -= 1;
    if (running === 0) closed?.resolve();
  }

  return {
    async take<T>(question: () => Promise<T>, signal?: AbortSignal) {
      asked.add();
      if (closed !== undefined) throw new BusyError('the manager stops: ask again when it is back');
      if (running >= config.running) {
        if (waiting.length >= config.waiting) {
          refused.add();
          throw new BusyError(
            `${running} questions run and ${waiting.length} wait: ask again in some seconds, or for less at once`,
          );
        }
        const { promise, resolve } = Promise.withResolvers<void>();
        waiting.push(resolve);
        await promise;
      } else running += 1;
      try {
        signal?.throwIfAborted();
        return await question();
      } finally {
        done();
      }
    },
    close() {
      closed ??= Promise.withResolvers();
      if (running === 0) closed.resolve();
      return closed.promise;
    },
  };
}
