import type { FlowClock } from './clock.ts';
import { Double, KIND_FRAGMENT, KIND_OUTER, SLOT_DOUBLES, SLOT_WORDS, StateBit, Word } from './layout.ts';

/** Why a flow leaves the table. */
export const EndReason = { EXPIRED: 0, EVICTED: 1, FLUSHED: 2 } as const;

/** What the table tells as flows change: the summaries' side of it. Called per flow and window, not per packet. */
export interface FlowSink {
  /** The slot's deltas belong to the window in `Double.WINDOW`, and are about to be reset: add them up. */
  feed(slot: number): void;
  /** The flow is over and its slot about to be reused; its deltas were fed. */
  ended(slot: number, reason: number): void;
}

/** Slots looked at to make room before the oldest of them has to go. */
const EVICTION_STEPS = 32;
const NO_SLOT = -1;
/** Buckets of the index at first; it doubles whenever it is half full, up to four times the capacity. */
const FIRST_BUCKETS = 8192;

/**
 * The flow table of one worker: memory bounded by `capacity` (slots of 256 bytes, touched only as far as used, and an
 * index of 8 to 32 bytes a flow that grows with them), open addressing by a keyed hash, no allocation a packet.
 *
 * A full table evicts: flows that are over first, then flows of a single packet, then the one that was quiet longest of
 * a few. An evicted flow is fed and reported like an ended one, so no count is lost; it is counted in `evicted`.
 *
 * The hash is a keyed multiply-add over the key's words with random keys of the table's own, so that nobody outside can
 * choose keys that collide.
 */
export class FlowTable {
  readonly capacity: number;
  readonly u32: Uint32Array;
  readonly f64: Float64Array;
  readonly u8: Uint8Array;
  /** Flows in the table, and those that had to leave early since the start. */
  count = 0;
  evicted = 0;
  /** After `lookup`: 0 when the packet was sent by end A, 1 by end B; and whether the slot is new. */
  direction = 0;
  created = false;

  readonly #clock: FlowClock;
  readonly #sink: FlowSink;
  /** Hash and slot + 1 of each bucket. Signed: a number of 2^31 or more that leaves a function is boxed. */
  #index: Int32Array;
  #mask: number;
  readonly #key: Uint32Array = new Uint32Array(10);
  readonly #multiplier: Int32Array = new Int32Array(10);
  readonly #addend: Int32Array = new Int32Array(10);
  #used = 0;
  #free = NO_SLOT;
  #hand = 0;
  #victim = 0;

  /** `seed` gives the hash's keys: at least 20 random words. */
  constructor(capacity: number, seed: Uint32Array, clock: FlowClock, sink: FlowSink) {
    this.capacity = capacity;
    this.#clock = clock;
    this.#sink = sink;
    const memory = new ArrayBuffer(capacity * SLOT_WORDS * 4);
    this.u32 = new Uint32Array(memory);
    this.f64 = new Float64Array(memory);
    this.u8 = new Uint8Array(memory);
    this.#index = new Int32Array(FIRST_BUCKETS * 2);
    this.#mask = FIRST_BUCKETS - 1;
    for (let i = 0; i < 10; i++) {
      this.#multiplier[i] = seed[i]! | 1;
      this.#addend[i] = seed[i + 10]!;
    }
  }

  /**
   * The slot of a flow, made when there is none or the one there is has expired. `address[at .. at + 8)` are sender and
   * receiver; `kind` as `Word.KIND`. Sets `direction` and `created`; a new slot holds its key and zeros.
   */
  lookup(address: Uint32Array, at: number, sourcePort: number, destinationPort: number, kind: number): number {
    const key = this.#key;
    const reversed = isReversed(address, at, sourcePort, destinationPort);
    this.direction = reversed;
    const a = at + (reversed << 2);
    const b = at + ((1 - reversed) << 2);
    key[0] = address[a]!;
    key[1] = address[a + 1]!;
    key[2] = address[a + 2]!;
    key[3] = address[a + 3]!;
    key[4] = address[b]!;
    key[5] = address[b + 1]!;
    key[6] = address[b + 2]!;
    key[7] = address[b + 3]!;
    key[8] = reversed === 0 ? (sourcePort << 16) | destinationPort : (destinationPort << 16) | sourcePort;
    key[9] = kind;
    const hash = this.#hash();
    const index = this.#index;
    const mask = this.#mask;
    for (let bucket = hash & mask; ; bucket = (bucket + 1) & mask) {
      const entry = index[2 * bucket + 1]!;
      if (entry === 0) break;
      if (index[2 * bucket] !== hash || !this.#matches(entry - 1)) continue;
      const slot = entry - 1;
      if (this.f64[slot * SLOT_DOUBLES + Double.EXPIRES]! >= this.#clock.now[0]!) {
        this.created = false;
        return slot;
      }
      this.#end(slot, EndReason.EXPIRED);
      break;
    }
    this.created = true;
    return this.#insert(hash);
  }

  /** Ends a flow that was just looked up and begins a new one under the same key. Sets `created`. */
  renew(slot: number): number {
    const hash = this.u32[slot * SLOT_WORDS + Word.HASH]! | 0;
    this.#end(slot, EndReason.EXPIRED);
    this.created = true;
    return this.#insert(hash);
  }

  /** Ends flows whose time is over among the next `steps` slots. Call it between batches; it never takes long. */
  sweep(steps: number): void {
    const { f64 } = this;
    const now = this.#clock.now[0]!;
    for (let n = steps < this.#used ? steps : this.#used; n > 0; n--) {
      if (this.#hand >= this.#used) this.#hand = 0;
      const slot = this.#hand++;
      if (f64[slot * SLOT_DOUBLES + Double.EXPIRES]! < now) this.#end(slot, EndReason.EXPIRED);
    }
  }

  /** Ends every flow: the capture is over. */
  flush(): void {
    const now = this.#clock.now[0]!;
    for (let slot = 0; slot < this.#used; slot++) {
      if ((this.u32[slot * SLOT_WORDS + Word.STATE]! & StateBit.USED) === 0) continue;
      const expired = this.f64[slot * SLOT_DOUBLES + Double.EXPIRES]! < now;
      this.#end(slot, expired ? EndReason.EXPIRED : EndReason.FLUSHED);
    }
  }

  #hash(): number {
    const key = this.#key;
    const m = this.#multiplier;
    const k = this.#addend;
    let h = (Math.imul(key[3]! ^ k[3]!, m[3]!) + Math.imul(key[7]! ^ k[7]!, m[7]!)) | 0;
    h = (h + Math.imul(key[8]! ^ k[8]!, m[8]!)) | 0;
    h = (h + Math.imul(key[9]! ^ k[9]!, m[9]!)) | 0;
    if (key[2] !== 0xffff || key[6] !== 0xffff || (key[0]! | key[1]! | key[4]! | key[5]!) !== 0) {
      h = (h + Math.imul(key[0]! ^ k[0]!, m[0]!)) | 0;
      h = (h + Math.imul(key[1]! ^ k[1]!, m[1]!)) | 0;
      h = (h + Math.imul(key[2]! ^ k[2]!, m[2]!)) | 0;
      h = (h + Math.imul(key[4]! ^ k[4]!, m[4]!)) | 0;
      h = (h + Math.imul(key[5]! ^ k[5]!, m[5]!)) | 0;
      h = (h + Math.imul(key[6]! ^ k[6]!, m[6]!)) | 0;
    }
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    // Signed: an unsigned one above 2^31 would be boxed, once a packet.
    return (h ^ (h >>> 16)) | 0;
  }

  #matches(slot: number): boolean {
    const { u32 } = this;
    const key = this.#key;
    const base = slot * SLOT_WORDS;
    return (
      u32[base + 3] === key[3] &&
      u32[base + 7] === key[7] &&
      u32[base + 8] === key[8] &&
      u32[base + 9] === key[9] &&
      u32[base + 2] === key[2] &&
      u32[base + 6] === key[6] &&
      u32[base] === key[0] &&
      u32[base + 1] === key[1] &&
      u32[base + 4] === key[4] &&
      u32[base + 5] === key[5]
    );
  }

  #insert(hash: number): number {
    if (this.count * 2 > this.#mask) this.#growIndex();
    const slot = this.#take();
    const base = slot * SLOT_WORDS;
    this.u32.fill(0, base, base + SLOT_WORDS);
    this.u32.set(this.#key, base);
    this.u32[base + Word.HASH] = hash;
    this.u32[base + Word.STATE] = StateBit.USED;
    this.f64[slot * SLOT_DOUBLES + Double.WINDOW] = -1;
    const index = this.#index;
    let bucket = hash & this.#mask;
    while (index[2 * bucket + 1] !== 0) bucket = (bucket + 1) & this.#mask;
    index[2 * bucket] = hash;
    index[2 * bucket + 1] = slot + 1;
    this.count++;
    return slot;
  }

  /** Twice as many buckets: an index that is no larger than the flows need stays in the cache. */
  #growIndex(): void {
    const old = this.#index;
    const index = new Int32Array(old.length * 2);
    const mask = index.length / 2 - 1;
    for (let from = 0; from < old.length; from += 2) {
      if (old[from + 1] === 0) continue;
      let bucket = old[from]! & mask;
      while (index[2 * bucket + 1] !== 0) bucket = (bucket + 1) & mask;
      index[2 * bucket] = old[from]!;
      index[2 * bucket + 1] = old[from + 1]!;
    }
    this.#index = index;
    this.#mask = mask;
  }

  #take(): number {
    if (this.#free === NO_SLOT && this.#used === this.capacity) this.#evict();
    const slot = this.#free;
    if (slot === NO_SLOT) return this.#used++;
    this.#free = this.u32[slot * SLOT_WORDS + Word.HASH]! | 0;
    return slot;
  }

  #evict(): void {
    const { u32, f64, capacity } = this;
    const now = this.#clock.now[0]!;
    let oldest = -1;
    for (let n = 0; n < EVICTION_STEPS; n++) {
      if (this.#victim >= capacity) this.#victim = 0;
      const slot = this.#victim++;
      const base = slot * SLOT_DOUBLES;
      if (f64[base + Double.EXPIRES]! < now) {
        this.#end(slot, EndReason.EXPIRED);
        return;
      }
      if (f64[base + Double.PACKETS_A]! + f64[base + Double.PACKETS_B]! <= 1) {
        oldest = slot;
        break;
      }
      if (oldest < 0 || f64[base + Double.LAST_SECONDS]! < f64[oldest * SLOT_DOUBLES + Double.LAST_SECONDS]!) {
        oldest = slot;
      }
    }
    if ((u32[oldest * SLOT_WORDS + Word.KIND]! & (KIND_OUTER | KIND_FRAGMENT)) === 0) this.evicted++;
    this.#end(oldest, EndReason.EVICTED);
  }

  #end(slot: number, reason: number): void {
    const { u32 } = this;
    const base = slot * SLOT_WORDS;
    if ((u32[base + Word.DELTA_PACKETS_A]! | u32[base + Word.DELTA_PACKETS_B]!) !== 0) this.#sink.feed(slot);
    this.#sink.ended(slot, reason);
    this.#unlink(slot, u32[base + Word.HASH]! | 0);
    u32[base + Word.STATE] = 0;
    this.f64[slot * SLOT_DOUBLES + Double.EXPIRES] = Number.POSITIVE_INFINITY;
    u32[base + Word.DELTA_PACKETS_A] = 0;
    u32[base + Word.DELTA_PACKETS_B] = 0;
    u32[base + Word.HASH] = this.#free;
    this.#free = slot;
    this.count--;
  }

  /** Takes the slot's entry out of the index and moves later entries of its run back, so that no marks are needed. */
  #unlink(slot: number, hash: number): void {
    const index = this.#index;
    const mask = this.#mask;
    let hole = hash & mask;
    while (index[2 * hole + 1] !== slot + 1) hole = (hole + 1) & mask;
    for (let next = (hole + 1) & mask; index[2 * next + 1] !== 0; next = (next + 1) & mask) {
      const home = index[2 * next]! & mask;
      // An entry may move into the hole unless its home lies behind the hole and up to where it is.
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      index[2 * hole] = index[2 * next]!;
      index[2 * hole + 1] = index[2 * next + 1]!;
      hole = next;
    }
    index[2 * hole] = 0;
    index[2 * hole + 1] = 0;
  }
}

/** 1 when the sender is end B: the bytewise larger of (address, port). */
function isReversed(address: Uint32Array, at: number, sourcePort: number, destinationPort: number): 0 | 1 {
  if (address[at] !== address[at + 4]) return address[at]! > address[at + 4]! ? 1 : 0;
  if (address[at + 1] !== address[at + 5]) return address[at + 1]! > address[at + 5]! ? 1 : 0;
  if (address[at + 2] !== address[at + 6]) return address[at + 2]! > address[at + 6]! ? 1 : 0;
  if (address[at + 3] !== address[at + 7]) return address[at + 3]! > address[at + 7]! ? 1 : 0;
  return sourcePort > destinationPort ? 1 : 0;
}
