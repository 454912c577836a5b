import { AddressTexts } from './addressTexts.ts';
import { byteText } from './byteText.ts';
import { DnsFault } from './fault.ts';
import { NameTexts } from './nameTexts.ts';

/** Characters of a name's text, dots included; a longer one is cut before the label that does not fit. */
const MOST_NAME = 512;
/** Octets of a name with its dots that are one too many (Zeek; RFC 1035 has 255 with all lengths). */
const LONG_NAME = 255;
/** Longest label; those of NetBIOS may be longer (up to what two bits of the length leave). */
const MOST_LABEL = 63;
/** Pointers on the way to the end of a name. */
const MOST_POINTERS = 20;
/** Faults of one message that are told. */
const MOST_FAULTS = 8;
/** Names of one message that are remembered by where they stand, as pointers lead there. */
const MOST_KNOWN = 4;

const POINTER = 0xc0;
const DOT = 0x2e;
const BACKSLASH = 0x5c;

/** By octet: in lower case; 1 when it can't stand for itself in a name's key. */
const lower: Uint8Array = Uint8Array.from({ length: 256 }, (_, i) => (i >= 0x41 && i <= 0x5a ? i | 0x20 : i));
const special: Uint8Array = Uint8Array.from({ length: 256 }, (_, i) =>
  i < 0x21 || i > 0x7e || i === DOT || i === BACKSLASH ? 1 : 0,
);

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
  /** Set when a name or a record could not be read to its end: what follows it can't be either. */
  isBroken = false;
  /** What was found wrong, each with more of it (or an empty text), eight at most. */
  readonly faults: (readonly [DnsFault, string])[] = [];
  /** The latest name's key: see `DnsReader.name`. */
  key = '';
  readonly addresses: AddressTexts = new AddressTexts();
  readonly #name: Uint8Array = new Uint8Array(MOST_NAME + 1);
  /** Where the latest name's labels end in `#name`. */
  readonly #ends: Uint16Array = new Uint16Array(MOST_NAME);
  readonly #names: NameTexts = new NameTexts();
  /** The message's first names without a pointer in them: where they begin, what they are. */
  readonly #knownAt: Int32Array = new Int32Array(MOST_KNOWN);
  readonly #knownTexts: string[] = Array.from({ length: MOST_KNOWN }, () => '');
  readonly #knownKeys: string[] = Array.from({ length: MOST_KNOWN }, () => '');
  #known = 0;

  reset(bytes: Uint8Array, start: number, end: number, isNetbios: boolean): void {
    this.bytes = bytes;
    this.start = start;
    this.pos = start;
    this.end = end;
    this.isNetbios = isNetbios;
    this.isBroken = false;
    this.#known = 0;
    if (this.faults.length > 0) this.faults.length = 0;
  }

  get left(): number {
    return this.end - this.pos;
  }

  fault(fault: DnsFault, more = ''): void {
    if (this.faults.length < MOST_FAULTS) this.faults.push([fault, more]);
  }

  #break(fault: DnsFault): void {
    this.fault(fault);
    this.isBroken = true;
  }

  u8(): number {
    return this.pos < this.end ? this.bytes[this.pos++]! : 0;
  }

  u16(): number {
    const { pos } = this;
    if (this.end - pos < 2) return 0;
    this.pos = pos + 2;
    return (this.bytes[pos]! << 8) | this.bytes[pos + 1]!;
  }

  u32(): number {
    if (this.end - this.pos < 4) return 0;
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
   * sets `isBroken`, and the text has the labels before.
   *
   * `key` has the same name so that different labels never read alike: octets below 0x21 or above 0x7e and `.` and `\`
   * inside a label are `\DDD`.
   */
  name(): string {
    const { bytes, pos } = this;
    // Most names in answers are a pointer to one that was read.
    if (this.end - pos >= 2 && bytes[pos]! >= POINTER) {
      const target = this.start + (((bytes[pos]! & 0x3f) << 8) | bytes[pos + 1]!);
      for (let i = 0; i < this.#known; i++) {
        if (this.#knownAt[i] !== target) continue;
        this.pos = pos + 2;
        this.key = this.#knownKeys[i]!;
        return this.#knownTexts[i]!;
      }
    }
    const name = this.#name;
    let length = 0;
    let labels = 0;
    let specials = 0;
    let hash = 0;
    let at = pos;
    let end = this.end;
    let pointers = 0;
    /** Where the name ends in the record, once a pointer has led away. */
    let after = -1;
    for (;;) {
      if (at >= end) {
        this.#break(DnsFault.NAME_CUT);
        break;
      }
      const size = bytes[at]!;
      const content = at + 1;
      if (size === 0) {
        at = content;
        break;
      }
      if (content >= end) {
        this.#break(DnsFault.LABEL_CUT);
        at = end;
        break;
      }
      if (size >= POINTER) {
        const target = this.start + (((size & 0x3f) << 8) | bytes[content]!);
        if (after < 0) after = content + 1;
        if (target >= at || ++pointers > MOST_POINTERS) {
          if (target >= at) this.#break(DnsFault.POINTER);
          this.isBroken = true;
          break;
        }
        end = at;
        at = target;
        continue;
      }
      if (content + size > end) {
        this.#break(DnsFault.LABEL_CUT);
        at = end;
        break;
      }
      const isLong = size > MOST_LABEL && !this.isNetbios;
      if (isLong || length + size + 1 > MOST_NAME) {
        this.#break(isLong ? DnsFault.LABEL_LONG : DnsFault.LABEL_BEYOND);
        at = content;
        break;
      }
      at = content + size;
      for (let i = content; i < at; i++) {
        const byte = lower[bytes[i]!]!;
        specials |= special[byte]!;
        hash = Math.imul(hash ^ byte, 0x0100_0193);
        name[length++] = byte;
      }
      this.#ends[labels++] = length;
      name[length++] = DOT;
    }
    this.pos = after < 0 ? at : after;
    if (length >= LONG_NAME) this.fault(DnsFault.NAME_LONG);
    if (length > 0) length--;
    let text: string;
    if (specials === 0) {
      text = this.#names.text(name, length, hash ^ (length << 8));
      this.key = text;
    } else {
      text = byteText(name, 0, length);
      this.key = this.#keyOf(labels);
    }
    if (after < 0 && !this.isBroken && this.#known < MOST_KNOWN) {
      this.#knownAt[this.#known] = pos;
      this.#knownTexts[this.#known] = text;
      this.#knownKeys[this.#known++] = this.key;
    }
    return text;
  }

  #keyOf(labels: number): string {
    let key = '';
    let from = 0;
    for (let label = 0; label < labels; label++) {
      const to = this.#ends[label]!;
      if (label > 0) key += '.';
      for (let i = from; i < to; i++) {
        const byte = this.#name[i]!;
        key += special[byte] === 1 ? `\\${String(byte).padStart(3, '0')}` : String.fromCharCode(byte);
      }
      from = to + 1;
    }
    return key;
  }
}
