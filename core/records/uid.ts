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
  const name = new TextEncoder().encode(sensor);
  const input = new Uint8Array(12 + key.length + name.length);
  const view = new DataView(input.buffer);
  view.setFloat64(0, seconds, true);
  view.setUint32(8, nanos, true);
  input.set(key, 12);
  input.set(name, 12 + key.length);
  hasher.hashBytes(input);
  const words = new DataView(hasher.h.buffer, hasher.h.byteOffset, 16);
  return `${letter}${base62([words.getUint32(0, true), words.getUint32(4, true), words.getUint32(8, true)])}`;
}

/** A number of several 32-bit words, most significant first. */
function base62(words: number[]): string {
  let text = '';
  while (words.some((word) => word !== 0)) {
    let rest = 0;
    for (let i = 0; i < words.length; i++) {
      const value = rest * 4_294_967_296 + words[i]!;
      words[i] = Math.floor(value / 62);
      rest = value % 62;
    }
    text = DIGITS[rest]! + text;
  }
  return text === '' ? '0' : text;
}
