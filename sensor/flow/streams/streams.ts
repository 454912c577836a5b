/**
 * The data of TCP connections, in order: what the flow table's tracker knows by sequence numbers, with the octets.
 *
 * Rules as Zeek's: octets are handed on as soon as all before them have come, not when they are acknowledged; the first
 * of two different octets stays; a hole is given up when the other side acknowledges what was not seen; a segment that
 * was not captured whole is not used; what waits above a hole when the connection is over is never handed on. Beyond
 * Zeek, a hole is also given up when too much waits above it or for too long, so that a lossy mirror port freezes nothing.
 *
 * In-order streams cost a few typed-array reads a packet and no memory but 9 octets a slot. Sequence numbers are signed
 * 32-bit integers, compared modulo 2^32.
 */
import { TcpFlag } from '../../../core/packet/numbers.ts';
import type { PacketFields } from '../../../core/packet/fields.ts';
import type { Flows } from '../flows.ts';
import { SLOT_WORDS, Word } from '../layout.ts';
import { sequenceDelta } from '../tcpHoles.ts';
import { TcpState } from '../tcpState.ts';
import { STREAM_BOUNDS, type StreamBounds } from './bounds.ts';
import { newStreamCounters, type StreamCounters } from './counters.ts';
import { WaitingSegments } from './waiting.ts';

/** Takes the data of both directions of a stream, as `StreamSink` of the protocols' seam; without `finish`. */
export interface StreamTaker {
  data(isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number): void;
  gap(isOrig: boolean, length: number, time: number): void;
  endOfData(isOrig: boolean, time: number): void;
}

/** Bits of a slot's flags: one an end where `<< end` says so. */
const KNOWN = 1;
const ENDED = 4;
const WAITING = 16;
const DROPPED = 64;

export class Streams {
  readonly counters: StreamCounters = newStreamCounters();
  readonly #flows: Flows;
  readonly #bounds: StreamBounds;
  /** Flags a slot; the sequence number after the last octet handed on, an end (A and B of each slot). */
  readonly #flags: Uint8Array;
  readonly #next: Int32Array;
  /** What waits above holes, by slot * 2 + end. */
  readonly #waiting: Map<number, WaitingSegments> = new Map();
  #held = 0;

  constructor(flows: Flows, bounds: Partial<StreamBounds> = {}) {
    this.#flows = flows;
    this.#bounds = { ...STREAM_BOUNDS, ...bounds };
    this.#flags = new Uint8Array(flows.table.capacity);
    this.#next = new Int32Array(flows.table.capacity * 2);
  }

  /** Octets that wait now, in all flows, overhead included. */
  get held(): number {
    return this.#held;
  }

  /**
   * The TCP packet at hand, after the flow table counted it: `slot` and `direction` (0 = end A sent it) are the table's.
   * Gives `sink` what it lets go: of the other side first what the packet acknowledges, then its own data.
   */
  packet(slot: number, fields: PacketFields, direction: number, time: number, sink: StreamTaker): void {
    if (this.#flows.created) this.#forget(slot);
    const flags = this.#flags[slot]!;
    if ((flags & DROPPED) !== 0) return;
    const length = fields.payloadLength;
    if (flags === 0 && length === 0) return;
    const peer = direction ^ 1;
    if ((flags & (KNOWN << peer)) === 0) this.#begin(slot, peer);
    if ((flags & (KNOWN << direction)) === 0) this.#begin(slot, direction);
    this.#settle(slot, peer, time, sink);
    if (length > 0 && (fields.tcpFlags & TcpFlag.RST) === 0) this.#own(slot, direction, fields, time, sink);
    this.#checkAge(slot, direction, time, sink);
    this.#endOfData(slot, peer, time, sink);
    this.#endOfData(slot, direction, time, sink);
  }

  /** Nobody wants the rest of this flow's stream: buffers go, later packets cost one look. */
  drop(slot: number): void {
    this.#forget(slot);
    this.#flags[slot] = DROPPED;
  }

  /**
   * The flow is over, and its slot may be another's next. What waits above a hole is dropped, as Zeek does: nothing is
   * given to the sink.
   */
  end(slot: number, _time: number, _sink: StreamTaker): void {
    this.#forget(slot);
  }

  /** Where the data of an end begin, once something of it was seen. */
  #begin(slot: number, end: number): void {
    const { tracker, table } = this.#flows;
    if (tracker.state(slot, end) === TcpState.INACTIVE) return;
    this.#next[2 * slot + end] = (table.u32[slot * SLOT_WORDS + Word.INITIAL_A + end]! + 1) | 0;
    this.#flags[slot] = this.#flags[slot]! | (KNOWN << end);
  }

  /** Gives up what was acknowledged and did not come, and what waited too long. */
  #settle(slot: number, end: number, time: number, sink: StreamTaker): void {
    if ((this.#flags[slot]! & (KNOWN << end)) === 0) return;
    const { tracker, table } = this.#flows;
    const at = 2 * slot + end;
    const acknowledged = table.u32[slot * SLOT_WORDS + Word.ACKNOWLEDGED_BY_A + (end ^ 1)]! | 0;
    if (sequenceDelta(acknowledged, this.#next[at]!) > 0) {
      // The tracker's edge knows what of it is a FIN, and what of a partial connection is not missing.
      const edge = tracker.edge(slot, end);
      this.#skip(slot, end, sequenceDelta(edge, acknowledged) < 0 ? edge : acknowledged, time, sink);
    }
    this.#checkAge(slot, end, time, sink);
  }

  #checkAge(slot: number, end: number, time: number, sink: StreamTaker): void {
    if ((this.#flags[slot]! & (WAITING << end)) === 0) return;
    const waiting = this.#waiting.get(2 * slot + end);
    if (waiting === undefined || time - waiting.since <= this.#bounds.seconds) return;
    this.counters.expired++;
    this.#skip(slot, end, waiting.high, time, sink);
  }

  #own(slot: number, end: number, fields: PacketFields, time: number, sink: StreamTaker): void {
    const flags = this.#flags[slot]!;
    if ((flags & (KNOWN << end)) === 0 || (flags & DROPPED) !== 0) return;
    const { counters } = this;
    counters.segments++;
    if ((flags & (ENDED << end)) !== 0) {
      counters.afterEnd++;
      return;
    }
    const length = fields.payloadLength;
    if (fields.payloadCaptured < length) {
      counters.truncated++;
      return;
    }
    const at = 2 * slot + end;
    const sequence = fields.tcpSequence | 0;
    const low = (fields.tcpFlags & TcpFlag.SYN) === 0 ? sequence : (sequence + 1) | 0;
    const next = this.#next[at]!;
    const ahead = sequenceDelta(low, next);
    const from = fields.payloadOffset;
    if (ahead > 0) {
      this.#wait(slot, end, low, fields.bytes, from, from + length, time, sink);
      return;
    }
    const old = -ahead;
    if (old >= length) {
      counters.retransmitted++;
      counters.overlapOctets += length;
      return;
    }
    counters.overlapOctets += old;
    this.#next[at] = (low + length) | 0;
    counters.octets += length - old;
    sink.data(this.#isOrig(slot, end), fields.bytes, from + old, from + length, time);
    if ((flags & (WAITING << end)) !== 0) this.#drain(slot, end, time, sink);
  }

  /** Keeps a segment above a hole; gives the hole up when too much waits. */
  #wait(
    slot: number,
    end: number,
    low: number,
    bytes: Uint8Array,
    from: number,
    to: number,
    time: number,
    sink: StreamTaker,
  ): void {
    const at = 2 * slot + end;
    const { counters } = this;
    let waiting = this.#waiting.get(at);
    if (waiting === undefined) {
      waiting = new WaitingSegments(time);
      this.#waiting.set(at, waiting);
      this.#flags[slot] = this.#flags[slot]! | (WAITING << end);
    }
    const before = waiting.held;
    const overlap = waiting.insert(low, bytes, from, to);
    this.#held += waiting.held - before;
    if (waiting.held === before) counters.retransmitted++;
    else counters.outOfOrder++;
    if (overlap < 0) counters.inconsistent++;
    counters.overlapOctets += overlap < 0 ? -overlap - 1 : overlap;
    if (waiting.held > this.#bounds.perFlow || this.#held > this.#bounds.total) {
      counters.overflowed++;
      this.#skip(slot, end, waiting.high, time, sink);
    }
  }

  /** Moves an end's stream on to `to`, over what came and what did not. */
  #skip(slot: number, end: number, to: number, time: number, sink: StreamTaker): void {
    const at = 2 * slot + end;
    for (;;) {
      if ((this.#flags[slot]! & DROPPED) !== 0) return;
      const next = this.#next[at]!;
      const left = sequenceDelta(to, next);
      if (left <= 0) return;
      const low = this.#waiting.get(at)?.first?.low;
      const ahead = low === undefined ? left : sequenceDelta(low, next);
      const missing = ahead < left ? ahead : left;
      if (missing > 0) {
        this.#next[at] = (next + missing) | 0;
        this.counters.gaps++;
        this.counters.gapOctets += missing;
        sink.gap(this.#isOrig(slot, end), missing, time);
      }
      this.#drain(slot, end, time, sink);
    }
  }

  /** Hands on what waits and has been reached. */
  #drain(slot: number, end: number, time: number, sink: StreamTaker): void {
    const at = 2 * slot + end;
    for (;;) {
      const waiting = this.#waiting.get(at);
      const first = waiting?.first;
      if (waiting === undefined || first === undefined) break;
      const next = this.#next[at]!;
      const old = sequenceDelta(next, first.low);
      if (old < 0) return;
      const before = waiting.held;
      waiting.shift();
      this.#held += waiting.held - before;
      const { length } = first.bytes;
      if (waiting.count === 0) this.#forgetWaiting(slot, end);
      if (old >= length) {
        this.counters.overlapOctets += length;
        continue;
      }
      this.counters.overlapOctets += old;
      this.counters.octets += length - old;
      this.#next[at] = (first.low + length) | 0;
      sink.data(this.#isOrig(slot, end), first.bytes, old, length, time);
    }
  }

  #endOfData(slot: number, end: number, time: number, sink: StreamTaker): void {
    const flags = this.#flags[slot]!;
    if ((flags & (ENDED << end)) !== 0 || (flags & DROPPED) !== 0 || !this.#flows.tracker.hasEnded(slot, end)) return;
    this.#flags[slot] = flags | (ENDED << end);
    const waiting = this.#waiting.get(2 * slot + end);
    if (waiting !== undefined) this.#skip(slot, end, waiting.high, time, sink);
    if ((this.#flags[slot] & DROPPED) === 0) sink.endOfData(this.#isOrig(slot, end), time);
  }

  #isOrig(slot: number, end: number): boolean {
    return ((this.#flows.table.u32[slot * SLOT_WORDS + Word.STATE]! >> 1) & 1) === end;
  }

  #forget(slot: number): void {
    if ((this.#flags[slot]! & (WAITING * 3)) !== 0) {
      for (let end = 0; end < 2; end++) {
        const waiting = this.#waiting.get(2 * slot + end);
        if (waiting === undefined) continue;
        this.counters.dropped += waiting.octets;
        this.#held -= waiting.held;
        this.#forgetWaiting(slot, end);
      }
    }
    this.#flags[slot] = 0;
  }

  #forgetWaiting(slot: number, end: number): void {
    this.#waiting.delete(2 * slot + end);
    this.#flags[slot] = this.#flags[slot]! & ~(WAITING << end);
  }
}
