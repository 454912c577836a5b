/** Names that are kept, at most: one a place. A name that falls on a taken place replaces what stood there. */
const PLACES = 8192;

/**
 * Texts of names, each made once while it stays: names come again and again, and a text that is the same object costs no
 * memory and hashes once. Holds `PLACES` texts at most.
 */
export class NameTexts {
  readonly #texts: string[] = Array.from({ length: PLACES }, () => '');

  /** The text of ASCII octets `bytes[0 .. length)`. `hash` is any hash of them, the same for the same octets. */
  text(bytes: Uint8Array, length: number, hash: number): string {
    const place = (hash ^ (hash >>> 15)) & (PLACES - 1);
    const known = this.#texts[place]!;
    if (isText(known, bytes, length)) return known;
    const text = String.fromCharCode.apply(null, bytes.subarray(0, length) as unknown as number[]);
    this.#texts[place] = text;
    return text;
  }
}

function isText(text: string, bytes: Uint8Array, length: number): boolean {
  if (text.length !== length) return false;
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) !== bytes[i]) return false;
  return true;
}
