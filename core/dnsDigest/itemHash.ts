/**
 * Two 32-bit hashes of a name or an address: FNV-1a with two offsets, each finished as MurmurHash3 finishes. Without a
 * seed they are the same everywhere, so that sketches of all sensors merge; with one they name items of a table.
 */
export class ItemHash {
  a = 0;
  b = 0;
  readonly #seedA: number;
  readonly #seedB: number;

  constructor(seedA = 0, seedB = 0) {
    this.#seedA = 0x811c9dc5 ^ seedA;
    this.#seedB = 0x2f0b4c47 ^ seedB;
  }

  /** A name in its key form, which is ASCII. */
  name(text: string): void {
    let a = this.#seedA;
    let b = this.#seedB;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      a = Math.imul(a ^ code, 0x01000193);
      b = Math.imul((b << 5) ^ (b >>> 27) ^ code, 0x9e3779b1);
    }
    this.a = finish(a);
    this.b = finish(b);
  }

  /** Whole numbers of 32 bits, as an address's four. */
  words(words: Uint32Array, at: number, count: number): void {
    let a = this.#seedA;
    let b = this.#seedB;
    for (let i = at; i < at + count; i++) {
      const word = words[i]!;
      a = finish(Math.imul(a ^ word, 0x01000193) + i - at);
      b = finish(Math.imul((b << 5) ^ (b >>> 27) ^ word, 0x9e3779b1));
    }
    this.a = finish(a);
    this.b = finish(b);
  }
}

function finish(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
