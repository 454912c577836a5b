import { formatAddress } from '../packet/address.ts';
import { parsePrefix } from '../packet/networkSet.ts';

/** Octets 0 to 11 of IPv4 as v4-mapped (RFC 4291, section 2.5.5.2). */
export const mapped: Uint8Array = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff);

/** A network as its first and last address in 16 octets each, big-endian, so that octets compare as addresses do. */
export interface NetworkRange {
  readonly low: Uint8Array;
  readonly high: Uint8Array;
  /** IPv6: addresses of IPv4 are not in it, though their octets may be. */
  readonly isIpv6: boolean;
}

/** The address in 16 octets; undefined when the text is none. */
export function addressOctets(text: string): Uint8Array | undefined {
  const prefix = parsePrefix(text);
  return prefix === undefined || text.includes('/') ? undefined : octetsOf(prefix.words);
}

/** The text of 16 octets. */
export function addressText(octets: Uint8Array): string {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  return formatAddress(Uint32Array.from([0, 4, 8, 12], (at) => view.getUint32(at)));
}

/** `ADDRESS/LENGTH` or an address; undefined when the text is neither. */
export function networkRange(text: string): NetworkRange | undefined {
  const prefix = parsePrefix(text);
  if (prefix === undefined) return undefined;
  const low = octetsOf(prefix.words);
  const high = low.slice();
  for (let bit = prefix.length; bit < 128; bit++) {
    const mask = 0x80 >> (bit & 7);
    low[bit >> 3] = low[bit >> 3]! & ~mask;
    high[bit >> 3] = high[bit >> 3]! | mask;
  }
  return { low, high, isIpv6: prefix.length < 96 || !isMapped(low) };
}

export function isInRange(octets: Uint8Array, { low, high, isIpv6 }: NetworkRange): boolean {
  return compare(octets, low) >= 0 && compare(octets, high) <= 0 && !(isIpv6 && isMapped(octets));
}

function isMapped(octets: Uint8Array): boolean {
  return mapped.every((octet, i) => octets[i] === octet);
}

function compare(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < 16; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}

function octetsOf(words: Uint32Array): Uint8Array {
  const octets = new Uint8Array(16);
  const view = new DataView(octets.buffer);
  for (const [i, word] of words.entries()) view.setUint32(i * 4, word);
  return octets;
}
