import type { Statistics } from '../../core/summary/statistics.ts';
import type { SourceLoss } from '../capture/source.ts';
import { TrafficCounters } from './counters.ts';

/** Slots from which a full list is thinned before it grows. */
const THIN_FROM = 1 << 16;

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

  /** Notes that `slot` has deltas for this window. */
  touch(slot: number): void {
    if (this.dirtyCount === this.dirty.length) this.#makeRoom();
    this.dirty[this.dirtyCount++] = slot;
  }

  /** In a flood of new flows each slot comes again and again: the list is bounded by the table, not by the traffic. */
  #makeRoom(): void {
    const { dirty } = this;
    if (dirty.length >= THIN_FROM) {
      this.#thin();
      if (this.dirtyCount <= dirty.length / 2) return;
    }
    this.dirty = new Uint32Array(dirty.length * 2);
    this.dirty.set(dirty);
  }

  /** Leaves each slot once. */
  #thin(): void {
    const { dirty } = this;
    let most = 0;
    for (let i = 0; i < this.dirtyCount; i++) if (dirty[i]! > most) most = dirty[i]!;
    const seen = new Uint32Array((most >>> 5) + 1);
    let kept = 0;
    for (let i = 0; i < this.dirtyCount; i++) {
      const slot = dirty[i]!;
      const bit = 1 << (slot & 31);
      if ((seen[slot >>> 5]! & bit) !== 0) continue;
      seen[slot >>> 5]! |= bit;
      dirty[kept++] = slot;
    }
    this.dirtyCount = kept;
  }
}
