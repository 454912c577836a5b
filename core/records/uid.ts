import { KeyHasher } from '../sketch/hash/keyHasher.ts';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * A connection's name in Zeek's look: a letter and 96 bits in base 62, 18 characters at most. A function of sensor, key
 * and first time alone, so that two runs over the same packets give the same names.
 *
 * `hasher` is used again by who makes many names: a new one costs half a millisecond.
 * `key` is the flow key's bytes (any layout that one sensor keeps to), `seconds` and `nanos` the first packet's time.
 */
export function connectionUid(
  sensor: string,
  key: Uint8Array,
  seconds: number,
  nanos: number,
  letter = 'C',
  hasher: KeyHasher = new KeyHasher(),
): string {
  // Written where it is hashed: an array of that size would cost more than all the rest.
  const { bytes, h } = hasher;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 12);
  view.setFloat64(0, seconds, true);
  view.setUint32(8, nanos, true);
  bytes.set(key, 12);
  hasher.hash(putText(bytes, 12 + key.length, sensor));
  return letter + base62(h[0]! >>> 0, h[1]! >>> 0, h[2]! >>> 0);
}

/** Writes a text as UTF-8; answers where it ends. Names of sensors are ASCII but for a few. */
function putText(into: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) {
      const rest = new TextEncoder().encode(text.slice(i));
      into.set(rest, at + i);
      return at + i + rest.length;
    }
    into[at + i] = code;
  }
  return at + text.length;
}

/** Four digits are taken at a time: what is left of a limb and the next one are a number below 2^48. */
const FOUR_DIGITS = 62 ** 4;
const LIMB = 2 ** 24;

/** A number of 96 bits, its words most significant first, without leading zeros. */
function base62(high: number, middle: number, low: number): string {
  let a = high >>> 8;
  let b = ((high & 0xff) << 16) | (middle >>> 16);
  let c = ((middle & 0xffff) << 8) | (low >>> 24);
  let d = low & 0xff_ffff;
  let text = '';
  for (;;) {
    const afterA = a % FOUR_DIGITS;
    a = (a - afterA) / FOUR_DIGITS;
    const withB = afterA * LIMB + b;
    const afterB = withB % FOUR_DIGITS;
    b = (withB - afterB) / FOUR_DIGITS;
    const withC = afterB * LIMB + c;
    const afterC = withC % FOUR_DIGITS;
    c = (withC - afterC) / FOUR_DIGITS;
    const withD = afterC * LIMB + d;
    const rest = withD % FOUR_DIGITS;
    d = (withD - rest) / FOUR_DIGITS;
    const isLast = (a | b | c | d) === 0;
    text = (isLast ? digits(rest) : digits(rest).padStart(4, '0')) + text;
    if (isLast) return text;
  }
}

function digits(value: number): string {
  const high = Math.floor(value / 3844);
  const low = value % 3844;
  if (high === 0) return low < 62 ? DIGITS[low]! : pair(low);
  return (high < 62 ? DIGITS[high]! : pair(high)) + pair(low);
}

function pair(value: number): string {
  return DIGITS[Math.floor(value / 62)]! + DIGITS[value % 62]!;
}
