import { EtherType } from './numbers.ts';
import type { PacketFields } from './fields.ts';
import { Layer, refuseShort } from './layer.ts';
import { Short } from './verdict.ts';

const HEADER = 8;

/** Geneve (RFC 8926): version 0, options of 4-byte multiples, then a payload named by its EtherType. */
export function geneve(fields: PacketFields): number {
  const pos = fields.pos;
  if (pos + HEADER > fields.wireEnd) return Layer.DONE;
  if (pos + HEADER > fields.end) return refuseShort(fields, HEADER, Short.GENEVE);
  const first = fields.bytes[pos]!;
  if (first >> 6 !== 0) return Layer.DONE;
  const type = fields.view.getUint16(pos + 2);
  if (type !== EtherType.TRANSPARENT_BRIDGING && type !== EtherType.IPV4 && type !== EtherType.IPV6) return Layer.DONE;
  const size = HEADER + ((first & 0x3f) << 2);
  if (pos + size > fields.end) return refuseShort(fields, size, Short.GENEVE);
  fields.tunnelIdAhead = fields.view.getUint32(pos + 4) >>> 8;
  fields.pos = pos + size;
  fields.etherType = type;
  return Layer.ETHERTYPE;
}
