/**
 * Reads numbers (big endian) and spans of `bytes[at .. end)`. What passes the end answers zero and breaks the cursor, and
 * a broken one stays at its end: a parser asks once, when it is through.
 */
export class Cursor {
  readonly bytes: Uint8Array;
  at: number;
  end: number;
  isBroken = false;

  constructor(bytes: Uint8Array, from: number, to: number) {
    this.bytes = bytes;
    this.at = from;
    this.end = Math.min(to, bytes.length);
  }

  get left(): number {
    return this.end - this.at;
  }

  u8(): number {
    return this.take(1) < 0 ? 0 : this.bytes[this.at - 1]!;
  }

  u16(): number {
    const at = this.take(2);
    return at < 0 ? 0 : (this.bytes[at]! << 8) | this.bytes[at + 1]!;
  }

  u24(): number {
    const at = this.take(3);
    return at < 0 ? 0 : (this.bytes[at]! << 16) | (this.bytes[at + 1]! << 8) | this.bytes[at + 2]!;
  }

  /** Passes over that many octets; answers with where they begin, -1 when there are fewer. */
  take(length: number): number {
    const { at } = this;
    if (this.isBroken || length > this.end - at) {
      this.isBroken = true;
      this.at = this.end;
      return -1;
    }
    this.at = at + length;
    return at;
  }

  /** A cursor over the next `length` octets, which this one passes. An empty one when there are fewer. */
  within(length: number): Cursor {
    const at = this.take(length);
    return at < 0 ? new Cursor(this.bytes, this.end, this.end) : new Cursor(this.bytes, at, at + length);
  }

  /** The numbers of two octets up to the end; one that is cut breaks the cursor. */
  list16(): number[] {
    const list: number[] = [];
    while (this.left > 0 && !this.isBroken) {
      const value = this.u16();
      if (!this.isBroken) list.push(value);
    }
    return list;
  }
}
