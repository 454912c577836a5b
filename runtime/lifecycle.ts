import { AppError } from './error.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './log.ts';

/** A part of a daemon. `create(...)` made it and did nothing yet. */
export interface Stage {
  readonly name: string;
  start(): Promise<void> | void;
  /** Stops in an orderly way, by `deadline` (on the clock's `elapsed()`) at the latest. */
  stop(deadline: number): Promise<void> | void;
}

export interface LifecycleDeps {
  log: Logger;
  clock: Clock;
  /** Milliseconds that all stages together have to stop. */
  stopMillis: number;
}

/** Starts stages in order and stops them in reverse; any stage that fails while running ends the daemon. */
export interface Lifecycle {
  /** Starts all stages; when one fails, those that run are stopped and its error is thrown. */
  start(): Promise<void>;
  /** Asks for an orderly end. A second call is ignored. */
  end(reason: string): void;
  /** A stage or a thread died: the daemon ends, and `finished` rejects with the error. */
  fail(error: unknown): void;
  /** Resolves when everything has stopped after `end`, rejects after `fail` or when a stage did not stop. */
  readonly finished: Promise<void>;
}

export function createLifecycle(stages: readonly Stage[], deps: LifecycleDeps): Lifecycle {
  const running: Stage[] = [];
  const { promise: finished, resolve, reject } = Promise.withResolvers<void>();
  // Who never waits for the end must not be killed by an unhandled rejection: the error is also logged.
  finished.catch(() => undefined);
  let starting: Promise<void> | undefined;
  let ending = false;

  async function stopAll(): Promise<unknown> {
    const deadline = deps.clock.elapsed() + deps.stopMillis;
    let first: unknown;
    for (let stage = running.pop(); stage !== undefined; stage = running.pop()) {
      try {
        await beforeDeadline(Promise.resolve(stage.stop(deadline)), deadline, stage.name, deps.clock);
      } catch (error) {
        deps.log.error('stage did not stop', { stage: stage.name }, error);
        first ??= error;
      }
    }
    return first;
  }

  function finish(cause?: { error: unknown }): void {
    if (ending) return;
    ending = true;
    const wait = starting ?? Promise.resolve();
    void wait
      .catch(() => undefined)
      .then(stopAll)
      .then((stopError) => {
        if (cause !== undefined) reject(cause.error);
        else if (stopError !== undefined) reject(stopError);
        else resolve();
      });
  }

  return {
    finished,
    async start() {
      starting = (async () => {
        for (const stage of stages) {
          if (ending) return;
          deps.log.debug('starting', { stage: stage.name });
          await stage.start();
          running.push(stage);
        }
      })();
      try {
        await starting;
      } catch (error) {
        ending = true;
        await stopAll();
        reject(error);
        throw error;
      }
    },
    end(reason) {
      deps.log.info('stopping', { reason });
      finish();
    },
    fail(error) {
      deps.log.error('a stage failed', {}, error);
      finish({ error });
    },
  };
}

/** Ends the daemon on SIGINT and SIGTERM; a second signal ends the process at once. The answer takes it back. */
export function endOnSignals(lifecycle: Lifecycle): () => void {
  let seen = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    // 128 + the signal's number, as shells report a process that a signal ended.
    if (seen) process.exit(signal === 'SIGINT' ? 130 : 143);
    seen = true;
    lifecycle.end(signal);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return () => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
}

async function beforeDeadline(work: Promise<void>, deadline: number, name: string, clock: Clock): Promise<void> {
  const late = Promise.withResolvers<never>();
  const cancel = clock.after(Math.max(0, deadline - clock.elapsed()), () =>
    late.reject(new AppError('stage.late', 'stage did not stop in time', { context: { stage: name } })),
  );
  try {
    await Promise.race([work, late.promise]);
  } finally {
    cancel();
  }
}
