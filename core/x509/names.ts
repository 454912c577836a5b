import { isWellFormed } from '../dns/byteText.ts';
import { attributeNames } from './attributes.ts';
import { DerReader, objectIdentifier, Tag, type Element } from './der.ts';

/** Characters of a name's text; the rest is cut. */
const MOST_TEXT = 2047;
const COMMON_NAME = '2.5.4.3';

/** Octets a character of each string type (X.680, 8.6), by tag; what is not here is printed as its encoding in hex. */
const characterWidths: ReadonlyMap<number, number> = new Map([
  [0x0c, 1], // UTF8String: its octets are printed one by one
  [0x12, 1], // NumericString
  [0x13, 1], // PrintableString
  [0x14, 1], // TeletexString
  [0x16, 1], // IA5String
  [0x17, 1], // UTCTime
  [0x18, 1], // GeneralizedTime
  [0x1a, 1], // VisibleString
  [0x1c, 4], // UniversalString
  [0x1e, 2], // BMPString
]);
const UTF8_STRING = 0x0c;

/** A name of a certificate. */
export interface DistinguishedName {
  /** As RFC 2253 prints it, the way OpenSSL does: last part first, escapes as there, octets outside of ASCII as `\C3`. */
  readonly text: string;
  /** The last common name, an octet a character. */
  readonly commonName: string | undefined;
}

interface Part {
  readonly type: string;
  readonly value: Element;
  /** Which set of parts it belongs to: those of one set are joined by a plus. */
  readonly set: number;
}

/** Reads a Name (RFC 5280, 4.1.2.4); `undefined` when it is none. */
export function readName(bytes: Uint8Array, name: Element): DistinguishedName | undefined {
  const parts: Part[] = [];
  const sets = DerReader.within(bytes, name);
  for (let set = 0; !sets.isAtEnd; set++) {
    const element = sets.take(Tag.SET);
    if (element === undefined || !readParts(bytes, element, set, parts)) return undefined;
  }
  let commonName: string | undefined;
  for (const { type, value } of parts) if (type === COMMON_NAME) commonName = latin1(bytes, value.from, value.to);
  return { text: printName(bytes, parts), commonName };
}

function readParts(bytes: Uint8Array, element: Element, set: number, parts: Part[]): boolean {
  const pairs = DerReader.within(bytes, element);
  while (!pairs.isAtEnd) {
    const pair = pairs.take(Tag.SEQUENCE);
    if (pair === undefined) return false;
    const reader = DerReader.within(bytes, pair);
    const identifier = reader.take(Tag.OBJECT_IDENTIFIER);
    const type = identifier && objectIdentifier(bytes, identifier.from, identifier.to);
    const value = reader.next();
    if (type === undefined || value === undefined || !reader.isAtEnd || !isEven(bytes, value)) return false;
    parts.push({ type, value, set });
  }
  return true;
}

/** Whether a string's octets are whole characters; with OpenSSL a name with one that is not is none. */
function isEven(bytes: Uint8Array, { tag, from, to }: Element): boolean {
  if (tag === UTF8_STRING) return isWellFormed(bytes, from, to);
  return (to - from) % (characterWidths.get(tag) ?? 1) === 0;
}

function printName(bytes: Uint8Array, parts: readonly Part[]): string {
  let text = '';
  for (let i = parts.length - 1; i >= 0 && text.length < MOST_TEXT; i--) {
    const part = parts[i]!;
    const after = parts[i + 1];
    if (after !== undefined) text += after.set === part.set ? '+' : ',';
    const name = attributeNames.get(part.type);
    text += `${name ?? part.type}=`;
    text += name === undefined ? encoded(bytes, part.value) : printValue(bytes, part.value);
  }
  return text.slice(0, MOST_TEXT);
}

/** An element in upper-case hex after a hash mark. */
function encoded(bytes: Uint8Array, { start, to }: Element): string {
  let text = '#';
  for (let at = start; at < Math.min(to, start + MOST_TEXT); at++) text += hex(bytes[at]!);
  return text;
}

function printValue(bytes: Uint8Array, value: Element): string {
  const width = characterWidths.get(value.tag);
  if (width === undefined) return encoded(bytes, value);
  const isPlain = value.tag === UTF8_STRING;
  const to = Math.min(value.to, value.from + MOST_TEXT * width);
  let text = '';
  for (let at = value.from; at < to; at += width) {
    let code = 0;
    for (let i = 0; i < width; i++) code = code * 256 + bytes[at + i]!;
    const isFirst = at === value.from;
    const isLast = at + width === value.to;
    text += code < 0x80 ? printAscii(code, isFirst, isLast) : printWide(code, isPlain);
  }
  return text;
}

/** RFC 2253, 2.4, and control characters as hex. */
function printAscii(code: number, isFirst: boolean, isLast: boolean): string {
  if (code < 0x20 || code === 0x7f) return `\\${hex(code)}`;
  const character = String.fromCharCode(code);
  if (',+"\\<>;'.includes(character)) return `\\${character}`;
  // A lone space or hash mark counts as the last one.
  if (character === ' ' && (isFirst || isLast)) return '\\ ';
  return character === '#' && isFirst && !isLast ? '\\#' : character;
}

/** A character outside of ASCII as the octets of its UTF-8; one that already is an octet of UTF-8 as that. */
function printWide(code: number, isOctet: boolean): string {
  if (isOctet) return `\\${hex(code)}`;
  const continuation = (shift: number): string => `\\${hex(0x80 | ((code >>> shift) & 0x3f))}`;
  if (code < 0x800) return `\\${hex(0xc0 | (code >> 6))}${continuation(0)}`;
  if (code < 0x1_0000) {
    if (code >= 0xd800 && code < 0xe000) return '';
    return `\\${hex(0xe0 | (code >> 12))}${continuation(6)}${continuation(0)}`;
  }
  if (code >= 0x11_0000) return '';
  return `\\${hex(0xf0 | (code >> 18))}${continuation(12)}${continuation(6)}${continuation(0)}`;
}

function hex(octet: number): string {
  return octet.toString(16).toUpperCase().padStart(2, '0');
}

/** Octets as characters. */
export function latin1(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}
