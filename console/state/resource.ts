import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { isFailure } from './client.ts';
import type { Failure } from './client.ts';

/** An answer as a panel shows it: the last one stays while the next is on its way, or when it does not come. */
export interface Shown<Value> {
  readonly value: Value | undefined;
  /** The question that `value` answers. */
  readonly key: string;
  readonly failure: Failure | undefined;
  readonly isLoading: boolean;
}

export interface Resource<Value> {
  readonly shown: ReadonlySignal<Shown<Value>>;
  /** Asks; a question that is still open is called off when the new one is another (by its key), and joined when not. */
  load(key: string): Promise<void>;
}

/** One question of the page. `ask` gets a signal that tells when nobody waits any more. */
export function createResource<Value extends object>(
  ask: (signal: AbortSignal) => Promise<Value | Failure>,
): Resource<Value> {
  const shown = signal<Shown<Value>>({ value: undefined, key: '', failure: undefined, isLoading: false });
  let open: { key: string; controller: AbortController; done: Promise<void> } | undefined;

  async function run(key: string, controller: AbortController): Promise<void> {
    shown.value = { ...shown.peek(), isLoading: true };
    const answer = await ask(controller.signal).catch((error: unknown) => {
      if (controller.signal.aborted) return undefined;
      throw error;
    });
    if (controller.signal.aborted || answer === undefined) return;
    open = undefined;
    shown.value = isFailure(answer)
      ? { ...shown.peek(), failure: answer, isLoading: false }
      : { value: answer, key, failure: undefined, isLoading: false };
  }

  return {
    shown,
    load(key) {
      if (open !== undefined && open.key === key) return open.done;
      open?.controller.abort();
      const controller = new AbortController();
      const done = run(key, controller);
      open = { key, controller, done };
      return done;
    },
  };
}
