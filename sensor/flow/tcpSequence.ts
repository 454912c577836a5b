/** Sequence numbers of both ends: where they begin, how far they are sent and acknowledged (Zeek's rules). */
import { TcpFlag } from '../../core/packet/numbers.ts';
import { isScaled, Letter } from './history.ts';
import { Word } from './layout.ts';
import { sequenceDelta } from './tcpHoles.ts';
import type { TcpSlots } from './tcpSlots.ts';
import { TcpBit, TcpState } from './tcpState.ts';

const { INACTIVE, SYN_SENT, SYN_ACK_SENT, PARTIAL, ESTABLISHED, RESET } = TcpState;
const { FIN, SYN, RST } = TcpFlag;

/** A jump of the sequence number that is not believed of a SYN or RST, nor of an acknowledgement of 0. */
const TOO_LARGE_DELTA = 1_048_576;

export class TcpSequence {
  readonly #slots: TcpSlots;

  constructor(slots: TcpSlots) {
    this.#slots = slots;
  }

  initialise(past: number): void {
    const at = this.#slots.word;
    const end = this.#slots.end;
    const u32 = this.#slots.u32;
    const isSyn = (this.#slots.flags & SYN) !== 0;
    const state = this.#slots.stateOf(at, end);
    const sequence = this.#slots.sequence;
    if (state === INACTIVE) {
      const start = isSyn ? sequence : (sequence - 1) | 0;
      this.#restart(end, start, isSyn ? past : sequence);
      return;
    }
    if (!isSyn) return;
    const jumped = sequence !== (u32[at + Word.INITIAL_A + end]! | 0);
    if ((state === SYN_SENT || state === SYN_ACK_SENT) && !jumped)
      u32[at + Word.STATE] = u32[at + Word.STATE]! | TcpBit.NO_RTT;
    if (
      ((state === SYN_SENT || state === SYN_ACK_SENT) && jumped) ||
      state === ESTABLISHED ||
      state === PARTIAL ||
      (state === RESET && this.#slots.before(at, end) === INACTIVE)
    ) {
      u32[at + Word.STATE] = u32[at + Word.STATE]! | TcpBit.NO_RTT;
      this.#restart(end, sequence, past);
    }
  }

  #restart(end: number, start: number, last: number): void {
    const at = this.#slots.word;
    const u32 = this.#slots.u32;
    u32[at + Word.INITIAL_A + end] = start;
    u32[at + Word.ACKNOWLEDGED_BY_A + (end ^ 1)] = start;
    u32[at + Word.SEQUENCE_A + end] = last;
  }

  /** Whether a sequence number lies before the first one of `end`, the times it went round considered. */
  isBefore(end: number, sequence: number, last: number, which: number): boolean {
    const at = this.#slots.word;
    let wraps = this.#slots.wraps(at, which);
    const delta = sequenceDelta(sequence, last);
    if (delta < 0 && wraps > 0 && sequence >>> 0 > last >>> 0) wraps--;
    else if (delta > 0 && sequence >>> 0 < last >>> 0) wraps++;
    return wraps === 0 && sequenceDelta(sequence, this.#slots.u32[at + Word.INITIAL_A + end]! | 0) < 0;
  }

  /** Takes in an acknowledgement of `peer`'s data. True when it lies in its sequence space. */
  acknowledge(peer: number): boolean {
    const at = this.#slots.word;
    const u32 = this.#slots.u32;
    const acknowledgement = this.#slots.acknowledgement;
    if (this.#slots.stateOf(at, peer) === INACTIVE) {
      const start = (acknowledgement - 1) | 0;
      this.#restart(peer, start, start);
      return false;
    }
    const index = at + Word.ACKNOWLEDGED_BY_A + (peer ^ 1);
    const last = u32[index]! | 0;
    const which = peer * 2 + 1;
    if (this.isBefore(peer, acknowledgement, last, which)) return false;
    if ((this.#slots.flags & RST) !== 0) return true;
    const delta = sequenceDelta(acknowledgement, last);
    if (acknowledgement === 0 && delta > TOO_LARGE_DELTA) return true;
    if (delta > 0) {
      if (acknowledgement >>> 0 < last >>> 0) this.#slots.wrap(which);
      u32[index] = acknowledgement;
    }
    return true;
  }

  /** Moves the highest sequence number on, or counts a segment that was sent again. */
  advance(past: number, isOrigin: boolean): void {
    const at = this.#slots.word;
    const end = this.#slots.end;
    const u32 = this.#slots.u32;
    const flags = this.#slots.flags;
    const index = at + Word.SEQUENCE_A + end;
    const last = u32[index]! | 0;
    const delta = sequenceDelta(past, last);
    if ((flags & (SYN | RST)) !== 0 && (delta > TOO_LARGE_DELTA || delta < -TOO_LARGE_DELTA)) return;
    const onlySyn = last === (((u32[at + Word.INITIAL_A + end]! | 0) + 1) | 0);
    if (!((flags & FIN) !== 0 && onlySyn)) {
      if (this.#slots.stateOf(at, end) === RESET) return;
      if (delta <= 0) {
        if (this.#slots.payload > 0) this.#sentAgain(isOrigin);
        return;
      }
    }
    if (past >>> 0 < last >>> 0) this.#slots.wrap(end * 2);
    u32[index] = past;
  }

  #sentAgain(isOrigin: boolean): void {
    const index = this.#slots.word + Word.RETRANSMITS;
    const shift = this.#slots.end === 0 ? 16 : 0;
    const n = (this.#slots.u32[index]! >>> shift) & 0xffff;
    if (n === 0xffff) return;
    this.#slots.u32[index] = this.#slots.u32[index]! + (1 << shift);
    if (isScaled(n + 1)) this.#slots.letter(Letter.T, isOrigin);
  }
}
