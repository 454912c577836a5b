import { ItemHash } from './itemHash.ts';

/** Clients of a period by number, with what is counted of each. */
export class ClientIndex {
  count = 0;
  /** Four words of each address. */
  readonly words: Uint32Array;
  /** Hashes for sketches. */
  readonly a: Uint32Array;
  readonly b: Uint32Array;
  readonly queries: Float64Array;
  readonly nxdomain: Float64Array;
  readonly #most: number;
  /** Number + 1; 0 = free. */
  readonly #places: Uint32Array;
  readonly #keyed: ItemHash;
  readonly #fixed: ItemHash = new ItemHash();

  /** `seeds`: two random words: nobody can choose addresses that fall on one place. */
  constructor(most: number, seeds: readonly [number, number]) {
    this.#most = most;
    this.#keyed = new ItemHash(...seeds);
    this.#places = new Uint32Array(2 ** Math.ceil(Math.log2(most * 2)));
    this.words = new Uint32Array(most * 4);
    this.a = new Uint32Array(most);
    this.b = new Uint32Array(most);
    this.queries = new Float64Array(most);
    this.nxdomain = new Float64Array(most);
  }

  /** The number of the address `words[at .. at + 4)`; -1 when there is no room for another one. */
  of(words: Uint32Array, at: number): number {
    const keyed = this.#keyed;
    keyed.words(words, at, 4);
    const mask = this.#places.length - 1;
    for (let place = keyed.a & mask; ; place = (place + 1) & mask) {
      const client = this.#places[place]! - 1;
      if (client < 0) return this.#add(place, words, at);
      if (this.#is(client, words, at)) return client;
    }
  }

  clear(): void {
    this.#places.fill(0);
    this.queries.fill(0, 0, this.count);
    this.nxdomain.fill(0, 0, this.count);
    this.count = 0;
  }

  #is(client: number, words: Uint32Array, at: number): boolean {
    const own = this.words;
    for (let i = 0; i < 4; i++) if (own[client * 4 + i] !== words[at + i]) return false;
    return true;
  }

  #add(place: number, words: Uint32Array, at: number): number {
    if (this.count === this.#most) return -1;
    const client = this.count++;
    this.#places[place] = client + 1;
    for (let i = 0; i < 4; i++) this.words[client * 4 + i] = words[at + i]!;
    this.#fixed.words(words, at, 4);
    this.a[client] = this.#fixed.a;
    this.b[client] = this.#fixed.b;
    return client;
  }
}
