import type { PacketFields } from './fields.ts';
import { Layer, refuse, refuseShort } from './layer.ts';
import { Reason, Short } from './verdict.ts';

const PAYLOAD = 9;
const MAX_ATTRIBUTES = 64;

/**
 * LINKTYPE_NFLOG: 4 bytes (family, version 0, resource), then netlink attributes of 4-byte alignment, one of which
 * holds the packet. Attribute headers are in the byte order of the capturing host: a length that is impossible in one
 * order is read in the other.
 */
export function nflog(fields: PacketFields): number {
  const { bytes, view, end, wireEnd } = fields;
  if (fields.pos + 4 > end) return refuseShort(fields, 4, Short.NFLOG);
  const family = bytes[fields.pos]!;
  if (bytes[fields.pos + 1] !== 0) return refuse(fields, Reason.NFLOG_VERSION);
  fields.pos += 4;
  for (let n = 0; n < MAX_ATTRIBUTES; n++) {
    const pos = fields.pos;
    if (pos + 4 > end) return refuseShort(fields, 4, Short.NFLOG);
    let length = view.getUint16(pos, true);
    let type = view.getUint16(pos + 2, true);
    if (length < 4 || pos + length > wireEnd || type > 0xff) {
      length = view.getUint16(pos);
      type = view.getUint16(pos + 2);
    }
    if (length < 4 || pos + length > wireEnd) return refuse(fields, Reason.NFLOG_PAYLOAD);
    if (type === PAYLOAD) {
      fields.pos = pos + 4;
      fields.wireEnd = pos + length;
      if (fields.wireEnd < end) fields.end = fields.wireEnd;
      if (family === 2) return Layer.IPV4;
      if (family === 10) return Layer.IPV6;
      return refuse(fields, Reason.NFLOG_FAMILY);
    }
    fields.pos = pos + ((length + 3) & ~3);
  }
  return refuse(fields, Reason.NFLOG_PAYLOAD);
}
