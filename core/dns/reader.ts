import { byteText } from './byteText.ts';

/** Characters of a name's text, dots included; a longer one is cut before the label that does not fit. */
const MOST_NAME = 512;
/** Longest label; those of NetBIOS may be longer (up to what two bits of the length leave). */
const MOST_LABEL = 63;
/** Pointers on the way to the end of a name. */
const MOST_POINTERS = 20;

const POINTER = 0xc0;
const DOT = 0x2e;

/**
 * A cursor over one DNS message. What passes the end reads as 0 and moves nothing, so no read can fail or leave the
 * message; callers look at `left` where it matters.
 */
export class DnsReader {
  bytes: Uint8Array = new Uint8Array(0);
  /** Where the message begins, the next octet, and the first that must not be read. */
  start = 0;
  pos = 0;
  end = 0;
  /** Labels may be longer than 63 octets. */
  isNetbios = false;
  /** Set when a record was read in part only: what follows it can't be. */
  isBroken = false;
  readonly #name: Uint8Array = new Uint8Array(MOST_NAME + 1);

  reset(bytes: Uint8Array, start: number, end: number, isNetbios: boolean): void {
    this.bytes = bytes;
    this.start = start;
    this.pos = start;
    this.end = end;
    this.isNetbios = isNetbios;
    this.isBroken = false;
  }

  get left(): number {
    return this.end - this.pos;
  }

  u8(): number {
    return this.pos < this.end ? this.bytes[this.pos++]! : 0;
  }

  u16(): number {
    if (this.left < 2) return 0;
    this.pos += 2;
    return (this.bytes[this.pos - 2]! << 8) | this.bytes[this.pos - 1]!;
  }

  u32(): number {
    if (this.left < 4) return 0;
    return this.u16() * 65_536 + this.u16();
  }

  skip(octets: number): void {
    this.pos = Math.min(this.end, this.pos + octets);
  }

  /** The next octets as text, as many as there are. */
  text(octets: number): string {
    const from = this.pos;
    this.skip(octets);
    return byteText(this.bytes, from, this.pos);
  }

  /**
   * A name (RFC 1035, 4.1.4) with its letters in lower case, labels apart by dots, none at the end; the root is empty.
   * A pointer leads backwards only, to before where it stands; twenty of them are followed. What is wrong with a name
   * ends it: the text has the labels before.
   */
  name(): string {
    const { bytes } = this;
    const name = this.#name;
    let length = 0;
    let at = this.pos;
    let end = this.end;
    let pointers = 0;
    /** Where the name ends in the record, once a pointer has led away. */
    let after = -1;
    while (at < end) {
      const size = bytes[at]!;
      const content = at + 1;
      if (content >= end || size === 0) {
        at = content;
        break;
      }
      if ((size & POINTER) === POINTER) {
        const target = this.start + (((size & 0x3f) << 8) | bytes[content]!);
        if (after < 0) after = content + 1;
        if (target >= at || ++pointers > MOST_POINTERS) break;
        end = at;
        at = target;
        continue;
      }
      if (content + size > end) {
        at = end;
        break;
      }
      if ((size > MOST_LABEL && !this.isNetbios) || length + size + 1 > MOST_NAME) {
        at = content;
        break;
      }
      for (let i = 0; i < size; i++) {
        const byte = bytes[content + i]!;
        name[length++] = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
      }
      name[length++] = DOT;
      at = content + size;
    }
    this.pos = after < 0 ? at : after;
    return byteText(name, 0, length > 1 && name[length - 1] === DOT ? length - 1 : length);
  }
}
