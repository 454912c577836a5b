import { enterIp } from './ip.ts';
import type { PacketFields } from './fields.ts';
import { Layer, refuse, refuseShort } from './layer.ts';
import { Reason, Short } from './verdict.ts';

const HEADER = 20;

/**
 * IPv4 (RFC 791). Options are passed over. A total length of 0 is what a sender with segmentation offload shows for a
 * packet of more than 65,535 octets, and is taken as "to the end of the frame".
 *
 * When the header holds but the packet is longer than its frame (`ipv4.total`), the addresses count and no transport.
 */
export function ipv4(fields: PacketFields): number {
  const { view, pos, end } = fields;
  if (pos + HEADER > end) return refuseShort(fields, HEADER, Short.IPV4);
  const first = view.getUint8(pos);
  if (first >> 4 !== 4) return refuse(fields, Reason.IPV4_VERSION);
  const size = (first & 15) << 2;
  if (size < HEADER) return refuse(fields, Reason.IPV4_IHL);
  if (pos + size > end) return refuseShort(fields, size, Short.IPV4);
  let total = view.getUint16(pos + 2);
  if (total === 0) total = fields.wireEnd - pos;
  else if (total < size) return refuse(fields, Reason.IPV4_LENGTH);
  if (!enterIp(fields)) return refuse(fields, Reason.TUNNEL_DEPTH);

  const { address } = fields;
  address[0] = 0;
  address[1] = 0;
  address[2] = 0xffff;
  address[3] = view.getUint32(pos + 12);
  address[4] = 0;
  address[5] = 0;
  address[6] = 0xffff;
  address[7] = view.getUint32(pos + 16);
  fields.ipVersion = 4;
  fields.ipLength = total;
  fields.protocol = view.getUint8(pos + 9);
  fields.ttl = view.getUint8(pos + 8);
  fields.pos = pos + size;
  fields.fragmentHeader = pos;
  fields.payloadOffset = pos + size;
  fields.payloadLength = total - size;
  const declaredEnd = pos + total;
  if (declaredEnd > fields.wireEnd) return refuse(fields, Reason.IPV4_TOTAL);
  fields.wireEnd = declaredEnd;
  if (declaredEnd < end) fields.end = declaredEnd;

  const fragment = view.getUint16(pos + 6);
  if ((fragment & 0x3fff) !== 0) {
    fields.fragment = 1;
    fields.fragmentId = view.getUint16(pos + 4);
    fields.fragmentOffset = (fragment & 0x1fff) << 3;
    fields.fragmentMore = (fragment >> 13) & 1;
    fields.fragmentPayload = pos + size;
    fields.payloadCaptured = fields.end - fields.pos;
    return Layer.DONE;
  }
  return Layer.TRANSPORT;
}
