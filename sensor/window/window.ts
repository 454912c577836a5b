import type { Statistics } from '../../core/summary/statistics.ts';
import type { SourceLoss } from '../capture/source.ts';
import { Double, SLOT_DOUBLES, SLOT_WORDS, Word } from '../flow/layout.ts';
import type { FlowTable } from '../flow/table.ts';
import { TrafficCounters } from './counters.ts';

/**
 * What is being added up for one window (or for a whole run): counters fed per packet, statistics fed per flow, and the
 * list of slots that have something to feed when the window closes.
 *
 * A window has an `id` of its own beside its number: a packet that comes after the window was closed opens a supplement,
 * which is another object for the same span, and a slot must know which of the two its deltas belong to.
 */
export class Window {
  readonly id: number;
  /** floor(time / windowSeconds); the part starts at `number * seconds`. */
  readonly number: number;
  readonly supplement: boolean;
  readonly counters: TrafficCounters = new TrafficCounters();
  readonly statistics: Statistics;
  /** What was lost on the way to us while this window was the newest. */
  readonly loss: SourceLoss = { kernel: 0, freezes: 0, nic: 0, blindMillis: 0 };
  /** Slots touched in this window; one may stand here twice, the second time with nothing left to feed. */
  dirty: Uint32Array = new Uint32Array(1024);
  dirtyCount = 0;
  /** Dirty slots already fed, once the window is closing. */
  fed = 0;

  constructor(id: number, number: number, supplement: boolean, statistics: Statistics) {
    this.id = id;
    this.number = number;
    this.supplement = supplement;
    this.statistics = statistics;
  }

  /** A connection is over: its size (octets of its frames, both ways) and how long it lasted. */
  connectionEnded(table: FlowTable, slot: number): void {
    const { f64, u32 } = table;
    const double = slot * SLOT_DOUBLES;
    const word = slot * SLOT_WORDS;
    const octets = f64[double + Double.OCTETS_A]! + f64[double + Double.OCTETS_B]!;
    const seconds = f64[double + Double.LAST_SECONDS]! - f64[double + Double.FIRST_SECONDS]!;
    const fraction = (u32[word + Word.LAST_NANOS]! - u32[word + Word.FIRST_NANOS]!) * 1e-9;
    // Packets of a flow may come out of order.
    this.statistics.connectionEnded(octets, Math.max(0, seconds + fraction));
  }

  /** Notes that `slot` has deltas for this window. */
  touch(slot: number): void {
    if (this.dirtyCount === this.dirty.length) {
      const larger = new Uint32Array(this.dirty.length * 2);
      larger.set(this.dirty);
      this.dirty = larger;
    }
    this.dirty[this.dirtyCount++] = slot;
  }
}
