import type { PacketFields } from './fields.ts';
import { Layer, refuseShort } from './layer.ts';
import { Short } from './verdict.ts';

const HEADER = 8;

/** VXLAN (RFC 7348): a flag byte with the I bit, a 24-bit network identifier, an Ethernet frame. */
export function vxlan(fields: PacketFields): number {
  const pos = fields.pos;
  if (pos + HEADER > fields.wireEnd || (pos < fields.end && (fields.bytes[pos]! & 0x08) === 0)) return Layer.DONE;
  if (pos + HEADER > fields.end) return refuseShort(fields, HEADER, Short.VXLAN);
  fields.tunnelIdAhead = fields.view.getUint32(pos + 4) >>> 8;
  fields.pos = pos + HEADER;
  return Layer.ETHERNET;
}
