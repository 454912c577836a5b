import type { Octets } from './octets.ts';

/** An address as octets or as text. */
export type AddressLike = string | Octets;

/** Octets of a MAC address such as `02:00:00:00:00:01`. */
export function mac(value: AddressLike): Octets {
  if (typeof value !== 'string') return value;
  return value.split(':').map((part) => Number.parseInt(part, 16));
}

/** The four or sixteen octets of an IPv4 (`192.0.2.1`) or IPv6 (`2001:db8::1`) address, no zone and no embedded IPv4. */
export function ip(value: AddressLike): Octets {
  if (typeof value !== 'string') return value;
  return value.includes(':') ? ipv6Octets(value) : value.split('.').map(Number);
}

function ipv6Octets(value: string): number[] {
  const [before = '', after] = value.split('::');
  const groups = (part: string): number[] =>
    part === ''
      ? []
      : part.split(':').flatMap((group) => [Number.parseInt(group, 16) >>> 8, Number.parseInt(group, 16) & 0xff]);
  const head = groups(before);
  if (after === undefined) return head;
  const tail = groups(after);
  return [...head, ...Array.from({ length: 16 - head.length - tail.length }, () => 0), ...tail];
}
