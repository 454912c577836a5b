import type { PacketFields } from './fields.ts';
import { Layer, refuse, refuseShort } from './layer.ts';
import { Reason, Short } from './verdict.ts';

/**
 * BSD loopback, LINKTYPE_NULL (address family in the byte order of the capturing host) and LINKTYPE_LOOP (big-endian).
 * IPv6 has the number 24 on NetBSD and OpenBSD, 28 on FreeBSD, 30 on macOS, 10 on Linux and 23 on Windows.
 */
export function loopback(fields: PacketFields): number {
  const { view, pos } = fields;
  if (pos + 4 > fields.end) return refuseShort(fields, 4, Short.NULL);
  const big = view.getUint32(pos);
  const family = big < 0x10000 ? big : view.getUint32(pos, true);
  fields.pos = pos + 4;
  switch (family) {
    case 2:
      return Layer.IPV4;
    case 10:
    case 23:
    case 24:
    case 28:
    case 30:
      return Layer.IPV6;
    default:
      return refuse(fields, Reason.NULL_FAMILY);
  }
}

/** Raw IP: the first nibble tells the version. */
export function raw(fields: PacketFields): number {
  if (fields.pos >= fields.end) return refuseShort(fields, 1, Short.IPV4);
  switch (fields.bytes[fields.pos]! >> 4) {
    case 4:
      return Layer.IPV4;
    case 6:
      return Layer.IPV6;
    default:
      return refuse(fields, Reason.RAW_VERSION);
  }
}
