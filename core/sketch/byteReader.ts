/**
 * Reads numbers and bytes from untrusted input. Never throws: a read past the end, or a varint above 2^53-1, sets
 * `failed`, yields 0, and every later read does the same; check once, at the end or before a length is used.
 */
export class ByteReader {
  failed = false;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes not read yet. */
  get left(): number {
    return this.failed ? 0 : this.#bytes.length - this.#at;
  }

  /** Whether everything was read and nothing failed. */
  get done(): boolean {
    return !this.failed && this.#at === this.#bytes.length;
  }

  #take(length: number): number {
    if (this.failed || length > this.#bytes.length - this.#at) {
      this.failed = true;
      return -1;
    }
    const at = this.#at;
    this.#at += length;
    return at;
  }

  u8(): number {
    const at = this.#take(1);
    return at < 0 ? 0 : this.#view.getUint8(at);
  }

  u16(): number {
    const at = this.#take(2);
    return at < 0 ? 0 : this.#view.getUint16(at, true);
  }

  u32(): number {
    const at = this.#take(4);
    return at < 0 ? 0 : this.#view.getUint32(at, true);
  }

  /** An unsigned 64-bit integer; one above 2^53-1 fails. */
  u64(): number {
    const low = this.u32();
    const high = this.u32();
    if (high > 0x1fffff) this.failed = true;
    return this.failed ? 0 : high * 0x100000000 + low;
  }

  f32(): number {
    const at = this.#take(4);
    return at < 0 ? 0 : this.#view.getFloat32(at, true);
  }

  f64(): number {
    const at = this.#take(8);
    return at < 0 ? 0 : this.#view.getFloat64(at, true);
  }

  /** An unsigned LEB128 varint, in its shortest form only (so that equal values are equal bytes). */
  varint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER || (byte === 0 && i > 0)) this.failed = true;
        return this.failed ? 0 : value;
      }
      scale *= 128;
    }
    this.failed = true;
    return 0;
  }

  /** The next `length` bytes as a view of the input: copy it when it has to outlive the input. */
  bytes(length: number): Uint8Array {
    const at = this.#take(length);
    return at < 0 ? new Uint8Array(0) : this.#bytes.subarray(at, at + length);
  }
}
