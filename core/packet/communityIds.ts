import { COMMUNITY_ID_BYTES, communityIdInput } from './communityId.ts';

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const ROUNDS = 80;
/** Words of a block, and where the message's length in bits stands. */
const BLOCK_WORDS = 16;
const LENGTH_WORD = 15;
const PADDING = 0x80;
/** Groups of three octets that 20 are, the last one filled up. */
const GROUPS = 7;

/**
 * Community IDs without a call for each into a library of hashes, which costs several times as much: the input is one
 * block of SHA-1 (FIPS 180-4, section 6.1.2). One object for many; no state but what it works with.
 */
export class CommunityIds {
  readonly #input: Uint8Array = new Uint8Array(COMMUNITY_ID_BYTES + 4);
  readonly #w: Int32Array = new Int32Array(ROUNDS);
  readonly #hash: Int32Array = new Int32Array(6);
  /** Codes of the text: `1:`, 27 digits and a sign for what is missing of the last group. */
  readonly #codes: number[] = Array.from({ length: 2 + GROUPS * 4 }, () => 0);
  readonly #digits: readonly number[] = Array.from(BASE64, (digit) => digit.charCodeAt(0));

  constructor() {
    this.#codes[0] = 0x31;
    this.#codes[1] = 0x3a;
  }

  /** The identifier of a flow: arguments as of `communityIdInput`. */
  text(
    words: Uint32Array,
    a: number,
    b: number,
    portA: number,
    portB: number,
    protocol: number,
    fromA: boolean,
    zeekOrder = false,
  ): string {
    const length = communityIdInput(this.#input, words, a, b, portA, portB, protocol, fromA, zeekOrder);
    this.#fill(length);
    this.#round();
    return this.#print();
  }

  #fill(length: number): void {
    const input = this.#input;
    const w = this.#w;
    input[length] = PADDING;
    input.fill(0, length + 1);
    for (let i = 0; i < BLOCK_WORDS; i++) {
      const at = i * 4;
      w[i] =
        at >= input.length ? 0 : (input[at]! << 24) | (input[at + 1]! << 16) | (input[at + 2]! << 8) | input[at + 3]!;
    }
    w[LENGTH_WORD] = length * 8;
  }

  #round(): void {
    const w = this.#w;
    for (let t = BLOCK_WORDS; t < ROUNDS; t++) {
      const x = w[t - 3]! ^ w[t - 8]! ^ w[t - 14]! ^ w[t - 16]!;
      w[t] = (x << 1) | (x >>> 31);
    }
    let a = 0x67452301;
    let b = 0xefcdab89 | 0;
    let c = 0x98badcfe | 0;
    let d = 0x10325476;
    let e = 0xc3d2e1f0 | 0;
    for (let t = 0; t < ROUNDS; t++) {
      let f: number;
      if (t < 20) f = (((b & c) | (~b & d)) + 0x5a827999) | 0;
      else if (t < 40) f = ((b ^ c ^ d) + 0x6ed9eba1) | 0;
      else if (t < 60) f = (((b & c) | (b & d) | (c & d)) - 0x70e44324) | 0;
      else f = ((b ^ c ^ d) - 0x359d3e2a) | 0;
      const next = (((a << 5) | (a >>> 27)) + f + e + w[t]!) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = next;
    }
    const hash = this.#hash;
    hash[0] = a + 0x67452301;
    hash[1] = b + 0xefcdab89;
    hash[2] = c + 0x98badcfe;
    hash[3] = d + 0x10325476;
    hash[4] = e + 0xc3d2e1f0;
  }

  #print(): string {
    const codes = this.#codes;
    const digits = this.#digits;
    for (let group = 0; group < GROUPS; group++) {
      const from = group * 3;
      const value = (this.#octet(from) << 16) | (this.#octet(from + 1) << 8) | this.#octet(from + 2);
      const at = 2 + group * 4;
      codes[at] = digits[value >> 18]!;
      codes[at + 1] = digits[(value >> 12) & 63]!;
      codes[at + 2] = digits[(value >> 6) & 63]!;
      codes[at + 3] = digits[value & 63]!;
    }
    codes[codes.length - 1] = 0x3d;
    return String.fromCharCode.apply(undefined, codes);
  }

  /** Of the hash, most significant first; what stands behind it is zero. */
  #octet(at: number): number {
    return (this.#hash[at >> 2]! >>> (24 - (at & 3) * 8)) & 255;
  }
}
