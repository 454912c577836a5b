import { COLD_END, COLD_RANGES, ColdWord } from './tcpState.ts';

/** Ranges of an end that has more than its cold words have room for; when there are more, the two highest become one. */
const WIDE_RANGES = 60;
/** Ends that have so many at one time, 544 octets each. The oldest loses what is above its first ranges. */
const MOST_WIDE = 1024;
/** What an end's cold words count when its ranges are kept here. */
const WIDE = COLD_RANGES + 1;

/**
 * Room for ends with many holes at a time (a capture that lost one packet in ten): the same words as the cold ones of an
 * end, with more ranges. The cold words keep the edge and the first ranges.
 *
 * `open`, work on `words` from `at` on with room for `capacity` ranges, `close`.
 */
export class TcpRanges {
  words: Uint32Array;
  at = 0;
  capacity = COLD_RANGES;
  readonly #cold: Uint32Array;
  /** By the index of an end's first cold word; in the order in which they were needed. */
  readonly #wide: Map<number, Uint32Array> = new Map();

  constructor(cold: Uint32Array) {
    this.#cold = cold;
    this.words = cold;
  }

  /** Ends whose ranges are kept here. */
  get count(): number {
    return this.#wide.size;
  }

  /** `isAdding`: a range more may be needed. */
  open(cold: number, isAdding: boolean): void {
    this.words = this.#cold;
    this.at = cold;
    this.capacity = COLD_RANGES;
    const count = this.#cold[cold + ColdWord.RANGES]!;
    if (count < COLD_RANGES || (count === COLD_RANGES && !isAdding)) return;
    let wide = count === WIDE ? this.#wide.get(cold) : undefined;
    if (count === WIDE && wide === undefined) this.#cold[cold + ColdWord.RANGES] = COLD_RANGES;
    if (wide === undefined) {
      if (!isAdding) return;
      wide = this.#make(cold);
    }
    this.words = wide;
    this.at = 0;
    this.capacity = WIDE_RANGES;
  }

  /** Puts back what `open` opened. */
  close(cold: number): void {
    if (this.words === this.#cold) return;
    const count = this.words[ColdWord.RANGES]!;
    this.#cold[cold + ColdWord.EDGE] = this.words[ColdWord.EDGE]!;
    for (let i = ColdWord.RANGES; i < COLD_END; i++) this.#cold[cold + i] = this.words[i]!;
    if (count > COLD_RANGES) this.#cold[cold + ColdWord.RANGES] = WIDE;
    else this.#wide.delete(cold);
    this.words = this.#cold;
  }

  #make(cold: number): Uint32Array {
    for (const oldest of this.#wide.keys()) {
      if (this.#wide.size < MOST_WIDE) break;
      this.#wide.delete(oldest);
    }
    const wide = new Uint32Array(ColdWord.RANGE + 2 * WIDE_RANGES);
    wide.set(this.#cold.subarray(cold, cold + COLD_END));
    this.#wide.set(cold, wide);
    return wide;
  }
}
