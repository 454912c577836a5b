import { mergedSpans } from '../tls/dtls.ts';

/** Octets of the handshake that are kept: a ClientHello of a record's size (RFC 8446 section 5.1). */
export const MOST_CRYPTO = 16_384;
/** Pieces that may stand apart: clients send a hello shuffled, in a dozen of them. */
const MOST_PIECES = 64;

/** One direction's CRYPTO stream, put together of frames that come in any order. The first octets to come win. */
export class CryptoStream {
  #bytes: Uint8Array = new Uint8Array(0);
  /** Spans that came, apart and in order: begin and end each. */
  #spans: number[] = [];

  /** Takes a frame's content. False: it is beyond what is kept. */
  add(offset: number, bytes: Uint8Array, from: number, to: number): boolean {
    const end = offset + to - from;
    if (end > MOST_CRYPTO) return false;
    if (to <= from) return true;
    this.#grow(end);
    this.#fill(offset, bytes, from, end);
    this.#spans = mergedSpans(this.#spans, offset, end);
    return this.#spans.length <= MOST_PIECES * 2;
  }

  /** Octets from the start on that are there without a hole. */
  get length(): number {
    return this.#spans[0] === 0 ? this.#spans[1]! : 0;
  }

  /** Octets of memory that are held. */
  get kept(): number {
    return this.#bytes.length;
  }

  /** Borrowed: `[0 .. length)` of it counts. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Copies what is not there yet. */
  #fill(offset: number, bytes: Uint8Array, from: number, end: number): void {
    let at = offset;
    for (let i = 0; i < this.#spans.length && at < end; i += 2) {
      const begin = Math.min(this.#spans[i]!, end);
      if (begin > at) this.#bytes.set(bytes.subarray(from + at - offset, from + begin - offset), at);
      at = Math.max(at, this.#spans[i + 1]!);
    }
    if (at < end) this.#bytes.set(bytes.subarray(from + at - offset, from + end - offset), at);
  }

  #grow(needed: number): void {
    if (this.#bytes.length >= needed) return;
    const larger = new Uint8Array(Math.min(MOST_CRYPTO, Math.max(needed, this.#bytes.length * 2, 2048)));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
