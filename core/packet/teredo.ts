import type { PacketFields } from './fields.ts';
import { Layer } from './layer.ts';

/**
 * Teredo (RFC 4380, section 5.1.1): an IPv6 packet in UDP, after an optional authentication header (0x0001) and an
 * optional origin indication (0x0000). The inner length must match, since the port alone proves nothing.
 */
export function teredo(fields: PacketFields): number {
  const { bytes, view, end } = fields;
  let at = fields.pos;
  if (at + 4 <= end && view.getUint16(at) === 1) at += 4 + bytes[at + 2]! + bytes[at + 3]! + 9;
  if (at + 2 <= end && view.getUint16(at) === 0) at += 8;
  if (at + 40 > end || bytes[at]! >> 4 !== 6) return Layer.DONE;
  if (at + 40 + view.getUint16(at + 4) > fields.wireEnd) return Layer.DONE;
  fields.pos = at;
  return Layer.IPV6;
}
