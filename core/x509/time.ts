import { Tag, type Element } from './der.ts';

const ZERO = 0x30;
const NINE = 0x39;
const DOT = 0x2e;
const PLUS = 0x2b;
const MINUS = 0x2d;
const ZULU = 0x5a;
/** Octets of the two forms that are looked at. */
const LONGEST_UTC = 17;
const LONGEST_GENERALIZED = 23;

/**
 * A UTCTime or GeneralizedTime in seconds since 1970, by Zeek's rules: two-digit years from 50 are of the last century,
 * minutes must be there, seconds need not, fractions are left out. What is no time is 0. Out-of-range parts carry over.
 */
export function readTime(bytes: Uint8Array, { tag, from, to }: Element): number {
  const length = to - from;
  const isUtc = tag === Tag.UTC_TIME;
  if (isUtc && (length < 11 || length > LONGEST_UTC || bytes[to - 1] !== ZULU)) return 0;
  if (!isUtc && (length < 12 || length > LONGEST_GENERALIZED)) return 0;
  let at = from;
  const pair = (): number => {
    at += 2;
    return (bytes[at - 2]! - ZERO) * 10 + (bytes[at - 1]! - ZERO);
  };
  // The century goes by the first digit alone.
  const century = isUtc ? (bytes[at]! < ZERO + 5 ? 20 : 19) : pair();
  const year = century * 100 + pair();
  const month = pair();
  const day = pair();
  const hour = pair();
  const minute = pair();
  let second = 0;
  if (at < to && !isZone(bytes[at]!)) {
    if (to - at < 2) return 0;
    second = pair();
    if (bytes[at] === DOT && at < to)
      do at++;
      while (at < to && bytes[at]! >= ZERO && bytes[at]! <= NINE);
  }
  const zone = readZone(bytes, at, to);
  if (zone === undefined) return 0;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const seconds = date.getTime() / 1000;
  return Number.isNaN(seconds) || seconds === 0 ? 0 : seconds + zone;
}

function isZone(octet: number): boolean {
  return octet === ZULU || octet === PLUS || octet === MINUS;
}

/** Seconds that Zeek adds for a zone; it takes its hours for minutes. */
function readZone(bytes: Uint8Array, at: number, to: number): number | undefined {
  const sign = bytes[at];
  if (at >= to || sign === ZULU) return 0;
  if (to - at < 5 || (sign !== PLUS && sign !== MINUS)) return undefined;
  const digit = (i: number): number => bytes[at + i]! - ZERO;
  const seconds = (digit(1) * 10 + digit(2)) * 60 + digit(3) * 10 + digit(4);
  return sign === MINUS ? -seconds : seconds;
}
