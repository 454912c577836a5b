import type { PacketFields } from './fields.ts';
import { Layer, refuse, refuseShort } from './layer.ts';
import { Reason, Short } from './verdict.ts';

const MAX_LABELS = 16;

/**
 * An MPLS label stack (RFC 3032). What follows the bottom of the stack is not named by the stack: as everywhere, the
 * first nibble tells IPv4 and IPv6 apart, and 0 is a pseudowire's control word (RFC 4385) before an Ethernet frame.
 */
export function mpls(fields: PacketFields): number {
  for (let labels = 0; ; labels++) {
    const pos = fields.pos;
    if (pos + 4 > fields.end) return refuseShort(fields, 4, Short.MPLS);
    if (labels === MAX_LABELS) return refuse(fields, Reason.MPLS_DEPTH);
    fields.pos = pos + 4;
    if ((fields.bytes[pos + 2]! & 1) === 1) break;
  }
  if (fields.pos >= fields.end) return refuseShort(fields, 1, Short.MPLS);
  switch (fields.bytes[fields.pos]! >> 4) {
    case 4:
      return Layer.IPV4;
    case 6:
      return Layer.IPV6;
    case 0:
      if (fields.pos + 4 > fields.end) return refuseShort(fields, 4, Short.MPLS);
      fields.pos += 4;
      return Layer.ETHERNET;
    default:
      return refuse(fields, Reason.MPLS_PAYLOAD);
  }
}
