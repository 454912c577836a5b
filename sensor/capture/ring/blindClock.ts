/**
 * Adds up the time in which an interface could not be captured. The state is looked at now and then; the time between two
 * looks counts as blind when the earlier one found the interface down or gone, so at the end of a gap up to one look's
 * distance too much is counted, never too little at its beginning when the socket's error announced it.
 */
export class BlindClock {
  #blind: boolean;
  #since: number;
  #sum = 0;

  constructor(now: number, blind: boolean) {
    this.#since = now;
    this.#blind = blind;
  }

  /** What a look at `now` (milliseconds of a clock that never goes back) found. */
  look(now: number, blind: boolean): void {
    if (this.#blind) this.#sum += Math.max(0, now - this.#since);
    this.#since = now;
    this.#blind = blind;
  }

  /** Blind milliseconds since the last call. */
  take(now: number): number {
    this.look(now, this.#blind);
    const sum = this.#sum;
    this.#sum = 0;
    return sum;
  }
}
