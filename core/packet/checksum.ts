import { IpProtocol } from './numbers.ts';
import type { PacketFields } from './fields.ts';
import { Reason } from './verdict.ts';

/**
 * Checks the checksums of the innermost packet: IPv4's header, and TCP, UDP, ICMP, ICMPv6 (RFC 1071, with the pseudo-
 * header of RFC 9293 and 8200). Answers a `Reason`, or `NONE` when they hold or can't be told: a packet that was cut, a
 * fragment, a UDP checksum of 0 over IPv4.
 *
 * Off unless asked for: a capture at the sender shows checksums that the network card has yet to fill in.
 */
export function wrongChecksum(fields: PacketFields): number {
  const { view } = fields;
  if (fields.ipVersion === 4) {
    const header = fields.fragmentHeader;
    const size = (view.getUint8(header) & 15) << 2;
    if (fold(sum(view, header, header + size)) !== 0xffff) return Reason.CHECKSUM_IPV4;
  }
  if (fields.fragment === 1 || fields.transport === 0 || fields.end < fields.wireEnd) return Reason.NONE;
  const start = fields.transportOffset;
  switch (fields.protocol) {
    case IpProtocol.TCP:
      return holds(fields, start) ? Reason.NONE : Reason.CHECKSUM_TCP;
    case IpProtocol.UDP:
      if (view.getUint16(start + 6) === 0 && fields.ipVersion === 4) return Reason.NONE;
      return holds(fields, start) ? Reason.NONE : Reason.CHECKSUM_UDP;
    case IpProtocol.ICMP:
      return fold(sum(view, start, fields.end)) === 0xffff ? Reason.NONE : Reason.CHECKSUM_ICMP;
    case IpProtocol.ICMPV6:
      return holds(fields, start) ? Reason.NONE : Reason.CHECKSUM_ICMP;
    default:
      return Reason.NONE;
  }
}

function holds(fields: PacketFields, start: number): boolean {
  const { address } = fields;
  let total = fields.protocol + fields.end - start;
  // Of a v4-mapped address only the last word is part of the pseudo-header.
  for (let i = fields.ipVersion === 4 ? 3 : 0; i < 4; i++) {
    total += (address[i]! >>> 16) + (address[i]! & 0xffff) + (address[i + 4]! >>> 16) + (address[i + 4]! & 0xffff);
  }
  return fold(total + sum(fields.view, start, fields.end)) === 0xffff;
}

/** Sum of 16-bit big-endian words, an odd last byte padded; below 2^32 for anything an IP packet can hold. */
function sum(view: DataView, from: number, to: number): number {
  let total = 0;
  let at = from;
  for (; at + 1 < to; at += 2) total += view.getUint16(at);
  if (at < to) total += view.getUint8(at) << 8;
  return total;
}

function fold(total: number): number {
  let value = total;
  while (value > 0xffff) value = (value & 0xffff) + (value >>> 16);
  return value;
}
