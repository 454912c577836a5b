/**
 * TCP connections as Zeek 8 follows them, on the flow table's slots: states of both ends, history, bytes by sequence
 * number, holes, segments sent again, the handshake's round trip, and when the connection is over.
 *
 * The rules are those of Zeek's TCP session adapter, endpoint and stream reassembler with its default settings, so that
 * `conn.log` has the same rows; where a rule needs the bytes themselves, it works on their sequence numbers (see
 * `tcpHoles.ts`). Nothing is allocated a packet; sequence numbers are kept as signed 32-bit integers for that reason.
 *
 * Zeek's flaws that are kept: a packet that only carries a higher sequence number moves the byte count; a FIN's octet is
 * taken off the count whether the count included it or not. Where it prints 2^64 less something, we print 0.
 *
 * Round trip: from the originator's first SYN to its first segment with ACK and without SYN after the responder's
 * SYN-ACK, that is client to server and back, wherever the sensor stands. Not known when either was sent again.
 */
import { TcpFlag } from '../../core/packet/numbers.ts';
import type { PacketFields } from '../../core/packet/fields.ts';
import type { FlowClock } from './clock.ts';
import { isBroadcast, markOrigin, ServerPorts } from './direction.ts';
import { appendHistory, isScaled, Letter, noteOnce, Seen } from './history.ts';
import { Double, SLOT_WORDS, StateBit, Word } from './layout.ts';
import { TcpData } from './tcpData.ts';
import { TcpSequence } from './tcpSequence.ts';
import { TcpSlots } from './tcpSlots.ts';
import { takeSteady } from './tcpSteady.ts';
import { COLD_END, ColdWord, EndBit, TcpBit, TcpState } from './tcpState.ts';
import { timeouts } from './timeouts.ts';

const { INACTIVE, SYN_SENT, SYN_ACK_SENT, PARTIAL, ESTABLISHED, CLOSED, RESET } = TcpState;
const { FIN, SYN, RST, ACK } = TcpFlag;

export class TcpTracker {
  readonly #slots: TcpSlots;
  readonly #data: TcpData;
  readonly #sequence: TcpSequence;
  readonly #clock: FlowClock;
  readonly #ports: ServerPorts;
  /** Of the packet at hand: its sequence number less the initial one, and whether it closes its end. */
  #relative = 0;
  #close = false;

  /** Works on the table's slots; keeps 128 bytes a slot beside them, touched for FIN, RST, holes and zero windows only. */
  constructor(u32: Uint32Array, f64: Float64Array, clock: FlowClock, ports: ServerPorts = new ServerPorts()) {
    this.#slots = new TcpSlots(u32, f64);
    this.#data = new TcpData(this.#slots);
    this.#sequence = new TcpSequence(this.#slots);
    this.#clock = clock;
    this.#ports = ports;
  }

  /**
   * A new connection: says who opened it. Call it once for a slot that is new (all zero behind its key), then `packet`.
   * `direction` is 0 when end A sent the packet, 1 when B did.
   */
  open(slot: number, fields: PacketFields, direction: number): void {
    const isFlipped =
      !isBroadcast(fields) && this.#ports.flipsTcp(fields.tcpFlags, fields.sourcePort, fields.destinationPort);
    markOrigin(this.#slots.u32, slot, fields, direction, isFlipped);
  }

  /**
   * Whether this packet belongs to a new connection with the same addresses and ports: then end the slot, take a new one
   * and `open` it. Only a SYN with another sequence number, or any SYN after an end closed, says so.
   */
  reused(slot: number, fields: PacketFields): boolean {
    const flags = fields.tcpFlags;
    if ((flags & SYN) === 0) return false;
    const at = slot * SLOT_WORDS;
    const u32 = this.#slots.u32;
    const origin = (u32[at + Word.STATE]! >> 1) & 1;
    const originState = this.#slots.stateOf(at, origin);
    let end = origin;
    if ((flags & ACK) !== 0) {
      if (originState !== INACTIVE) return false;
      end = origin ^ 1;
    }
    if (this.#slots.has(at, 0, EndBit.CLOSED) || this.#slots.has(at, 1, EndBit.CLOSED)) return true;
    const sequence = fields.tcpSequence | 0;
    if (sequence === (u32[at + Word.INITIAL_A + end]! | 0)) return false;
    // A SYN that overtakes its SYN-ACK (two interfaces of a tap) is no new connection.
    const answer = origin ^ 1;
    const overtaken =
      (flags & ACK) === 0 && originState === SYN_ACK_SENT && this.#slots.stateOf(at, answer) === INACTIVE;
    return !(overtaken && sequence === (u32[at + Word.INITIAL_A + answer]! | 0));
  }

  /**
   * One packet of a connection that is open. Answers 1 when it counts for the connection's duration, 0 when it came after
   * both ends had closed. Sets `EXPIRES`.
   */
  packet(slot: number, fields: PacketFields, direction: number): number {
    if (takeSteady(this.#slots.u32, this.#slots.f64, this.#clock.now, slot, fields, direction)) return 1;
    this.#slots.select(slot, fields, direction);
    const u32 = this.#slots.u32;
    const at = this.#slots.word;
    const end = direction;
    const peer = end ^ 1;
    const flags = this.#slots.flags;
    const length = this.#slots.payload;
    const isOrigin = ((u32[at + Word.STATE]! >> 1) & 1) === end;

    this.#setPartial(isOrigin);
    let segment = (flags & RST) === 0 ? length : 0;
    if ((flags & SYN) !== 0) segment++;
    if ((flags & FIN) !== 0) segment++;
    const past = (this.#slots.sequence + segment) | 0;
    this.#sequence.initialise(past);
    let edge = this.#data.edge(end);
    const underflow = this.#sequence.isBefore(end, this.#slots.sequence, u32[at + Word.SEQUENCE_A + end]! | 0, end * 2);
    this.#relative = (this.#slots.sequence - (u32[at + Word.INITIAL_A + end]! | 0)) | 0;
    this.#writeLetters(isOrigin);
    if (fields.tcpWindow === 0) this.#zeroWindow(isOrigin);
    const alive = this.#slots.has(at, 0, EndBit.CLOSED) && this.#slots.has(at, 1, EndBit.CLOSED) ? 0 : 1;

    if ((flags & FIN) !== 0) {
      this.#slots.set(end, EndBit.FIN);
      this.#slots.warm();
      this.#slots.cold[this.#slots.coldAt + end * COLD_END + ColdWord.FIN_END] = past;
    }
    let acknowledged = false;
    if ((flags & ACK) !== 0) acknowledged = this.#sequence.acknowledge(peer);
    this.#sequence.advance(past, isOrigin);
    this.#close = false;
    this.#step(isOrigin);
    this.#timeHandshake();

    // The edge must survive what happened to the highest sequence number and the FIN bit; data in order move it on.
    const isData = length > 0 && (flags & RST) === 0 && !underflow && fields.payloadCaptured >= length;
    const hadHole = this.#slots.has(at, end, EndBit.HOLE);
    if (isData && !hadHole) edge = this.#data.append(edge);
    this.#data.keepEdge(end, edge);
    if (acknowledged) {
      this.#data.deliverUpTo(peer);
      this.#checkEnd(peer);
    }
    this.#slots.set(end, EndBit.ACTIVE);
    if (isData && this.#slots.has(at, end, EndBit.HOLE)) this.#data.insert();
    this.#checkEnd(end);
    if (this.#close) this.#finish(end);
    this.#setExpiry(alive);
    return alive;
  }

  /** State of an end (0 = A, 1 = B) as `TcpState`. */
  state(slot: number, end: number): number {
    return this.#slots.stateOf(slot * SLOT_WORDS, end);
  }

  /** Payload octets that an end sent, by sequence numbers and acknowledgements, without SYN and FIN. */
  payload(slot: number, end: number): number {
    return this.#slots.payloadOf(slot, end);
  }

  /** The words of connections and what they mean, for who follows their data. */
  get slots(): TcpSlots {
    return this.#slots;
  }

  /** Bytes of both ends that were acknowledged and never seen. */
  missed(slot: number): number {
    return this.#slots.missedOf(slot);
  }

  #setPartial(isOrigin: boolean): void {
    const at = this.#slots.word;
    const u32 = this.#slots.u32;
    if (this.#slots.has(at, this.#slots.end, EndBit.ACTIVE)) return;
    const state = u32[at + Word.STATE]!;
    const isSyn = (this.#slots.flags & SYN) !== 0;
    const isAck = (this.#slots.flags & ACK) !== 0;
    if (isOrigin) {
      u32[at + Word.STATE] = !isSyn || isAck ? state | StateBit.PARTIAL : state & ~StateBit.PARTIAL;
    } else if ((state & StateBit.PARTIAL) === 0 && !isSyn) {
      u32[at + Word.STATE] = state | StateBit.PARTIAL;
    }
  }

  #writeLetters(isOrigin: boolean): void {
    const flags = this.#slots.flags;
    const at = this.#slots.word;
    const end = this.#slots.end;
    const u32 = this.#slots.u32;
    const several = flags & (SYN | FIN | RST);
    const lower = isOrigin ? 0 : 0x20;
    if (several === 0) {
      if (this.#slots.payload > 0) noteOnce(u32, at, end, Seen.DATA, Letter.D | lower);
      else if ((flags & ACK) !== 0) noteOnce(u32, at, end, Seen.ACK, Letter.A | lower);
    } else if (several === SYN) {
      const letter = (flags & ACK) !== 0 ? Letter.H : Letter.S;
      this.#repeatable(Seen.SYN, letter | lower, ColdWord.LAST_SYN, this.#relative);
    } else if (several === FIN) {
      this.#repeatable(Seen.FIN, Letter.F | lower, ColdWord.LAST_FIN, (this.#relative + this.#slots.payload) | 0);
    } else if (several === RST) {
      this.#repeatable(Seen.RST, Letter.R | lower, ColdWord.LAST_RST, this.#relative);
    } else if ((flags & (FIN | RST)) === (FIN | RST)) {
      noteOnce(u32, at, end, Seen.INCONSISTENT, Letter.I | lower);
    } else {
      noteOnce(u32, at, end, Seen.SEVERAL, Letter.Q | lower);
    }
  }

  #repeatable(bit: number, code: number, word: number, relative: number): void {
    const known = noteOnce(this.#slots.u32, this.#slots.word, this.#slots.end, bit, code) === 1;
    const isCold = (this.#slots.u32[this.#slots.word + Word.STATE]! & TcpBit.COLD) !== 0;
    const index = this.#slots.coldAt + this.#slots.end * COLD_END + word;
    if (known && relative !== (isCold ? this.#slots.cold[index]! | 0 : 0))
      appendHistory(this.#slots.u32, this.#slots.word, code);
    if (relative === 0 && !isCold) return;
    this.#slots.warm();
    this.#slots.cold[index] = relative;
  }

  #zeroWindow(isOrigin: boolean): void {
    const at = this.#slots.word;
    const end = this.#slots.end;
    if (
      (this.#slots.flags & RST) !== 0 ||
      this.#slots.stateOf(at, end ^ 1) === CLOSED ||
      this.#slots.stateOf(at, end) === RESET
    )
      return;
    // The first is a bit: floods of SYNs with a window of zero must not touch the cold words.
    if (noteOnce(this.#slots.u32, at, end, Seen.WINDOW, isOrigin ? Letter.W : Letter.W | 0x20) === 0) return;
    this.#slots.warm();
    const index = this.#slots.coldAt + end * COLD_END + ColdWord.COUNTS;
    const n = this.#slots.cold[index]! & 0xffff;
    if (n === 0xffff) return;
    this.#slots.cold[index] = this.#slots.cold[index]! + 1;
    if (isScaled(n + 2)) this.#slots.letter(Letter.W, isOrigin);
  }

  #step(isOrigin: boolean): void {
    const end = this.#slots.end;
    const flags = this.#slots.flags;
    const at = this.#slots.word;
    const peer = end ^ 1;
    switch (this.#slots.stateOf(at, end)) {
      case INACTIVE:
        this.#stepInactive(isOrigin);
        break;
      case SYN_SENT:
      case SYN_ACK_SENT:
        if ((flags & FIN) !== 0) this.#closing(CLOSED);
        if ((flags & RST) !== 0) this.#closing(RESET);
        break;
      case ESTABLISHED:
      case PARTIAL:
        if (
          (flags & (SYN | ACK)) === SYN &&
          this.#slots.stateOf(at, end) === PARTIAL &&
          this.#slots.stateOf(at, peer) === INACTIVE
        ) {
          this.#slots.setState(end, SYN_SENT);
        }
        if ((flags & (FIN | RST)) === FIN) {
          this.#closing(CLOSED);
          // A FIN followed by a RST, and now the other side's FIN: that was a normal end.
          if (this.#slots.stateOf(at, peer) === RESET && this.#slots.before(at, peer) === CLOSED)
            this.#slots.setState(peer, CLOSED);
        }
        if ((flags & RST) !== 0) this.#closing(RESET);
        break;
      case CLOSED:
        if ((flags & RST) !== 0 && this.#slots.stateOf(at, peer) !== CLOSED) {
          this.#slots.setState(end, RESET);
          if (!this.#slots.has(at, end, EndBit.CLOSED)) this.#close = true;
        }
        break;
      default:
        break;
    }
    if (this.#slots.stateOf(at, 0) === ESTABLISHED && this.#slots.stateOf(at, 1) === ESTABLISHED) {
      this.#slots.u32[at + Word.STATE] = this.#slots.u32[at + Word.STATE]! | StateBit.ESTABLISHED;
    }
  }

  #closing(state: number): void {
    this.#slots.setState(this.#slots.end, state);
    this.#close = true;
  }

  #stepInactive(isOrigin: boolean): void {
    const at = this.#slots.word;
    const u32 = this.#slots.u32;
    const end = this.#slots.end;
    const peer = end ^ 1;
    const flags = this.#slots.flags;
    if ((flags & SYN) !== 0) {
      if (isOrigin) {
        this.#slots.setState(end, (flags & ACK) !== 0 ? SYN_ACK_SENT : SYN_SENT);
        u32[at + Word.SYN_MICROS] = this.#micros();
        this.#slots.f64[this.#slots.double + Double.EXPIRES] = this.#clock.now[0]! + timeouts.tcpAttempt;
      } else {
        if ((flags & ACK) === 0 && this.#slots.stateOf(at, peer) === SYN_ACK_SENT) {
          // The SYN-ACK was seen before its SYN: turn the roles round.
          u32[at + Word.STATE] = (u32[at + Word.STATE]! ^ StateBit.ORIG_B) & ~StateBit.PARTIAL;
          u32[at + Word.STATE] = u32[at + Word.STATE]! | StateBit.FLIPPED | TcpBit.NO_RTT;
          appendHistory(u32, at, Letter.FLIP);
          this.#slots.setState(peer, ESTABLISHED);
          this.#slots.set(end, EndBit.ACTIVE);
        }
        if (this.#slots.stateOf(at, peer) === SYN_SENT) this.#slots.setState(peer, ESTABLISHED);
        this.#slots.setState(end, ESTABLISHED);
      }
    }
    if ((flags & FIN) !== 0) this.#closing(CLOSED);
    if ((flags & RST) !== 0) this.#closing(RESET);
    if (this.#slots.stateOf(at, end) !== INACTIVE) return;
    if (!isOrigin && this.#slots.payload === 0 && this.#slots.stateOf(at, peer) === SYN_SENT) return;
    if ((flags & ACK) !== 0 && this.#slots.stateOf(at, peer) === ESTABLISHED) {
      this.#slots.setState(end, ESTABLISHED);
      u32[at + Word.STATE] = u32[at + Word.STATE]! & ~StateBit.PARTIAL;
      this.#slots.set(end, EndBit.ACTIVE);
      return;
    }
    this.#slots.setState(end, PARTIAL);
  }

  #timeHandshake(): void {
    const at = this.#slots.word;
    const u32 = this.#slots.u32;
    if ((this.#slots.flags & (SYN | ACK | RST)) !== ACK || u32[at + Word.RTT_MICROS] !== 0) return;
    const state = u32[at + Word.STATE]!;
    if (((state >> 1) & 1) !== this.#slots.end || (state & StateBit.ESTABLISHED) === 0) return;
    if ((state & (TcpBit.NO_RTT | StateBit.PARTIAL)) !== 0) return;
    const micros = (this.#micros() - u32[at + Word.SYN_MICROS]!) >>> 0;
    u32[at + Word.RTT_MICROS] = micros > 0 ? micros : 1;
    u32[at + Word.STATE] = state | TcpBit.NO_RTT;
  }

  /** Notices, once, that an end's data are all there after its FIN or RST; lets a waiting close happen. */
  #checkEnd(end: number): void {
    const at = this.#slots.word;
    if (this.#slots.has(at, end, EndBit.EOF)) return;
    if (!this.#slots.has(at, end, EndBit.FIN) && this.#slots.stateOf(at, end) < CLOSED) return;
    if (this.#data.isPending(end)) return;
    this.#slots.set(end, EndBit.EOF);
    if ((this.#slots.u32[at + Word.STATE]! & TcpBit.DEFERRED) === 0) return;
    this.#finish(end);
    this.#slots.u32[at + Word.STATE] = this.#slots.u32[at + Word.STATE]! & ~TcpBit.DEFERRED;
  }

  #finish(end: number): void {
    const at = this.#slots.word;
    const u32 = this.#slots.u32;
    const peer = end ^ 1;
    if (this.#data.isPending(end)) {
      u32[at + Word.STATE] = u32[at + Word.STATE]! | TcpBit.DEFERRED;
      return;
    }
    u32[at + Word.STATE] = u32[at + Word.STATE]! & ~TcpBit.DEFERRED;
    if (this.#slots.has(at, end, EndBit.CLOSED)) return;
    this.#slots.set(end, EndBit.CLOSED);
    const isOver =
      this.#slots.stateOf(at, end) === RESET ||
      this.#slots.has(at, peer, EndBit.CLOSED) ||
      this.#slots.stateOf(at, peer) === INACTIVE;
    if (!isOver || (u32[at + Word.STATE]! & TcpBit.ENDING) !== 0) return;
    u32[at + Word.STATE] = u32[at + Word.STATE]! | TcpBit.ENDING;
    this.#slots.f64[this.#slots.double + Double.EXPIRES] = this.#clock.now[0]! + timeouts.tcpClose;
  }

  #setExpiry(alive: number): void {
    const at = this.#slots.word;
    const state = this.#slots.u32[at + Word.STATE]!;
    if ((state & TcpBit.ENDING) !== 0 || alive === 0) return;
    const isLong = (state & TcpBit.LONG) !== 0;
    if (!isLong) {
      const origin = (state >> 1) & 1;
      const originState = this.#slots.stateOf(at, origin);
      const isAttempt = originState === SYN_SENT || originState === SYN_ACK_SENT;
      // The first SYN has set the time, and nothing moves it until there is an answer.
      if (isAttempt && this.#slots.stateOf(at, origin ^ 1) === INACTIVE) return;
    }
    this.#slots.f64[this.#slots.double + Double.EXPIRES] =
      this.#clock.now[0]! + (isLong ? timeouts.tcpInactivity : timeouts.tcpHandshake);
  }

  #micros(): number {
    // Signed: an unsigned one would be boxed. What is above 2^32 is cut off, as it is meant to be.
    return (this.#clock.now[0]! * 1e6) | 0;
  }
}
