import { LinkType } from './linkType.ts';

/** Odd multipliers of the hash: folding an IPv6 address to a word, mixing an end, mixing. */
export const SPREAD_FOLD = 0x01000193;
export const SPREAD_END = 0x9e3779b1;
export const SPREAD_MIX = 0x85ebca6b;

const MAX_TAGS = 8;
const MAX_LABELS = 16;

/** What the bytes at a position are. */
const NONE = 0;
const ETHERNET = 1;
const ETHER_TYPE = 2;
const MPLS = 3;
const PPP = 4;
const IPV4 = 5;
const IPV6 = 6;
const RAW = 7;

/**
 * A number for splitting packets over workers: equal for both directions of a pair of hosts and for all fragments of a
 * datagram, since it is a symmetric hash of the addresses in the first (outermost) IP header. 0 when there is none.
 *
 * The packet is `bytes[offset .. offset + caplen)`, `view` the same memory. VLAN tags, MPLS labels, PPPoE and the link
 * headers of Linux and BSD are passed over. Take it modulo the number of workers; it is an unsigned 32-bit integer. The
 * kernel's fanout program gives the same number for the packets that it understands (`sensor/capture/ring`).
 */
export function spread(bytes: Uint8Array, view: DataView, offset: number, caplen: number, linkType: number): number {
  const end = offset + caplen;
  let pos = offset;
  let type = 0;
  let next = NONE;
  switch (linkType) {
    case LinkType.EN10MB:
      next = ETHERNET;
      break;
    case LinkType.RAW:
    case LinkType.IPV4:
    case LinkType.IPV6:
      next = RAW;
      break;
    case LinkType.NULL:
    case LinkType.LOOP:
      pos += 4;
      next = RAW;
      break;
    case LinkType.PPP:
      next = PPP;
      break;
    case LinkType.LINUX_SLL:
      if (pos + 16 > end) return 0;
      type = view.getUint16(pos + 14);
      pos += 16;
      next = ETHER_TYPE;
      break;
    case LinkType.LINUX_SLL2:
      if (pos + 20 > end) return 0;
      type = view.getUint16(pos);
      pos += 20;
      next = ETHER_TYPE;
      break;
    default:
      return 0;
  }
  let tags = 0;
  // Each round passes a header; the frame's end bounds them, and the tags have a bound of their own.
  for (;;) {
    switch (next) {
      case ETHERNET:
        if (pos + 14 > end) return 0;
        type = view.getUint16(pos + 12);
        pos += 14;
        next = ETHER_TYPE;
        break;
      case ETHER_TYPE:
        switch (type) {
          case 0x0800:
            next = IPV4;
            break;
          case 0x86dd:
            next = IPV6;
            break;
          case 0x8100:
          case 0x88a8:
          case 0x9100:
          case 0x9200:
            if (pos + 4 > end || ++tags > MAX_TAGS) return 0;
            type = view.getUint16(pos + 2);
            pos += 4;
            break;
          case 0x8847:
          case 0x8848:
            next = MPLS;
            break;
          case 0x8864:
            pos += 6;
            next = PPP;
            break;
          default:
            return 0;
        }
        break;
      case MPLS: {
        let labels = 0;
        do {
          if (pos + 4 > end || ++labels > MAX_LABELS) return 0;
          pos += 4;
        } while ((bytes[pos - 2]! & 1) === 0);
        if (pos >= end) return 0;
        // As in the decoder: a first nibble of 0 is a pseudowire's control word before an Ethernet frame.
        if (bytes[pos]! >> 4 === 0) {
          if (++tags > MAX_TAGS) return 0;
          pos += 4;
          next = ETHERNET;
        } else next = RAW;
        break;
      }
      case PPP: {
        if (pos + 4 > end) return 0;
        if (bytes[pos] === 0xff && bytes[pos + 1] === 3) pos += 2;
        let protocol = bytes[pos]!;
        if ((protocol & 1) === 0) {
          protocol = (protocol << 8) | bytes[pos + 1]!;
          pos++;
        }
        pos++;
        if (protocol === 0x21) next = IPV4;
        else if (protocol === 0x57) next = IPV6;
        else if (protocol === 0x281 || protocol === 0x283) next = MPLS;
        else return 0;
        break;
      }
      case RAW:
        if (pos >= end) return 0;
        next = bytes[pos]! >> 4 === 6 ? IPV6 : bytes[pos]! >> 4 === 4 ? IPV4 : NONE;
        break;
      case IPV4:
        if (pos + 20 > end) return 0;
        return join(view.getInt32(pos + 12), view.getInt32(pos + 16));
      case IPV6:
        if (pos + 40 > end) return 0;
        return join(fold(view, pos + 8), fold(view, pos + 24));
      default:
        return 0;
    }
  }
}

function fold(view: DataView, pos: number): number {
  let word = view.getInt32(pos);
  word = (Math.imul(word, SPREAD_FOLD) + view.getInt32(pos + 4)) | 0;
  word = (Math.imul(word, SPREAD_FOLD) + view.getInt32(pos + 8)) | 0;
  return (Math.imul(word, SPREAD_FOLD) + view.getInt32(pos + 12)) | 0;
}

/**
 * Symmetric in its two ends. Each is mixed before they are added: a sum of the bare addresses would be the same for all
 * pairs of two networks that are numbered in opposite order, an exclusive-or for those that are numbered alike.
 */
function join(a: number, b: number): number {
  let hash = (mix(a) + mix(b)) | 0;
  hash ^= hash >>> 15;
  hash = Math.imul(hash, SPREAD_MIX);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function mix(address: number): number {
  const product = Math.imul(address, SPREAD_END);
  return Math.imul(product ^ (product >>> 16), SPREAD_MIX);
}
