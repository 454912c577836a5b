/** What became of a sight. */
export const Sight = {
  /** It is the first or second of its name, and kept. */
  KEPT: 0,
  /** The first: kept, and the sights of another name gave way to it (`one`, `two`, `a`, `b` are of that one). */
  DISPLACED: 1,
  /** The third: the name leaves the table, `one` and `two` are the sights before. */
  THIRD: 2,
} as const;
export type Sight = (typeof Sight)[keyof typeof Sight];

/** A name may stand in either of two buckets of so many places: none gives way before the table is nearly full. */
const CHOICES = 2;
const WAYS = 4;
const WORDS = 4;

/**
 * Names that were seen once or twice in a period: by hash, without their texts, with who asked for what. A flood of names
 * that are never asked for again passes through here and nowhere else; when there is no room, others' sights give way.
 */
export class SightTable {
  one = 0;
  two = 0;
  a = 0;
  b = 0;
  /** By place: hash a and b, then two sights (0 = none). */
  readonly #places: Uint32Array;
  readonly #mask: number;
  readonly #seed: number;
  #victim = 0;

  /** `places`: a power of two. `seed`: a random odd word. */
  constructor(places: number, seed: number) {
    this.#places = new Uint32Array(places * WORDS);
    this.#mask = places / WAYS - 1;
    this.#seed = seed | 1;
  }

  /** A sight (not 0) of the name with that hash. */
  see(a: number, b: number, sight: number): Sight {
    const places = this.#places;
    // The emptier of the two buckets takes a new name.
    let free = -1;
    let most = 0;
    for (let choice = 0; choice < CHOICES; choice++) {
      const start = this.#start(a, b, choice);
      let room = 0;
      let first = -1;
      for (let at = start; at < start + WAYS * WORDS; at += WORDS) {
        if (places[at + 2] === 0) {
          room++;
          if (first < 0) first = at;
        } else if (places[at] === a && places[at + 1] === b) {
          return this.#again(at, sight);
        }
      }
      if (room <= most) continue;
      most = room;
      free = first;
    }
    let result: Sight = Sight.KEPT;
    if (free < 0) {
      this.#victim = (this.#victim + 1) % (WAYS * CHOICES);
      free = this.#start(a, b, this.#victim % CHOICES) + (this.#victim >> 1) * WORDS;
      this.#tell(free);
      result = Sight.DISPLACED;
    }
    places[free] = a;
    places[free + 1] = b;
    places[free + 2] = sight;
    places[free + 3] = 0;
    return result;
  }

  /** Tells of each name that is still there, in `one`, `two`, `a`, `b`. */
  each(visit: () => void): void {
    for (let at = 0; at < this.#places.length; at += WORDS) {
      if (this.#places[at + 2] === 0) continue;
      this.#tell(at);
      visit();
    }
  }

  clear(): void {
    this.#places.fill(0);
  }

  /** The second or third sight of a name. */
  #again(at: number, sight: number): Sight {
    const places = this.#places;
    if (places[at + 3] === 0) {
      places[at + 3] = sight;
      return Sight.KEPT;
    }
    this.#tell(at);
    places[at + 2] = 0;
    return Sight.THIRD;
  }

  #start(a: number, b: number, choice: number): number {
    const mixed = Math.imul(choice === 0 ? a : b, this.#seed);
    return ((mixed >>> 7) & this.#mask) * WAYS * WORDS;
  }

  #tell(at: number): void {
    this.a = this.#places[at]!;
    this.b = this.#places[at + 1]!;
    this.one = this.#places[at + 2]!;
    this.two = this.#places[at + 3]!;
  }
}
