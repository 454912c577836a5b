/**
 * The data of TCP connections, in order: what the flow table's tracker knows by sequence numbers, with the octets.
 *
 * Rules as Zeek's: octets are handed on as soon as all before them have come, not when they are acknowledged; the first
 * of two different octets stays; a hole is given up when the other side acknowledges what was not seen; a segment that
 * was not captured whole is not used; what waits above a hole when the connection is over is never handed on. Beyond
 * Zeek, a hole is also given up when too much waits above it or for too long, so that a lossy mirror port freezes nothing.
 *
 * In-order streams cost a few typed-array reads a packet and no memory but 9 octets a slot: state begins with the first
 * payload, at the initial sequence number that the tracker has kept. Sequence numbers are signed
 * 32-bit integers, compared modulo 2^32.
 */
import { TcpFlag } from '../../../core/packet/numbers.ts';
import type { PacketFields } from '../../../core/packet/fields.ts';
import type { Flows } from '../flows.ts';
import { SLOT_WORDS, StateBit, Word } from '../layout.ts';
import { sequenceDelta } from '../tcpHoles.ts';
import { EndBit, TcpState } from '../tcpState.ts';
import { SEGMENT_OVERHEAD, STREAM_BOUNDS, type StreamBounds } from './bounds.ts';
import { newStreamCounters, type StreamCounters } from './counters.ts';
import { Holdings } from './holdings.ts';
import type { StreamSink } from './streamSink.ts';
import { WaitingSegments } from './waiting.ts';

/** Bits of a slot's flags, `<< end`: where its data begin is known, their end was told, some wait above a hole. */
const KNOWN = 1;
const ENDED = 4;
const WAITING = 16;

/** Octets above a hole that no window reaches (RFC 7323, 2.3): what is further is none of this stream. */
const MOST_AHEAD = 1_073_741_824;

/** The streams of one flow table. What it holds is bounded by `StreamBounds`; 9 octets a slot beside. */
export class Streams {
  readonly counters: StreamCounters = newStreamCounters();
  readonly #flows: Flows;
  readonly #bounds: StreamBounds;
  readonly #holdings: Holdings;
  /** Flags a slot; the sequence number after the last octet handed on, an end (A and B of each slot). */
  readonly #flags: Uint8Array;
  readonly #next: Int32Array;

  constructor(flows: Flows, bounds: Partial<StreamBounds> = {}) {
    this.#flows = flows;
    this.#bounds = { ...STREAM_BOUNDS, ...bounds };
    this.#holdings = new Holdings(this.#bounds);
    this.#flags = new Uint8Array(flows.table.capacity);
    this.#next = new Int32Array(flows.table.capacity * 2);
  }

  /** Octets that wait now, in all flows, overhead included; directions that wait; addresses of which something waits. */
  get held(): { readonly octets: number; readonly directions: number; readonly addresses: number } {
    const { total, count, addresses } = this.#holdings;
    return { octets: total, directions: count, addresses };
  }

  /**
   * The TCP packet at hand, after the flow table counted it: `slot` and `direction` (0 = end A sent it) are the table's.
   * Gives `sink` what it lets go: of the other side first what the packet acknowledges, then its own data.
   */
  packet(slot: number, fields: PacketFields, direction: number, time: number, sink: StreamSink): void {
    const flags = this.#flags[slot]!;
    const length = fields.payloadLength;
    if ((flags === 0 && length === 0) || this.#isDropped(slot)) return;
    const peer = direction ^ 1;
    if ((flags & (KNOWN << peer)) === 0) this.#begin(slot, peer);
    if ((flags & (KNOWN << direction)) === 0) this.#begin(slot, direction);
    this.#settle(slot, peer, time, sink);
    if (length > 0 && (fields.tcpFlags & TcpFlag.RST) === 0) this.#own(slot, direction, fields, time, sink);
    this.#endOfData(slot, peer, time, sink);
    this.#endOfData(slot, direction, time, sink);
    if ((fields.tcpFlags & TcpFlag.RST) !== 0 && !this.#isDropped(slot)) sink.reset?.(time);
  }

  /** Nobody wants the rest of this flow's stream: what waits goes, later packets cost one look. */
  drop(slot: number): void {
    this.#forget(slot);
    const at = slot * SLOT_WORDS + Word.STATE;
    this.#flows.table.u32[at] = this.#flows.table.u32[at]! | StateBit.DROPPED;
  }

  /**
   * The flow is over, its slot another's next; not needed after `drop`. What waits above a hole is dropped, as Zeek does:
   * `sink` is told nothing more.
   */
  end(slot: number, _time: number, _sink: StreamSink): void {
    this.#forget(slot);
  }

  #isDropped(slot: number): boolean {
    return (this.#flows.table.u32[slot * SLOT_WORDS + Word.STATE]! & StateBit.DROPPED) !== 0;
  }

  /** Where the data of an end begin, once something of it was seen. */
  #begin(slot: number, end: number): void {
    const { tracker, table } = this.#flows;
    if (tracker.state(slot, end) === TcpState.INACTIVE) return;
    this.#next[2 * slot + end] = (table.u32[slot * SLOT_WORDS + Word.INITIAL_A + end]! + 1) | 0;
    this.#flags[slot] = this.#flags[slot]! | (KNOWN << end);
  }

  /** Gives up what was acknowledged and did not come, and what waited too long. */
  #settle(slot: number, end: number, time: number, sink: StreamSink): void {
    if ((this.#flags[slot]! & (KNOWN << end)) === 0) return;
    const { tracker, table } = this.#flows;
    const at = 2 * slot + end;
    const acknowledged = table.u32[slot * SLOT_WORDS + Word.ACKNOWLEDGED_BY_A + (end ^ 1)]! | 0;
    if (sequenceDelta(acknowledged, this.#next[at]!) > 0) {
      // The tracker's edge knows what of it is a FIN, and what of a partial connection is not missing.
      const edge = tracker.slots.edgeOf(slot * SLOT_WORDS, end);
      this.#skip(slot, end, sequenceDelta(edge, acknowledged) < 0 ? edge : acknowledged, time, sink);
    }
  }

  /** Makes room: gives up the holes that are too old, whosever they are, of flows that send nothing more as well. */
  #expire(time: number): void {
    for (;;) {
      const { oldest } = this.#holdings;
      if (oldest === undefined || time - oldest.waiter.since <= this.#bounds.seconds) return;
      const { slot, end, sink } = oldest.waiter;
      this.counters.expired++;
      this.#skip(slot, end, oldest.high, time, sink);
    }
  }

  #own(slot: number, end: number, fields: PacketFields, time: number, sink: StreamSink): void {
    const flags = this.#flags[slot]!;
    if ((flags & (KNOWN << end)) === 0) return;
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
    if (ahead > MOST_AHEAD) {
      counters.outOfWindow++;
      return;
    }
    if (ahead > 0) {
      this.#wait(slot, end, low, fields, 0, time, sink);
      return;
    }
    const old = -ahead;
    if (old >= length) {
      counters.retransmitted++;
      counters.overlapOctets += length;
      return;
    }
    counters.overlapOctets += old;
    if ((flags & (WAITING << end)) !== 0) {
      // What it overlaps may wait already, and came first.
      this.#wait(slot, end, next, fields, old, time, sink);
      this.#drain(slot, end, time, sink);
      return;
    }
    this.#next[at] = (low + length) | 0;
    counters.octets += length - old;
    sink.data(this.#isOrig(slot, end), fields.bytes, from + old, from + length, time);
  }

  /** Keeps the segment at hand, from octet `skip` at `low` on, for what is before it; gives a hole up when too much waits. */
  #wait(
    slot: number,
    end: number,
    low: number,
    fields: PacketFields,
    skip: number,
    time: number,
    sink: StreamSink,
  ): void {
    const { counters } = this;
    const holdings = this.#holdings;
    let waiting = holdings.get(slot, end);
    if (waiting === undefined) {
      waiting = new WaitingSegments({ slot, end, sink, addresses: this.#addresses(slot), since: time });
      holdings.add(waiting);
      this.#flags[slot] = this.#flags[slot]! | (WAITING << end);
    }
    const before = waiting.held;
    const from = fields.payloadOffset;
    const overlap = waiting.insert(low, fields.bytes, from + skip, from + fields.payloadLength);
    holdings.change(waiting, waiting.held - before);
    if (waiting.held === before) counters.retransmitted++;
    else if (low !== this.#next[2 * slot + end]!) counters.outOfOrder++;
    if (overlap < 0) counters.inconsistent++;
    counters.overlapOctets += overlap < 0 ? -overlap - 1 : overlap;
    if (time - waiting.waiter.since > this.#bounds.seconds) {
      counters.expired++;
      this.#skip(slot, end, waiting.high, time, sink);
      return;
    }
    if (holdings.isOver(waiting)) this.#expire(time);
    if (!holdings.isOver(waiting) && !this.#isBlind(slot, end, waiting)) return;
    counters.overflowed++;
    this.#skip(slot, end, waiting.high, time, sink);
  }

  /** Nothing was ever acknowledged, and much waits: acknowledgements are not in sight, and will not be. */
  #isBlind(slot: number, end: number, waiting: WaitingSegments): boolean {
    const reach = sequenceDelta(waiting.high, this.#next[2 * slot + end]!);
    return reach > this.#bounds.unacknowledged && this.#flows.tracker.slots.isUnacknowledged(slot * SLOT_WORDS, end);
  }

  /** Moves an end's stream on to `to`, over what came and what did not. */
  #skip(slot: number, end: number, to: number, time: number, sink: StreamSink): void {
    const at = 2 * slot + end;
    for (;;) {
      const next = this.#next[at]!;
      const left = sequenceDelta(to, next);
      if (left <= 0 || this.#isDropped(slot)) return;
      const low = this.#holdings.get(slot, end)?.first?.low;
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
  #drain(slot: number, end: number, time: number, sink: StreamSink): void {
    const at = 2 * slot + end;
    // Looked up anew each time: a sink may drop its flow.
    for (let waiting = this.#holdings.get(slot, end); waiting !== undefined; waiting = this.#holdings.get(slot, end)) {
      const { first } = waiting;
      if (first === undefined) return;
      const next = this.#next[at]!;
      const old = sequenceDelta(next, first.low);
      if (old < 0) return;
      const { length } = first.bytes;
      waiting.shift();
      this.#holdings.change(waiting, -(length + SEGMENT_OVERHEAD));
      if (waiting.count === 0) this.#release(slot, end, waiting);
      const known = old < length ? old : length;
      this.counters.overlapOctets += known;
      if (known === length) continue;
      this.counters.octets += length - known;
      this.#next[at] = (first.low + length) | 0;
      sink.data(this.#isOrig(slot, end), first.bytes, known, length, time);
    }
  }

  #endOfData(slot: number, end: number, time: number, sink: StreamSink): void {
    const flags = this.#flags[slot]!;
    if ((flags & (KNOWN << end)) === 0 || (flags & (ENDED << end)) !== 0) return;
    if (!this.#flows.tracker.slots.has(slot * SLOT_WORDS, end, EndBit.EOF)) return;
    this.#flags[slot] = flags | (ENDED << end);
    const waiting = this.#holdings.get(slot, end);
    if (waiting !== undefined) this.#skip(slot, end, waiting.high, time, sink);
    if (!this.#isDropped(slot)) sink.endOfData(this.#isOrig(slot, end), time);
  }

  #isOrig(slot: number, end: number): boolean {
    return ((this.#flows.table.u32[slot * SLOT_WORDS + Word.STATE]! >> 1) & 1) === end;
  }

  #addresses(slot: number): [string, string] {
    const { u32 } = this.#flows.table;
    const at = slot * SLOT_WORDS;
    const text = (word: number): string => u32.subarray(at + word, at + word + 4).join();
    return [text(Word.A), text(Word.B)];
  }

  #forget(slot: number): void {
    if ((this.#flags[slot]! & (WAITING * 3)) !== 0) {
      for (let end = 0; end < 2; end++) {
        const waiting = this.#holdings.get(slot, end);
        if (waiting === undefined) continue;
        this.counters.dropped += waiting.octets;
        this.#release(slot, end, waiting);
      }
    }
    this.#flags[slot] = 0;
  }

  #release(slot: number, end: number, waiting: WaitingSegments): void {
    this.#holdings.delete(waiting);
    this.#flags[slot] = this.#flags[slot]! & ~(WAITING << end);
  }
}
