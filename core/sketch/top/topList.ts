import { TopRows } from './topRows.ts';

/** Slots of one set of the approximate phase. */
const WAYS = 8;
const FIRST_ROOM = 16;

export type Metric = 'octets' | 'packets';

/**
 * The keys with the most octets or packets: exact while there are at most `capacity` different keys, then a
 * set-associative Space-Saving (2 * capacity slots in sets of eight).
 *
 * Of each key it keeps what was counted since it came, and how much may have been missed before. A set remembers the
 * largest possible total of any key that had to leave it (its floor, of octets and of packets); a key that comes (again)
 * may have missed that much and no more. So the truth always lies in [counted, counted + missed], for both metrics,
 * whatever the order of the keys; which key leaves is decided by one of them.
 *
 * Cost: 15 to 40 ns a call in cache. Memory: 2 * capacity * (width * 4 + 36) bytes when full, little when not.
 * Space-Saving: A. Metwally, D. Agrawal, A. El Abbadi, "Efficient computation of frequent and top-k elements", 2005.
 */
export class TopList {
  /** Words of a key. */
  readonly width: number;
  readonly capacity: number;
  readonly by: Metric;
  /** Keys in the list. */
  count = 0;

  /** False from the first key on that was more than `capacity`. */
  exact = true;
  #room: number = FIRST_ROOM;
  #keys: Uint32Array;
  #hashes: Uint32Array;
  #octets: Float64Array;
  #packets: Float64Array;
  #missedOctets: Float64Array = new Float64Array(0);
  #missedPackets: Float64Array = new Float64Array(0);
  /** Exact phase: entry + 1 by hash, open-addressed. Approximate phase: used slots of each set. */
  #index: Uint32Array;
  #floorOctets: Float64Array = new Float64Array(0);
  #floorPackets: Float64Array = new Float64Array(0);

  constructor(width: number, capacity: number, by: Metric) {
    if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError(`capacity ${capacity}`);
    this.width = width;
    this.capacity = capacity;
    this.by = by;
    this.#keys = new Uint32Array(this.#room * width);
    this.#hashes = new Uint32Array(this.#room);
    this.#octets = new Float64Array(this.#room);
    this.#packets = new Float64Array(this.#room);
    this.#index = new Uint32Array(this.#room * 2);
  }

  /** Adds to the key `keys[at .. at + width)`. */
  add(keys: Uint32Array, at: number, packets: number, octets: number): void {
    let hash = 0x9e3779b9;
    for (let i = 0; i < this.width; i++) {
      hash = Math.imul(hash ^ keys[at + i]!, 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    this.addHashed(Math.imul(hash, 0xc2b2ae35) >>> 0, keys, at, packets, octets);
  }

  /** As `add`, for a caller that has a hash of the key at hand (32 good bits; the same for the same key, always). */
  addHashed(hash: number, keys: Uint32Array, at: number, packets: number, octets: number): void {
    const slot = this.exact ? this.#findExact(hash, keys, at) : this.#findInSet(hash, keys, at);
    this.#octets[slot]! += octets;
    this.#packets[slot]! += packets;
  }

  #matches(slot: number, keys: Uint32Array, at: number): boolean {
    const own = this.#keys;
    const { width } = this;
    for (let i = 0, from = slot * width; i < width; i++) if (own[from + i] !== keys[at + i]) return false;
    return true;
  }

  #findExact(hash: number, keys: Uint32Array, at: number): number {
    const index = this.#index;
    const mask = index.length - 1;
    let bucket = hash & mask;
    for (let entry = index[bucket]!; entry !== 0; entry = index[bucket]!) {
      if (this.#hashes[entry - 1] === hash && this.#matches(entry - 1, keys, at)) return entry - 1;
      bucket = (bucket + 1) & mask;
    }
    if (this.count === this.capacity) {
      this.#makeSets();
      return this.#findInSet(hash, keys, at);
    }
    if (this.count === this.#room) {
      this.#grow();
      return this.#findExact(hash, keys, at);
    }
    const slot = this.count++;
    index[bucket] = slot + 1;
    this.#place(slot, hash, keys, at);
    return slot;
  }

  #place(slot: number, hash: number, keys: Uint32Array, at: number): void {
    this.#hashes[slot] = hash;
    const own = this.#keys;
    for (let i = 0, from = slot * this.width; i < this.width; i++) own[from + i] = keys[at + i]!;
  }

  #grow(): void {
    this.#room *= 2;
    const { width } = this;
    this.#keys = enlarged(this.#keys, new Uint32Array(this.#room * width));
    this.#hashes = enlarged(this.#hashes, new Uint32Array(this.#room));
    this.#octets = enlarged(this.#octets, new Float64Array(this.#room));
    this.#packets = enlarged(this.#packets, new Float64Array(this.#room));
    this.#index = new Uint32Array(this.#room * 2);
    const mask = this.#index.length - 1;
    for (let slot = 0; slot < this.count; slot++) {
      let bucket = this.#hashes[slot]! & mask;
      while (this.#index[bucket] !== 0) bucket = (bucket + 1) & mask;
      this.#index[bucket] = slot + 1;
    }
  }

  /** From the exact to the approximate phase: all entries move to the sets of their hashes. */
  #makeSets(): void {
    let sets = 1;
    while (sets * WAYS < this.capacity * 2) sets *= 2;
    const [keys, hashes, octets, packets] = [this.#keys, this.#hashes, this.#octets, this.#packets];
    const { count } = this;
    this.exact = false;
    this.count = 0;
    this.#room = sets * WAYS;
    this.#keys = new Uint32Array(this.#room * this.width);
    this.#hashes = new Uint32Array(this.#room);
    this.#octets = new Float64Array(this.#room);
    this.#packets = new Float64Array(this.#room);
    this.#missedOctets = new Float64Array(this.#room);
    this.#missedPackets = new Float64Array(this.#room);
    this.#index = new Uint32Array(sets);
    this.#floorOctets = new Float64Array(sets);
    this.#floorPackets = new Float64Array(sets);
    for (let i = 0; i < count; i++) {
      const slot = this.#findInSet(hashes[i]!, keys, i * this.width);
      this.#octets[slot]! += octets[i]!;
      this.#packets[slot]! += packets[i]!;
    }
  }

  #findInSet(hash: number, keys: Uint32Array, at: number): number {
    const set = hash & (this.#index.length - 1);
    const first = set * WAYS;
    const used = this.#index[set]!;
    const hashes = this.#hashes;
    for (let slot = first; slot < first + used; slot++) {
      if (hashes[slot] === hash && this.#matches(slot, keys, at)) return slot;
    }
    let slot = first + used;
    if (used < WAYS) {
      this.#index[set] = used + 1;
      this.count++;
    } else {
      slot = this.#leave(set, first);
    }
    this.#place(slot, hash, keys, at);
    this.#octets[slot] = 0;
    this.#packets[slot] = 0;
    this.#missedOctets[slot] = this.#floorOctets[set]!;
    this.#missedPackets[slot] = this.#floorPackets[set]!;
    return slot;
  }

  /** Frees the slot of a full set whose key can have the least, and raises the set's floor to what it can have. */
  #leave(set: number, first: number): number {
    const octets = this.by === 'octets';
    const counted = octets ? this.#octets : this.#packets;
    const missed = octets ? this.#missedOctets : this.#missedPackets;
    let slot = first;
    let least = counted[first]! + missed[first]!;
    for (let i = first + 1; i < first + WAYS; i++) {
      const most = counted[i]! + missed[i]!;
      if (most < least) {
        least = most;
        slot = i;
      }
    }
    const mostOctets = this.#octets[slot]! + this.#missedOctets[slot]!;
    const mostPackets = this.#packets[slot]! + this.#missedPackets[slot]!;
    if (mostOctets > this.#floorOctets[set]!) this.#floorOctets[set] = mostOctets;
    if (mostPackets > this.#floorPackets[set]!) this.#floorPackets[set] = mostPackets;
    return slot;
  }

  /** What the list knows, as rows that can be merged, cut, encoded and shown. A copy. */
  toRows(): TopRows {
    const slots: number[] = [];
    if (this.exact) for (let slot = 0; slot < this.count; slot++) slots.push(slot);
    else {
      this.#index.forEach((used, set) => {
        for (let slot = set * WAYS; slot < set * WAYS + used; slot++) slots.push(slot);
      });
    }
    const rows = new TopRows(this.width, this.capacity, slots.length);
    slots.forEach((slot, i) => {
      for (let w = 0; w < this.width; w++) rows.keys[i * this.width + w] = this.#keys[slot * this.width + w]!;
      rows.octets[i] = this.#octets[slot]!;
      rows.packets[i] = this.#packets[slot]!;
      rows.missedOctets[i] = this.#missedOctets[slot] ?? 0;
      rows.missedPackets[i] = this.#missedPackets[slot] ?? 0;
    });
    rows.floorOctets = this.#floorOctets.reduce((most, floor) => Math.max(most, floor), 0);
    rows.floorPackets = this.#floorPackets.reduce((most, floor) => Math.max(most, floor), 0);
    rows.sortByKey();
    return rows;
  }
}

function enlarged<T extends Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
