import { formatAddress } from '../packet/address.ts';

/** Addresses that are kept, at most: one a place, the latest. */
const PLACES = 4096;
const WORDS = 4;

/** Texts of addresses, each made once while it stays: a name's addresses come again and again. */
export class AddressTexts {
  readonly #words: Uint32Array = new Uint32Array(PLACES * WORDS);
  readonly #texts: (string | undefined)[] = Array.from({ length: PLACES }, () => undefined);
  readonly #at: Uint32Array = new Uint32Array(WORDS);

  /** The text of an address of four words (`core/packet/address.ts`). */
  text(a: number, b: number, c: number, d: number): string {
    let hash = Math.imul(a ^ Math.imul(b, 0x85eb_ca6b) ^ Math.imul(c, 0xc2b2_ae35), 0x9e37_79b1) ^ d;
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d);
    const place = (hash ^ (hash >>> 13)) & (PLACES - 1);
    const words = this.#words;
    const at = place * WORDS;
    const known = this.#texts[place];
    const isKnown = words[at + 3] === d >>> 0 && words[at + 2] === c >>> 0;
    if (known !== undefined && isKnown && words[at + 1] === b >>> 0 && words[at] === a >>> 0) return known;
    words[at] = a;
    words[at + 1] = b;
    words[at + 2] = c;
    words[at + 3] = d;
    this.#at.set(words.subarray(at, at + WORDS));
    const text = formatAddress(this.#at, 0);
    this.#texts[place] = text;
    return text;
  }
}
