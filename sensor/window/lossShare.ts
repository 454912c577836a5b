import type { PacketSource, SourceLoss } from '../capture/source.ts';
import type { Windows } from './windows.ts';

/** A clock that was set, or a machine that slept, when the two clocks differ by more. */
const JUMP_SECONDS = 0.5;

/**
 * Live: gives what was lost between two looks to the windows that it was lost in. Counts go to the window of the earlier
 * look; blind time is spread over the windows in between, so that no window has more of it than it is long when looks
 * come late.
 */
export class LossShare {
  readonly #windows: Windows;
  readonly #span: number;
  /** Whether this worker tells of time that the machine slept: one of a tap does. */
  readonly #tellsGaps: boolean;
  readonly #lost: SourceLoss = { kernel: 0, freezes: 0, nic: 0, blindMillis: 0 };
  #wall: number;
  #elapsed: number;

  /** `wall` and `elapsed` (seconds): the wall clock and one that runs on evenly, now. */
  constructor(windows: Windows, windowSeconds: number, tellsGaps: boolean, wall: number, elapsed: number) {
    this.#windows = windows;
    this.#span = windowSeconds;
    this.#tellsGaps = tellsGaps;
    this.#wall = wall;
    this.#elapsed = elapsed;
  }

  /** Takes what the source lost since the last call. Before `Windows.tick`, which may close the windows of it. */
  take(source: Pick<PacketSource, 'takeLoss'>, wall: number, elapsed: number): void {
    const lost = this.#lost;
    source.takeLoss(lost);
    this.#windows.open(wall);
    const from = this.#wall;
    const gap = wall - from - (elapsed - this.#elapsed);
    if (this.#tellsGaps && gap > JUMP_SECONDS) lost.blindMillis += gap * 1000;
    // Two clocks measured it: no more of a span is blind than it is long.
    if (wall > from) lost.blindMillis = Math.min(lost.blindMillis, (wall - from) * 1000);
    this.#wall = wall;
    this.#elapsed = elapsed;
    const { loss } = this.#windows.at(from) ?? this.#windows.current;
    loss.kernel += lost.kernel;
    loss.freezes += lost.freezes;
    loss.nic += lost.nic;
    if (lost.blindMillis > 0) this.#spread(lost.blindMillis, from, wall);
    lost.kernel = lost.freezes = lost.nic = lost.blindMillis = 0;
  }

  #spread(millis: number, from: number, to: number): void {
    const span = this.#span;
    if (!(to > from)) {
      this.#windows.current.loss.blindMillis += millis;
      return;
    }
    for (let start = Math.floor(from / span) * span; start < to; start += span) {
      const overlap = Math.min(to, start + span) - Math.max(from, start);
      const window = this.#windows.at(start);
      if (window !== undefined) window.loss.blindMillis += (millis * overlap) / (to - from);
    }
  }
}
