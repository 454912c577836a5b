import { sequenceDelta } from '../tcpHoles.ts';
import { SEGMENT_OVERHEAD } from './bounds.ts';

/** Octets that came above a hole: a copy, and the sequence number of the first. */
export interface Segment {
  readonly low: number;
  readonly bytes: Uint8Array;
}

/** The segments of one direction that wait for a hole to be filled: in order, disjoint, all above the stream's edge. */
export class WaitingSegments {
  /** When the hole was first seen: seconds of packet time. */
  readonly since: number;
  /** Octets held, the overhead of each segment included. */
  held = 0;
  readonly #segments: Segment[] = [];

  constructor(since: number) {
    this.since = since;
  }

  get count(): number {
    return this.#segments.length;
  }

  /** Octets of payload that wait. */
  get octets(): number {
    return this.held - this.#segments.length * SEGMENT_OVERHEAD;
  }

  /** The segment next to the hole. */
  get first(): Segment | undefined {
    return this.#segments[0];
  }

  /** The sequence number after the highest octet that came; only where there is one. */
  get high(): number {
    const last = this.#segments[this.#segments.length - 1];
    return last === undefined ? 0 : (last.low + last.bytes.length) | 0;
  }

  shift(): Segment | undefined {
    const segment = this.#segments.shift();
    if (segment !== undefined) this.held -= segment.bytes.length + SEGMENT_OVERHEAD;
    return segment;
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
        i++;
        continue;
      }
      if (next === undefined) break;
      const skip = -room;
      const shared = Math.min(to - at, next.bytes.length - skip);
      if (shared > 0) {
        overlap += shared;
        differs ||= !equals(next.bytes, skip, bytes, at, shared);
        at += shared;
        sequence = (sequence + shared) | 0;
      }
      i++;
    }
    return differs ? -overlap - 1 : overlap;
  }

  /** Index of the first segment that ends above `sequence`. From the end: what comes is mostly the highest. */
  #indexAbove(sequence: number): number {
    const segments = this.#segments;
    let i = segments.length;
    while (i > 0) {
      const before = segments[i - 1]!;
      if (sequenceDelta(before.low + before.bytes.length, sequence) <= 0) break;
      i--;
    }
    return i;
  }
}

function equals(a: Uint8Array, aFrom: number, b: Uint8Array, bFrom: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[aFrom + i] !== b[bFrom + i]) return false;
  return true;
}
