/** Characters that are made text at once: arguments of one call. */
const MOST_AT_ONCE = 1024;

/**
 * Octets of the wire as the text of a log: UTF-8 as it is; where not all of them are UTF-8, every one outside of ASCII as
 * `\xHH`, and so are control characters (but for backspace, tab, line feed, form feed and carriage return). A backslash
 * stays as it is, so that the text is Zeek's.
 */
export function byteText(bytes: Uint8Array, from: number, to: number): string {
  if (isAllPlain(bytes, from, to)) return plainText(bytes, from, to);
  const isUtf8 = isWellFormed(bytes, from, to);
  const codes: number[] = [];
  let text = '';
  for (let at = from; at < to;) {
    const byte = bytes[at]!;
    if (byte < 0x80 || !isUtf8) {
      if (isPlain(byte)) codes.push(byte);
      else for (let i = 0; i < ESCAPE; i++) codes.push(escapeCode(byte, i));
      at++;
    } else {
      const length = sequenceLength(bytes, at, to);
      codes.push(codePoint(bytes, at, length));
      at += length;
    }
    // Made of single characters, a text takes some thirty octets for each as long as it is kept.
    if (codes.length < MOST_AT_ONCE) continue;
    text += String.fromCodePoint.apply(null, codes);
    codes.length = 0;
  }
  return text + String.fromCodePoint.apply(null, codes);
}

function plainText(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at += MOST_AT_ONCE) {
    const piece = bytes.subarray(at, Math.min(to, at + MOST_AT_ONCE));
    text += String.fromCharCode.apply(null, piece as unknown as number[]);
  }
  return text;
}

/** Whether `bytes[from .. to)` is ASCII that needs no escape. */
export function isAllPlain(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (!isPlain(bytes[at]!)) return false;
  return true;
}

/** Whether `bytes[from .. to)` is UTF-8 (RFC 3629). */
export function isWellFormed(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to;) {
    const length = bytes[at]! < 0x80 ? 1 : sequenceLength(bytes, at, to);
    if (length === 0) return false;
    at += length;
  }
  return true;
}

function isPlain(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || (byte >= 0x08 && byte <= 0x0d && byte !== 0x0b);
}

/** Characters of an escape: `\\xHH`. */
const ESCAPE = 4;
const hexDigits = '0123456789abcdef';

function escapeCode(byte: number, place: number): number {
  if (place < 2) return place === 0 ? 0x5c : 0x78;
  return hexDigits.charCodeAt(place === 2 ? byte >> 4 : byte & 15);
}

/** Octets of the well-formed sequence (RFC 3629) that begins at `at`, 0 when there is none. */
function sequenceLength(bytes: Uint8Array, at: number, to: number): number {
  const first = bytes[at]!;
  if (first < 0xc2 || first > 0xf4) return 0;
  let length = 2;
  if (first >= 0xf0) length = 4;
  else if (first >= 0xe0) length = 3;
  if (at + length > to) return 0;
  for (let i = 1; i < length; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0;
  const second = bytes[at + 1]!;
  if (first === 0xe0 && second < 0xa0) return 0;
  if (first === 0xed && second > 0x9f) return 0;
  if (first === 0xf0 && second < 0x90) return 0;
  return first === 0xf4 && second > 0x8f ? 0 : length;
}

function codePoint(bytes: Uint8Array, at: number, length: number): number {
  let code = bytes[at]! & (0xff >> (length + 1));
  for (let i = 1; i < length; i++) code = (code << 6) | (bytes[at + i]! & 0x3f);
  return code;
}
