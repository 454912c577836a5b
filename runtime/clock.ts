/** The outside world's time. Handed in, so that tests decide what time it is. */
export interface Clock {
  /** Milliseconds since 1970, the wall clock: may jump. */
  now(): number;
  /** Milliseconds from some start: never goes back. For durations and deadlines. */
  elapsed(): number;
  /** Calls `action` once after `millis`; the answer cancels it. Does not keep the process alive when `background`. */
  after(millis: number, action: () => void, background?: boolean): () => void;
}

/** The system's clock. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    elapsed: () => performance.now(),
    after(millis, action, background = false) {
      const timer = setTimeout(action, millis);
      if (background) timer.unref();
      return () => clearTimeout(timer);
    },
  };
}
