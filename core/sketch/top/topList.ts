import { ExactTable } from './exactTable.ts';
import { SetTable } from './setTable.ts';
import type { TopRows } from './topRows.ts';

export type Metric = 'octets' | 'packets';

/**
 * The keys with the most octets or packets: exact while there are at most `capacity` different keys, then a
 * set-associative Space-Saving of 2 * capacity slots.
 *
 * The truth of a key lies in [counted, counted + missed] for both metrics, whatever the order of the keys; which key
 * leaves a full set is decided by one of them. What may have been missed grows like total / (2 * capacity).
 *
 * Memory when full: 2 * capacity * (width * 4 + 40) bytes, little when not.
 * Space-Saving: A. Metwally, D. Agrawal, A. El Abbadi, "Efficient computation of frequent and top-k elements", 2005.
 */
export class TopList {
  /** Words of a key. */
  readonly width: number;
  readonly capacity: number;
  readonly by: Metric;
  /** While there are few keys. Both tables stay, for a list that is used again. */
  #isExact = true;
  readonly #exact: ExactTable;
  #sets: SetTable | undefined;

  constructor(width: number, capacity: number, by: Metric) {
    if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError(`capacity ${capacity}`);
    this.width = width;
    this.capacity = capacity;
    this.by = by;
    this.#exact = new ExactTable(width, capacity);
  }

  /** Adds to the key `keys[at .. at + width)`. */
  add(keys: Uint32Array, at: number, packets: number, octets: number): void {
    let hash = 0x9e3779b9;
    for (let i = 0; i < this.width; i++) {
      hash = Math.imul(hash ^ keys[at + i]!, 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    this.addHashed(Math.imul(hash, 0xc2b2ae35), keys, at, packets, octets);
  }

  /** As `add`, for a caller that has a hash of the key at hand (a signed 32-bit number, all bits good; the same for
   * the same key, always). */
  addHashed(hash: number, keys: Uint32Array, at: number, packets: number, octets: number): void {
    if (this.#isExact) {
      if (this.#exact.add(hash, keys, at, packets, octets)) return;
      this.#isExact = false;
      this.#sets ??= new SetTable(this.width, this.capacity * 2, this.by === 'packets');
      this.#exact.moveTo(this.#sets);
    }
    this.#sets!.add(hash, keys, at, packets, octets);
  }

  /** Empty again, with the memory that it has. */
  reset(): void {
    this.#isExact = true;
    this.#exact.reset();
    this.#sets?.reset();
  }

  /** Keys in the list. */
  get count(): number {
    return this.#isExact ? this.#exact.count : this.#sets!.count;
  }

  /** False from the first key on that was more than `capacity`. */
  get exact(): boolean {
    return this.#isExact;
  }

  /**
   * What the list knows, as rows that can be merged, cut, encoded and shown. A copy. With `n`, already cut to the union
   * of the first `n` by octets and by packets, which is quicker than to sort all.
   */
  toRows(n: number = Number.POSITIVE_INFINITY): TopRows {
    const rows = this.toUnsortedRows();
    rows.cutToUnion(n);
    rows.sortByKey();
    return rows;
  }

  /** The same in the order of the table: a copy of its columns. `sortByKey` before anything else is done with them. */
  toUnsortedRows(): TopRows {
    return (this.#isExact ? this.#exact : this.#sets!).toRows(this.capacity);
  }
}
