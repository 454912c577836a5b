/** Handshake messages out of the contents of records (RFC 8446 section 4), which they may span. */

export const Handshake = {
  HELLO_REQUEST: 0,
  CLIENT_HELLO: 1,
  SERVER_HELLO: 2,
  HELLO_VERIFY_REQUEST: 3,
  SESSION_TICKET: 4,
  CERTIFICATE: 11,
  SERVER_KEY_EXCHANGE: 12,
  CERTIFICATE_REQUEST: 13,
  SERVER_HELLO_DONE: 14,
  CERTIFICATE_VERIFY: 15,
  CLIENT_KEY_EXCHANGE: 16,
  FINISHED: 20,
  CERTIFICATE_URL: 21,
  CERTIFICATE_STATUS: 22,
} as const;

/** Octets of a message, its header included; longer ones end the stream. */
export const MOST_MESSAGE = 131_072;
const HEADER = 4;
const NO_OCTETS = new Uint8Array(0);

/** Takes a whole message: its type and its body, borrowed. Answers whether to go on. */
export type TakeHandshake = (type: number, bytes: Uint8Array, from: number, to: number) => boolean;

/** One direction's messages. What is kept grows with what comes, to `MOST_MESSAGE`. */
export class HandshakeStream {
  #kept: Uint8Array = NO_OCTETS;
  #length = 0;

  /** Octets of memory that are held. */
  get kept(): number {
    return this.#kept.length;
  }

  /** Takes the content of a record. False: a message is too long, or nobody wants more. */
  data(bytes: Uint8Array, from: number, to: number, take: TakeHandshake): boolean {
    let at = from;
    while (at < to) {
      if (this.#length === 0 && to - at >= HEADER) {
        const length = HEADER + bodyLength(bytes, at);
        if (length > MOST_MESSAGE) return false;
        if (at + length <= to) {
          if (!take(bytes[at]!, bytes, at + HEADER, at + length)) return false;
          at += length;
          continue;
        }
      }
      const next = this.#onward(bytes, at, to, take);
      if (next < 0) return false;
      at = next;
    }
    return true;
  }

  #onward(bytes: Uint8Array, from: number, to: number, take: TakeHandshake): number {
    let at = from;
    if (this.#length < HEADER) {
      const header = Math.min(HEADER - this.#length, to - at);
      this.#keep(bytes, at, at + header);
      at += header;
      if (this.#length < HEADER) return at;
    }
    const length = HEADER + bodyLength(this.#kept, 0);
    if (length > MOST_MESSAGE) return -1;
    const taken = Math.min(length - this.#length, to - at);
    this.#keep(bytes, at, at + taken);
    at += taken;
    if (this.#length < length) return at;
    this.#length = 0;
    return take(this.#kept[0]!, this.#kept, HEADER, length) ? at : -1;
  }

  #keep(bytes: Uint8Array, from: number, to: number): void {
    const length = this.#length + to - from;
    if (length > this.#kept.length) {
      const larger = new Uint8Array(Math.min(MOST_MESSAGE, Math.max(length, this.#kept.length * 2, 512)));
      larger.set(this.#kept.subarray(0, this.#length));
      this.#kept = larger;
    }
    this.#kept.set(bytes.subarray(from, to), this.#length);
    this.#length = length;
  }
}

function bodyLength(bytes: Uint8Array, at: number): number {
  return (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}
