/** The record layer over a stream (RFC 8446 section 5.1, RFC 5246 section 6.2; SSLv2's two-octet header). */
import { Version } from './names.ts';

export const ContentType = {
  CHANGE_CIPHER_SPEC: 20,
  ALERT: 21,
  HANDSHAKE: 22,
  APPLICATION_DATA: 23,
  HEARTBEAT: 24,
  /** SSLv2's messages: their type and 300. */
  V2_ERROR: 300,
  V2_CLIENT_HELLO: 301,
  V2_CLIENT_MASTER_KEY: 302,
  V2_SERVER_HELLO: 304,
} as const;

/** Octets of a record that is kept until it is whole: what TLS allows at most (RFC 5246 section 6.2.3), and its header. */
const MOST_RECORD = 16_384 + 2048 + 5;
const HEADER = 5;

export interface RecordHandler {
  /** Whether the content of that record is looked at; what is not is passed over and never kept. */
  wants(isOrig: boolean, type: number): boolean;
  /** A record came to its end. `bytes[from .. to)` is its content, empty if unwanted. Answers whether to go on. */
  record(isOrig: boolean, type: number, bytes: Uint8Array, from: number, to: number): boolean;
}

/** One direction. */
interface Side {
  /** The record at hand as far as it came, header included. */
  kept: Uint8Array;
  length: number;
  /** Octets of an unwanted record that are still to come, and its type. */
  toPass: number;
  passed: number;
}

const NO_OCTETS = new Uint8Array(0);

/** Cuts both directions of a stream into records. What is kept grows with what comes, to `MOST_RECORD` a direction. */
export class RecordStream {
  readonly #handler: RecordHandler;
  readonly #sides: readonly [Side, Side] = [newSide(), newSide()];
  /** What the record layer was seen to be; 0 = not yet. */
  #version = 0;

  constructor(handler: RecordHandler) {
    this.#handler = handler;
  }

  /** Octets of memory that are held. */
  get kept(): number {
    return this.#sides[0].kept.length + this.#sides[1].kept.length;
  }

  /** Whether a record's head was read that is one of TLS. */
  get hasRecord(): boolean {
    return this.#version !== 0;
  }

  /** Takes octets. False: this is no TLS, or not any more, or nobody wants the rest; call it never again. */
  data(isOrig: boolean, bytes: Uint8Array, from: number, to: number): boolean {
    const side = this.#sides[isOrig ? 0 : 1];
    let at = from;
    while (at < to) {
      if (side.toPass > 0) {
        const taken = Math.min(side.toPass, to - at);
        side.toPass -= taken;
        at += taken;
        if (side.toPass > 0) return true;
        if (!this.#handler.record(isOrig, side.passed, bytes, at, at)) return false;
        continue;
      }
      const next =
        side.length > 0 ? this.#onward(isOrig, side, bytes, at, to) : this.#inPlace(isOrig, side, bytes, at, to);
      if (next < 0) return false;
      at = next;
    }
    return true;
  }

  /** Looks at a record where it lies; what is cut is kept. Answers with where it ends, -1 = no more. */
  #inPlace(isOrig: boolean, side: Side, bytes: Uint8Array, at: number, to: number): number {
    if (to - at < HEADER) return keep(side, bytes, at, to);
    const type = this.#typeOf(isOrig, bytes, at);
    const length = recordLength(bytes, at, type);
    if (type < 0 || length < 0) return -1;
    const end = at + HEADER + length;
    if (!this.#handler.wants(isOrig, type)) return this.#pass(isOrig, side, type, bytes, end, to);
    if (length + HEADER > MOST_RECORD) return -1;
    if (end > to) return keep(side, bytes, at, to);
    return this.#handler.record(isOrig, type, bytes, at + HEADER, end) ? end : -1;
  }

  #pass(isOrig: boolean, side: Side, type: number, bytes: Uint8Array, end: number, to: number): number {
    if (end <= to) return this.#handler.record(isOrig, type, bytes, end, end) ? end : -1;
    side.toPass = end - to;
    side.passed = type;
    return to;
  }

  /** Adds to the record that was cut. */
  #onward(isOrig: boolean, side: Side, bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    if (side.length < HEADER) {
      const taken = Math.min(HEADER - side.length, to - at);
      keep(side, bytes, at, at + taken);
      at += taken;
      if (side.length < HEADER) return at;
      return this.#headed(isOrig, side, bytes, at, to);
    }
    const type = this.#typeOf(isOrig, side.kept, 0);
    const length = recordLength(side.kept, 0, type);
    if (type < 0 || length < 0) return -1;
    return this.#fill(isOrig, side, type, length, bytes, at, to);
  }

  /** The header of a record that was cut inside of it is whole. */
  #headed(isOrig: boolean, side: Side, bytes: Uint8Array, at: number, to: number): number {
    const type = this.#typeOf(isOrig, side.kept, 0);
    const length = recordLength(side.kept, 0, type);
    if (type < 0 || length < 0) return -1;
    if (!this.#handler.wants(isOrig, type)) {
      side.length = 0;
      return this.#pass(isOrig, side, type, bytes, at + length, to);
    }
    if (length + HEADER > MOST_RECORD) return -1;
    return this.#fill(isOrig, side, type, length, bytes, at, to);
  }

  #fill(isOrig: boolean, side: Side, type: number, length: number, bytes: Uint8Array, at: number, to: number): number {
    const taken = Math.min(HEADER + length - side.length, to - at);
    keep(side, bytes, at, at + taken);
    if (side.length < HEADER + length) return at + taken;
    side.length = 0;
    return this.#handler.record(isOrig, type, side.kept, HEADER, HEADER + length) ? at + taken : -1;
  }

  /** The type of the record whose header is at `at`; -1: it is none. */
  #typeOf(isOrig: boolean, bytes: Uint8Array, at: number): number {
    const version = (bytes[at + 1]! << 8) | bytes[at + 2]!;
    if (this.#version === Version.SSL2) return bytes[at + 2]! + 300;
    if (this.#version !== 0) return isRecordVersion(version) ? bytes[at]! : -1;
    if (bytes[at]! >= 0x80) return this.#typeOf2(isOrig, bytes, at);
    if (!isRecordVersion(version) || bytes[at]! < 20 || bytes[at]! > 30) return -1;
    this.#version = version;
    return bytes[at]!;
  }

  /** A client's SSLv2 hello may be answered in TLS; a server's may not. */
  #typeOf2(isOrig: boolean, bytes: Uint8Array, at: number): number {
    const type = bytes[at + 2]!;
    const version = (bytes[at + 3]! << 8) | bytes[at + 4]!;
    if (type === 1 && isOrig) {
      return version === Version.SSL2 || isRecordVersion(version) ? ContentType.V2_CLIENT_HELLO : -1;
    }
    if (type !== 4 || bytes[at + 4]! > 1 || isOrig) return -1;
    this.#version = Version.SSL2;
    return ContentType.V2_SERVER_HELLO;
  }
}

export function isRecordVersion(version: number): boolean {
  return version >= Version.SSL3 && version <= Version.TLS12;
}

/** Octets after the five that are looked at first; below zero: no record is that short. */
function recordLength(bytes: Uint8Array, at: number, type: number): number {
  if (type >= ContentType.V2_ERROR) return (((bytes[at]! & 0x7f) << 8) | bytes[at + 1]!) - 3;
  return (bytes[at + 3]! << 8) | bytes[at + 4]!;
}

function newSide(): Side {
  return { kept: NO_OCTETS, length: 0, toPass: 0, passed: 0 };
}

function keep(side: Side, bytes: Uint8Array, from: number, to: number): number {
  const length = side.length + to - from;
  if (length > side.kept.length) {
    const larger = new Uint8Array(Math.min(MOST_RECORD, Math.max(length, side.kept.length * 2, 512)));
    larger.set(side.kept.subarray(0, side.length));
    side.kept = larger;
  }
  side.kept.set(bytes.subarray(from, to), side.length);
  side.length = length;
  return to;
}
