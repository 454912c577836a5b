/** Tokens of header lines, as Zeek's MIME reader takes them: lenient, comments in parentheses skipped (RFC 5322, 3.2.2). */

/** A piece of octets. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** tspecials of RFC 2045, section 5.1. */
const specials: ReadonlySet<number> = new Set(Array.from('()<>@,;:\\"/[]?=', (character) => character.charCodeAt(0)));

export function isBlank(octet: number | undefined): boolean {
  return octet === 0x20 || octet === 0x09;
}

/** Past blanks and comments; `end` at most. */
export function skipBlanks(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end) {
    if (isBlank(bytes[at])) at++;
    else if (bytes[at] === 0x28) at = skipComment(bytes, at, end);
    else return at;
  }
  return end;
}

function skipComment(bytes: Uint8Array, from: number, end: number): number {
  let depth = 0;
  for (let at = from; at < end; at++) {
    const octet = bytes[at]!;
    if (octet === 0x28) depth++;
    else if (octet === 0x29 && --depth === 0) return at + 1;
    else if (octet === BACKSLASH) at++;
  }
  return end;
}

/** The next run of octets that `isIn`, wherever it begins. */
function nextRun(bytes: Uint8Array, from: number, end: number, isIn: (octet: number) => boolean): Span | undefined {
  let at = from;
  while (at < end) {
    if (isIn(bytes[at]!)) {
      let to = at;
      while (to < end && isIn(bytes[to]!)) to++;
      return { from: at, to };
    }
    const skipped = skipBlanks(bytes, at, end);
    at = skipped > at ? skipped : at + 1;
  }
  return undefined;
}

/** A header's name. */
export function fieldName(bytes: Uint8Array, from: number, end: number): Span | undefined {
  return nextRun(bytes, skipBlanks(bytes, from, end), end, (octet) => octet >= 33 && octet <= 126 && octet !== 0x3a);
}

/** A token (RFC 2045, section 5.1); of a boundary all is taken but blanks and quotes. */
export function token(bytes: Uint8Array, from: number, end: number, isBoundary = false): Span | undefined {
  const isIn = (octet: number): boolean =>
    octet >= 33 && octet <= 126 && (isBoundary ? octet !== QUOTE : !specials.has(octet));
  return nextRun(bytes, isBoundary ? from : skipBlanks(bytes, from, end), end, isIn);
}

/** A parameter's value: a token or a quoted string, whose escapes are undone. */
export function parameterValue(
  bytes: Uint8Array,
  from: number,
  end: number,
  isBoundary: boolean,
): { value: Uint8Array; to: number } | undefined {
  const at = isBoundary ? from : skipBlanks(bytes, from, end);
  if (bytes[at] === QUOTE && at < end) return quoted(bytes, at, end);
  const span = token(bytes, at, end, isBoundary);
  return span === undefined ? undefined : { value: bytes.slice(span.from, span.to), to: span.to };
}

function quoted(bytes: Uint8Array, from: number, end: number): { value: Uint8Array; to: number } | undefined {
  const value: number[] = [];
  for (let at = from + 1; at < end; at++) {
    const octet = bytes[at]!;
    if (octet === QUOTE) return { value: Uint8Array.from(value), to: at + 1 };
    if (octet === BACKSLASH) {
      at++;
      if (at < end) value.push(bytes[at]!);
    } else {
      value.push(octet);
    }
  }
  return undefined;
}
