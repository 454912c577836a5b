/** How many octets may be hashed: a rate by packet time, so that runs over the same packets shed alike. */
export class HashBudget {
  readonly #rate: number;
  #left: number;
  #time = 0;

  /** `rate`: octets a second; as many may come at once. */
  constructor(rate: number) {
    this.#rate = rate;
    this.#left = rate;
  }

  /** Whether `octets` at `time` (in seconds) are still in it; they are then counted. */
  take(octets: number, time: number): boolean {
    if (time > this.#time) {
      this.#left = Math.min(this.#rate, this.#left + (time - this.#time) * this.#rate);
      this.#time = time;
    }
    if (octets > this.#left) return false;
    this.#left -= octets;
    return true;
  }
}
