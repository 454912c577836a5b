import { EtherType } from './numbers.ts';
import type { PacketFields } from './fields.ts';
import { Layer, refuse, refuseShort } from './layer.ts';
import { LinkKind } from './linkKind.ts';
import { Reason, Short } from './verdict.ts';

const HEADER = 14;
const TAG = 4;
/** Tags decoded in one frame. Real networks have one or two; the bound keeps a crafted frame from costing more. */
const MAX_TAGS = 8;

/** Ethernet II and IEEE 802.3: at or below 1,500 the type is the length of an LLC frame. */
export function ethernet(fields: PacketFields): number {
  const pos = fields.pos;
  if (pos + HEADER > fields.end) return refuseShort(fields, HEADER, Short.ETHERNET);
  const type = fields.view.getUint16(pos + 12);
  fields.pos = pos + HEADER;
  if (type === EtherType.IPV4) return Layer.IPV4;
  return typeOrLength(fields, type);
}

function typeOrLength(fields: PacketFields, type: number): number {
  if (type > 1500) {
    fields.etherType = type;
    return Layer.ETHERTYPE;
  }
  if (fields.pos + type < fields.end) fields.end = fields.pos + type;
  if (fields.pos + type < fields.wireEnd) fields.wireEnd = fields.pos + type;
  return Layer.LLC;
}

/** Chooses the layer after an EtherType, passing VLAN tags (IEEE 802.1Q, 802.1ad and the older QinQ types). */
export function etherType(fields: PacketFields): number {
  for (;;) {
    switch (fields.etherType) {
      case EtherType.IPV4:
        return Layer.IPV4;
      case EtherType.IPV6:
        return Layer.IPV6;
      case EtherType.VLAN:
      case EtherType.QINQ:
      case EtherType.QINQ_OLD:
      case EtherType.QINQ_OLDER: {
        const next = tag(fields);
        if (next !== Layer.ETHERTYPE) return next;
        break;
      }
      case EtherType.ARP:
        return arp(fields);
      case EtherType.MPLS:
      case EtherType.MPLS_UPSTREAM:
        return Layer.MPLS;
      case EtherType.PPPOE_SESSION:
        return pppoe(fields);
      case EtherType.PPPOE_DISCOVERY:
        fields.linkKind = LinkKind.PPPOE_DISCOVERY;
        return Layer.DONE;
      case EtherType.TRANSPARENT_BRIDGING:
        return Layer.ETHERNET;
      default:
        return refuse(fields, Reason.ETHERNET_TYPE);
    }
  }
}

function tag(fields: PacketFields): number {
  const pos = fields.pos;
  if (pos + TAG > fields.end) return refuseShort(fields, TAG, Short.VLAN);
  if (fields.vlanDepth === MAX_TAGS) return refuse(fields, Reason.VLAN_DEPTH);
  fields.vlanDepth += 1;
  const id = fields.view.getUint16(pos) & 0xfff;
  // The tags of an inner frame are not those of the network the frame was seen on.
  if (fields.ipVersion === 0) {
    if (fields.vlan < 0) fields.vlan = id;
    else fields.innerVlan = id;
  }
  fields.pos = pos + TAG;
  return typeOrLength(fields, fields.view.getUint16(pos + 2));
}

/** ARP (RFC 826): counted, in no list. */
function arp(fields: PacketFields): number {
  const pos = fields.pos;
  if (pos + 8 > fields.end) return refuseShort(fields, 8, Short.ARP);
  const size = 8 + 2 * (fields.bytes[pos + 4]! + fields.bytes[pos + 5]!);
  if (pos + size > fields.wireEnd) return refuse(fields, Reason.ARP_LENGTH);
  fields.linkKind = LinkKind.ARP;
  return Layer.DONE;
}

/** PPPoE session (RFC 2516): version 1, type 1, code 0, then the length of the PPP frame. */
function pppoe(fields: PacketFields): number {
  const pos = fields.pos;
  if (pos + 6 > fields.end) return refuseShort(fields, 6, Short.PPPOE);
  if (fields.view.getUint16(pos) !== 0x1100) return refuse(fields, Reason.PPPOE_HEADER);
  const length = fields.view.getUint16(pos + 4);
  const start = pos + 6;
  if (start + length > fields.wireEnd) return refuse(fields, Reason.PPPOE_LENGTH);
  fields.wireEnd = start + length;
  if (start + length < fields.end) fields.end = start + length;
  fields.pos = start;
  return Layer.PPP;
}
