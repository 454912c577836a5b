/** Writes numbers of so many bits, the lowest bit first. */
export class BitWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;

  /** Bits written. */
  get length(): number {
    return this.#length;
  }

  /** The lower `count` bits of a value, at most 32. */
  bits(value: number, count: number): void {
    if (this.#length + count + 8 > this.#bytes.length * 8) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    for (let done = 0; done < count;) {
      const within = this.#length & 7;
      const now = Math.min(8 - within, count - done);
      const part = (value >>> done) & ((1 << now) - 1);
      this.#bytes[this.#length >>> 3]! |= part << within;
      this.#length += now;
      done += now;
    }
  }

  /** So many ones, and a zero. */
  unary(value: number): void {
    for (let left = value; left > 0; left -= 32) this.bits(0xffffffff, Math.min(32, left));
    this.bits(0, 1);
  }

  /** Golomb-Rice: the lower bits as they are, above them in unary. */
  rice(value: number, lower: number): void {
    this.unary(value >>> lower);
    this.bits(value, lower);
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, (this.#length + 7) >>> 3);
  }
}

/** Reads what `BitWriter` wrote. Past the end it reads zeros and `failed` is set. */
export class BitReader {
  failed = false;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether less than an octet is left, and that is zeros. */
  get done(): boolean {
    if (this.failed || this.#bytes.length * 8 - this.#at >= 8) return false;
    return this.#at >>> 3 === this.#bytes.length || this.#bytes[this.#at >>> 3]! >>> (this.#at & 7) === 0;
  }

  bits(count: number): number {
    if (this.#at + count > this.#bytes.length * 8) {
      this.failed = true;
      return 0;
    }
    let value = 0;
    for (let done = 0; done < count;) {
      const within = this.#at & 7;
      const now = Math.min(8 - within, count - done);
      const part = (this.#bytes[this.#at >>> 3]! >>> within) & ((1 << now) - 1);
      value |= part << done;
      this.#at += now;
      done += now;
    }
    return value >>> 0;
  }

  /** A unary number of at most `most`; more is a failure. */
  unary(most: number): number {
    let value = 0;
    while (this.bits(1) === 1) {
      if (++value > most) {
        this.failed = true;
        return 0;
      }
    }
    return value;
  }

  rice(lower: number, most: number): number {
    const upper = this.unary(most >>> lower);
    return upper * 2 ** lower + this.bits(lower);
  }
}
