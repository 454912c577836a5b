import { TopRows } from './topRows.ts';

const FIRST_ROOM = 16;

/** Counts of up to `limit` keys, exactly: a hash table that grows. */
export class ExactTable {
  count = 0;
  readonly #width: number;
  readonly #limit: number;
  #room: number = FIRST_ROOM;
  #keys: Uint32Array;
  #hashes: Int32Array;
  /** Octets and packets of each entry. */
  #counts: Float64Array;
  /** Entry + 1 by hash, open-addressed, at most half full. */
  #index: Uint32Array;

  constructor(width: number, limit: number) {
    this.#width = width;
    this.#limit = limit;
    this.#keys = new Uint32Array(this.#room * width);
    this.#hashes = new Int32Array(this.#room);
    this.#counts = new Float64Array(this.#room * 2);
    this.#index = new Uint32Array(this.#room * 2);
  }

  /** False when the key would be one more than the limit. */
  add(hash: number, keys: Uint32Array, at: number, packets: number, octets: number): boolean {
    const index = this.#index;
    const mask = index.length - 1;
    const hashes = this.#hashes;
    let bucket = hash & mask;
    let entry = index[bucket]!;
    while (entry !== 0 && !(hashes[entry - 1] === hash && this.#matches(entry - 1, keys, at))) {
      bucket = (bucket + 1) & mask;
      entry = index[bucket]!;
    }
    if (entry === 0) {
      if (this.count === this.#limit) return false;
      if (this.count === this.#room) {
        this.#grow();
        return this.add(hash, keys, at, packets, octets);
      }
      entry = ++this.count;
      index[bucket] = entry;
      hashes[entry - 1] = hash;
      const own = this.#keys;
      for (let i = 0, from = (entry - 1) * this.#width; i < this.#width; i++) own[from + i] = keys[at + i]!;
    }
    this.#counts[2 * entry - 2]! += octets;
    this.#counts[2 * entry - 1]! += packets;
    return true;
  }

  /** Empty again, with the memory that it has. */
  reset(): void {
    this.#index.fill(0);
    this.#counts.fill(0);
    this.count = 0;
  }

  #matches(entry: number, keys: Uint32Array, at: number): boolean {
    const own = this.#keys;
    const width = this.#width;
    for (let i = 0, from = entry * width; i < width; i++) if (own[from + i] !== keys[at + i]) return false;
    return true;
  }

  #grow(): void {
    this.#room *= 2;
    this.#keys = enlarged(this.#keys, new Uint32Array(this.#room * this.#width));
    this.#hashes = enlarged(this.#hashes, new Int32Array(this.#room));
    this.#counts = enlarged(this.#counts, new Float64Array(this.#room * 2));
    this.#index = new Uint32Array(this.#room * 2);
    const mask = this.#index.length - 1;
    for (let entry = 0; entry < this.count; entry++) {
      let bucket = this.#hashes[entry]! & mask;
      while (this.#index[bucket] !== 0) bucket = (bucket + 1) & mask;
      this.#index[bucket] = entry + 1;
    }
  }

  /** Hands every entry to `into.add`. */
  moveTo(into: { add(hash: number, keys: Uint32Array, at: number, packets: number, octets: number): void }): void {
    for (let i = 0; i < this.count; i++) {
      into.add(this.#hashes[i]!, this.#keys, i * this.#width, this.#counts[2 * i + 1]!, this.#counts[2 * i]!);
    }
  }

  toRows(capacity: number): TopRows {
    const rows = new TopRows(this.#width, capacity, this.count);
    rows.keys.set(this.#keys.subarray(0, this.count * this.#width));
    for (let i = 0; i < this.count; i++) {
      rows.octets[i] = this.#counts[2 * i]!;
      rows.packets[i] = this.#counts[2 * i + 1]!;
    }
    return rows;
  }
}

function enlarged<T extends Uint32Array | Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
