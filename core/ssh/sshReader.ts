import { byteText } from '../dns/byteText.ts';

/** A cursor over a payload. What passes the end is empty and marks the reader as broken; no read leaves the range. */
export class SshReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;
  isBroken = false;

  constructor(bytes: Uint8Array, from: number, to: number) {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = to;
  }

  skip(octets: number): void {
    this.#take(octets);
  }

  /** A string (RFC 4251, 5): its length in four octets, and that many. */
  string(): Uint8Array {
    const length = this.#number(4);
    const from = this.#take(length);
    return this.#bytes.subarray(from, this.isBroken ? from : from + length);
  }

  text(): string {
    const octets = this.string();
    return byteText(octets, 0, octets.length);
  }

  /** A number of SSH 1: its bits in two octets, and as many octets as these need. */
  oldNumber(): Uint8Array {
    const length = (this.#number(2) + 7) >> 3;
    const from = this.#take(length);
    return this.#bytes.subarray(from, this.isBroken ? from : from + length);
  }

  #number(octets: number): number {
    const from = this.#take(octets);
    if (this.isBroken) return 0;
    let value = 0;
    for (let i = 0; i < octets; i++) value = value * 256 + this.#bytes[from + i]!;
    return value;
  }

  #take(octets: number): number {
    const at = this.#at;
    if (this.isBroken || octets > this.#end - at) {
      this.isBroken = true;
      return at;
    }
    this.#at += octets;
    return at;
  }
}
