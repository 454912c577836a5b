import type { ByteReader } from '../sketch/byteReader.ts';
import type { ByteWriter } from '../sketch/byteWriter.ts';
import { digestLimits } from './digest.ts';

/**
 * The different texts of a message, in the order of their octets read backwards, so that names of one domain stand together
 * and share their end: of each the number of octets that it shares with the one before, the number of others, then all
 * others in one run (backwards).
 */
export class TextTable {
  /** Backward octets, a character each, of texts in their order. */
  readonly #sorted: string[];
  readonly #index: Map<string, number> = new Map();

  constructor(texts: ReadonlySet<string>) {
    const encoder = new TextEncoder();
    const pairs = [...texts].map((text) => ({ text, key: backwards(encoder.encode(text)) }));
    pairs.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)));
    this.#sorted = pairs.map(({ key }) => key);
    for (const [i, { text }] of pairs.entries()) this.#index.set(text, i);
  }

  /** Of a text that is in it. */
  indexOf(text: string): number {
    return this.#index.get(text)!;
  }

  write(out: ByteWriter): void {
    out.varint(this.#sorted.length);
    const rests: string[] = [];
    const shares: number[] = [];
    let before = '';
    for (const key of this.#sorted) {
      let shared = 0;
      while (shared < before.length && shared < key.length && before[shared] === key[shared]) shared++;
      shares.push(shared);
      rests.push(key.slice(shared));
      before = key;
    }
    for (const shared of shares) out.varint(shared);
    for (const rest of rests) out.varint(rest.length);
    for (const rest of rests) for (let i = 0; i < rest.length; i++) out.u8(rest.charCodeAt(i));
  }
}

/** The texts of a message in their order, or a phrase of what is wrong. */
export function readTexts(from: ByteReader): string[] | string {
  const count = from.varint();
  // Two octets a text at least.
  if (count > from.left / 2) return 'number of texts';
  const shares = Array.from({ length: count }, () => from.varint());
  const lengths = Array.from({ length: count }, () => from.varint());
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const before = new Uint8Array(digestLimits.text);
  const texts: string[] = [];
  let length = 0;
  let octets = 0;
  for (let i = 0; i < count; i++) {
    const shared = shares[i]!;
    const rest = lengths[i]!;
    octets += shared + rest;
    if (shared > length || shared + rest > digestLimits.text) return 'length of a text';
    if (octets > digestLimits.texts || rest > from.left) return 'length of all texts';
    before.set(from.bytes(rest), shared);
    length = shared + rest;
    texts.push(decoder.decode(before.slice(0, length).toReversed()));
  }
  return from.failed ? 'texts are cut' : texts;
}

function backwards(octets: Uint8Array): string {
  let text = '';
  for (let i = octets.length - 1; i >= 0; i--) text += String.fromCharCode(octets[i]!);
  return text;
}
