import { sequenceDelta } from '../tcpHoles.ts';
import { SEGMENT_OVERHEAD } from './bounds.ts';
import type { StreamSink } from './streamSink.ts';

/** Octets that came above a hole: a copy, and the sequence number of the first. */
export interface Segment {
  readonly low: number;
  readonly bytes: Uint8Array;
}

/** Whose segments wait: what is needed to hand them on when their flow sends nothing more. */
export interface Waiter {
  readonly slot: number;
  readonly end: number;
  readonly sink: StreamSink;
  /** The addresses of both ends, as keys. */
  readonly addresses: readonly [string, string];
  /** When the hole was first seen: seconds of packet time. */
  readonly since: number;
}

/** Handed-on segments that are kept at the head of the list before it is cut. */
const HEAD_SLACK = 64;

/** The segments of one direction that wait for a hole to be filled: in order, disjoint, all above the stream's edge. */
export class WaitingSegments {
  readonly waiter: Waiter;
  /** Octets held, the overhead of each segment included. */
  held = 0;
  readonly #segments: Segment[] = [];
  #head = 0;

  constructor(waiter: Waiter) {
    this.waiter = waiter;
  }

  get count(): number {
    return this.#segments.length - this.#head;
  }

  /** Octets of payload that wait. */
  get octets(): number {
    return this.held - this.count * SEGMENT_OVERHEAD;
  }

  /** The segment next to the hole. */
  get first(): Segment | undefined {
    return this.#segments[this.#head];
  }

  /** The sequence number after the highest octet that came; 0 when nothing waits. */
  get high(): number {
    const last = this.count === 0 ? undefined : this.#segments[this.#segments.length - 1];
    return last === undefined ? 0 : endOf(last);
  }

  shift(): void {
    const segment = this.first;
    if (segment === undefined) return;
    this.held -= segment.bytes.length + SEGMENT_OVERHEAD;
    this.#head++;
    if (this.#head < HEAD_SLACK || this.#head * 2 < this.#segments.length) return;
    this.#segments.splice(0, this.#head);
    this.#head = 0;
  }

  /**
   * Adds `bytes[from .. to)`, of which the first has sequence number `low`. What came before stays; answers how many
   * octets had come before, negative less one when any of them was another one.
   */
  insert(low: number, bytes: Uint8Array, from: number, to: number): number {
    const segments = this.#segments;
    let overlap = 0;
    let differs = false;
    let at = from;
    let sequence = low;
    let i = this.#indexAbove(low);
    while (at < to) {
      const next = segments[i];
      const room = next === undefined ? to - at : Math.min(to - at, sequenceDelta(next.low, sequence));
      if (room > 0) {
        segments.splice(i, 0, { low: sequence, bytes: bytes.slice(at, at + room) });
        this.held += room + SEGMENT_OVERHEAD;
        at += room;
        sequence = (sequence + room) | 0;
      } else if (next !== undefined) {
        const shared = Math.min(to - at, next.bytes.length + room);
        overlap += shared;
        differs ||= !equals(next.bytes, -room, bytes, at, shared);
        at += shared;
        sequence = (sequence + shared) | 0;
      }
      i++;
    }
    return differs ? -overlap - 1 : overlap;
  }

  /** Index of the first segment that ends above `sequence`. */
  #indexAbove(sequence: number): number {
    const segments = this.#segments;
    let low = this.#head;
    let high = segments.length;
    // What comes is mostly the highest.
    if (low < high && sequenceDelta(endOf(segments[high - 1]!), sequence) <= 0) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sequenceDelta(endOf(segments[middle]!), sequence) > 0) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function endOf(segment: Segment): number {
  return (segment.low + segment.bytes.length) | 0;
}

function equals(a: Uint8Array, aFrom: number, b: Uint8Array, bFrom: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[aFrom + i] !== b[bFrom + i]) return false;
  return true;
}
