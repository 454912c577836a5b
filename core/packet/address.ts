/**
 * Addresses as text. In memory an address is four 32-bit words, each the big-endian reading of four bytes; IPv4 is
 * v4-mapped (RFC 4291, section 2.5.5.2).
 */

/** True when `words[at .. at + 4)` hold an IPv4 address. */
export function isIpv4(words: Uint32Array, at: number): boolean {
  return words[at] === 0 && words[at + 1] === 0 && words[at + 2] === 0xffff;
}

/** True when `words[at .. at + 4)` hold a group's address (224.0.0.0/4, ff00::/8). */
export function isMulticast(words: Uint32Array, at: number): boolean {
  return isIpv4(words, at) ? words[at + 3]! >>> 28 === 0xe : words[at]! >>> 24 === 0xff;
}

/** Dotted for IPv4, RFC 5952 for IPv6: lower case, no leading zeros, the first longest run of zero groups as `::`. */
export function formatAddress(words: Uint32Array, at = 0): string {
  if (isIpv4(words, at)) {
    const word = words[at + 3]!;
    return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
  }
  const groups: number[] = [];
  for (let i = 0; i < 4; i++) groups.push(words[at + i]! >>> 16, words[at + i]! & 0xffff);
  const run = longestZeros(groups);
  const text = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  if (run.length < 2) return text(0, 8);
  return `${text(0, run.start)}::${text(run.start + run.length, 8)}`;
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let i = 0; i < groups.length; i++) {
    let end = i;
    while (end < groups.length && groups[end] === 0) end++;
    if (end - i > best.length) best = { start: i, length: end - i };
    if (end > i) i = end;
  }
  return best;
}
