/** Undoes `Content-Transfer-Encoding` of parts (RFC 2045, section 6), a line at a time. */
export interface TransferDecoder {
  line(bytes: Uint8Array, from: number, to: number): Uint8Array;
  /** What is left when the part is over. */
  end(): Uint8Array;
}

const none = new Uint8Array(0);

/** Undefined for encodings that change nothing. */
export function transferDecoder(name: string): TransferDecoder | undefined {
  if (name === 'base64') return new Base64Decoder();
  return name === 'quoted-printable' ? quotedPrintable : undefined;
}

const digits: Int8Array = new Int8Array(128).fill(-1);
Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/').forEach((digit, value) => {
  digits[digit.charCodeAt(0)] = value;
});

class Base64Decoder implements TransferDecoder {
  #bits = 0;
  #count = 0;

  line(bytes: Uint8Array, from: number, to: number): Uint8Array {
    const out = new Uint8Array(Math.ceil(((to - from) * 3) / 4) + 3);
    let length = 0;
    for (let at = from; at < to; at++) {
      const value = digits[bytes[at]!] ?? -1;
      if (value === -1) continue;
      this.#bits = ((this.#bits << 6) | value) & 0xffffff;
      this.#count++;
      if (this.#count < 4) continue;
      out[length++] = this.#bits >> 16;
      out[length++] = this.#bits >> 8;
      out[length++] = this.#bits;
      this.#count = 0;
    }
    return out.subarray(0, length);
  }

  end(): Uint8Array {
    if (this.#count < 2) return none;
    const bits = this.#bits << (6 * (4 - this.#count));
    return Uint8Array.of(bits >> 16, bits >> 8).subarray(0, this.#count - 1);
  }
}

const quotedPrintable: TransferDecoder = {
  line(bytes, from, to): Uint8Array {
    let end = to;
    while (end > from && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0x09)) end--;
    const out = new Uint8Array(end - from + 2);
    let length = 0;
    let isSoft = false;
    for (let at = from; at < end; at++) {
      const octet = bytes[at]!;
      if (octet !== 0x3d) {
        out[length++] = octet;
        continue;
      }
      if (at === end - 1) {
        isSoft = true;
        continue;
      }
      const value = at + 2 < to ? Number.parseInt(String.fromCharCode(bytes[at + 1]!, bytes[at + 2]!), 16) : NaN;
      const isHex = /^[0-9a-f]{2}$/i.test(String.fromCharCode(bytes[at + 1]!, bytes[at + 2] ?? 0x20));
      out[length++] = isHex && !Number.isNaN(value) ? value : octet;
      if (isHex && !Number.isNaN(value)) at += 2;
    }
    if (!isSoft) {
      out[length++] = 0x0d;
      out[length++] = 0x0a;
    }
    return out.subarray(0, length);
  },
  end: () => none,
};
