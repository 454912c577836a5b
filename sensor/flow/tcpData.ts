/** How far the data of each end go without a hole, by sequence numbers: see `tcpHoles.ts`. */
import { TcpFlag } from '../../core/packet/numbers.ts';
import { isScaled, Letter } from './history.ts';
import { StateBit, Word } from './layout.ts';
import { absorbRanges, highestData, insertRange, sequenceDelta } from './tcpHoles.ts';
import { TcpRanges } from './tcpRanges.ts';
import type { TcpSlots } from './tcpSlots.ts';
import { COLD_END, ColdWord, EndBit, TcpState } from './tcpState.ts';

const { INACTIVE, ESTABLISHED, CLOSED, RESET } = TcpState;
const { SYN } = TcpFlag;

/** Zeek's `tcp_max_above_hole_without_any_acks` and `tcp_max_initial_window`. */
const MAX_UNACKNOWLEDGED = 16_384;

export class TcpData {
  readonly #slots: TcpSlots;
  readonly #ranges: TcpRanges;

  constructor(slots: TcpSlots) {
    this.#slots = slots;
    this.#ranges = new TcpRanges(slots.cold);
  }

  /** Where the contiguous data of an end stop. */
  edge(end: number): number {
    return this.#slots.edgeOf(this.#slots.word, end);
  }

  /** Keeps the edge of `end` at `edge`, in the cold words if it no longer follows from the sequence number. */
  keepEdge(end: number, edge: number): void {
    const at = this.#slots.word;
    if (this.#slots.has(at, end, EndBit.HOLE)) return;
    if (this.edge(end) === edge) return;
    this.#slots.warm();
    const cold = this.#slots.coldAt + end * COLD_END;
    this.#slots.cold[cold + ColdWord.EDGE] = edge;
    this.#slots.cold[cold + ColdWord.RANGES] = 0;
    this.#slots.set(end, EndBit.HOLE);
  }

  /** Lets go of the cold edge when it follows from the sequence number again. */
  #dropEdge(end: number): void {
    const cold = this.#slots.coldAt + end * COLD_END;
    if (this.#slots.cold[cold + ColdWord.RANGES] !== 0) return;
    const last = this.#slots.u32[this.#slots.word + Word.SEQUENCE_A + end]! | 0;
    const natural = this.#slots.has(this.#slots.word, end, EndBit.FIN) ? (last - 1) | 0 : last;
    if (natural === (this.#slots.cold[cold + ColdWord.EDGE]! | 0)) this.#slots.clear(end, EndBit.HOLE);
  }

  /** The edge after the packet's data, when these begin at the edge or before it. */
  append(edge: number): number {
    const low = (this.#slots.flags & SYN) !== 0 ? (this.#slots.sequence + 1) | 0 : this.#slots.sequence;
    const high = (low + this.#slots.payload) | 0;
    return sequenceDelta(low, edge) <= 0 && sequenceDelta(high, edge) > 0 ? high : edge;
  }

  insert(): void {
    const end = this.#slots.end;
    const at = this.#slots.word;
    if (this.#slots.has(at, end, EndBit.BLIND)) return;
    let low = (this.#slots.flags & SYN) !== 0 ? (this.#slots.sequence + 1) | 0 : this.#slots.sequence;
    const high = (low + this.#slots.payload) | 0;
    const acknowledged = this.#slots.u32[at + Word.ACKNOWLEDGED_BY_A + (end ^ 1)]! | 0;
    if (sequenceDelta(low, acknowledged) < 0) {
      if (sequenceDelta(high, acknowledged) <= 0) return;
      low = acknowledged;
    }
    const cold = this.#slots.coldAt + end * COLD_END;
    const ranges = this.#ranges;
    ranges.open(cold, true);
    insertRange(ranges.words, ranges.at, low, high, ranges.capacity);
    const highest = highestData(ranges.words, ranges.at);
    ranges.close(cold);
    const waiting = sequenceDelta(highest, this.#slots.cold[cold + ColdWord.EDGE]! | 0);
    if (waiting > MAX_UNACKNOWLEDGED && this.#slots.isUnacknowledged(at, end)) {
      this.#slots.set(end, EndBit.BLIND);
      this.#slots.cold[cold + ColdWord.RANGES] = 0;
    }
    this.#dropEdge(end);
  }

  /** What was acknowledged and never seen is a hole that nobody fills any more. */
  deliverUpTo(end: number): void {
    const at = this.#slots.word;
    let to = this.#slots.acknowledgement;
    const cold = this.#slots.coldAt + end * COLD_END;
    if (this.#slots.has(at, end, EndBit.FIN)) {
      const finEnd = this.#slots.cold[cold + ColdWord.FIN_END]! | 0;
      if (sequenceDelta(to, finEnd) >= 0) to = (finEnd - 1) | 0;
    }
    const edge = this.edge(end);
    const isPartial = (this.#slots.u32[at + Word.STATE]! & StateBit.PARTIAL) !== 0;
    const relative = sequenceDelta(to, this.#slots.u32[at + Word.INITIAL_A + end]! | 0);
    if (sequenceDelta(to, edge) > 0 && !(isPartial && relative >= 0 && relative <= 2)) {
      this.#slots.warm();
      if (!this.#slots.has(at, end, EndBit.HOLE)) {
        this.#slots.cold[cold + ColdWord.EDGE] = edge;
        this.#slots.cold[cold + ColdWord.RANGES] = 0;
        this.#slots.set(end, EndBit.HOLE);
      }
      this.#skipTo(end, cold, to);
      this.#dropEdge(end);
    }
  }

  #skipTo(end: number, cold: number, to: number): void {
    const isCounted =
      !this.#slots.has(this.#slots.word, end, EndBit.BLIND) && this.#isClean(end) && this.#isClean(end ^ 1);
    const ranges = this.#ranges;
    ranges.open(cold, false);
    const { words, at } = ranges;
    while (words[at + ColdWord.RANGES]! > 0) {
      const low = words[at + ColdWord.RANGE]! | 0;
      if (sequenceDelta(low, to) >= 0) break;
      if (isCounted) this.#hole(end, cold, sequenceDelta(low, words[at + ColdWord.EDGE]! | 0));
      words[at + ColdWord.EDGE] = low;
      absorbRanges(words, at);
    }
    const left = sequenceDelta(to, words[at + ColdWord.EDGE]! | 0);
    if (left > 0) {
      if (isCounted) this.#hole(end, cold, left);
      words[at + ColdWord.EDGE] = to;
      absorbRanges(words, at);
    }
    ranges.close(cold);
  }

  #hole(end: number, cold: number, length: number): void {
    if (length <= 0) return;
    this.#slots.cold[cold + ColdWord.MISSED] = this.#slots.cold[cold + ColdWord.MISSED]! + length;
    const n = this.#slots.cold[cold + ColdWord.COUNTS]! >>> 16;
    if (n === 0xffff) return;
    this.#slots.cold[cold + ColdWord.COUNTS] = this.#slots.cold[cold + ColdWord.COUNTS]! + 0x10000;
    const isOrigin = ((this.#slots.u32[this.#slots.word + Word.STATE]! >> 1) & 1) === end;
    if (isScaled(n + 1)) this.#slots.letter(Letter.G, isOrigin);
  }

  /** Holes are only told of connections that were opened in sight and are open or closing in order. */
  #isClean(end: number): boolean {
    const state = this.#slots.stateOf(this.#slots.word, end);
    return state === ESTABLISHED || (state === CLOSED && this.#slots.before(this.#slots.word, end) === ESTABLISHED);
  }

  /** Whether data of the closing end, or data that it has not acknowledged, are still on their way. */
  isPending(end: number): boolean {
    const at = this.#slots.word;
    if (this.#slots.has(at, end, EndBit.BLIND)) return false;
    const edge = this.edge(end);
    const ahead = sequenceDelta(this.#slots.u32[at + Word.SEQUENCE_A + end]! | 0, edge);
    if (ahead < 0) return false;
    if (ahead > 1) return true;
    return this.#slots.stateOf(at, end) !== RESET && this.#hasUnacknowledged(end ^ 1);
  }

  #hasUnacknowledged(end: number): boolean {
    const at = this.#slots.word;
    if (this.#slots.stateOf(at, end) === INACTIVE || this.#slots.has(at, end, EndBit.BLIND)) return false;
    const cold = this.#slots.coldAt + end * COLD_END;
    if (this.#slots.has(at, end, EndBit.HOLE) && this.#slots.cold[cold + ColdWord.RANGES]! > 0) return true;
    const edge = this.edge(end);
    const start = ((this.#slots.u32[at + Word.INITIAL_A + end]! | 0) + 1) | 0;
    let acknowledged = this.#slots.u32[at + Word.ACKNOWLEDGED_BY_A + (end ^ 1)]! | 0;
    if (sequenceDelta(acknowledged, start) < 0) acknowledged = start;
    const open = sequenceDelta(edge, acknowledged);
    if (open <= 0) return false;
    return !(open > MAX_UNACKNOWLEDGED && this.#slots.isUnacknowledged(at, end));
  }
}
