/** What records say in the form of zone files, as other tools take it. */
import { RrType } from './numbers.ts';
import type { DnsReader } from './reader.ts';

/** Longest data that is told in hexadecimal. */
const MOST_HEX = 512;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * A record's data (RFC 1035, 5.1): `length` octets at `from`, which `recordText` has read; `printed` is what that said,
 * and stays for types that have no form of their own here. Names are as keys (`DnsReader.name`), without a final dot.
 * CAA, SVCB and HTTPS have the form for unknown types, `\# 3 0a0b0c` (RFC 3597), or none when they are long. Undefined:
 * nothing is told. The reader stands where it stood.
 */
export function zoneText(
  reader: DnsReader,
  type: number,
  from: number,
  length: number,
  printed: string | undefined,
): string | undefined {
  switch (type) {
    case RrType.NS:
    case RrType.CNAME:
    case RrType.PTR:
      // The name was the last that was read.
      return keyOf(reader);
    case RrType.MX:
    case RrType.SRV:
    case RrType.SOA:
    case RrType.TXT:
    case RrType.SPF: {
      if (printed === undefined) return undefined;
      const { pos } = reader;
      reader.pos = from;
      const text = ownText(reader, type, from + length);
      reader.pos = pos;
      return text;
    }
    case RrType.CAA:
    case RrType.SVCB:
    case RrType.HTTPS:
      return length > MOST_HEX ? undefined : unknownText(reader.bytes, from, from + length);
    default:
      return printed;
  }
}

function ownText(reader: DnsReader, type: number, to: number): string {
  switch (type) {
    case RrType.MX:
      return `${reader.u16()} ${nameKey(reader)}`;
    case RrType.SRV:
      return `${reader.u16()} ${reader.u16()} ${reader.u16()} ${nameKey(reader)}`;
    case RrType.SOA: {
      const names = `${nameKey(reader)} ${nameKey(reader)}`;
      return `${names} ${reader.u32()} ${reader.u32()} ${reader.u32()} ${reader.u32()} ${reader.u32()}`;
    }
    default:
      return quotedTexts(reader, to);
  }
}

/** The next name as key; the root as a dot. */
function nameKey(reader: DnsReader): string {
  reader.name();
  return keyOf(reader);
}

function keyOf({ key }: DnsReader): string {
  return key === '' ? '.' : key;
}

/** Strings with their lengths before them, in quotes; one that passes the end is left out. */
function quotedTexts(reader: DnsReader, to: number): string {
  const { bytes } = reader;
  let text = '';
  while (reader.pos < to) {
    const size = reader.u8();
    const end = reader.pos + size;
    if (end > to) break;
    text += text === '' ? '"' : ' "';
    for (let at = reader.pos; at < end; at++) text += quoted(bytes[at]!);
    text += '"';
    reader.pos = end;
  }
  return text;
}

function quoted(byte: number): string {
  if (byte === QUOTE || byte === BACKSLASH) return `\\${String.fromCharCode(byte)}`;
  return byte < 0x20 || byte > 0x7e ? `\\${String(byte).padStart(3, '0')}` : String.fromCharCode(byte);
}

function unknownText(bytes: Uint8Array, from: number, to: number): string {
  let text = `\\# ${to - from}`;
  if (to > from) text += ' ';
  for (let at = from; at < to; at++) text += bytes[at]!.toString(16).padStart(2, '0');
  return text;
}
