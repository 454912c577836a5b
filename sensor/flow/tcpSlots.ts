/** The words and bits of TCP in the flow table's slots, and the packet at hand: what the parts of TCP share. */
import type { PacketFields } from '../../core/packet/fields.ts';
import { appendHistory } from './history.ts';
import { SLOT_DOUBLES, SLOT_WORDS, Word } from './layout.ts';
import { sequenceDelta } from './tcpHoles.ts';
import { COLD_END, COLD_WORDS, ColdWord, EndBit, TcpBit, TcpState } from './tcpState.ts';

const { INACTIVE, SYN_SENT, SYN_ACK_SENT, RESET } = TcpState;

/** Bits of `HISTORY_LENGTH` that count how often sequence numbers went round: six each, 256 GiB a direction. */
const WRAP_BITS = 6;
const WRAP_MAX = 63;

/**
 * `at` is a slot's first word, `end` 0 for A and 1 for B. Sequence numbers are kept as signed 32-bit integers, which need
 * no memory of their own.
 */
export class TcpSlots {
  readonly u32: Uint32Array;
  readonly f64: Float64Array;
  /** `COLD_WORDS` a slot, touched for FIN, RST, holes and zero windows only. */
  readonly cold: Uint32Array;

  /** The packet at hand: where its slot's words, doubles and cold words begin, which end sent it, and its header. */
  word = 0;
  double = 0;
  coldAt = 0;
  end = 0;
  flags = 0;
  sequence = 0;
  acknowledgement = 0;
  payload = 0;

  constructor(u32: Uint32Array, f64: Float64Array) {
    this.u32 = u32;
    this.f64 = f64;
    this.cold = new Uint32Array((u32.length / SLOT_WORDS) * COLD_WORDS);
  }

  /** Turns to a packet of `slot` that `end` sent. */
  select(slot: number, fields: PacketFields, end: number): void {
    this.word = slot * SLOT_WORDS;
    this.double = slot * SLOT_DOUBLES;
    this.coldAt = slot * COLD_WORDS;
    this.end = end;
    this.flags = fields.tcpFlags;
    this.sequence = fields.tcpSequence | 0;
    this.acknowledgement = fields.tcpAcknowledgement | 0;
    this.payload = fields.payloadLength;
  }

  /** The end that opened the connection of the packet at hand. */
  get origin(): number {
    return (this.u32[this.word + Word.STATE]! >> 1) & 1;
  }

  stateOf(at: number, end: number): number {
    return (this.u32[at + Word.STATE]! >>> (16 + (end << 2))) & 15;
  }

  before(at: number, end: number): number {
    return (this.u32[at + Word.STATE]! >>> (24 + (end << 2))) & 15;
  }

  setState(end: number, to: number): void {
    const at = this.word;
    const u32 = this.u32;
    const from = this.stateOf(at, end);
    if (from === to) return;
    if (to > SYN_ACK_SENT && from <= SYN_ACK_SENT && this.stateOf(at, end ^ 1) <= SYN_ACK_SENT) {
      u32[at + Word.STATE] = u32[at + Word.STATE]! | TcpBit.LONG;
    }
    const shift = end << 2;
    const word = u32[at + Word.STATE]! & ~((15 << (16 + shift)) | (15 << (24 + shift)));
    u32[at + Word.STATE] = word | (to << (16 + shift)) | (from << (24 + shift));
  }

  has(at: number, end: number, bit: number): boolean {
    return (this.u32[at + Word.HISTORY_SEEN]! & (bit << (end << 4))) !== 0;
  }

  set(end: number, bit: number): void {
    const index = this.word + Word.HISTORY_SEEN;
    this.u32[index] = this.u32[index]! | (bit << (end << 4));
  }

  clear(end: number, bit: number): void {
    const index = this.word + Word.HISTORY_SEEN;
    this.u32[index] = this.u32[index]! & ~(bit << (end << 4));
  }

  wraps(at: number, which: number): number {
    return (this.u32[at + Word.HISTORY_LENGTH]! >>> (8 + which * WRAP_BITS)) & WRAP_MAX;
  }

  wrap(which: number): void {
    const at = this.word;
    if (this.wraps(at, which) === WRAP_MAX) return;
    this.u32[at + Word.HISTORY_LENGTH] = this.u32[at + Word.HISTORY_LENGTH]! + (1 << (8 + which * WRAP_BITS));
  }

  /** Makes the cold words this connection's own. */
  warm(): void {
    const at = this.word;
    const state = this.u32[at + Word.STATE]!;
    if ((state & TcpBit.COLD) !== 0) return;
    this.u32[at + Word.STATE] = state | TcpBit.COLD;
    this.cold.fill(0, this.coldAt, this.coldAt + COLD_WORDS);
  }

  /** Letters of both ends stand in one byte: the lower case of an ASCII letter has bit 5 set. */
  letter(code: number, isOrigin: boolean): void {
    appendHistory(this.u32, this.word, isOrigin ? code : code | 0x20);
  }

  isUnacknowledged(at: number, end: number): boolean {
    const acknowledged = this.u32[at + Word.ACKNOWLEDGED_BY_A + (end ^ 1)]! | 0;
    const delta = sequenceDelta(acknowledged, this.u32[at + Word.INITIAL_A + end]! | 0);
    return this.wraps(at, end * 2 + 1) === 0 && (delta === 0 || delta === 1);
  }

  /** Payload octets that an end sent, by sequence numbers and acknowledgements, without SYN and FIN. */
  payloadOf(slot: number, end: number): number {
    const at = slot * SLOT_WORDS;
    const u32 = this.u32;
    const state = this.stateOf(at, end);
    const sent = u32[at + Word.SEQUENCE_A + end]! + this.wraps(at, end * 2) * 4_294_967_296;
    const acknowledged = u32[at + Word.ACKNOWLEDGED_BY_A + (end ^ 1)]! + this.wraps(at, end * 2 + 1) * 4_294_967_296;
    const start = u32[at + Word.INITIAL_A + end]!;
    const unacknowledged = acknowledged === start || acknowledged === start + 1;
    if (
      state === RESET &&
      this.before(at, end) === SYN_SENT &&
      this.stateOf(at, end ^ 1) === INACTIVE &&
      !unacknowledged
    ) {
      // A half-open connection that was found and aborted: its numbers say nothing about data.
      return 0;
    }
    let size = (sent > acknowledged ? sent : acknowledged) - start;
    if (size !== 0) size--;
    if (size !== 0 && this.has(at, end, EndBit.FIN)) size--;
    return size > 0 ? size : 0;
  }

  /** Where the contiguous data of an end stop. */
  edgeOf(at: number, end: number): number {
    if (this.has(at, end, EndBit.HOLE)) {
      return this.cold[(at / SLOT_WORDS) * COLD_WORDS + end * COLD_END + ColdWord.EDGE]! | 0;
    }
    const last = this.u32[at + Word.SEQUENCE_A + end]! | 0;
    return this.has(at, end, EndBit.FIN) ? (last - 1) | 0 : last;
  }

  /** Bytes of both ends that were acknowledged and never seen. */
  missedOf(slot: number): number {
    if ((this.u32[slot * SLOT_WORDS + Word.STATE]! & TcpBit.COLD) === 0) return 0;
    const at = slot * COLD_WORDS + ColdWord.MISSED;
    return this.cold[at]! + this.cold[at + COLD_END]!;
  }
}
