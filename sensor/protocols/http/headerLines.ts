import { Header } from './header.ts';
import { isBlank } from './tokens.ts';

/** Octets of an unfolded header; what goes beyond is left out. */
const MOST_HEADER = 65_536;

const none: Uint8Array = new Uint8Array(0);

/** Puts folded header lines together (RFC 9112, section 5.2). */
export class HeaderLines {
  #octets: Uint8Array = none;
  #length = 0;
  #count = 0;

  /** Lines of the header at hand. */
  get count(): number {
    return this.#count;
  }

  /** Octets of memory for the header at hand. */
  get held(): number {
    return this.#octets.length;
  }

  /** Whether a line that begins at `from` goes on with the header at hand. */
  isFolded(bytes: Uint8Array, from: number): boolean {
    return this.#length > 0 && isBlank(bytes[from]);
  }

  /** Answers whether there was room. */
  fold(bytes: Uint8Array, from: number, to: number): boolean {
    const length = this.#length + (to - from);
    if (length > MOST_HEADER) return false;
    if (length > this.#octets.length) {
      const larger = new Uint8Array(length * 2);
      larger.set(this.#octets.subarray(0, this.#length));
      this.#octets = larger;
    }
    this.#octets.set(bytes.subarray(from, to), this.#length);
    this.#length = length;
    this.#count++;
    return true;
  }

  /** A new header; blanks before the first are left out. */
  begin(bytes: Uint8Array, from: number, to: number): void {
    let at = from;
    while (at < to && isBlank(bytes[at])) at++;
    this.#octets = bytes.slice(at, to);
    this.#length = to - at;
    this.#count = 1;
  }

  /** The header at hand, which is over; undefined where there is none. */
  finish(): Header | undefined {
    const length = this.#length;
    const octets = this.#octets;
    this.#length = 0;
    this.#octets = none;
    return length === 0 ? undefined : Header.read(octets, length);
  }
}
