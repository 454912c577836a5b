import type { PacketFields } from './fields.ts';
import { Layer, refuse, refuseShort } from './layer.ts';
import { Reason, Short } from './verdict.ts';

/** Linux cooked capture, LINKTYPE_LINUX_SLL: 16 bytes, the protocol in the last two. */
export function sll(fields: PacketFields): number {
  const { view, pos } = fields;
  if (pos + 16 > fields.end) return refuseShort(fields, 16, Short.SLL);
  fields.pos = pos + 16;
  return protocol(fields, view.getUint16(pos + 14));
}

/** LINKTYPE_LINUX_SLL2: 20 bytes, the protocol in the first two. */
export function sll2(fields: PacketFields): number {
  const { view, pos } = fields;
  if (pos + 20 > fields.end) return refuseShort(fields, 20, Short.SLL2);
  fields.pos = pos + 20;
  return protocol(fields, view.getUint16(pos));
}

function protocol(fields: PacketFields, type: number): number {
  // 4 is Linux' ETH_P_802_2; 1 is Novell's raw 802.3, and below 0x600 nothing else is an EtherType.
  if (type === 4) return Layer.LLC;
  if (type < 0x600) return refuse(fields, Reason.SLL_PROTOCOL);
  fields.etherType = type;
  return Layer.ETHERTYPE;
}
