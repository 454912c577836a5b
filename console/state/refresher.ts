export interface RefresherDeps {
  /** Milliseconds, from any start, never back. */
  elapsed: () => number;
  setTimer: (action: () => void, millis: number) => number;
  clearTimer: (timer: number) => void;
  /** Asks again; resolves when the answers are there. */
  refresh: () => Promise<void>;
  /** Milliseconds between two beginnings at least. */
  gapMillis: () => number;
}

export interface Refresher {
  /** Something new is there: asks soon, and however often this is called in between, once. */
  want(): void;
  /** Asks now, whatever was asked before: another range was chosen. */
  now(): void;
  stop(): void;
}

/** Windows of several sensors arrive within a moment of each other: one question for all of them. */
const settleMillis = 300;

/**
 * Decides when questions are asked again: after new windows arrived, one time for all that arrive together, never two at
 * once, never more often than the gap. So a hundred sensors cost as many questions as one.
 */
export function createRefresher(deps: RefresherDeps): Refresher {
  let timer: number | undefined;
  let begun = Number.NEGATIVE_INFINITY;
  let running = 0;
  let wanted = false;

  function schedule(): void {
    if (timer !== undefined || running > 0) return;
    const wait = Math.max(settleMillis, begun + deps.gapMillis() - deps.elapsed());
    timer = deps.setTimer(run, wait);
  }

  function run(): void {
    if (timer !== undefined) deps.clearTimer(timer);
    timer = undefined;
    wanted = false;
    begun = deps.elapsed();
    running += 1;
    void deps.refresh().finally(() => {
      running -= 1;
      if (wanted) schedule();
    });
  }

  return {
    want() {
      wanted = true;
      schedule();
    },
    now: run,
    stop() {
      if (timer !== undefined) deps.clearTimer(timer);
      timer = undefined;
      wanted = false;
    },
  };
}
