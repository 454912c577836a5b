/** Records and handshake fragments of DTLS (RFC 6347 sections 4.1 and 4.2.2). */
import { Version } from './names.ts';

export const DTLS_HEADER = 13;
const FRAGMENT_HEADER = 12;
/** Octets of a message that comes in fragments, as Zeek's; and how many of its pieces may stand apart. */
const MOST_FRAGMENTED = 65_536;
const MOST_PIECES = 32;

/** Versions of record headers: DTLS 1.3 keeps that of 1.2 (RFC 9147 section 4). */
export function isDtlsVersion(version: number): boolean {
  return version === Version.DTLS10 || version === Version.DTLS12;
}

/** Whether a datagram begins with a client's hello in plain text, as Zeek's signature has it. */
export function isClientHelloDatagram(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < DTLS_HEADER + FRAGMENT_HEADER + 2 || bytes[from] !== 22) return false;
  for (let i = 3; i < 10; i++) if (bytes[from + i] !== 0) return false;
  const record = (bytes[from + 1]! << 8) | bytes[from + 2]!;
  const hello = (bytes[from + 25]! << 8) | bytes[from + 26]!;
  return bytes[from + 13] === 1 && isDtlsVersion(record) && isDtlsVersion(hello);
}

/** Takes a whole message: its type and its body, borrowed. Answers whether to go on. */
type Take = (type: number, bytes: Uint8Array, from: number, to: number) => boolean;

/** One direction's messages, put together of fragments that come in any order. One message at a time is kept. */
export class FragmentStream {
  #sequence = -1;
  #message: Uint8Array | undefined;
  /** Spans that came, apart and in order: begin and end each. */
  #spans: number[] = [];

  /** Octets of memory that are held. */
  get kept(): number {
    return this.#message?.length ?? 0;
  }

  /** Takes the content of a handshake record. False: it is broken, or nobody wants more. */
  data(bytes: Uint8Array, from: number, to: number, take: Take): boolean {
    if (to - from < FRAGMENT_HEADER) return false;
    const type = bytes[from]!;
    const length = u24(bytes, from + 1);
    const sequence = (bytes[from + 4]! << 8) | bytes[from + 5]!;
    const offset = u24(bytes, from + 6);
    const size = u24(bytes, from + 9);
    const body = from + FRAGMENT_HEADER;
    if (offset === 0 && size === length) return body + length <= to && take(type, bytes, body, body + length);
    if (length > MOST_FRAGMENTED || size > to - body || offset + size > length) return false;
    const message = this.#begin(sequence, length, offset + size);
    message.set(bytes.subarray(body, body + size), offset);
    if (!this.#cover(offset, offset + size)) return false;
    if (this.#spans.length !== 2 || this.#spans[0] !== 0 || this.#spans[1] !== length) return true;
    this.#sequence = -1;
    this.#message = undefined;
    return take(type, message, 0, length);
  }

  /** The buffer of that message; it grows to what came, never to what is said. */
  #begin(sequence: number, length: number, needed: number): Uint8Array {
    let message = this.#message;
    if (this.#sequence !== sequence || message === undefined) {
      message = new Uint8Array(0);
      this.#sequence = sequence;
      this.#spans = [];
    }
    if (message.length < needed) {
      const larger = new Uint8Array(Math.min(length, Math.max(needed, message.length * 2)));
      larger.set(message);
      message = larger;
    }
    this.#message = message;
    return message;
  }

  /** Adds a span; false when too many stand apart. */
  #cover(from: number, to: number): boolean {
    this.#spans = mergedSpans(this.#spans, from, to);
    return this.#spans.length <= MOST_PIECES * 2;
  }
}

/** Spans (begin and end each, apart, in order) with one more. */
export function mergedSpans(spans: readonly number[], from: number, to: number): number[] {
  const merged: number[] = [];
  let begin = from;
  let end = to;
  let isPlaced = false;
  for (let i = 0; i < spans.length; i += 2) {
    const spanFrom = spans[i]!;
    const spanTo = spans[i + 1]!;
    if (spanTo < begin) {
      merged.push(spanFrom, spanTo);
    } else if (spanFrom > end) {
      if (!isPlaced) merged.push(begin, end);
      isPlaced = true;
      merged.push(spanFrom, spanTo);
    } else {
      begin = Math.min(begin, spanFrom);
      end = Math.max(end, spanTo);
    }
  }
  if (!isPlaced) merged.push(begin, end);
  return merged;
}

function u24(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
}
