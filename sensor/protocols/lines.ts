const CR = 0x0d;
const LF = 0x0a;

/** Takes a line `bytes[from .. to)` without its end, borrowed. False stops before the next one. */
export type TakeLine = (bytes: Uint8Array, from: number, to: number) => boolean;

/**
 * Cuts one direction of a stream into lines that end in LF or CR LF. Of a line that is longer than `most` octets the
 * first ones are kept.
 */
export class Lines {
  readonly #most: number;
  #kept: Uint8Array = new Uint8Array(0);
  #length = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Octets of memory for a line that is not whole. */
  get held(): number {
    return this.#kept.length;
  }

  /** Answers with where it stopped: at `to`, or after the line that was the last. */
  data(bytes: Uint8Array, from: number, to: number, take: TakeLine): number {
    let at = from;
    while (at < to) {
      const found = bytes.subarray(at, to).indexOf(LF);
      const end = found < 0 ? to : at + found;
      if (found < 0 || this.#length > 0) this.#keep(bytes, at, end);
      if (found < 0) return to;
      const goesOn = this.#length > 0 ? this.#takeKept(take) : take(bytes, at, trimmed(bytes, at, end));
      at = end + 1;
      if (!goesOn) return at;
    }
    return at;
  }

  #takeKept(take: TakeLine): boolean {
    const length = this.#length;
    this.#length = 0;
    return take(this.#kept, 0, trimmed(this.#kept, 0, length));
  }

  #keep(bytes: Uint8Array, from: number, to: number): void {
    const taken = Math.min(to - from, this.#most - this.#length);
    if (taken <= 0) return;
    const length = this.#length + taken;
    if (length > this.#kept.length) {
      const larger = new Uint8Array(Math.min(this.#most, Math.max(128, length * 2)));
      larger.set(this.#kept.subarray(0, this.#length));
      this.#kept = larger;
    }
    this.#kept.set(bytes.subarray(from, from + taken), this.#length);
    this.#length = length;
  }
}

function trimmed(bytes: Uint8Array, from: number, to: number): number {
  let end = to;
  while (end > from && bytes[end - 1] === CR) end--;
  return end;
}

/** The three digits that a server's reply begins with (RFC 959, 4.2; RFC 5321, 4.2); 0 when it does not. */
export function replyCode(bytes: Uint8Array, from: number, to: number): number {
  if (to - from < 3) return 0;
  let code = 0;
  for (let at = from; at < from + 3; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) return 0;
    code = code * 10 + digit;
  }
  return code;
}

/** Whether the first octets are of a text: printable, or white space. */
export function isText(bytes: Uint8Array, length: number): boolean {
  for (let at = 0; at < length; at++) {
    const octet = bytes[at]!;
    if (octet >= 0x7f || (octet < 0x20 && (octet < 0x09 || octet > 0x0d))) return false;
  }
  return true;
}

/** The first octets, each as the character of its number. */
export function latin1(bytes: Uint8Array, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('latin1');
}
