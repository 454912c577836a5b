import { KeyHasher } from '../core/sketch/hash/keyHasher.ts';
import { Hll } from '../core/sketch/hll/hll.ts';
import { AppError, printable } from '../runtime/error.ts';

const NEWLINE = 10;
const RETURN = 13;
/** Longest line, in bytes: what the hasher's memory holds without growing. */
const MAX_LINE = 65_000;
/** Digits of a number that a double holds for certain. */
const SAFE_DIGITS = 15;

/**
 * Counts the different lines of a stream, as DataSketches' `update(String)` (the bytes between the ends of lines, which
 * should be UTF-8) or `update(long)` would. A carriage return before the end of a line is no part of it; empty lines are no
 * items. Holds one line at a time.
 */
export async function buildHll(
  input: AsyncIterable<Uint8Array>,
  options: { readonly lgK: number; readonly longs: boolean },
): Promise<Hll> {
  const lines = new LineCounter(options.lgK, options.longs);
  for await (const chunk of input) lines.feed(chunk);
  return lines.end();
}

class LineCounter {
  readonly #hll: Hll;
  readonly #longs: boolean;
  readonly #hasher: KeyHasher = new KeyHasher();
  /** A line that began in an earlier chunk. */
  readonly #begun: Uint8Array = new Uint8Array(MAX_LINE);
  #held = 0;
  #line = 1;

  constructor(lgK: number, longs: boolean) {
    this.#hll = new Hll(lgK);
    this.#longs = longs;
  }

  feed(chunk: Uint8Array): void {
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      if (this.#held > 0) {
        this.#hold(chunk, from, to);
        this.#item(this.#begun, 0, this.#held);
        this.#held = 0;
      } else {
        this.#item(chunk, from, to);
      }
      this.#line++;
      from = to + 1;
    }
    this.#hold(chunk, from, chunk.length);
  }

  end(): Hll {
    this.#item(this.#begun, 0, this.#held);
    return this.#hll;
  }

  #hold(chunk: Uint8Array, from: number, to: number): void {
    if (this.#held + to - from > MAX_LINE) throw this.#fault(`longer than ${MAX_LINE} bytes`);
    this.#begun.set(chunk.subarray(from, to), this.#held);
    this.#held += to - from;
  }

  #item(bytes: Uint8Array, from: number, to: number): void {
    const end = to > from && bytes[to - 1] === RETURN ? to - 1 : to;
    if (end === from) return;
    if (end - from > MAX_LINE) throw this.#fault(`longer than ${MAX_LINE} bytes`);
    const hasher = this.#hasher;
    if (this.#longs) {
      this.#putLong(bytes, from, end);
      hasher.hash(8);
    } else {
      for (let i = from; i < end; i++) hasher.bytes[i - from] = bytes[i]!;
      hasher.hash(end - from);
    }
    this.#hll.addHash(hasher.h[0]!, hasher.h[2]!, hasher.h[3]!);
  }

  /** The number in decimal digits as 8 bytes where the hasher reads. */
  #putLong(bytes: Uint8Array, from: number, to: number): void {
    let value = 0;
    let at = from;
    for (; at < to && at < from + SAFE_DIGITS; at++) {
      const digit = bytes[at]! - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const { words } = this.#hasher;
    if (at === to) {
      words[0] = value % 2 ** 32;
      words[1] = Math.floor(value / 2 ** 32);
      return;
    }
    const text = String.fromCharCode(...bytes.subarray(from, Math.min(to, from + 64))).trim();
    const number = /^[+-]?\d{1,40}$/.test(text) && to - from <= 64 ? BigInt(text.replace(/^\+/, '')) : undefined;
    if (number === undefined || BigInt.asIntN(64, number) !== number) {
      throw this.#fault(`not a whole number of 64 bits: ${printable(text.slice(0, 40))}`);
    }
    words[0] = Number(BigInt.asUintN(32, number));
    words[1] = Number(BigInt.asUintN(32, number >> 32n));
  }

  #fault(what: string): AppError {
    return new AppError('sketch.input', `line ${this.#line}: ${what}`);
  }
}
