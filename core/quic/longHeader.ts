/** QUIC's long headers (RFC 8999, RFC 9000 section 17.2, RFC 9369) and its numbers of variable length. */

import { saltName, VERSION_2 } from './versions.ts';

export const LongType = { INITIAL: 0, ZERO_RTT: 1, HANDSHAKE: 2, RETRY: 3 } as const;

/** Octets of a connection id at most, in all versions that are read (RFC 9000 section 17.2). */
const MOST_ID = 20;

/** A packet with a long header, as offsets into the datagram. One object is filled again and again. */
export class LongHeader {
  type = 0;
  version = 0;
  destinationFrom = 0;
  destinationTo = 0;
  sourceFrom = 0;
  sourceTo = 0;
  /** Where the packet number begins, still protected. */
  numberAt = 0;
  /** End of the packet: what follows in the datagram is another one. */
  end = 0;

  /** Reads the packet at `bytes[from .. to)`. False: it is none that can be read. */
  read(bytes: Uint8Array, from: number, to: number): boolean {
    if (to - from < 7 || (bytes[from]! & 0xc0) !== 0xc0) return false;
    this.version =
      ((bytes[from + 1]! << 24) | (bytes[from + 2]! << 16) | (bytes[from + 3]! << 8) | bytes[from + 4]!) >>> 0;
    if (saltName(this.version) === undefined) return false;
    const bits = (bytes[from]! >> 4) & 3;
    // Version 2 turned the kinds by one.
    this.type = this.version === VERSION_2 ? (bits + 3) & 3 : bits;
    this.destinationFrom = from + 6;
    this.destinationTo = this.destinationFrom + bytes[from + 5]!;
    if (bytes[from + 5]! > MOST_ID || this.destinationTo >= to) return false;
    const sourceLength = bytes[this.destinationTo]!;
    this.sourceFrom = this.destinationTo + 1;
    this.sourceTo = this.sourceFrom + sourceLength;
    if (sourceLength > MOST_ID || this.sourceTo > to) return false;
    return this.#rest(bytes, to);
  }

  #rest(bytes: Uint8Array, to: number): boolean {
    let at = this.sourceTo;
    if (this.type === LongType.RETRY) {
      this.numberAt = at;
      this.end = to;
      return true;
    }
    if (this.type === LongType.INITIAL) {
      const token = readNumber(bytes, at, to);
      if (token < 0) return false;
      at += numberSize(bytes, at) + token;
      if (at > to) return false;
    }
    const length = readNumber(bytes, at, to);
    if (length < 0) return false;
    this.numberAt = at + numberSize(bytes, at);
    this.end = this.numberAt + length;
    return this.end <= to;
  }
}

/** Octets of the number that begins at `at`. */
export function numberSize(bytes: Uint8Array, at: number): number {
  return 1 << (bytes[at]! >> 6);
}

/** A number of variable length (RFC 9000 section 16); -1 when it is cut or above 2^32. */
export function readNumber(bytes: Uint8Array, at: number, to: number): number {
  if (at >= to) return -1;
  const size = numberSize(bytes, at);
  if (at + size > to) return -1;
  let value = bytes[at]! & 0x3f;
  for (let i = 1; i < size; i++) value = value * 256 + bytes[at + i]!;
  return value > 0xffffffff ? -1 : value;
}
