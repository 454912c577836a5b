import { KeyHasher } from '../sketch/hash/keyHasher.ts';

/** The realm of a deployment that names none: addresses stand for themselves. */
export const DEFAULT_REALM = 0;

/**
 * The word that stands for a realm in keys: the first four bytes of MurmurHash3_x64_128, seed 9001, of its name in
 * UTF-8, read little-endian. The configuration refuses names whose words are equal, or 0.
 */
export function realmWord(name: string, hasher: KeyHasher = new KeyHasher()): number {
  hasher.hashBytes(new TextEncoder().encode(name));
  return hasher.h[0]! >>> 0;
}

/**
 * Whether an address means a different host in another realm: RFC 1918 (10/8, 172.16/12, 192.168/16), link-local
 * (169.254/16, fe80::/10), CGN (RFC 6598, 100.64/10), unique local (RFC 4193, fc00::/7).
 */
export function takesRealm(words: Uint32Array, at: number): boolean {
  const first = words[at]!;
  if (first !== 0) return first >>> 25 === 0xfc >>> 1 || first >>> 22 === 0xfe80 >>> 6;
  if (words[at + 1] !== 0 || words[at + 2] !== 0xffff) return false;
  const v4 = words[at + 3]!;
  return (
    v4 >>> 24 === 10 ||
    v4 >>> 20 === 0xac1 ||
    v4 >>> 16 === 0xc0a8 ||
    v4 >>> 16 === 0xa9fe ||
    v4 >>> 22 === 0x6440 >>> 6
  );
}
