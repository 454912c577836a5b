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
import { isIpv4 } from '../../core/packet/address.ts';
import type { PacketFields } from '../../core/packet/fields.ts';
import { IpProtocol } from '../../core/packet/ip.ts';
import type { FlowClock } from './clock.ts';
import { ServerPorts } from './direction.ts';
import { appendHistory, isScaled, Letter, noteOnce, Seen } from './history.ts';
import { Double, LinkBit, SLOT_DOUBLES, SLOT_WORDS, StateBit, Word } from './layout.ts';
import { absorbRanges, highestData, insertRange, sequenceDelta } from './tcpHoles.ts';
import { COLD_END, COLD_WORDS, ColdWord, EndBit, TcpBit, TcpFlag, TcpState } from './tcpState.ts';
import { timeouts } from './timeouts.ts';

const { INACTIVE, SYN_SENT, SYN_ACK_SENT, PARTIAL, ESTABLISHED, CLOSED, RESET } = TcpState;
const { FIN, SYN, RST, ACK } = TcpFlag;

/** A jump of the sequence number that is not believed of a SYN or RST, nor of an acknowledgement of 0. */
const TOO_LARGE_DELTA = 1_048_576;
/** Zeek's `tcp_max_above_hole_without_any_acks` and `tcp_max_initial_window`. */
const MAX_UNACKNOWLEDGED = 16_384;
/** Bits of `HISTORY_LENGTH` that count how often sequence numbers went round: six each, 256 GiB a direction. */
const WRAP_BITS = 6;
const WRAP_MAX = 63;

export class TcpTracker {
  readonly #u32: Uint32Array;
  readonly #f64: Float64Array;
  readonly #cold: Uint32Array;
  readonly #clock: FlowClock;
  readonly #ports: ServerPorts;

  // The packet at hand.
  #word = 0;
  #double = 0;
  #coldAt = 0;
  #end = 0;
  #flags = 0;
  #sequence = 0;
  #acknowledgement = 0;
  #payload = 0;
  #relative = 0;
  #close = false;

  /** Works on the table's slots; keeps 128 bytes a slot beside them, touched for FIN, RST, holes and zero windows only. */
  constructor(u32: Uint32Array, f64: Float64Array, clock: FlowClock, ports: ServerPorts = new ServerPorts()) {
    this.#u32 = u32;
    this.#f64 = f64;
    this.#cold = new Uint32Array((u32.length / SLOT_WORDS) * COLD_WORDS);
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
    this.#setOrigin(slot, fields, direction, isFlipped);
  }

  /**
   * Whether this packet belongs to a new connection with the same addresses and ports: then end the slot, take a new one
   * and `open` it. Only a SYN with another sequence number, or any SYN after an end closed, says so.
   */
  reused(slot: number, fields: PacketFields): boolean {
    const flags = fields.tcpFlags;
    if ((flags & SYN) === 0) return false;
    const at = slot * SLOT_WORDS;
    const u32 = this.#u32;
    const origin = (u32[at + Word.STATE]! >> 1) & 1;
    const originState = this.#stateOf(at, origin);
    let end = origin;
    if ((flags & ACK) !== 0) {
      if (originState !== INACTIVE) return false;
      end = origin ^ 1;
    }
    if (this.#has(at, 0, EndBit.CLOSED) || this.#has(at, 1, EndBit.CLOSED)) return true;
    const sequence = fields.tcpSequence | 0;
    if (sequence === (u32[at + Word.INITIAL_A + end]! | 0)) return false;
    // A SYN that overtakes its SYN-ACK (two interfaces of a tap) is no new connection.
    const answer = origin ^ 1;
    const overtaken = (flags & ACK) === 0 && originState === SYN_ACK_SENT && this.#stateOf(at, answer) === INACTIVE;
    return !(overtaken && sequence === (u32[at + Word.INITIAL_A + answer]! | 0));
  }

  /**
   * One packet of a connection that is open. Answers 1 when it counts for the connection's duration, 0 when it came after
   * both ends had closed. Sets `EXPIRES`.
   */
  packet(slot: number, fields: PacketFields, direction: number): number {
    this.#word = slot * SLOT_WORDS;
    this.#double = slot * SLOT_DOUBLES;
    this.#coldAt = slot * COLD_WORDS;
    this.#end = direction;
    this.#flags = fields.tcpFlags;
    this.#sequence = fields.tcpSequence | 0;
    this.#acknowledgement = fields.tcpAcknowledgement | 0;
    this.#payload = fields.payloadLength;
    const u32 = this.#u32;
    const at = this.#word;
    const end = direction;
    const peer = end ^ 1;
    const flags = this.#flags;
    const length = this.#payload;
    const isOrigin = ((u32[at + Word.STATE]! >> 1) & 1) === end;

    this.#setPartial(isOrigin);
    let segment = (flags & RST) === 0 ? length : 0;
    if ((flags & SYN) !== 0) segment++;
    if ((flags & FIN) !== 0) segment++;
    const past = (this.#sequence + segment) | 0;
    this.#initialise(past);
    let edge = this.#edge(end);
    const underflow = this.#isBefore(end, this.#sequence, u32[at + Word.SEQUENCE_A + end]! | 0, end * 2);
    this.#relative = (this.#sequence - (u32[at + Word.INITIAL_A + end]! | 0)) | 0;
    this.#writeLetters(isOrigin);
    if (fields.tcpWindow === 0) this.#zeroWindow(isOrigin);
    const alive = this.#has(at, 0, EndBit.CLOSED) && this.#has(at, 1, EndBit.CLOSED) ? 0 : 1;

    if ((flags & FIN) !== 0) {
      this.#set(end, EndBit.FIN);
      this.#warm();
      this.#cold[this.#coldAt + end * COLD_END + ColdWord.FIN_END] = past;
    }
    let acknowledged = false;
    if ((flags & ACK) !== 0) acknowledged = this.#acknowledge(peer);
    this.#advance(past, isOrigin);
    this.#close = false;
    this.#step(isOrigin);
    this.#timeHandshake();

    // The edge must survive what happened to the highest sequence number and the FIN bit; data in order move it on.
    const isData = length > 0 && (flags & RST) === 0 && !underflow && fields.payloadCaptured >= length;
    const hadHole = this.#has(at, end, EndBit.HOLE);
    if (isData && !hadHole) edge = this.#append(edge);
    this.#keepEdge(end, edge);
    if (acknowledged) this.#deliverUpTo(peer);
    this.#set(end, EndBit.ACTIVE);
    if (isData && this.#has(at, end, EndBit.HOLE)) this.#insert();
    this.#checkEnd(end);
    if (this.#close) this.#finish(end);
    this.#setExpiry(alive);
    return alive;
  }

  /** A new UDP, ICMP or other flow: says who opened it. Then `datagram`. */
  openDatagram(slot: number, fields: PacketFields, direction: number): void {
    const isFlipped =
      fields.protocol === IpProtocol.UDP &&
      !isBroadcast(fields) &&
      this.#ports.flipsUdp(fields.sourcePort, fields.destinationPort);
    this.#setOrigin(slot, fields, direction, isFlipped);
  }

  /** A UDP, ICMP or other packet: history, payload, `EXPIRES`. */
  datagram(slot: number, fields: PacketFields, direction: number): void {
    this.#count(slot, fields.protocol, direction, fields.destinationPort, fields.sourcePort, fields.payloadLength);
  }

  /** A new flow of a tunnel's carrier, outer header `n`. Then `carrier`. */
  openCarrier(slot: number, fields: PacketFields, n: number, direction: number): void {
    const isFlipped =
      fields.outerProtocol[n] === IpProtocol.UDP &&
      this.#ports.flipsUdp(fields.outerPorts[2 * n]!, fields.outerPorts[2 * n + 1]!);
    this.#setOrigin(slot, fields, direction, isFlipped);
    this.#u32[slot * SLOT_WORDS + Word.LINKS] = n === 0 ? vlanLinks(fields) : LinkBit.TUNNEL;
  }

  /** A packet of a tunnel's carrier. Its payload is what IP and UDP headers without options leave. */
  carrier(slot: number, fields: PacketFields, n: number, direction: number): void {
    const headers = (isIpv4(fields.outerAddress, n * 8) ? 20 : 40) + 8;
    const payload = fields.outerIpLength[n]! - headers;
    const { outerPorts } = fields;
    this.#count(slot, fields.outerProtocol[n]!, direction, outerPorts[2 * n + 1]!, outerPorts[2 * n]!, payload);
  }

  #count(slot: number, protocol: number, direction: number, to: number, from: number, payload: number): void {
    const f64 = this.#f64;
    const double = slot * SLOT_DOUBLES;
    let seconds: number = timeouts.unknown;
    if (protocol === IpProtocol.UDP) {
      const at = slot * SLOT_WORDS;
      const isOrigin = ((this.#u32[at + Word.STATE]! >> 1) & 1) === direction;
      seconds = isDnsPort(isOrigin ? to : from) ? this.#dnsSeconds(slot) : timeouts.udp;
      noteOnce(this.#u32, at, direction, Seen.DATA, isOrigin ? Letter.D : Letter.D | 0x20);
    } else if (protocol === IpProtocol.ICMP || protocol === IpProtocol.ICMPV6) {
      seconds = timeouts.icmp;
    }
    if (payload > 0) f64[double + Double.PAYLOAD_A + direction] = f64[double + Double.PAYLOAD_A + direction]! + payload;
    f64[double + Double.EXPIRES] = this.#clock.now[0]! + seconds;
  }

  /** State of an end (0 = A, 1 = B) as `TcpState`. */
  state(slot: number, end: number): number {
    return this.#stateOf(slot * SLOT_WORDS, end);
  }

  /** Payload octets that an end sent, by sequence numbers and acknowledgements, without SYN and FIN. */
  payload(slot: number, end: number): number {
    const at = slot * SLOT_WORDS;
    const u32 = this.#u32;
    const state = this.#stateOf(at, end);
    const sent = u32[at + Word.SEQUENCE_A + end]! + this.#wraps(at, end * 2) * 4_294_967_296;
    const acknowledged = u32[at + Word.ACKNOWLEDGED_BY_A + (end ^ 1)]! + this.#wraps(at, end * 2 + 1) * 4_294_967_296;
    const start = u32[at + Word.INITIAL_A + end]!;
    const unacknowledged = acknowledged === start || acknowledged === start + 1;
    if (
      state === RESET &&
      this.#before(at, end) === SYN_SENT &&
      this.#stateOf(at, end ^ 1) === INACTIVE &&
      !unacknowledged
    ) {
      // A half-open connection that was found and aborted: its numbers say nothing about data.
      return 0;
    }
    let size = (sent > acknowledged ? sent : acknowledged) - start;
    if (size !== 0) size--;
    if (size !== 0 && this.#has(at, end, EndBit.FIN)) size--;
    return size > 0 ? size : 0;
  }

  /** Bytes of both ends that were acknowledged and never seen. */
  missed(slot: number): number {
    if ((this.#u32[slot * SLOT_WORDS + Word.STATE]! & TcpBit.COLD) === 0) return 0;
    const at = slot * COLD_WORDS + ColdWord.MISSED;
    return this.#cold[at]! + this.#cold[at + COLD_END]!;
  }

  /** Seconds to the next look, or until the flow has been quiet long enough if that is later. */
  #dnsSeconds(slot: number): number {
    const double = slot * SLOT_DOUBLES;
    const f64 = this.#f64;
    if (f64[double + Double.PACKETS_A]! + f64[double + Double.PACKETS_B]! === 0) return timeouts.dns;
    const first = f64[double + Double.FIRST_SECONDS]! + this.#u32[slot * SLOT_WORDS + Word.FIRST_NANOS]! * 1e-9;
    const age = this.#clock.now[0]! - first;
    return Math.max(Math.ceil(age / timeouts.dns) * timeouts.dns - age, timeouts.dnsQuiet);
  }

  #setOrigin(slot: number, fields: PacketFields, direction: number, isFlipped: boolean): void {
    const at = slot * SLOT_WORDS;
    const u32 = this.#u32;
    let state = u32[at + Word.STATE]!;
    if ((direction === 1) !== isFlipped) state |= StateBit.ORIG_B;
    if (isFlipped) state |= StateBit.FLIPPED;
    u32[at + Word.STATE] = state;
    if (isFlipped) appendHistory(u32, at, Letter.FLIP);
    u32[at + Word.LINKS] = fields.outerCount > 0 ? LinkBit.TUNNEL : vlanLinks(fields);
  }

  #stateOf(at: number, end: number): number {
    return (this.#u32[at + Word.STATE]! >>> (16 + (end << 2))) & 15;
  }

  #before(at: number, end: number): number {
    return (this.#u32[at + Word.STATE]! >>> (24 + (end << 2))) & 15;
  }

  #setState(end: number, to: number): void {
    const at = this.#word;
    const u32 = this.#u32;
    const from = this.#stateOf(at, end);
    if (from === to) return;
    if (to > SYN_ACK_SENT && from <= SYN_ACK_SENT && this.#stateOf(at, end ^ 1) <= SYN_ACK_SENT) {
      u32[at + Word.STATE] = u32[at + Word.STATE]! | TcpBit.LONG;
    }
    const shift = end << 2;
    const word = u32[at + Word.STATE]! & ~((15 << (16 + shift)) | (15 << (24 + shift)));
    u32[at + Word.STATE] = word | (to << (16 + shift)) | (from << (24 + shift));
  }

  #has(at: number, end: number, bit: number): boolean {
    return (this.#u32[at + Word.HISTORY_SEEN]! & (bit << (end << 4))) !== 0;
  }

  #set(end: number, bit: number): void {
    const index = this.#word + Word.HISTORY_SEEN;
    this.#u32[index] = this.#u32[index]! | (bit << (end << 4));
  }

  #clear(end: number, bit: number): void {
    const index = this.#word + Word.HISTORY_SEEN;
    this.#u32[index] = this.#u32[index]! & ~(bit << (end << 4));
  }

  #wraps(at: number, which: number): number {
    return (this.#u32[at + Word.HISTORY_LENGTH]! >>> (8 + which * WRAP_BITS)) & WRAP_MAX;
  }

  #wrap(which: number): void {
    const at = this.#word;
    if (this.#wraps(at, which) === WRAP_MAX) return;
    this.#u32[at + Word.HISTORY_LENGTH] = this.#u32[at + Word.HISTORY_LENGTH]! + (1 << (8 + which * WRAP_BITS));
  }

  /** Makes the cold words this connection's own. */
  #warm(): void {
    const at = this.#word;
    const state = this.#u32[at + Word.STATE]!;
    if ((state & TcpBit.COLD) !== 0) return;
    this.#u32[at + Word.STATE] = state | TcpBit.COLD;
    this.#cold.fill(0, this.#coldAt, this.#coldAt + COLD_WORDS);
  }

  /** Letters of both ends stand in one byte: the lower case of an ASCII letter has bit 5 set. */
  #letter(code: number, isOrigin: boolean): void {
    appendHistory(this.#u32, this.#word, isOrigin ? code : code | 0x20);
  }

  #setPartial(isOrigin: boolean): void {
    const at = this.#word;
    const u32 = this.#u32;
    if (this.#has(at, this.#end, EndBit.ACTIVE)) return;
    const state = u32[at + Word.STATE]!;
    const isSyn = (this.#flags & SYN) !== 0;
    const isAck = (this.#flags & ACK) !== 0;
    if (isOrigin) {
      u32[at + Word.STATE] = !isSyn || isAck ? state | StateBit.PARTIAL : state & ~StateBit.PARTIAL;
    } else if ((state & StateBit.PARTIAL) === 0 && !isSyn) {
      u32[at + Word.STATE] = state | StateBit.PARTIAL;
    }
  }

  #initialise(past: number): void {
    const at = this.#word;
    const end = this.#end;
    const u32 = this.#u32;
    const isSyn = (this.#flags & SYN) !== 0;
    const state = this.#stateOf(at, end);
    const sequence = this.#sequence;
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
      (state === RESET && this.#before(at, end) === INACTIVE)
    ) {
      u32[at + Word.STATE] = u32[at + Word.STATE]! | TcpBit.NO_RTT;
      this.#restart(end, sequence, past);
    }
  }

  #restart(end: number, start: number, last: number): void {
    const at = this.#word;
    const u32 = this.#u32;
    u32[at + Word.INITIAL_A + end] = start;
    u32[at + Word.ACKNOWLEDGED_BY_A + (end ^ 1)] = start;
    u32[at + Word.SEQUENCE_A + end] = last;
  }

  /** Whether a sequence number lies before the first one of `end`, the times it went round considered. */
  #isBefore(end: number, sequence: number, last: number, which: number): boolean {
    const at = this.#word;
    let wraps = this.#wraps(at, which);
    const delta = sequenceDelta(sequence, last);
    if (delta < 0 && wraps > 0 && sequence >>> 0 > last >>> 0) wraps--;
    else if (delta > 0 && sequence >>> 0 < last >>> 0) wraps++;
    return wraps === 0 && sequenceDelta(sequence, this.#u32[at + Word.INITIAL_A + end]! | 0) < 0;
  }

  #writeLetters(isOrigin: boolean): void {
    const flags = this.#flags;
    const at = this.#word;
    const end = this.#end;
    const u32 = this.#u32;
    const several = flags & (SYN | FIN | RST);
    const lower = isOrigin ? 0 : 0x20;
    if (several === 0) {
      if (this.#payload > 0) noteOnce(u32, at, end, Seen.DATA, Letter.D | lower);
      else if ((flags & ACK) !== 0) noteOnce(u32, at, end, Seen.ACK, Letter.A | lower);
    } else if (several === SYN) {
      this.#repeatable(
        Seen.SYN,
        ((flags & ACK) !== 0 ? Letter.H : Letter.S) | lower,
        ColdWord.LAST_SYN,
        this.#relative,
      );
    } else if (several === FIN) {
      this.#repeatable(Seen.FIN, Letter.F | lower, ColdWord.LAST_FIN, (this.#relative + this.#payload) | 0);
    } else if (several === RST) {
      this.#repeatable(Seen.RST, Letter.R | lower, ColdWord.LAST_RST, this.#relative);
    } else if ((flags & (FIN | RST)) === (FIN | RST)) {
      noteOnce(u32, at, end, Seen.INCONSISTENT, Letter.I | lower);
    } else {
      noteOnce(u32, at, end, Seen.SEVERAL, Letter.Q | lower);
    }
  }

  #repeatable(bit: number, code: number, word: number, relative: number): void {
    const known = noteOnce(this.#u32, this.#word, this.#end, bit, code) === 1;
    const isCold = (this.#u32[this.#word + Word.STATE]! & TcpBit.COLD) !== 0;
    const index = this.#coldAt + this.#end * COLD_END + word;
    if (known && relative !== (isCold ? this.#cold[index]! | 0 : 0)) appendHistory(this.#u32, this.#word, code);
    if (relative === 0 && !isCold) return;
    this.#warm();
    this.#cold[index] = relative;
  }

  #zeroWindow(isOrigin: boolean): void {
    const at = this.#word;
    const end = this.#end;
    if ((this.#flags & RST) !== 0 || this.#stateOf(at, end ^ 1) === CLOSED || this.#stateOf(at, end) === RESET) return;
    this.#warm();
    const index = this.#coldAt + end * COLD_END + ColdWord.COUNTS;
    const n = this.#cold[index]! & 0xffff;
    if (n === 0xffff) return;
    this.#cold[index] = this.#cold[index]! + 1;
    if (isScaled(n + 1)) this.#letter(Letter.W, isOrigin);
  }

  /** Takes in an acknowledgement of `peer`'s data. True when it lies in its sequence space. */
  #acknowledge(peer: number): boolean {
    const at = this.#word;
    const u32 = this.#u32;
    const acknowledgement = this.#acknowledgement;
    if (this.#stateOf(at, peer) === INACTIVE) {
      const start = (acknowledgement - 1) | 0;
      this.#restart(peer, start, start);
      return false;
    }
    const index = at + Word.ACKNOWLEDGED_BY_A + (peer ^ 1);
    const last = u32[index]! | 0;
    const which = peer * 2 + 1;
    if (this.#isBefore(peer, acknowledgement, last, which)) return false;
    if ((this.#flags & RST) !== 0) return true;
    const delta = sequenceDelta(acknowledgement, last);
    if (acknowledgement === 0 && delta > TOO_LARGE_DELTA) return true;
    if (delta > 0) {
      if (acknowledgement >>> 0 < last >>> 0) this.#wrap(which);
      u32[index] = acknowledgement;
    }
    return true;
  }

  /** Moves the highest sequence number on, or counts a segment that was sent again. */
  #advance(past: number, isOrigin: boolean): void {
    const at = this.#word;
    const end = this.#end;
    const u32 = this.#u32;
    const flags = this.#flags;
    const index = at + Word.SEQUENCE_A + end;
    const last = u32[index]! | 0;
    const delta = sequenceDelta(past, last);
    if ((flags & (SYN | RST)) !== 0 && (delta > TOO_LARGE_DELTA || delta < -TOO_LARGE_DELTA)) return;
    const onlySyn = last === (((u32[at + Word.INITIAL_A + end]! | 0) + 1) | 0);
    if (!((flags & FIN) !== 0 && onlySyn)) {
      if (this.#stateOf(at, end) === RESET) return;
      if (delta <= 0) {
        if (this.#payload > 0) this.#sentAgain(isOrigin);
        return;
      }
    }
    if (past >>> 0 < last >>> 0) this.#wrap(end * 2);
    u32[index] = past;
  }

  #sentAgain(isOrigin: boolean): void {
    const index = this.#word + Word.RETRANSMITS;
    const shift = this.#end === 0 ? 16 : 0;
    const n = (this.#u32[index]! >>> shift) & 0xffff;
    if (n === 0xffff) return;
    this.#u32[index] = this.#u32[index]! + (1 << shift);
    if (isScaled(n + 1)) this.#letter(Letter.T, isOrigin);
  }

  #step(isOrigin: boolean): void {
    const end = this.#end;
    const flags = this.#flags;
    const at = this.#word;
    const peer = end ^ 1;
    switch (this.#stateOf(at, end)) {
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
          this.#stateOf(at, end) === PARTIAL &&
          this.#stateOf(at, peer) === INACTIVE
        ) {
          this.#setState(end, SYN_SENT);
        }
        if ((flags & (FIN | RST)) === FIN) {
          this.#closing(CLOSED);
          // A FIN followed by a RST, and now the other side's FIN: that was a normal end.
          if (this.#stateOf(at, peer) === RESET && this.#before(at, peer) === CLOSED) this.#setState(peer, CLOSED);
        }
        if ((flags & RST) !== 0) this.#closing(RESET);
        break;
      case CLOSED:
        if ((flags & RST) !== 0 && this.#stateOf(at, peer) !== CLOSED) {
          this.#setState(end, RESET);
          if (!this.#has(at, end, EndBit.CLOSED)) this.#close = true;
        }
        break;
      default:
        break;
    }
    if (this.#stateOf(at, 0) === ESTABLISHED && this.#stateOf(at, 1) === ESTABLISHED) {
      this.#u32[at + Word.STATE] = this.#u32[at + Word.STATE]! | StateBit.ESTABLISHED;
    }
  }

  #closing(state: number): void {
    this.#setState(this.#end, state);
    this.#close = true;
  }

  #stepInactive(isOrigin: boolean): void {
    const at = this.#word;
    const u32 = this.#u32;
    const end = this.#end;
    const peer = end ^ 1;
    const flags = this.#flags;
    if ((flags & SYN) !== 0) {
      if (isOrigin) {
        this.#setState(end, (flags & ACK) !== 0 ? SYN_ACK_SENT : SYN_SENT);
        u32[at + Word.SYN_MICROS] = this.#micros();
        this.#f64[this.#double + Double.EXPIRES] = this.#clock.now[0]! + timeouts.tcpAttempt;
      } else {
        if ((flags & ACK) === 0 && this.#stateOf(at, peer) === SYN_ACK_SENT) {
          // The SYN-ACK was seen before its SYN: turn the roles round.
          u32[at + Word.STATE] = (u32[at + Word.STATE]! ^ StateBit.ORIG_B) & ~StateBit.PARTIAL;
          u32[at + Word.STATE] = u32[at + Word.STATE]! | StateBit.FLIPPED | TcpBit.NO_RTT;
          appendHistory(u32, at, Letter.FLIP);
          this.#setState(peer, ESTABLISHED);
          this.#set(end, EndBit.ACTIVE);
        }
        if (this.#stateOf(at, peer) === SYN_SENT) this.#setState(peer, ESTABLISHED);
        this.#setState(end, ESTABLISHED);
      }
    }
    if ((flags & FIN) !== 0) this.#closing(CLOSED);
    if ((flags & RST) !== 0) this.#closing(RESET);
    if (this.#stateOf(at, end) !== INACTIVE) return;
    if (!isOrigin && this.#payload === 0 && this.#stateOf(at, peer) === SYN_SENT) return;
    if ((flags & ACK) !== 0 && this.#stateOf(at, peer) === ESTABLISHED) {
      this.#setState(end, ESTABLISHED);
      u32[at + Word.STATE] = u32[at + Word.STATE]! & ~StateBit.PARTIAL;
      this.#set(end, EndBit.ACTIVE);
      return;
    }
    this.#setState(end, PARTIAL);
  }

  #timeHandshake(): void {
    const at = this.#word;
    const u32 = this.#u32;
    if ((this.#flags & (SYN | ACK | RST)) !== ACK || u32[at + Word.RTT_MICROS] !== 0) return;
    const state = u32[at + Word.STATE]!;
    if (((state >> 1) & 1) !== this.#end || (state & StateBit.ESTABLISHED) === 0) return;
    if ((state & (TcpBit.NO_RTT | StateBit.PARTIAL)) !== 0) return;
    const micros = (this.#micros() - u32[at + Word.SYN_MICROS]!) >>> 0;
    u32[at + Word.RTT_MICROS] = micros > 0 ? micros : 1;
    u32[at + Word.STATE] = state | TcpBit.NO_RTT;
  }

  /** Where the contiguous data of an end stop. */
  #edge(end: number): number {
    if (this.#has(this.#word, end, EndBit.HOLE)) return this.#cold[this.#coldAt + end * COLD_END + ColdWord.EDGE]! | 0;
    const last = this.#u32[this.#word + Word.SEQUENCE_A + end]! | 0;
    return this.#has(this.#word, end, EndBit.FIN) ? (last - 1) | 0 : last;
  }

  /** Keeps the edge of `end` at `edge`, in the cold words if it no longer follows from the sequence number. */
  #keepEdge(end: number, edge: number): void {
    const at = this.#word;
    if (this.#has(at, end, EndBit.HOLE)) return;
    if (this.#edge(end) === edge) return;
    this.#warm();
    const cold = this.#coldAt + end * COLD_END;
    this.#cold[cold + ColdWord.EDGE] = edge;
    this.#cold[cold + ColdWord.RANGES] = 0;
    this.#set(end, EndBit.HOLE);
  }

  /** Lets go of the cold edge when it follows from the sequence number again. */
  #dropEdge(end: number): void {
    const cold = this.#coldAt + end * COLD_END;
    if (this.#cold[cold + ColdWord.RANGES] !== 0) return;
    const last = this.#u32[this.#word + Word.SEQUENCE_A + end]! | 0;
    const natural = this.#has(this.#word, end, EndBit.FIN) ? (last - 1) | 0 : last;
    if (natural === (this.#cold[cold + ColdWord.EDGE]! | 0)) this.#clear(end, EndBit.HOLE);
  }

  /** The edge after the packet's data, when these begin at the edge or before it. */
  #append(edge: number): number {
    const low = (this.#flags & SYN) !== 0 ? (this.#sequence + 1) | 0 : this.#sequence;
    const high = (low + this.#payload) | 0;
    return sequenceDelta(low, edge) <= 0 && sequenceDelta(high, edge) > 0 ? high : edge;
  }

  #insert(): void {
    const end = this.#end;
    const at = this.#word;
    if (this.#has(at, end, EndBit.BLIND)) return;
    let low = (this.#flags & SYN) !== 0 ? (this.#sequence + 1) | 0 : this.#sequence;
    const high = (low + this.#payload) | 0;
    const acknowledged = this.#u32[at + Word.ACKNOWLEDGED_BY_A + (end ^ 1)]! | 0;
    if (sequenceDelta(low, acknowledged) < 0) {
      if (sequenceDelta(high, acknowledged) <= 0) return;
      low = acknowledged;
    }
    const cold = this.#coldAt + end * COLD_END;
    insertRange(this.#cold, cold, low, high);
    const waiting = sequenceDelta(highestData(this.#cold, cold), this.#cold[cold + ColdWord.EDGE]! | 0);
    if (waiting > MAX_UNACKNOWLEDGED && this.#isUnacknowledged(end)) {
      this.#set(end, EndBit.BLIND);
      this.#cold[cold + ColdWord.RANGES] = 0;
    }
    this.#dropEdge(end);
  }

  #isUnacknowledged(end: number): boolean {
    const at = this.#word;
    const acknowledged = this.#u32[at + Word.ACKNOWLEDGED_BY_A + (end ^ 1)]! | 0;
    const delta = sequenceDelta(acknowledged, this.#u32[at + Word.INITIAL_A + end]! | 0);
    return this.#wraps(at, end * 2 + 1) === 0 && (delta === 0 || delta === 1);
  }

  /** What was acknowledged and never seen is a hole that nobody fills any more. */
  #deliverUpTo(end: number): void {
    const at = this.#word;
    let to = this.#acknowledgement;
    const cold = this.#coldAt + end * COLD_END;
    if (this.#has(at, end, EndBit.FIN)) {
      const finEnd = this.#cold[cold + ColdWord.FIN_END]! | 0;
      if (sequenceDelta(to, finEnd) >= 0) to = (finEnd - 1) | 0;
    }
    const edge = this.#edge(end);
    const isPartial = (this.#u32[at + Word.STATE]! & StateBit.PARTIAL) !== 0;
    const relative = sequenceDelta(to, this.#u32[at + Word.INITIAL_A + end]! | 0);
    if (sequenceDelta(to, edge) > 0 && !(isPartial && relative >= 0 && relative <= 2)) {
      this.#warm();
      if (!this.#has(at, end, EndBit.HOLE)) {
        this.#cold[cold + ColdWord.EDGE] = edge;
        this.#cold[cold + ColdWord.RANGES] = 0;
        this.#set(end, EndBit.HOLE);
      }
      this.#skipTo(end, cold, to);
      this.#dropEdge(end);
    }
    this.#checkEnd(end);
  }

  #skipTo(end: number, cold: number, to: number): void {
    const isCounted = !this.#has(this.#word, end, EndBit.BLIND) && this.#isClean(end) && this.#isClean(end ^ 1);
    while (this.#cold[cold + ColdWord.RANGES]! > 0) {
      const low = this.#cold[cold + ColdWord.RANGE]! | 0;
      if (sequenceDelta(low, to) >= 0) break;
      if (isCounted) this.#hole(end, cold, sequenceDelta(low, this.#cold[cold + ColdWord.EDGE]! | 0));
      this.#cold[cold + ColdWord.EDGE] = low;
      absorbRanges(this.#cold, cold);
    }
    const left = sequenceDelta(to, this.#cold[cold + ColdWord.EDGE]! | 0);
    if (left <= 0) return;
    if (isCounted) this.#hole(end, cold, left);
    this.#cold[cold + ColdWord.EDGE] = to;
    absorbRanges(this.#cold, cold);
  }

  #hole(end: number, cold: number, length: number): void {
    if (length <= 0) return;
    this.#cold[cold + ColdWord.MISSED] = this.#cold[cold + ColdWord.MISSED]! + length;
    const n = this.#cold[cold + ColdWord.COUNTS]! >>> 16;
    if (n === 0xffff) return;
    this.#cold[cold + ColdWord.COUNTS] = this.#cold[cold + ColdWord.COUNTS]! + 0x10000;
    const isOrigin = ((this.#u32[this.#word + Word.STATE]! >> 1) & 1) === end;
    if (isScaled(n + 1)) this.#letter(Letter.G, isOrigin);
  }

  /** Holes are only told of connections that were opened in sight and are open or closing in order. */
  #isClean(end: number): boolean {
    const state = this.#stateOf(this.#word, end);
    return state === ESTABLISHED || (state === CLOSED && this.#before(this.#word, end) === ESTABLISHED);
  }

  /** Whether data of the closing end, or data that it has not acknowledged, are still on their way. */
  #isPending(end: number): boolean {
    const at = this.#word;
    if (this.#has(at, end, EndBit.BLIND)) return false;
    const edge = this.#edge(end);
    const ahead = sequenceDelta(this.#u32[at + Word.SEQUENCE_A + end]! | 0, edge);
    if (ahead < 0) return false;
    if (ahead > 1) return true;
    return this.#stateOf(at, end) !== RESET && this.#hasUnacknowledged(end ^ 1);
  }

  #hasUnacknowledged(end: number): boolean {
    const at = this.#word;
    if (this.#stateOf(at, end) === INACTIVE || this.#has(at, end, EndBit.BLIND)) return false;
    const cold = this.#coldAt + end * COLD_END;
    if (this.#has(at, end, EndBit.HOLE) && this.#cold[cold + ColdWord.RANGES]! > 0) return true;
    const edge = this.#edge(end);
    const start = ((this.#u32[at + Word.INITIAL_A + end]! | 0) + 1) | 0;
    let acknowledged = this.#u32[at + Word.ACKNOWLEDGED_BY_A + (end ^ 1)]! | 0;
    if (sequenceDelta(acknowledged, start) < 0) acknowledged = start;
    const open = sequenceDelta(edge, acknowledged);
    if (open <= 0) return false;
    return !(open > MAX_UNACKNOWLEDGED && this.#isUnacknowledged(end));
  }

  /** Notices, once, that an end's data are all there after its FIN or RST; lets a waiting close happen. */
  #checkEnd(end: number): void {
    const at = this.#word;
    if (this.#has(at, end, EndBit.EOF)) return;
    if (!this.#has(at, end, EndBit.FIN) && this.#stateOf(at, end) < CLOSED) return;
    if (this.#isPending(end)) return;
    this.#set(end, EndBit.EOF);
    if ((this.#u32[at + Word.STATE]! & TcpBit.DEFERRED) === 0) return;
    this.#finish(end);
    this.#u32[at + Word.STATE] = this.#u32[at + Word.STATE]! & ~TcpBit.DEFERRED;
  }

  #finish(end: number): void {
    const at = this.#word;
    const u32 = this.#u32;
    const peer = end ^ 1;
    if (this.#isPending(end)) {
      u32[at + Word.STATE] = u32[at + Word.STATE]! | TcpBit.DEFERRED;
      return;
    }
    u32[at + Word.STATE] = u32[at + Word.STATE]! & ~TcpBit.DEFERRED;
    if (this.#has(at, end, EndBit.CLOSED)) return;
    this.#set(end, EndBit.CLOSED);
    const isOver =
      this.#stateOf(at, end) === RESET || this.#has(at, peer, EndBit.CLOSED) || this.#stateOf(at, peer) === INACTIVE;
    if (!isOver || (u32[at + Word.STATE]! & TcpBit.ENDING) !== 0) return;
    u32[at + Word.STATE] = u32[at + Word.STATE]! | TcpBit.ENDING;
    this.#f64[this.#double + Double.EXPIRES] = this.#clock.now[0]! + timeouts.tcpClose;
  }

  #setExpiry(alive: number): void {
    const at = this.#word;
    const state = this.#u32[at + Word.STATE]!;
    if ((state & TcpBit.ENDING) !== 0 || alive === 0) return;
    const isLong = (state & TcpBit.LONG) !== 0;
    if (!isLong) {
      const origin = (state >> 1) & 1;
      const originState = this.#stateOf(at, origin);
      const isAttempt = originState === SYN_SENT || originState === SYN_ACK_SENT;
      // The first SYN has set the time, and nothing moves it until there is an answer.
      if (isAttempt && this.#stateOf(at, origin ^ 1) === INACTIVE) return;
    }
    this.#f64[this.#double + Double.EXPIRES] =
      this.#clock.now[0]! + (isLong ? timeouts.tcpInactivity : timeouts.tcpHandshake);
  }

  #micros(): number {
    return Math.floor(this.#clock.now[0]! * 1e6) % 4_294_967_296;
  }
}

/** The limited broadcast address is no server: Zeek does not turn the roles round there. */
function isBroadcast(fields: PacketFields): boolean {
  return fields.address[7] === 0xffffffff && fields.address[6] === 0xffff;
}

/** DNS, NetBIOS names, mDNS, LLMNR. */
function isDnsPort(port: number): boolean {
  return port === 53 || port === 137 || port === 5353 || port === 5355;
}

/** VLAN ids as `Word.LINKS` has them. Inside a tunnel they are not the connection's, but its carrier's. */
function vlanLinks(fields: PacketFields): number {
  let links = 0;
  if (fields.vlan >= 0) links |= LinkBit.VLAN | fields.vlan;
  if (fields.innerVlan >= 0) links |= LinkBit.INNER_VLAN | (fields.innerVlan << 16);
  return links;
}
