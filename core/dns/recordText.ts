import { DnsFault } from './fault.ts';
import { RrType } from './numbers.ts';
import type { DnsReader } from './reader.ts';

/** A record's type is not told of in the log, or the record can't be read: what follows it can't be either. */
export const SILENT = 1;
export const BROKEN = 2;

/** Fixed parts of records: RFC 4034 (RRSIG, DNSKEY, DS), 5155 (NSEC3), 4255 (SSHFP), 1876 (LOC), 1035 (SOA). */
const SOA_NUMBERS = 20;
const RRSIG_FIXED = 18;
const LOC_OCTETS = 15;

/**
 * What a record says, as Zeek prints it; the reader stands at its data, of which there are `length` octets in the
 * message, and afterwards behind it. An empty text is of a record that is told of and has nothing to print.
 *
 * A names, an address or texts are printed in full; of DNSSEC's records the algorithms. HINFO, WKS, CAA, SVCB, HTTPS, OPT
 * and TSIG are not told of, nor are NetBIOS's own. A name is read to its own end, whatever the length says.
 */
export function recordText(
  reader: DnsReader,
  type: number,
  length: number,
  owner: string,
): string | typeof SILENT | typeof BROKEN {
  const from = reader.pos;
  const to = from + length;
  switch (type) {
    case RrType.A:
      if (length === 4) return ipv4Text(reader);
      reader.fault(DnsFault.ADDRESS_LENGTH);
      return BROKEN;
    case RrType.AAAA:
    case RrType.A6:
      return ipv6Text(reader);
    case RrType.NS:
    case RrType.CNAME:
    case RrType.PTR:
      return nameText(reader, to);
    case RrType.MX:
      reader.skip(2);
      return nameText(reader, to);
    case RrType.SRV:
      // NetBIOS's node status had the number before, and Zeek does not read it.
      if (reader.isNetbios) return SILENT;
      reader.skip(6);
      return nameText(reader, to);
    case RrType.SOA:
      return soaText(reader, to);
    case RrType.TXT:
      return stringsText(reader, to, 'TXT');
    case RrType.SPF:
      return stringsText(reader, to, 'SPF');
    case RrType.NAPTR:
      return naptrText(reader);
    case RrType.RRSIG:
      return rrsigText(reader, to);
    case RrType.NSEC: {
      const next = reader.name();
      if (reader.isBroken) return BROKEN;
      reader.pos = Math.max(reader.pos, to);
      return `NSEC ${owner} ${next}`;
    }
    case RrType.HINFO:
    case RrType.WKS:
    case RrType.NB:
    case RrType.CAA:
    case RrType.SVCB:
    case RrType.HTTPS:
    case RrType.OPT:
    case RrType.TSIG:
      reader.pos = to;
      return SILENT;
    default: {
      const text = fixedText(reader, type, length);
      if (text !== BROKEN) reader.pos = to;
      return text;
    }
  }
}

/** Records of which the first octets are printed, and those that are not known. */
function fixedText(reader: DnsReader, type: number, length: number): string | typeof BROKEN {
  switch (type) {
    case RrType.DNSKEY: {
      if (reader.left < 4) return BROKEN;
      reader.skip(3);
      return `DNSKEY ${reader.u8()}`;
    }
    case RrType.DS: {
      if (reader.left < 4) return BROKEN;
      reader.skip(2);
      const algorithm = reader.u8();
      return `DS ${algorithm} ${reader.u8()}`;
    }
    case RrType.NSEC3:
      return reader.left < 6 ? BROKEN : 'NSEC3';
    case RrType.NSEC3PARAM:
      return reader.left < 5 ? BROKEN : 'NSEC3PARAM';
    case RrType.BINDS:
      return reader.left < 5 ? BROKEN : 'BIND9 signing signal';
    case RrType.SSHFP: {
      if (reader.left < 2) return BROKEN;
      reader.skip(2);
      return `SSHFP: ${hex(reader, Math.max(0, length - 2))}`;
    }
    case RrType.LOC: {
      if (reader.left < LOC_OCTETS) return BROKEN;
      reader.skip(1);
      const size = reader.u8();
      const horizontal = reader.u8();
      return `LOC:  ${size} ${horizontal} ${reader.u8()}`;
    }
    default:
      reader.fault(DnsFault.TYPE, String(type));
      return `<unknown type=${type}>`;
  }
}

function ipv4Text(reader: DnsReader): string {
  return reader.addresses.text(0, 0, 0xffff, reader.u32());
}

function ipv6Text(reader: DnsReader): string {
  return reader.addresses.text(reader.u32(), reader.u32(), reader.u32(), reader.u32());
}

/** A name that is the rest of a record. */
function nameText(reader: DnsReader, to: number): string | typeof BROKEN {
  const name = reader.name();
  if (reader.isBroken) return BROKEN;
  if (reader.pos !== to) reader.fault(DnsFault.RECORD_LENGTH);
  return name;
}

function soaText(reader: DnsReader, to: number): string | typeof BROKEN {
  const primary = reader.name();
  reader.name();
  if (reader.isBroken || reader.left < SOA_NUMBERS) return BROKEN;
  reader.skip(SOA_NUMBERS);
  if (reader.pos !== to) reader.fault(DnsFault.RECORD_LENGTH);
  return primary;
}

/** Strings with their lengths before them. One that passes the record's end breaks the message; those before it stand. */
function stringsText(reader: DnsReader, to: number, word: string): string {
  const texts: string[] = [];
  while (reader.pos < to) {
    const size = reader.u8();
    if (reader.pos + size > to) {
      reader.fault(DnsFault.TEXT_LONG);
      reader.isBroken = true;
      break;
    }
    texts.push(`${word} ${size} ${reader.text(size)}`);
  }
  return texts.join(' ');
}

/** RFC 3403: order, preference, flags, services, regular expression, replacement. */
function naptrText(reader: DnsReader): string | typeof BROKEN {
  const order = reader.u16();
  const preference = reader.u16();
  const flags = reader.text(reader.u8());
  const services = reader.text(reader.u8());
  const expression = reader.text(reader.u8());
  const replacement = reader.name();
  if (reader.isBroken) return BROKEN;
  const rule = [expression, replacement].filter((part) => part !== '').join(' ');
  return `NAPTR ${order} ${preference} ${flags} ${services} ${rule}`;
}

function rrsigText(reader: DnsReader, to: number): string | typeof BROKEN {
  if (reader.left < RRSIG_FIXED) return BROKEN;
  const covered = reader.u16();
  reader.skip(RRSIG_FIXED - 2);
  const signer = reader.name();
  if (reader.isBroken) return BROKEN;
  reader.pos = Math.max(reader.pos, to);
  return `RRSIG ${covered} ${signer === '' ? '<Root>' : signer}`;
}

function hex(reader: DnsReader, octets: number): string {
  const from = reader.pos;
  reader.skip(octets);
  let text = '';
  for (let at = from; at < reader.pos; at++) text += reader.bytes[at]!.toString(16).padStart(2, '0');
  return text;
}
