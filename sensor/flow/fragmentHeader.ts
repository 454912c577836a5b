import { IpProtocol } from '../../core/packet/numbers.ts';
/** Turns the header of a datagram's first fragment into that of the whole datagram. */

/**
 * `bytes[0 .. headerLength)` is IPv4's header, or IPv6's with the headers before its Fragment header; the payload of
 * `total` bytes follows. IPv4: total length, no fragment flags, checksum anew. IPv6: the Fragment header is gone already,
 * so the header before it gets `nextHeader` in its place, and the payload length is set. False when headers do not chain.
 */
export function rebuildHeader(
  bytes: Uint8Array,
  view: DataView,
  headerLength: number,
  total: number,
  nextHeader: number,
): boolean {
  if (bytes[0]! >> 4 === 4) {
    if (headerLength + total > 65_535) return false;
    view.setUint16(2, headerLength + total);
    view.setUint16(6, 0);
    view.setUint16(10, 0);
    view.setUint16(10, checksum(view, headerLength));
    return true;
  }
  let next = 6;
  let pos = 40;
  while (pos < headerLength) {
    const type = bytes[next]!;
    next = pos;
    pos += type === IpProtocol.AH ? (bytes[pos + 1]! + 2) << 2 : (bytes[pos + 1]! + 1) << 3;
  }
  if (pos !== headerLength || headerLength - 40 + total > 65_535) return false;
  bytes[next] = nextHeader;
  view.setUint16(4, headerLength - 40 + total);
  return true;
}

function checksum(view: DataView, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i += 2) sum += view.getUint16(i);
  sum = (sum & 0xffff) + (sum >>> 16);
  return ~((sum & 0xffff) + (sum >>> 16)) & 0xffff;
}
