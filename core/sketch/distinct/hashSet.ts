/** Items that a set holds at most. */
export const SET_LIMIT = 4096;

const MIN_SLOTS = 32;

/**
 * An exact set of up to 4,096 items by their 128-bit hashes (four words each), open-addressed in one typed array at
 * most half full. The chance that two of 4,096 items share a hash is below 2^-104.
 */
export class HashSet {
  count = 0;
  /** Four words a slot; a slot of zeros is free. */
  #words: Int32Array = new Int32Array(MIN_SLOTS * 4);

  /** Adds an item by its words, each as a signed number; false when it would have been one more than the limit. */
  add(w0: number, w1: number, w2: number, w3: number): boolean {
    // The one hash that looks like a free slot gets the place of another, as good as never met.
    const first = (w0 | w1 | w2 | w3) === 0 ? 1 : w0;
    const words = this.#words;
    const mask = words.length - 1;
    let at = (first << 2) & mask;
    while ((words[at]! | words[at + 1]! | words[at + 2]! | words[at + 3]!) !== 0) {
      if (words[at] === first && words[at + 1] === w1 && words[at + 2] === w2 && words[at + 3] === w3) return true;
      at = (at + 4) & mask;
    }
    if (this.count === SET_LIMIT) return false;
    words[at] = first;
    words[at + 1] = w1;
    words[at + 2] = w2;
    words[at + 3] = w3;
    this.count++;
    if (this.count * 8 > words.length) this.#grow();
    return true;
  }

  #grow(): void {
    const old = this.#words;
    this.#words = new Int32Array(old.length * 2);
    this.count = 0;
    this.#addAll(old);
  }

  #addAll(words: Int32Array): boolean {
    for (let at = 0; at < words.length; at += 4) {
      if ((words[at]! | words[at + 1]! | words[at + 2]! | words[at + 3]!) === 0) continue;
      if (!this.add(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!)) return false;
    }
    return true;
  }

  /** Adds all of `other`; false when that is too many (the set then holds some of them). */
  addSet(other: HashSet): boolean {
    return this.#addAll(other.#words);
  }

  /** The items' words, sorted: the same for the same items, however they came. */
  toSortedWords(): Uint32Array {
    const words = new Uint32Array(this.#words.buffer);
    const slots: number[] = [];
    for (let at = 0; at < words.length; at += 4) {
      if ((words[at]! | words[at + 1]! | words[at + 2]! | words[at + 3]!) !== 0) slots.push(at);
    }
    slots.sort((a, b) => {
      for (let i = 0; i < 4; i++) if (words[a + i] !== words[b + i]) return words[a + i]! - words[b + i]!;
      return 0;
    });
    const sorted = new Uint32Array(slots.length * 4);
    slots.forEach((at, i) => sorted.set(words.subarray(at, at + 4), i * 4));
    return sorted;
  }
}
