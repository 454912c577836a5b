/** Most of a place's count: 24 bits. */
export const MOST_COUNT: number = 2 ** 24 - 1;

/**
 * Counts of (key, kind), 32 and 8 bits, exactly: open addressing in two words a place. The places do not move, so that
 * others may name one.
 */
export class TupleTable {
  used = 0;
  /** Where the tuple of the last `add` is. */
  place = 0;
  readonly #keys: Uint32Array;
  /** Kind in the upper 8 bits, count below; 0 = free. */
  readonly #counts: Uint32Array;
  readonly #mask: number;
  readonly #most: number;

  /** `places`: a power of two; seven of eight are used at most. */
  constructor(places: number) {
    this.#keys = new Uint32Array(places);
    this.#counts = new Uint32Array(places);
    this.#mask = places - 1;
    this.#most = Math.floor((places / 8) * 7);
  }

  /** Counts one more; what the count is then, or 0 where there is no room (for another tuple, or in the count). */
  add(key: number, kind: number): number {
    const keys = this.#keys;
    const counts = this.#counts;
    let place = mix(key, kind) & this.#mask;
    for (; ; place = (place + 1) & this.#mask) {
      const count = counts[place]!;
      if (count === 0) break;
      if (keys[place] !== key || count >>> 24 !== kind) continue;
      if ((count & MOST_COUNT) === MOST_COUNT) return 0;
      this.place = place;
      counts[place] = count + 1;
      return (count & MOST_COUNT) + 1;
    }
    if (this.used === this.#most) return 0;
    this.used++;
    this.place = place;
    keys[place] = key;
    counts[place] = (kind << 24) | 1;
    return 1;
  }

  /** Tells of each tuple: where it is, its key, kind and count. */
  each(visit: (place: number, key: number, kind: number, count: number) => void): void {
    for (let place = 0; place <= this.#mask; place++) {
      const count = this.#counts[place]!;
      if (count !== 0) visit(place, this.#keys[place]!, count >>> 24, count & MOST_COUNT);
    }
  }

  clear(): void {
    this.#counts.fill(0);
    this.used = 0;
  }
}

function mix(key: number, kind: number): number {
  let h = Math.imul(key ^ Math.imul(kind + 1, 0x9e3779b1), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
