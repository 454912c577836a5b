import type { PacketFields } from './fields.ts';
import { Layer, refuse, refuseShort } from './layer.ts';
import { LinkKind } from './linkKind.ts';
import { Reason, Short } from './verdict.ts';

const FLAG_FCS = 0x10;
const FLAG_DATAPAD = 0x20;

/** LINKTYPE_IEEE802_11_RADIOTAP: a header of its own length (little-endian), then an 802.11 frame. */
export function radiotap(fields: PacketFields): number {
  const { bytes, view, pos } = fields;
  if (pos + 8 > fields.end) return refuseShort(fields, 8, Short.RADIOTAP);
  const size = view.getUint16(pos + 2, true);
  if (size < 8 || pos + size > fields.wireEnd) return refuse(fields, Reason.RADIOTAP_LENGTH);
  if (pos + size > fields.end) return refuseShort(fields, size, Short.RADIOTAP);
  const flags = flagsOf(fields, size);
  fields.pos = pos + size;
  if ((flags & FLAG_FCS) !== 0 && fields.wireEnd - fields.pos >= 4) {
    fields.wireEnd -= 4;
    if (fields.end > fields.wireEnd) fields.end = fields.wireEnd;
  }
  return frame(fields, (flags & FLAG_DATAPAD) !== 0, bytes);
}

/** The radiotap "flags" byte: the second field, after an aligned 64-bit timestamp where that is present. */
function flagsOf(fields: PacketFields, size: number): number {
  const { view, pos } = fields;
  const present = view.getUint32(pos + 4, true);
  if ((present & 2) === 0) return 0;
  // Bit 31 of each presence word says that another follows.
  let at = 8;
  for (let word = present; word >= 0x80000000; at += 4) {
    if (at + 4 > size) return 0;
    word = view.getUint32(pos + at, true);
  }
  if ((present & 1) !== 0) at = ((at + 7) & ~7) + 8;
  return at < size ? view.getUint8(pos + at) : 0;
}

/** LINKTYPE_IEEE802_11 without radiotap. */
export function ieee80211(fields: PacketFields): number {
  return frame(fields, false, fields.bytes);
}

/**
 * IEEE 802.11: data frames that are not encrypted go on as LLC; the others are counted. Of an aggregated frame (A-MSDU)
 * the first subframe is read: a frame counts once.
 */
function frame(fields: PacketFields, padded: boolean, bytes: Uint8Array): number {
  const { pos, view } = fields;
  if (pos + 2 > fields.end) return refuseShort(fields, 2, Short.IEEE80211);
  const control = bytes[pos]!;
  const flags = bytes[pos + 1]!;
  const type = (control >> 2) & 3;
  if (type === 0 || type === 1) {
    fields.linkKind = type === 0 ? LinkKind.WLAN_MANAGEMENT : LinkKind.WLAN_CONTROL;
    return Layer.DONE;
  }
  if (type === 3 || (control & 3) !== 0) return refuse(fields, Reason.IEEE80211_TYPE);
  const subtype = control >> 4;
  if ((subtype & 4) !== 0) {
    fields.linkKind = LinkKind.WLAN_EMPTY;
    return Layer.DONE;
  }
  if ((flags & 0x40) !== 0) return refuse(fields, Reason.IEEE80211_PROTECTED);
  let size = (flags & 3) === 3 ? 30 : 24;
  const qos = (subtype & 8) !== 0;
  let aggregated = false;
  if (qos) {
    if (pos + size + 2 > fields.end) return refuseShort(fields, size + 2, Short.IEEE80211);
    aggregated = (bytes[pos + size]! & 0x80) !== 0;
    size += 2;
    if ((flags & 0x80) !== 0) size += 4;
  }
  if (padded) size = (size + 3) & ~3;
  if (aggregated) size += 14;
  if (pos + size > fields.end) return refuseShort(fields, size, Short.IEEE80211);
  if (aggregated) {
    const length = view.getUint16(pos + size - 2);
    if (pos + size + length < fields.wireEnd) fields.wireEnd = pos + size + length;
    if (fields.end > fields.wireEnd) fields.end = fields.wireEnd;
  }
  fields.pos = pos + size;
  return Layer.LLC;
}
