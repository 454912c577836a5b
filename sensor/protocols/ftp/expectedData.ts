import { parsePrefix } from '../../../core/packet/networkSet.ts';
import type { Expected } from '../protocol.ts';

/** Connections that are waited for; beyond, the oldest is given up. And for how many seconds each is (Zeek's number). */
const MOST_EXPECTED = 1024;
const PATIENCE = 300;

/** Where an end will listen: four words of an address (`core/packet/address.ts`), and a port. */
export interface DataEnd {
  readonly words: Uint32Array;
  readonly port: number;
}

/** The data connections that control connections of FTP have agreed upon. */
export class ExpectedData implements Expected {
  /** When each was agreed upon, oldest first. */
  readonly #ends: Map<string, number> = new Map();

  get size(): number {
    return this.#ends.size;
  }

  add({ words, port }: DataEnd, time: number): void {
    const key = keyOf(words, port);
    this.#ends.delete(key);
    this.#ends.set(key, time);
    for (const oldest of this.#ends.keys()) {
      if (this.#ends.size <= MOST_EXPECTED) return;
      this.#ends.delete(oldest);
    }
  }

  take(words: Uint32Array, port: number, time: number): boolean {
    const key = keyOf(words, port);
    const since = this.#ends.get(key);
    if (since === undefined) return false;
    this.#ends.delete(key);
    return time - since <= PATIENCE;
  }
}

function keyOf(words: Uint32Array, port: number): string {
  return `${words[0]} ${words[1]} ${words[2]} ${words[3]} ${port}`;
}

/** `h1,h2,h3,h4,p1,p2` somewhere in a text (RFC 959, 4.1.2: PORT, and the answer to PASV). */
export function readHostPort(text: string): DataEnd | undefined {
  const match = /([0-9]{1,3}),([0-9]{1,3}),([0-9]{1,3}),([0-9]{1,3}),([0-9]{1,3}),([0-9]{1,3})/u.exec(text);
  const numbers = match?.slice(1).map(Number) ?? [];
  if (numbers.length !== 6 || numbers.some((number) => number > 255)) return undefined;
  const [a, b, c, d, high, low] = numbers as [number, number, number, number, number, number];
  return { words: Uint32Array.of(0, 0, 0xffff, ((a << 24) | (b << 16) | (c << 8) | d) >>> 0), port: high * 256 + low };
}

/** `|2|2001:db8::7|5282|` (RFC 2428: EPRT), or `(|||5282|)`, the answer to EPSV; `own` is the address where none is told. */
export function readExtendedPort(text: string, own?: Uint32Array): DataEnd | undefined {
  const match = /([^0-9a-z\s()])[12]?\1([0-9a-f:.]*)\1([0-9]{1,5})\1/iu.exec(text);
  if (match === null) return undefined;
  const [, , address = '', digits] = match;
  const prefix = address === '' ? undefined : parsePrefix(address);
  const port = Number(digits);
  const words = address === '' ? own : prefix?.words;
  if (words === undefined || port > 65_535) return undefined;
  return { words: Uint32Array.from(words), port };
}
