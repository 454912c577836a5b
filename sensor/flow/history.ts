/**
 * Zeek's history of a connection: letters in the order in which things first happened, upper case = by the originator.
 *
 *   S SYN   H SYN with ACK   A pure ACK   D payload   F FIN   R RST   C bad checksum   G a hole in the data
 *   I inconsistent (FIN with RST)   Q several flags (SYN with FIN or RST)   T payload sent again   W window of zero
 *   ^ the roles were turned round   X an analyser gave up: it is not what it was taken for
 *
 * A letter stands once an end. S, H, F and R stand again when their sequence number is another one; C, T, G and W again
 * at 10, 100, 1000 ... times. The slot has room for 32 letters; what comes later is not written (Zeek goes on).
 * Letters are ASCII bytes in the slot's words, so nothing is allocated.
 */
import { StateBit, Word } from './layout.ts';

export const HISTORY_LIMIT = 32;

/** One bit a letter in an end's half of `HISTORY_SEEN`. */
export const Seen = {
  SYN: 1,
  FIN: 2,
  RST: 4,
  INCONSISTENT: 8,
  DATA: 0x10,
  ACK: 0x20,
  SEVERAL: 0x40,
  WINDOW: 0x80,
} as const;

export const Letter = {
  S: 83,
  H: 72,
  A: 65,
  D: 68,
  F: 70,
  R: 82,
  C: 67,
  G: 71,
  I: 73,
  Q: 81,
  T: 84,
  W: 87,
  X: 88,
  FLIP: 94,
} as const;

/** Appends one ASCII code to the history of the slot that begins at word `at`. */
export function appendHistory(words: Uint32Array, at: number, code: number): void {
  if (code === Letter.X) words[at + Word.STATE] = words[at + Word.STATE]! | StateBit.REFUSED;
  const length = words[at + Word.HISTORY_LENGTH]! & 0xff;
  if (length >= HISTORY_LIMIT) return;
  const index = at + Word.HISTORY + (length >> 2);
  words[index] = words[index]! | (code << ((length & 3) << 3));
  words[at + Word.HISTORY_LENGTH] = words[at + Word.HISTORY_LENGTH]! + 1;
}

/** Empties the history, its length and what was seen. */
export function clearHistory(words: Uint32Array, at: number): void {
  words[at + Word.HISTORY_LENGTH] = 0;
  words[at + Word.HISTORY_SEEN] = 0;
  for (let i = 0; i < HISTORY_LIMIT / 4; i++) words[at + Word.HISTORY + i] = 0;
}

/**
 * Notes a letter for an end (0 = A, 1 = B), which appears the first time only.
 * Answers 1 when it had been there before.
 */
export function noteOnce(words: Uint32Array, at: number, end: number, bit: number, code: number): number {
  const mask = bit << (end << 4);
  const seen = words[at + Word.HISTORY_SEEN]!;
  if ((seen & mask) !== 0) return 1;
  words[at + Word.HISTORY_SEEN] = seen | mask;
  appendHistory(words, at, code);
  return 0;
}

/** Whether the n-th time is one that is written: 1, 10, 100, 1000, 10000. */
export function isScaled(n: number): boolean {
  return n === 1 || n === 10 || n === 100 || n === 1000 || n === 10_000;
}

/** The history as text. For rows, not for packets. */
export function historyText(words: Uint32Array, at: number): string {
  const length = Math.min(words[at + Word.HISTORY_LENGTH]! & 0xff, HISTORY_LIMIT);
  let text = '';
  for (let i = 0; i < length; i++)
    text += String.fromCharCode((words[at + Word.HISTORY + (i >> 2)]! >>> ((i & 3) << 3)) & 0xff);
  return text;
}
