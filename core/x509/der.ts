/** Distinguished encoding rules (X.690): elements of a tag, a length and contents, read in place. */

/** Universal tags, with the bit that says "made of elements" where the type is. */
export const Tag = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  OBJECT_IDENTIFIER: 0x06,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
  SEQUENCE: 0x30,
  SET: 0x31,
} as const;

/** An element: `bytes[start .. to)` is all of it, `bytes[from .. to)` its contents. */
export interface Element {
  readonly tag: number;
  readonly start: number;
  readonly from: number;
  readonly to: number;
}

/** Octets of a length that are followed: no element of a message is longer than 4 GiB. */
const MOST_LENGTH_OCTETS = 4;
/** Lowest octet of a tag whose number goes on in further octets; X.509 has none. */
const LONG_TAG = 0x1f;

/**
 * Walks over the elements of `bytes[at .. end)`. No read can fail or leave the range: what is broken or missing is
 * `undefined`, and from there on nothing more is found (`isBroken`). Lengths without an end mark (BER) are refused.
 */
export class DerReader {
  readonly bytes: Uint8Array;
  readonly #end: number;
  #at: number;
  isBroken = false;

  constructor(bytes: Uint8Array, from: number, to: number) {
    this.bytes = bytes;
    this.#at = from;
    this.#end = to;
  }

  /** Over the contents of an element. */
  static within(bytes: Uint8Array, element: Element): DerReader {
    return new DerReader(bytes, element.from, element.to);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#end;
  }

  /** The next element, whatever it is. */
  next(): Element | undefined {
    if (this.isBroken || this.isAtEnd) return undefined;
    const start = this.#at;
    const tag = this.bytes[start]!;
    const length = (tag & LONG_TAG) === LONG_TAG ? -1 : this.#length(start + 1);
    if (length < 0) {
      this.isBroken = true;
      return undefined;
    }
    const from = this.#at;
    this.#at += length;
    return { tag, start, from, to: this.#at };
  }

  /** The next element if it has that tag; else it is still the next one. */
  take(tag: number): Element | undefined {
    if (this.isBroken || this.isAtEnd || this.bytes[this.#at] !== tag) return undefined;
    return this.next();
  }

  /** Reads a length and moves to the contents; -1 when it is broken or passes the end. */
  #length(at: number): number {
    if (at >= this.#end) return -1;
    const first = this.bytes[at]!;
    let length = first;
    let from = at + 1;
    if (first >= 0x80) {
      const octets = first & 0x7f;
      if (octets === 0 || octets > MOST_LENGTH_OCTETS || from + octets > this.#end) return -1;
      length = 0;
      for (let i = 0; i < octets; i++) length = length * 256 + this.bytes[from + i]!;
      from += octets;
    }
    if (length > this.#end - from) return -1;
    this.#at = from;
    return length;
  }
}

/** An object identifier's contents as digits and dots; `undefined` when they are none. */
export function objectIdentifier(bytes: Uint8Array, from: number, to: number): string | undefined {
  // A part's last octet has the high bit clear, and no part begins with zeros.
  if (to <= from || bytes[to - 1]! >= 0x80) return undefined;
  const parts: (number | bigint)[] = [];
  let value = 0n;
  let small = 0;
  let octets = 0;
  for (let at = from; at < to; at++) {
    const octet = bytes[at]!;
    if (octets === 0 && octet === 0x80) return undefined;
    octets++;
    // Seven parts of seven bits are below 2^53; beyond, the slow way.
    if (octets === 8) value = BigInt(small);
    if (octets < 8) small = small * 128 + (octet & 0x7f);
    else value = value * 128n + BigInt(octet & 0x7f);
    if (octet >= 0x80) continue;
    parts.push(octets < 8 ? small : value);
    small = 0;
    octets = 0;
  }
  const [first, ...rest] = parts;
  if (first === undefined) return undefined;
  const root = first < 80 ? Math.floor(Number(first) / 40) : 2;
  const second = typeof first === 'number' ? first - root * 40 : first - 80n;
  return [root, second, ...rest].join('.');
}

/** Magnitude of an integer's contents (two's complement): its octets without zeros before them, and its sign. */
export function integer(bytes: Uint8Array, from: number, to: number): { isNegative: boolean; octets: Uint8Array } {
  const isNegative = to > from && bytes[from]! >= 0x80;
  const octets = bytes.slice(from, to);
  if (isNegative) {
    let carry = 1;
    for (let i = octets.length - 1; i >= 0; i--) {
      const octet = (octets[i]! ^ 0xff) + carry;
      octets[i] = octet & 0xff;
      carry = octet >> 8;
    }
  }
  let zeros = 0;
  while (zeros < octets.length && octets[zeros] === 0) zeros++;
  return { isNegative, octets: octets.subarray(zeros) };
}

/** Bits of a magnitude without zeros before it. */
export function bitLength(octets: Uint8Array): number {
  const first = octets[0];
  return first === undefined ? 0 : (octets.length - 1) * 8 + (32 - Math.clz32(first));
}

/** A magnitude in decimal digits. */
export function decimal(octets: Uint8Array): string {
  let value = 0n;
  for (const octet of octets) value = value * 256n + BigInt(octet);
  return value.toString();
}
