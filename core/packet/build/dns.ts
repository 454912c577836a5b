import type { AddressLike } from './address.ts';
import { ip } from './address.ts';
import type { Octets } from './octets.ts';
import { join, text, u16, u32 } from './octets.ts';

/** Record types (IANA). */
export const DnsType = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, MX: 15, TXT: 16, AAAA: 28, SRV: 33, OPT: 41 } as const;

export interface DnsRecord {
  /** The question's name (as a pointer to it) unless given. */
  name?: string;
  type: number;
  ttl?: number;
  /** For A and AAAA an address, for NS, CNAME and PTR a name, else octets. */
  data: AddressLike;
}

export interface DnsMessage {
  id?: number;
  name: string;
  type?: number;
  response?: boolean;
  rcode?: number;
  answers?: readonly DnsRecord[];
}

/** A DNS message (RFC 1035) with one question: UDP's payload. Behind TCP it needs its length first (`dnsOverTcp`). */
export function dns(message: DnsMessage): Uint8Array {
  const answers = message.answers ?? [];
  const flags = 0x0100 | (message.response === true ? 0x8080 : 0) | (message.rcode ?? 0);
  return join(
    [...u16(message.id ?? 1), ...u16(flags), 0, 1, ...u16(answers.length), 0, 0, 0, 0],
    dnsName(message.name),
    u16(message.type ?? DnsType.A),
    u16(1),
    ...answers.map(resourceRecord),
  );
}

export function dnsOverTcp(message: Uint8Array): Uint8Array {
  return join(u16(message.length), message);
}

/** A name as labels; the root is the empty string. Nothing is escaped: a dot always ends a label. */
export function dnsName(name: string): Uint8Array {
  const labels = name === '' ? [] : name.split('.').map(text);
  return join(...labels.flatMap((label) => [[label.length], label]), [0]);
}

const named: readonly number[] = [DnsType.NS, DnsType.CNAME, DnsType.PTR];
const addressed: readonly number[] = [DnsType.A, DnsType.AAAA];

function resourceRecord(record: DnsRecord): Uint8Array {
  const data = recordData(record);
  const owner = record.name === undefined ? [0xc0, 12] : dnsName(record.name);
  return join(owner, u16(record.type), u16(1), u32(record.ttl ?? 300), u16(data.length), data);
}

function recordData(record: DnsRecord): Octets {
  if (typeof record.data !== 'string') return record.data;
  if (named.includes(record.type)) return dnsName(record.data);
  return addressed.includes(record.type) ? ip(record.data) : text(record.data);
}
