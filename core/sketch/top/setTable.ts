import { TopRows } from './topRows.ts';

/** Slots of a set. */
const WAYS = 8;

/**
 * One block of memory a set, five cache lines, so that a call touches few: as doubles [tags, floors, used], then the
 * eight slots' most octets, most packets, missed octets, missed packets. `most` = counted + missed.
 */
const BLOCK = 40;
const FLOOR_OCTETS = 4;
const FLOOR_PACKETS = 5;
const MOST_OCTETS = 8;
const MOST_PACKETS = 16;
const MISSED_OCTETS = 24;
const MISSED_PACKETS = 32;
/** As 32-bit words: eight hashes, and how many slots are used. */
const BLOCK_WORDS = 2 * BLOCK;
const USED_WORD = 12;

/**
 * Set-associative Space-Saving over octets and packets at once. Each key belongs to one set of eight slots. In a full
 * set the key that can have the least leaves, and the set's floors rise to what it can have had; a key that comes then
 * may have missed as much as the floors.
 */
export class SetTable {
  count = 0;
  readonly #width: number;
  readonly #mask: number;
  readonly #rank: number;
  readonly #keys: Uint32Array;
  readonly #f64: Float64Array;
  readonly #i32: Int32Array;

  /** At least `slots` slots; `byPackets`: the key with the least packets leaves, else the one with the least octets. */
  constructor(width: number, slots: number, byPackets: boolean) {
    let sets = 1;
    while (sets * WAYS < slots) sets *= 2;
    this.#width = width;
    this.#mask = sets - 1;
    this.#rank = byPackets ? MOST_PACKETS : MOST_OCTETS;
    this.#keys = new Uint32Array(sets * WAYS * width);
    const memory = new ArrayBuffer(sets * BLOCK * 8);
    this.#f64 = new Float64Array(memory);
    this.#i32 = new Int32Array(memory);
  }

  add(hash: number, keys: Uint32Array, at: number, packets: number, octets: number): void {
    const set = hash & this.#mask;
    const i32 = this.#i32;
    const f64 = this.#f64;
    const tags = set * BLOCK_WORDS;
    const block = set * BLOCK;
    const used = i32[tags + USED_WORD]!;
    let way = 0;
    while (way < used && !(i32[tags + way] === hash && this.#matches(set * WAYS + way, keys, at))) way++;
    if (way === used) {
      if (used < WAYS) {
        i32[tags + USED_WORD] = used + 1;
        this.count++;
      } else {
        way = this.#leave(block);
      }
      i32[tags + way] = hash;
      const own = this.#keys;
      for (let i = 0, from = (set * WAYS + way) * this.#width; i < this.#width; i++) own[from + i] = keys[at + i]!;
      const slot = block + way;
      f64[slot + MOST_OCTETS] = f64[slot + MISSED_OCTETS] = f64[block + FLOOR_OCTETS]!;
      f64[slot + MOST_PACKETS] = f64[slot + MISSED_PACKETS] = f64[block + FLOOR_PACKETS]!;
    }
    f64[block + way + MOST_OCTETS]! += octets;
    f64[block + way + MOST_PACKETS]! += packets;
  }

  /** Empty again, with the memory that it has. */
  reset(): void {
    this.#i32.fill(0);
    this.count = 0;
  }

  #matches(slot: number, keys: Uint32Array, at: number): boolean {
    const own = this.#keys;
    const width = this.#width;
    for (let i = 0, from = slot * width; i < width; i++) if (own[from + i] !== keys[at + i]) return false;
    return true;
  }

  #leave(block: number): number {
    const f64 = this.#f64;
    const first = block + this.#rank;
    let way = 0;
    let least = f64[first]!;
    for (let i = 1; i < WAYS; i++) {
      const most = f64[first + i]!;
      if (most < least) {
        least = most;
        way = i;
      }
    }
    const octets = f64[block + way + MOST_OCTETS]!;
    const packets = f64[block + way + MOST_PACKETS]!;
    if (octets > f64[block + FLOOR_OCTETS]!) f64[block + FLOOR_OCTETS] = octets;
    if (packets > f64[block + FLOOR_PACKETS]!) f64[block + FLOOR_PACKETS] = packets;
    return way;
  }

  toRows(capacity: number): TopRows {
    const rows = new TopRows(this.#width, capacity, this.count);
    const f64 = this.#f64;
    let n = 0;
    for (let set = 0; set <= this.#mask; set++) {
      const block = set * BLOCK;
      rows.floorOctets = Math.max(rows.floorOctets, f64[block + FLOOR_OCTETS]!);
      rows.floorPackets = Math.max(rows.floorPackets, f64[block + FLOOR_PACKETS]!);
      const used = this.#i32[set * BLOCK_WORDS + USED_WORD]!;
      const from = set * WAYS * this.#width;
      rows.keys.set(this.#keys.subarray(from, from + used * this.#width), n * this.#width);
      for (let slot = block; slot < block + used; slot++, n++) {
        rows.missedOctets[n] = f64[slot + MISSED_OCTETS]!;
        rows.missedPackets[n] = f64[slot + MISSED_PACKETS]!;
        rows.octets[n] = f64[slot + MOST_OCTETS]! - rows.missedOctets[n]!;
        rows.packets[n] = f64[slot + MOST_PACKETS]! - rows.missedPackets[n]!;
      }
    }
    return rows;
  }
}
