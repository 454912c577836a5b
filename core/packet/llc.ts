import type { PacketFields } from './fields.ts';
import { Layer, refuseShort } from './layer.ts';
import { LinkKind } from './linkKind.ts';
import { Short } from './verdict.ts';

/**
 * IEEE 802.2 LLC. With SNAP and an encapsulated-Ethernet OUI (RFC 1042, and 0x0000f8 of bridge tunnels) an EtherType
 * follows; STP, and everything else that LLC carries (CDP, IS-IS, IPX, NetBEUI), is counted.
 */
export function llc(fields: PacketFields): number {
  const pos = fields.pos;
  if (pos + 3 > fields.end) return refuseShort(fields, 3, Short.LLC);
  const dsap = fields.bytes[pos]!;
  const ssap = fields.bytes[pos + 1]!;
  if (dsap === 0xaa && ssap === 0xaa && fields.bytes[pos + 2] === 3) {
    if (pos + 8 > fields.end) return refuseShort(fields, 8, Short.LLC);
    const oui = fields.view.getUint32(pos + 2) & 0xffffff;
    if (oui === 0 || oui === 0x0000f8) {
      fields.etherType = fields.view.getUint16(pos + 6);
      fields.pos = pos + 8;
      return Layer.ETHERTYPE;
    }
    // Cisco's PVST+ is spanning tree under SNAP.
    const pvst = oui === 0x00000c && fields.view.getUint16(pos + 6) === 0x010b;
    fields.linkKind = pvst ? LinkKind.STP : LinkKind.LLC;
    return Layer.DONE;
  }
  fields.linkKind = dsap === 0x42 ? LinkKind.STP : LinkKind.LLC;
  return Layer.DONE;
}
