import { magicTable } from './magicTable.ts';
import { textType } from './textMagic.ts';

/** Octets of a file that its type is told by. */
export const HEAD = 4096;

interface Begin {
  readonly type: string;
  readonly strength: number;
  /** Octets; -1 = any but a line feed. */
  readonly octets: Int16Array;
}

/** By the first octet; under -1 what begins with any. */
const begins: ReadonlyMap<number, readonly Begin[]> = indexed();

/**
 * The media type of a file that begins with `head[0 .. length)`, under Zeek's names; undefined when nothing tells. Looks
 * at `HEAD` octets at most.
 */
export function mimeTypeOf(head: Uint8Array, length: number): string | undefined {
  const end = Math.min(length, HEAD);
  if (end === 0) return undefined;
  let best: string | undefined;
  let strength = -Infinity;
  const consider = (type: string, power: number): void => {
    if (power < strength || (power === strength && best !== undefined && type >= best)) return;
    best = type;
    strength = power;
  };
  for (const key of [head[0]!, -1]) {
    for (const begin of begins.get(key) ?? []) {
      if (fits(begin.octets, head, end)) consider(begin.type, begin.strength);
    }
  }
  const text = textType(head, end);
  if (text !== undefined) consider(text.type, text.strength);
  return best;
}

function fits(octets: Int16Array, head: Uint8Array, end: number): boolean {
  if (octets.length > end) return false;
  for (let i = 0; i < octets.length; i++) {
    const octet = octets[i]!;
    if (octet === -1 ? head[i] === 0x0a : head[i] !== octet) return false;
  }
  return true;
}

function indexed(): Map<number, Begin[]> {
  const map = new Map<number, Begin[]>();
  for (const { type, strength, begins: texts } of magicTable) {
    for (const text of texts) {
      const octets = Int16Array.from(text, (octet) => (octet === '?' ? -1 : octet.charCodeAt(0)));
      const key = octets[0]!;
      const list = map.get(key) ?? [];
      list.push({ type, strength, octets });
      map.set(key, list);
    }
  }
  return map;
}
