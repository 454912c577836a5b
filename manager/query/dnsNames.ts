import { domainToASCII } from 'node:url';
import { typeName } from '../../core/dns/numbers.ts';
import { formatAddress } from '../../core/packet/address.ts';
import { parsePrefix } from '../../core/packet/networkSet.ts';
import { QueryError } from './queryError.ts';

/** Octets of a name with all of them escaped: 255 as `\DDD`. */
const mostName = 1020;
const mostType = 65_535;

/** An address as DNS logs print it, or undefined when the text is none. */
export function readAddress(text: string): string | undefined {
  const prefix = text.includes('/') ? undefined : parsePrefix(text);
  return prefix === undefined ? undefined : formatAddress(prefix.words);
}

/** The name that an address has a PTR record by (RFC 1035, 3.5; RFC 3596, 2.5). */
export function reverseName(address: string): string {
  const prefix = parsePrefix(address);
  if (prefix === undefined) throw new TypeError(`not an address: ${address}`);
  const octets = new Uint8Array(16);
  const view = new DataView(octets.buffer);
  prefix.words.forEach((word, i) => view.setUint32(4 * i, word));
  if (!address.includes(':')) return `${octets.subarray(12).toReversed().join('.')}.in-addr.arpa`;
  const digits = Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('');
  return `${digits.split('').toReversed().join('.')}.ip6.arpa`;
}

/** A name in the form that pairs have: lower case, no final dot, IDN in ASCII. The root is ".". */
export function readName(text: string): string {
  const isAscii = /^[!-~]+$/.test(text);
  // Spaces and control characters would be taken out in silence.
  // oxlint-disable-next-line no-control-regex
  const isClean = !/[\u0000-\u0020\u007f]/.test(text);
  const ascii = isAscii ? text.toLowerCase() : isClean ? domainToASCII(text) : '';
  const name = ascii.replace(/\.$/, '');
  if (text === '.') return '.';
  if (name === '' || name.length > mostName || name.split('.').includes(''))
    throw new QueryError('query.name', 'not a name: labels with dots between, as in www.example.org');
  return name;
}

/** The name of a record type: of those without one as RFC 3597 writes them. */
export function recordTypeName(type: number): string {
  const name = typeName(type);
  return name.startsWith('query-') ? `TYPE${type}` : name;
}

/** The number of a record type: `AAAA`, `TYPE65`, `65`, or as DNS logs name it. */
export function readRecordType(text: string): number {
  const wanted = text.toUpperCase();
  const number = /^(?:TYPE|QUERY-)?(\d{1,5})$/.exec(wanted)?.[1];
  if (number !== undefined && Number(number) <= mostType) return Number(number);
  for (let type = 1; type <= mostType; type++) if (typeName(type).toUpperCase() === wanted) return type;
  throw new QueryError('query.type', `${text}: not a record type: A, AAAA, CNAME, TYPE65 ...`);
}
