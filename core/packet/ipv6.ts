import { IpProtocol } from './numbers.ts';
import { enterIp } from './ip.ts';
import type { PacketFields } from './fields.ts';
import { Layer, refuse, refuseShort } from './layer.ts';
import { Reason, Short } from './verdict.ts';

const HEADER = 40;
/** Extension headers passed in one packet. RFC 8200 allows each once or twice; floods chain hundreds. */
const MAX_HEADERS = 64;

/**
 * IPv6 (RFC 8200) and its extension headers: hop-by-hop, destination, routing, fragment, AH, mobility, HIP, shim6.
 * An atomic fragment (RFC 6946) is no fragment. A payload length of 0 with more than padding behind the header is a
 * jumbogram or a segmentation-offload frame, and runs to the end of the frame.
 */
export function ipv6(fields: PacketFields): number {
  const { view, pos, end } = fields;
  if (pos + HEADER > end) return refuseShort(fields, HEADER, Short.IPV6);
  if (view.getUint8(pos) >> 4 !== 6) return refuse(fields, Reason.IPV6_VERSION);
  let length = view.getUint16(pos + 4);
  if (length === 0 && fields.wireEnd - pos - HEADER > 46) length = fields.wireEnd - pos - HEADER;
  if (!enterIp(fields)) return refuse(fields, Reason.TUNNEL_DEPTH);

  const { address } = fields;
  address[0] = view.getUint32(pos + 8);
  address[1] = view.getUint32(pos + 12);
  address[2] = view.getUint32(pos + 16);
  address[3] = view.getUint32(pos + 20);
  address[4] = view.getUint32(pos + 24);
  address[5] = view.getUint32(pos + 28);
  address[6] = view.getUint32(pos + 32);
  address[7] = view.getUint32(pos + 36);
  fields.ipVersion = 6;
  fields.ipLength = HEADER + length;
  fields.protocol = view.getUint8(pos + 6);
  fields.ttl = view.getUint8(pos + 7);
  fields.pos = pos + HEADER;
  fields.payloadOffset = pos + HEADER;
  fields.payloadLength = length;
  const declaredEnd = pos + HEADER + length;
  if (declaredEnd > fields.wireEnd) return refuse(fields, Reason.IPV6_LENGTH);
  fields.wireEnd = declaredEnd;
  if (declaredEnd < end) fields.end = declaredEnd;
  fields.fragmentHeader = pos;
  return extensionHeaders(fields);
}

function extensionHeaders(fields: PacketFields): number {
  const { view } = fields;
  for (let headers = 0; ; headers++) {
    const pos = fields.pos;
    let size = 0;
    switch (fields.protocol) {
      case IpProtocol.HOP_BY_HOP:
      case IpProtocol.ROUTING:
      case IpProtocol.DESTINATION:
      case IpProtocol.MOBILITY:
      case IpProtocol.HIP:
      case IpProtocol.SHIM6:
        if (pos + 8 > fields.end) return refuseShort(fields, 8, Short.IPV6EXT);
        size = (view.getUint8(pos + 1) + 1) << 3;
        break;
      case IpProtocol.AH:
        if (pos + 8 > fields.end) return refuseShort(fields, 8, Short.IPV6EXT);
        size = (view.getUint8(pos + 1) + 2) << 2;
        break;
      case IpProtocol.FRAGMENT: {
        if (pos + 8 > fields.end) return refuseShort(fields, 8, Short.IPV6EXT);
        size = 8;
        const word = view.getUint16(pos + 2);
        fields.fragmentOffset = word & 0xfff8;
        fields.fragmentMore = word & 1;
        fields.fragmentId = view.getUint32(pos + 4);
        // 2 = atomic: a fragment header, and nothing to wait for.
        fields.fragment = fields.fragmentOffset === 0 && fields.fragmentMore === 0 ? 2 : 1;
        break;
      }
      default:
        fields.payloadOffset = pos;
        fields.payloadLength = fields.wireEnd - pos;
        return Layer.TRANSPORT;
    }
    if (headers === MAX_HEADERS) return refuse(fields, Reason.IPV6_HEADERS);
    if (pos + size > fields.end) return refuseShort(fields, size, Short.IPV6EXT);
    fields.protocol = view.getUint8(pos);
    fields.pos = pos + size;
    if (fields.fragment === 1) {
      fields.fragmentPayload = fields.pos;
      fields.payloadOffset = fields.pos;
      fields.payloadLength = fields.wireEnd - fields.pos;
      fields.payloadCaptured = fields.end - fields.pos;
      return Layer.DONE;
    }
  }
}
