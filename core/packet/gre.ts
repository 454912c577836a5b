import { EtherType } from './numbers.ts';
import type { PacketFields } from './fields.ts';
import { Layer, refuse, refuseShort } from './layer.ts';
import { Reason, Short } from './verdict.ts';

/**
 * GRE (RFC 2784, with key and sequence of RFC 2890), version 1 of PPTP (RFC 2637), and ERSPAN types I to III inside it.
 */
export function gre(fields: PacketFields): number {
  const pos = fields.pos;
  if (pos + 4 > fields.end) return refuseShort(fields, 4, Short.GRE);
  const flags = fields.view.getUint16(pos);
  const version = flags & 7;
  if (version > 1) return refuse(fields, Reason.GRE_VERSION);
  if ((flags & 0x4000) !== 0) return refuse(fields, Reason.GRE_ROUTING);
  let size = 4;
  if ((flags & 0x8000) !== 0) size += 4;
  if ((flags & 0x2000) !== 0) size += 4;
  if ((flags & 0x1000) !== 0) size += 4;
  if (version === 1 && (flags & 0x0080) !== 0) size += 4;
  if (pos + size > fields.end) return refuseShort(fields, size, Short.GRE);
  // The key stands behind the checksum, where there is one. PPTP has a length and a call's number in its place.
  if ((flags & 0x2000) !== 0 && version === 0) {
    fields.tunnelIdAhead = fields.view.getUint32(pos + ((flags & 0x8000) === 0 ? 4 : 8));
  }
  fields.pos = pos + size;
  const type = fields.view.getUint16(pos + 2);
  switch (type) {
    case EtherType.IPV4:
    case EtherType.IPV6:
    case EtherType.VLAN:
    case EtherType.MPLS:
    case EtherType.MPLS_UPSTREAM:
    case EtherType.TRANSPARENT_BRIDGING:
      fields.etherType = type;
      return Layer.ETHERTYPE;
    case EtherType.PPP:
      // PPTP sends bare acknowledgements without a payload.
      return fields.pos >= fields.wireEnd ? Layer.DONE : Layer.PPP;
    case EtherType.ERSPAN_II:
      // Type I has neither GRE sequence nor a header of its own.
      return (flags & 0x1000) === 0 ? Layer.ETHERNET : erspan(fields, 8);
    case EtherType.ERSPAN_III:
      return erspan(fields, 12);
    default:
      return refuse(fields, Reason.GRE_PROTOCOL);
  }
}

/** ERSPAN (draft-foschiano-erspan-03): type III has an optional 8-byte platform subheader, told by its last bit. */
function erspan(fields: PacketFields, header: number): number {
  let size = header;
  if (fields.pos + size > fields.end) return refuseShort(fields, size, Short.ERSPAN);
  if (header === 12 && (fields.bytes[fields.pos + 11]! & 1) === 1) {
    size += 8;
    if (fields.pos + size > fields.end) return refuseShort(fields, size, Short.ERSPAN);
  }
  fields.pos += size;
  return Layer.ETHERNET;
}
