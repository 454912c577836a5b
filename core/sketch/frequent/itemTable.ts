/** What is counted: whole numbers of 64 bits, signed, or strings. */
export type FrequentItem = bigint | string;

const MASK = 0xffff_ffff_ffff_ffffn;

/**
 * Where an item's search begins in a table, as Java has it: the low 32 bits of MurmurHash3's 64-bit finalizer, of the
 * number itself or of the string's `hashCode` (a polynomial in 31 over UTF-16 units, a signed 32-bit integer).
 */
export function itemHash(item: FrequentItem): number {
  let key = BigInt.asUintN(64, typeof item === 'bigint' ? item : BigInt(stringHash(item)));
  key ^= key >> 33n;
  key = (key * 0xff51afd7ed558ccdn) & MASK;
  key ^= key >> 33n;
  key = (key * 0xc4ceb9fe1a85ec53n) & MASK;
  key ^= key >> 33n;
  return Number(key & 0xffff_ffffn) | 0;
}

function stringHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

/**
 * Items with their counts: a table with linear probing that knows of each item how far it stands from its place, filled
 * to three quarters. The order of its slots is the order of the items in a sketch's bytes, hence all rules of Java's.
 */
export class ItemTable {
  readonly lgSlots: number;
  /** Items at most; one more and the table must grow or be purged. */
  readonly capacity: number;
  count = 0;
  readonly items: (FrequentItem | undefined)[];
  readonly counts: Float64Array;
  /** 1 for an item in its own place, 2 one further ...; 0 for a free slot. */
  readonly #distance: Uint32Array;

  constructor(lgSlots: number) {
    this.lgSlots = lgSlots;
    const slots = 2 ** lgSlots;
    this.capacity = Math.floor(slots * 0.75);
    this.items = Array.from({ length: slots });
    this.counts = new Float64Array(slots);
    this.#distance = new Uint32Array(slots);
  }

  get(item: FrequentItem): number {
    const mask = this.counts.length - 1;
    let at = itemHash(item) & mask;
    while (this.#distance[at] !== 0) {
      if (this.items[at] === item) return this.counts[at]!;
      at = (at + 1) & mask;
    }
    return 0;
  }

  add(item: FrequentItem, count: number): void {
    const mask = this.counts.length - 1;
    let at = itemHash(item) & mask;
    let distance = 1;
    while (this.#distance[at] !== 0 && this.items[at] !== item) {
      at = (at + 1) & mask;
      distance++;
    }
    if (this.#distance[at] === 0) {
      this.items[at] = item;
      this.counts[at] = 0;
      this.#distance[at] = distance;
      this.count++;
    }
    this.counts[at] = Math.min(this.counts[at]! + count, Number.MAX_SAFE_INTEGER);
  }

  /** The slots in use, in order. */
  used(): number[] {
    const slots: number[] = [];
    for (let at = 0; at < this.counts.length; at++) if (this.#distance[at] !== 0) slots.push(at);
    return slots;
  }

  /** The slots in use in the order of a merge: in strides by the golden ratio, so that they do not cluster in another table. */
  strided(): number[] {
    const slots: number[] = [];
    const length = this.counts.length;
    const stride = Math.floor((length * (Math.sqrt(5) - 1)) / 2) | 1;
    for (let i = 0, at = 0; i < length; i++, at = (at + stride) & (length - 1)) {
      if (this.#distance[at] !== 0) slots.push(at);
    }
    return slots;
  }

  /** Takes the median of (the first `sample`) counts from all, drops what is left with nothing, and says what it took. */
  purge(sample: number): number {
    const limit = Math.min(sample, this.count);
    const median = this.used()
      .slice(0, limit)
      .map((at) => this.counts[at]!)
      .sort((a, b) => a - b)[limit >>> 1]!;
    for (let at = 0; at < this.counts.length; at++) this.counts[at]! -= median;
    // From the back to the front, beginning behind a free slot, so that what moves forward was looked at already.
    let free = this.counts.length - 1;
    while (this.#distance[free] !== 0) free--;
    for (let at = free - 1; at >= 0; at--) this.#dropIfNone(at);
    for (let at = this.counts.length - 1; at >= free; at--) this.#dropIfNone(at);
    return median;
  }

  #dropIfNone(at: number): void {
    if (this.#distance[at] === 0 || this.counts[at]! > 0) return;
    this.count--;
    const mask = this.counts.length - 1;
    let hole = at;
    this.#distance[hole] = 0;
    let step = 1;
    for (let next = (hole + 1) & mask; this.#distance[next] !== 0; next = (next + 1) & mask, step++) {
      const distance = this.#distance[next]!;
      if (distance <= step) continue;
      this.items[hole] = this.items[next];
      this.counts[hole] = this.counts[next]!;
      this.#distance[hole] = distance - step;
      this.#distance[next] = 0;
      hole = next;
      step = 0;
    }
    this.items[hole] = undefined;
  }
}
