/** What headers say of lengths. */

/** An integer as Zeek reads it: what follows the digits is left out; undefined where there is none. Capped at 2^53 - 1. */
export function integerOf(text: string, base: 10 | 16): number | undefined {
  const match = (base === 16 ? /^-?[0-9a-f]*/i : /^-?[0-9]*/).exec(text)![0];
  const digits = match.replace('-', '');
  if (digits === '') return text === '' || text === '-' ? 0 : undefined;
  const value = Math.min(Number.parseInt(digits, base), Number.MAX_SAFE_INTEGER);
  return match.startsWith('-') ? -value : value;
}

/** `Content-Length`; undefined where it is none. */
export function contentLengthOf(text: string): number | undefined {
  const length = integerOf(text, 10);
  return length === undefined || length < 0 ? undefined : length;
}

export interface ContentRange {
  /** Offset of the first octet. */
  readonly first: number;
  readonly length: number;
  /** Octets of the whole; undefined where it is not told. */
  readonly instance: number | undefined;
}

/** `Content-Range` (RFC 9110, section 14.4): its unit, and what follows. A text is the name of what is wrong. */
export function contentRangeOf(unit: string, rest: string): ContentRange | string {
  if (unit !== 'bytes') return 'HTTP_content_range_unknown_byte_unit';
  const [range, instance] = split(rest.replaceAll(' ', ''), '/');
  if (instance === undefined) return 'HTTP_content_range_cannot_parse';
  const [firstText, lastText] = split(range, '-');
  const first = integerOf(firstText, 10);
  const last = lastText === undefined ? undefined : integerOf(lastText, 10);
  if (first === undefined || last === undefined) return 'HTTP_content_range_cannot_parse';
  if (first < 0 || last < 0) return 'HTTP_content_range_invalid';
  if (last < first) return 'HTTP_non_positive_content_range';
  const whole = instance === '*' ? undefined : (integerOf(instance, 10) ?? 0);
  return { first, length: last - first + 1, instance: whole };
}

function split(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
