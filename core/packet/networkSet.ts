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

/** A list of prefixes; looked through in order, so for some dozens of them. Nothing is allocated by `has`. */
export class NetworkSet {
  readonly #prefix: Uint32Array;
  readonly #length: Uint8Array;

  /** Throws on a text that is no prefix: that is the configuration's fault, and to be found at start. */
  constructor(prefixes: readonly string[]) {
    this.#prefix = new Uint32Array(prefixes.length * 4);
    this.#length = new Uint8Array(prefixes.length);
    for (const [i, text] of prefixes.entries()) {
      const parsed = parsePrefix(text);
      if (parsed === undefined) throw new RangeError(`not a network: ${text}`);
      this.#prefix.set(parsed.words, i * 4);
      this.#length[i] = parsed.length;
    }
  }

  /** Whether the address `words[at .. at + 4)` (IPv4 as v4-mapped) is in one of the networks. */
  has(words: Uint32Array, at: number): boolean {
    for (let i = 0; i < this.#length.length; i++) {
      if (isWithin(words, at, this.#prefix, i * 4, this.#length[i]!)) return true;
    }
    return false;
  }
}

function isWithin(words: Uint32Array, at: number, prefix: Uint32Array, from: number, length: number): boolean {
  let left = length;
  for (let i = 0; i < 4 && left > 0; i++) {
    const differs = words[at + i]! ^ prefix[from + i]!;
    if ((left >= 32 ? differs : differs >>> (32 - left)) !== 0) return false;
    left -= 32;
  }
  // ::/0 and its like have no IPv4 in them, though that is written as v4-mapped.
  return length >= 96 || !isIpv4(words, at);
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
