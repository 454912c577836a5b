import type { PacketFields } from './fields.ts';
import { Layer, refuse, refuseShort } from './layer.ts';
import { LinkKind } from './linkKind.ts';
import { PppProtocol } from './numbers.ts';
import { Reason, Short } from './verdict.ts';

/** PPP (RFC 1661), with or without HDLC address and control bytes, the protocol field compressed or not. */
export function ppp(fields: PacketFields): number {
  let pos = fields.pos;
  const { bytes } = fields;
  if (pos + 1 > fields.end) return refuseShort(fields, 2, Short.PPP);
  if (bytes[pos] === 0xff) {
    if (pos + 3 > fields.end) return refuseShort(fields, 4, Short.PPP);
    if (bytes[pos + 1] === 3) pos += 2;
  }
  let protocol = bytes[pos]!;
  if ((protocol & 1) === 0) {
    if (pos + 2 > fields.end) return refuseShort(fields, pos + 2 - fields.pos, Short.PPP);
    protocol = (protocol << 8) | bytes[pos + 1]!;
    pos += 1;
  }
  fields.pos = pos + 1;
  if (protocol === PppProtocol.IPV4) return Layer.IPV4;
  if (protocol === PppProtocol.IPV6) return Layer.IPV6;
  if (protocol === PppProtocol.MPLS || protocol === PppProtocol.MPLS_MULTICAST) return Layer.MPLS;
  // 0x8000 and above are control protocols of the link and the network layers (LCP, IPCP, PAP, CHAP).
  if (protocol >= 0x8000) {
    fields.linkKind = LinkKind.PPP_CONTROL;
    return Layer.DONE;
  }
  return refuse(fields, Reason.PPP_PROTOCOL);
}
