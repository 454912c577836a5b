import type { PacketFields } from './fields.ts';
import { Layer, refuseShort } from './layer.ts';
import { Short } from './verdict.ts';

const HEADER = 8;
const T_PDU = 255;
const MAX_EXTENSIONS = 16;

/**
 * GTP-U version 1 (3GPP TS 29.281): only T-PDUs carry packets. The optional word is there when any of the E, S, PN bits
 * is; with E a chain of extension headers follows, each ending in the type of the next.
 */
export function gtp(fields: PacketFields): number {
  const { bytes, pos, end } = fields;
  if (pos + HEADER > fields.wireEnd) return Layer.DONE;
  if (pos + HEADER > end) return refuseShort(fields, HEADER, Short.GTP);
  const flags = bytes[pos]!;
  // Version 1, protocol type GTP (not GTP').
  if (flags >> 4 !== 3 || bytes[pos + 1] !== T_PDU) return Layer.DONE;
  const length = fields.view.getUint16(pos + 2);
  let at = pos + HEADER;
  if (at + length > fields.wireEnd) return Layer.DONE;
  if ((flags & 7) !== 0) {
    if (at + 4 > end) return refuseShort(fields, at + 4 - pos, Short.GTP);
    let next = (flags & 4) === 0 ? 0 : bytes[at + 3]!;
    at += 4;
    for (let n = 0; next !== 0; n++) {
      if (at + 1 > end) return refuseShort(fields, at + 1 - pos, Short.GTP);
      const size = bytes[at]! << 2;
      if (size === 0 || n === MAX_EXTENSIONS) return Layer.DONE;
      if (at + size > end) return refuseShort(fields, at + size - pos, Short.GTP);
      next = bytes[at + size - 1]!;
      at += size;
    }
  }
  if (at >= end) return Layer.DONE;
  const version = bytes[at]! >> 4;
  if (version !== 4 && version !== 6) return Layer.DONE;
  fields.tunnelIdAhead = fields.view.getUint32(pos + 4);
  fields.pos = at;
  return version === 4 ? Layer.IPV4 : Layer.IPV6;
}
