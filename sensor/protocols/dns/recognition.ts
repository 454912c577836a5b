/** DNS by its content. Conservative: what is taken for it wrongly costs rows that nobody wants. */
import { DNS_HEADER, type DnsMessage, DnsVerdict } from '../../../core/dns/message.ts';
import { Opcode } from '../../../core/dns/numbers.ts';
import { Sign } from '../protocol.ts';

/** The root and a question's type and class: the shortest message with a question. */
const LEAST = DNS_HEADER + 5;
const MOST_RECORDS = 64;
const LENGTH_OCTETS = 2;

/** Types and classes that are asked for in earnest: A to EUI64, those of 249 to 257, classes IN and ANY. */
const LAST_TYPE = 109;
const FIRST_META_TYPE = 249;
const LAST_META_TYPE = 257;

/** Whether twelve octets are the header of a message with one question, of a kind that is common. */
export function isPlausibleHeader(bytes: Uint8Array, at: number): boolean {
  const flags = (bytes[at + 2]! << 8) | bytes[at + 3]!;
  const opcode = (flags >> 11) & 15;
  if (opcode !== Opcode.QUERY && opcode !== Opcode.NOTIFY && opcode !== Opcode.UPDATE) return false;
  const isResponse = (flags & 0x8000) !== 0;
  // Bit 6 is reserved; a query has no response code.
  if ((flags & 0x40) !== 0 || (!isResponse && (flags & 0xf) !== 0)) return false;
  if (bytes[at + 4] !== 0 || bytes[at + 5] !== 1) return false;
  const records = count(bytes, at + 6) + count(bytes, at + 8) + count(bytes, at + 10);
  return records <= MOST_RECORDS;
}

/** A whole datagram: a message with a question that can be read to the end of its answers. */
export function recogniseDatagram(message: DnsMessage, bytes: Uint8Array, from: number, to: number): Sign {
  if (to - from < LEAST || !isPlausibleHeader(bytes, from)) return Sign.NO;
  return isConvincing(message, bytes, from, to) ? Sign.YES : Sign.NO;
}

/** The first octets of a direction of TCP: the first message with its length. */
export function recogniseStream(message: DnsMessage, bytes: Uint8Array, length: number): Sign {
  if (length < LENGTH_OCTETS) return Sign.MORE;
  const size = count(bytes, 0);
  if (size < LEAST) return Sign.NO;
  if (length < LENGTH_OCTETS + DNS_HEADER) return Sign.MORE;
  if (!isPlausibleHeader(bytes, LENGTH_OCTETS)) return Sign.NO;
  if (length < LENGTH_OCTETS + size) return Sign.MORE;
  return isConvincing(message, bytes, LENGTH_OCTETS, LENGTH_OCTETS + size) ? Sign.YES : Sign.NO;
}

function isConvincing(message: DnsMessage, bytes: Uint8Array, from: number, to: number): boolean {
  if (message.read(bytes, from, to, false) !== DnsVerdict.WHOLE || message.faults.length > 0) return false;
  const { qtype, qclass, queryKey } = message;
  if (qclass !== 1 && qclass !== 255) return false;
  if (qtype === 0 || (qtype > LAST_TYPE && qtype < FIRST_META_TYPE) || qtype > LAST_META_TYPE) return false;
  if (queryKey.includes('\\')) return false;
  // A message without records ends with its question.
  return message.records > 0 || message.looked === to - from;
}

function count(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}
