import type { PacketFields } from './fields.ts';
import { Layer } from './layer.ts';

const NO_NEXT_HEADER = 59;

/**
 * Teredo (RFC 4380, section 5.1.1): an IPv6 packet in UDP, after an optional authentication header (0x0001) and an
 * optional origin indication (0x0000). The inner packet must fill the datagram, since the port alone proves nothing: a
 * message of DNS to a client with that port begins like an IPv6 header once in sixteen times. Behind a bubble, which has
 * no next header, trailers may stand (RFC 6081, section 4).
 */
export function teredo(fields: PacketFields): number {
  const { bytes, view, end } = fields;
  let at = fields.pos;
  if (at + 4 <= end && view.getUint16(at) === 1) at += 4 + bytes[at + 2]! + bytes[at + 3]! + 9;
  if (at + 2 <= end && view.getUint16(at) === 0) at += 8;
  if (at + 40 > end || bytes[at]! >> 4 !== 6) return Layer.DONE;
  const left = fields.wireEnd - at - 40 - view.getUint16(at + 4);
  if (left < 0 || (left > 0 && bytes[at + 6] !== NO_NEXT_HEADER)) return Layer.DONE;
  fields.pos = at;
  return Layer.IPV6;
}
