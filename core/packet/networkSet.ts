/** Networks as prefixes, and whether an address is in one of them. */
import { isIpv4 } from './address.ts';

/**
 * What counts as local unless configured: the special-purpose blocks that IANA registers as not globally reachable,
 * fec0::/10 (site-local, deprecated), 224.0.0.0/24 and 239.0.0.0/8. The same as Zeek's default.
 */
export const nonGlobalNetworks: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '240.0.0.0/4',
  '224.0.0.0/24',
  '239.0.0.0/8',
  '::/128',
  '::1/128',
  '64:ff9b:1::/48',
  '100::/64',
  '2001:2::/48',
  '2001:db8::/32',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
];

/**
 * Networks as ranges that are sorted and apart, so that a lookup among thousands is a search of a few steps: some 5 ns for
 * IPv4 among the non-global networks. Nothing is allocated by `has`.
 */
export class NetworkSet {
  /** A number from 0 to 2^32-1 that sets of the same addresses share, and others almost never do. */
  readonly fingerprint: number;
  /** First and last address of each IPv4 range. */
  readonly #from4: Uint32Array;
  readonly #to4: Uint32Array;
  /** The same of IPv6, four words each. */
  readonly #from6: Uint32Array;
  readonly #to6: Uint32Array;

  /** Throws on a text that is no prefix: that is the configuration's fault, and to be found at start. */
  constructor(prefixes: readonly string[]) {
    const v4: Range[] = [];
    const v6: Range[] = [];
    for (const text of prefixes) {
      const parsed = parsePrefix(text);
      if (parsed === undefined) throw new RangeError(`not a network: ${text}`);
      const { words, length } = parsed;
      // ::/0 and its like have no IPv4 in them, though that is written as v4-mapped.
      (length >= 96 && isIpv4(words, 0) ? v4 : v6).push(rangeOf(words, length));
    }
    const merged4 = mergeRanges(v4);
    const merged6 = mergeRanges(v6);
    this.#from4 = Uint32Array.from(merged4, ({ from }) => from[3]!);
    this.#to4 = Uint32Array.from(merged4, ({ to }) => to[3]!);
    this.#from6 = Uint32Array.from(merged6.flatMap(({ from }) => [...from]));
    this.#to6 = Uint32Array.from(merged6.flatMap(({ to }) => [...to]));
    this.fingerprint = fingerprintOf([this.#from4, this.#to4, this.#from6, this.#to6]);
  }

  /** Whether the address `words[at .. at + 4)` (IPv4 as v4-mapped) is in one of the networks. */
  has(words: Uint32Array, at: number): boolean {
    return words[at + 2] === 0xffff && words[at] === 0 && words[at + 1] === 0
      ? this.#has4(words, at + 3)
      : this.#has6(words, at);
  }

  #has4(words: Uint32Array, at: number): boolean {
    const from = this.#from4;
    let low = 0;
    let high = from.length;
    // The number of ranges that begin at the address or before it.
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (from[middle]! <= words[at]!) low = middle + 1;
      else high = middle;
    }
    return low > 0 && words[at]! <= this.#to4[low - 1]!;
  }

  #has6(words: Uint32Array, at: number): boolean {
    const from = this.#from6;
    let low = 0;
    let high = from.length >>> 2;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareWords(from, middle * 4, words, at) <= 0) low = middle + 1;
      else high = middle;
    }
    return low > 0 && compareWords(words, at, this.#to6, (low - 1) * 4) <= 0;
  }
}

interface Range {
  readonly from: Uint32Array;
  readonly to: Uint32Array;
}

function rangeOf(words: Uint32Array, length: number): Range {
  const from = new Uint32Array(4);
  const to = new Uint32Array(4);
  for (let i = 0; i < 4; i++) {
    const bits = Math.min(32, Math.max(0, length - 32 * i));
    const free = bits === 0 ? 0xffffffff : bits === 32 ? 0 : 0xffffffff >>> bits;
    from[i] = words[i]! & ~free;
    to[i] = words[i]! | free;
  }
  return { from, to };
}

/** Sorted, with those that overlap or touch made one. */
function mergeRanges(ranges: readonly Range[]): Range[] {
  const merged: Range[] = [];
  for (const range of [...ranges].sort((a, b) => compareWords(a.from, 0, b.from, 0))) {
    const last = merged.at(-1);
    if (last === undefined || compareWords(range.from, 0, next(last.to), 0) > 0) {
      merged.push({ from: range.from, to: range.to.slice() });
    } else if (compareWords(range.to, 0, last.to, 0) > 0) {
      last.to.set(range.to);
    }
  }
  return merged;
}

/** The address behind; the last one is its own. */
function next(words: Uint32Array): Uint32Array {
  const after = words.slice();
  for (let i = 3; i >= 0; i--) {
    if (words[i] !== 0xffffffff) {
      after[i] = words[i]! + 1;
      return after;
    }
    after[i] = 0;
  }
  return words;
}

/** Below, above or zero as the four words at `i` are to those at `j`. */
function compareWords(a: Uint32Array, i: number, b: Uint32Array, j: number): -1 | 0 | 1 {
  for (let n = 0; n < 4; n++) {
    if (a[i + n]! < b[j + n]!) return -1;
    if (a[i + n]! > b[j + n]!) return 1;
  }
  return 0;
}

/** FNV-1a over the words, each with its place among the arrays. */
function fingerprintOf(arrays: readonly Uint32Array[]): number {
  let hash = 0x811c9dc5;
  for (const array of arrays) {
    hash = Math.imul(hash ^ array.length, 0x01000193);
    for (const word of array) {
      hash = Math.imul(hash ^ (word & 0xffff), 0x01000193);
      hash = Math.imul(hash ^ (word >>> 16), 0x01000193);
    }
  }
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** `ADDRESS/LENGTH` or an address, as words and a length counted from 128 bits; undefined when it is neither. */
export function parsePrefix(text: string): { words: Uint32Array; length: number } | undefined {
  const [address = '', bits, ...more] = text.split('/');
  if (more.length > 0 || (bits !== undefined && !/^\d{1,3}$/u.test(bits))) return undefined;
  const v4 = parseIpv4(address);
  const words = v4 === undefined ? parseIpv6(address) : Uint32Array.of(0, 0, 0xffff, v4);
  if (words === undefined) return undefined;
  const most = v4 === undefined ? 128 : 32;
  const length = bits === undefined ? most : Number(bits);
  return length > most ? undefined : { words, length: length + 128 - most };
}

function parseIpv4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/u.test(part) || Number(part) > 255)) return undefined;
  return parts.reduce((word, part) => word * 256 + Number(part), 0);
}

function parseIpv6(text: string): Uint32Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const [head = [], tail = []] = groups;
  const last = (groups.length === 2 ? tail : head).at(-1);
  if (last?.includes('.') === true) {
    const v4 = parseIpv4(last);
    if (v4 === undefined) return undefined;
    (groups.length === 2 ? tail : head).splice(-1, 1, (v4 >>> 16).toString(16), (v4 & 0xffff).toString(16));
  }
  const missing = 8 - head.length - tail.length;
  if (groups.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...Array.from({ length: groups.length === 2 ? missing : 0 }, () => '0'), ...tail];
  if (all.some((group) => !/^[0-9a-f]{1,4}$/iu.test(group))) return undefined;
  const words = new Uint32Array(4);
  for (let i = 0; i < 8; i++) words[i >> 1] = (words[i >> 1]! * 65_536 + Number.parseInt(all[i]!, 16)) >>> 0;
  return words;
}
