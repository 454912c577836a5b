import { sortRange } from './compact.ts';
import type { Kll } from './kll.ts';

/** Values gathered before they go to the sketch together, and the level that one in 2^LEVEL of them goes to. */
const BATCH = 256;
const LEVEL = 5;
const STEP = 1 << LEVEL;
/** While the sketch has fewer levels, values go one by one: what is exact stays exact. */
const LEAST_LEVELS = LEVEL + 4;

/**
 * Feeds a KLL sketch at less than half the price: once it has grown, values are gathered, sorted, and every 32nd of them
 * goes to level 5, which is what five rounds of halving would have left. Adds a rank error of at most 16 for each 256
 * values, at random to either side: 0.06 % of n at a million values, beside the sketch's own 1.33 %.
 */
export class KllFeed {
  readonly #kll: Kll;
  readonly #values: Float64Array = new Float64Array(BATCH);
  readonly #sample: Float64Array = new Float64Array(BATCH / STEP);
  #count = 0;
  #random: number;

  constructor(kll: Kll) {
    this.#kll = kll;
    this.#random = kll.seed | 1;
  }

  /** Adds `values[at]`; what is no number is left out. */
  updateFrom(values: Float64Array, at: number): void {
    if (this.#kll.levelCount < LEAST_LEVELS) {
      this.#kll.updateFrom(values, at);
      return;
    }
    if (Number.isNaN(values[at]!)) return;
    this.#values[this.#count++] = values[at]!;
    if (this.#count === BATCH) this.#flushBatch();
  }

  /** Empty again, for another stream. Whoever took the sketch must be done with it. */
  reset(seed: number): void {
    this.#kll.reset(seed);
    this.#random = this.#kll.seed | 1;
    this.#count = 0;
  }

  /** The sketch with everything that was added. */
  take(): Kll {
    for (let i = 0; i < this.#count; i++) this.#kll.updateFrom(this.#values, i);
    this.#count = 0;
    return this.#kll;
  }

  #flushBatch(): void {
    const values = this.#values;
    sortRange(values, 0, BATCH);
    // xorshift32: which of each 32 stands for them; one seed gives the same bytes twice.
    this.#random ^= this.#random << 13;
    this.#random ^= this.#random >>> 17;
    this.#random ^= this.#random << 5;
    const offset = this.#random & (STEP - 1);
    const sample = this.#sample;
    for (let i = 0; i < sample.length; i++) sample[i] = values[i * STEP + offset]!;
    this.#kll.updateSampled(sample, LEVEL, values[0]!, values[BATCH - 1]!);
    this.#count = 0;
  }
}
