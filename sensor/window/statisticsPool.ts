import { KeyHasher } from '../../core/sketch/hash/keyHasher.ts';
import { hashSeed } from '../../core/summary/seed.ts';
import { Statistics, type StatisticsOptions } from '../../core/summary/statistics.ts';

/** Statistics kept for windows to come: the open ones and a supplement. */
const MOST_USED = 4;

/** Makes the statistics of windows, and uses those again that were handed out. */
export class StatisticsPool {
  readonly #options: Omit<StatisticsOptions, 'number'>;
  readonly #windowSeconds: number;
  readonly #recycle: boolean;
  readonly #hasher: KeyHasher = new KeyHasher();
  readonly #used: Statistics[] = [];
  #keyed: StatisticsOptions['keyed'];
  #seedHash: Uint8Array | undefined;

  constructor(options: Omit<StatisticsOptions, 'number'>, windowSeconds: number, recycle: boolean) {
    this.#options = options;
    this.#windowSeconds = windowSeconds;
    this.#recycle = recycle;
    if (options.keyed === undefined) return;
    this.#keyed = options.keyed;
    this.#seedHash = hashSeed(options.keyed.seed);
  }

  /** Those that are made from now on are keyed by that seed (16 bytes). */
  keyBy(seed: Uint8Array): void {
    this.#keyed = { seed, windowSeconds: this.#windowSeconds };
    this.#seedHash = hashSeed(seed);
    this.#used.length = 0;
  }

  /** Empty ones for the window with that number. */
  take(number: number): Statistics {
    const used = this.#used.pop();
    if (used === undefined) {
      const keyed = this.#keyed === undefined ? {} : { keyed: this.#keyed };
      return new Statistics({ ...this.#options, ...keyed, number }, this.#hasher);
    }
    used.reset(number);
    return used;
  }

  /** Keeps statistics for another window, if that is to be keyed as they are. */
  give(statistics: Statistics): void {
    if (!this.#recycle || this.#used.length === MOST_USED) return;
    if (String(statistics.keyed?.seedHash) === String(this.#seedHash)) this.#used.push(statistics);
  }
}
