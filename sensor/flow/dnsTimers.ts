/**
 * When UDP flows to ports of DNS are over. Zeek's DNS analyser looks at its flow ten seconds after its first packet, and
 * ten seconds after each look: the flow is over when it was quiet for nine of them. A look is late where no packet moves
 * the clock: it is made at the next one, before that is counted. Where DNS gave up
 * and another packet came, there are no more looks: UDP's time-out holds.
 *
 * All looks are equally far away, so they come due in the order in which they were set: a ring of them is enough.
 */
import type { FlowClock } from './clock.ts';
import { Double, SLOT_DOUBLES, SLOT_WORDS, StateBit, Word } from './layout.ts';
import { timeouts } from './timeouts.ts';

const FIRST_CAPACITY = 256;

/** One look a flow that is not over, and few of those that are: as bounded as the flow table. */
export class DnsTimers {
  readonly #u32: Uint32Array;
  readonly #f64: Float64Array;
  readonly #now: Float64Array;
  /** When a look is due, the slot, and the first packet's time by which the slot's flow is known to be the same. */
  #due: Float64Array = new Float64Array(FIRST_CAPACITY);
  #slot: Uint32Array = new Uint32Array(FIRST_CAPACITY);
  #first: Float64Array = new Float64Array(FIRST_CAPACITY);
  #head = 0;
  #count = 0;

  constructor(u32: Uint32Array, f64: Float64Array, clock: FlowClock) {
    this.#u32 = u32;
    this.#f64 = f64;
    this.#now = clock.now;
  }

  /** Looks that are set. */
  get count(): number {
    return this.#count;
  }

  /** A new flow, whose first packet is at hand and came at `first[from]`: in place, as a double that is handed over is boxed. */
  start(slot: number, first: Float64Array, from: number): void {
    if (this.#count === this.#due.length) this.#grow();
    const at = (this.#head + this.#count++) & (this.#due.length - 1);
    this.#due[at] = this.#now[0]! + timeouts.dns;
    this.#slot[at] = slot;
    this.#first[at] = first[from]!;
  }

  /** Makes the looks that are due. Before a packet is looked up. */
  run(): void {
    while (this.#count > 0 && this.#due[this.#head]! <= this.#now[0]!) {
      const slot = this.#slot[this.#head]!;
      const first = this.#first[this.#head]!;
      this.#head = (this.#head + 1) & (this.#due.length - 1);
      this.#count--;
      const double = slot * SLOT_DOUBLES;
      const state = this.#u32[slot * SLOT_WORDS + Word.STATE]!;
      if ((state & (StateBit.USED | StateBit.RELEASED)) !== StateBit.USED) continue;
      if (this.#f64[double + Double.FIRST_SECONDS] !== first) continue;
      const last = this.#f64[double + Double.LAST_SECONDS]! + this.#u32[slot * SLOT_WORDS + Word.LAST_NANOS]! * 1e-9;
      if (this.#now[0]! - last >= timeouts.dnsQuiet) this.#f64[double + Double.EXPIRES] = Number.NEGATIVE_INFINITY;
      else this.start(slot, this.#f64, double + Double.FIRST_SECONDS);
    }
  }

  #grow(): void {
    this.#due = this.#unrolled(this.#due, new Float64Array(this.#count * 2));
    this.#slot = this.#unrolled(this.#slot, new Uint32Array(this.#count * 2));
    this.#first = this.#unrolled(this.#first, new Float64Array(this.#count * 2));
    this.#head = 0;
  }

  /** A full ring, from its head on. */
  #unrolled<T extends Float64Array | Uint32Array>(ring: T, into: T): T {
    into.set(ring.subarray(this.#head));
    into.set(ring.subarray(0, this.#head), ring.length - this.#head);
    return into;
  }
}
