import { DNS_HEADER } from '../../../core/dns/message.ts';
import type { ProtocolFlow, StreamAnalyser } from '../protocol.ts';
import { isPlausibleHeader } from './recognition.ts';
import { DnsSession } from './session.ts';
import type { DnsShared } from './shared.ts';

/** Octets of the length before each message (RFC 1035, 4.2.2). */
const LENGTH_OCTETS = 2;
/** A buffer begins with that many octets and doubles: what is announced is not believed before it comes. */
const FIRST_BUFFER = 512;
const NONE = -1;
const nothing: Uint8Array = new Uint8Array(0);

/** DNS over TCP: messages with their lengths before them, in whatever pieces they come. */
export class DnsStreamAnalyser implements StreamAnalyser {
  readonly #session: DnsSession;
  readonly #shared: DnsShared;
  readonly #orig: Side;
  readonly #resp: Side;
  #isGivenUp = false;
  #isPlausible = false;

  constructor(flow: ProtocolFlow, shared: DnsShared) {
    this.#session = new DnsSession(flow, shared);
    this.#shared = shared;
    this.#orig = new Side(shared);
    this.#resp = new Side(shared);
  }

  get isDone(): boolean {
    return this.#isGivenUp || this.#session.isDone || (this.#orig.isLost && this.#resp.isLost);
  }

  /** A message that begins like one of DNS may be larger than what is looked at of the unknown. */
  get isSure(): boolean {
    return this.#session.isConfirmed || this.#isPlausible;
  }

  get held(): number {
    return this.#session.held + this.#orig.buffer.length + this.#resp.buffer.length;
  }

  data(isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number): void {
    const side = isOrig ? this.#orig : this.#resp;
    let at = from;
    while (at < to && !side.isLost && !this.isDone) {
      at = side.length === NONE ? side.readLength(bytes, at, to) : this.#readMessage(side, isOrig, bytes, at, to, time);
    }
  }

  /**
   * Where the next message begins is known only if the hole ends within the one at hand. Else what follows the hole is
   * taken for a message once, if it begins like one; if not, that side is left alone.
   */
  gap(isOrig: boolean, length: number): void {
    const side = isOrig ? this.#orig : this.#resp;
    if (!side.isLost && !side.skip(length)) side.doubt();
  }

  /** What there is of a message is read, as in Zeek. */
  endOfData(isOrig: boolean, time: number): void {
    const side = isOrig ? this.#orig : this.#resp;
    if (!side.isLost && side.filled > 0) this.#session.message(isOrig, side.buffer, 0, side.filled, time);
    side.lose();
  }

  finish(): void {
    this.#orig.lose();
    this.#resp.lose();
    this.#session.finish();
  }

  /** Reads on in the message at hand; answers where the octets after it begin. */
  #readMessage(side: Side, isOrig: boolean, bytes: Uint8Array, at: number, to: number, time: number): number {
    const { length, filled, hole } = side;
    const end = Math.min(to, at + length - filled - hole);
    if (side.isDoubtful && length < DNS_HEADER) return this.#lose(side, to);
    if (filled + hole === 0 && end - at === length) {
      if (side.isDoubtful && !isPlausibleHeader(bytes, at)) return this.#lose(side, to);
      this.#session.message(isOrig, bytes, at, end, time);
      side.next();
      return end;
    }
    // Behind a hole nothing can be read.
    if (hole > 0) {
      side.hole += end - at;
    } else if (!side.add(bytes, at, end)) {
      this.#isGivenUp = true;
      this.#shared.counters.overflows++;
      return to;
    }
    if (side.filled >= DNS_HEADER && (side.isDoubtful || !this.#isPlausible)) {
      const isPlausible = isPlausibleHeader(side.buffer, 0);
      if (side.isDoubtful && !isPlausible) return this.#lose(side, to);
      side.isDoubtful = false;
      this.#isPlausible ||= isPlausible;
    }
    if (side.filled + side.hole < length) return end;
    this.#session.message(isOrig, side.buffer, 0, side.filled, time);
    side.next();
    return end;
  }

  #lose(side: Side, to: number): number {
    side.lose();
    this.#shared.counters.lost++;
    return to;
  }
}

/** What a direction has of the message at hand. */
class Side {
  /** Octets of the message, once its length was read. */
  length = NONE;
  /** Octets of it in `buffer`, and those behind them that are missing or come after such. */
  filled = 0;
  hole = 0;
  buffer: Uint8Array = nothing;
  /** The message at hand follows a hole, and was not found to begin like one. */
  isDoubtful = false;
  /** Nothing more is read. */
  isLost = false;
  readonly #shared: DnsShared;
  #high = NONE;

  constructor(shared: DnsShared) {
    this.#shared = shared;
  }

  readLength(bytes: Uint8Array, at: number, to: number): number {
    if (this.#high === NONE && to - at >= LENGTH_OCTETS) {
      this.length = (bytes[at]! << 8) | bytes[at + 1]!;
      return at + LENGTH_OCTETS;
    }
    if (this.#high === NONE) {
      this.#high = bytes[at]!;
    } else {
      this.length = (this.#high << 8) | bytes[at]!;
      this.#high = NONE;
    }
    return at + 1;
  }

  /** Keeps octets of the message; false when there is no room for them. */
  add(bytes: Uint8Array, from: number, to: number): boolean {
    const needed = this.filled + to - from;
    if (needed > this.buffer.length) {
      const size = Math.min(this.length, Math.max(FIRST_BUFFER, needed, this.buffer.length * 2));
      const more = size - this.buffer.length;
      if (!this.#shared.hasRoom(more)) return false;
      this.#shared.buffered += more;
      const larger = new Uint8Array(size);
      larger.set(this.buffer.subarray(0, this.filled));
      this.buffer = larger;
    }
    this.buffer.set(bytes.subarray(from, to), this.filled);
    this.filled = needed;
    return true;
  }

  /** A hole of that many octets in the message at hand; false when it goes beyond. */
  skip(octets: number): boolean {
    if (this.length === NONE || this.filled + this.hole + octets >= this.length) return false;
    this.hole += octets;
    return true;
  }

  /** What follows a hole is at hand. */
  doubt(): void {
    this.next();
    this.#high = NONE;
    this.isDoubtful = true;
  }

  /** The next message begins. */
  next(): void {
    this.length = NONE;
    this.filled = 0;
    this.hole = 0;
    this.isDoubtful = false;
    this.#shared.buffered -= this.buffer.length;
    this.buffer = nothing;
  }

  lose(): void {
    this.isLost = true;
    this.next();
  }
}
