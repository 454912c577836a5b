import type { Clock } from '../../runtime/clock.ts';

/** A clock that stands until it is moved. Sockets go on in real time meanwhile. */
export class ManualClock implements Clock {
  #elapsed = 1000;
  /** Milliseconds that the wall clock is ahead of the steady one. */
  wall: number;
  #timers: { at: number; action: () => void }[] = [];

  constructor(wall = 1_700_000_000_000) {
    this.wall = wall;
  }

  now(): number {
    return this.#elapsed + this.wall;
  }

  elapsed(): number {
    return this.#elapsed;
  }

  after(millis: number, action: () => void): () => void {
    const timer = { at: this.#elapsed + millis, action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Moves on, and runs what is due on the way. */
  advance(millis: number): void {
    const end = this.#elapsed + millis;
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== due);
      this.#elapsed = Math.max(this.#elapsed, due.at);
      due.action();
    }
    this.#elapsed = end;
  }
}

/** Gives sockets time to bring what was sent. */
export async function breathe(): Promise<void> {
  await new Promise<void>((resolve) => void setTimeout(resolve, 20));
}
