import type { Interval } from './linkMessages.ts';

/**
 * A set of sequence numbers as ordered intervals that do not touch: what a manager has of a stream, what a sensor knows
 * to be acknowledged. Nearly always one or two intervals, so a plain list is searched from its end.
 */
export class Intervals {
  readonly #list: Interval[] = [];

  constructor(list: readonly Interval[] = []) {
    for (const { first, last } of list) this.add(first, last);
  }

  /** Number of intervals. */
  get size(): number {
    return this.#list.length;
  }

  /** The greatest number in the set, or 0. */
  get last(): number {
    return this.#list.at(-1)?.last ?? 0;
  }

  has(value: number): boolean {
    const at = this.#from(value);
    const interval = this.#list[at];
    return interval !== undefined && interval.first <= value;
  }

  /** Adds the numbers from first to last, both included. */
  add(first: number, last: number = first): void {
    if (last < first) return;
    // Numbers that touch join: so the search begins one before, and ends one behind.
    const from = this.#from(first - 1);
    let to = from;
    let low = first;
    let high = last;
    for (let next = this.#list[to]; next !== undefined && next.first <= last + 1; next = this.#list[to]) {
      low = Math.min(low, next.first);
      high = Math.max(high, next.last);
      to += 1;
    }
    this.#list.splice(from, to - from, { first: low, last: high });
  }

  /** Whether all numbers from first to last are in the set. */
  covers(first: number, last: number): boolean {
    const interval = this.#list[this.#from(last)];
    return interval !== undefined && interval.first <= first;
  }

  /** The least number from `value` on that is not in the set. */
  nextMissing(value: number): number {
    const interval = this.#list[this.#from(value)];
    return interval !== undefined && interval.first <= value ? interval.last + 1 : value;
  }

  /** A copy, in order. */
  toList(): Interval[] {
    return this.#list.map(({ first, last }) => ({ first, last }));
  }

  /** Index of the first interval that ends at `value` or behind it. */
  #from(value: number): number {
    let at = this.#list.length;
    while (at > 0 && (this.#list[at - 1]?.last ?? -1) >= value) at -= 1;
    return at;
  }
}
