import { EtherType, PppProtocol } from '../numbers.ts';
import type { AddressLike } from './address.ts';
import { mac } from './address.ts';
import { ipEtherType } from './ethernet.ts';
import type { Octets } from './octets.ts';
import { join, padding, text, u16, u32 } from './octets.ts';

/** Frames of the link types other than Ethernet; https://www.tcpdump.org/linktypes.html says what each looks like. */

const host = '02:00:00:00:00:0a';

export interface CookedHeader {
  /** 0 = to us, 1 = broadcast, 2 = multicast, 3 = to another host, 4 = from us. */
  packetType?: number;
  hardware?: number;
  address?: AddressLike;
  type?: number;
  /** SLL2 only. */
  interface?: number;
}

/** LINKTYPE_LINUX_SLL. */
export function linuxSll(header: CookedHeader, payload: Octets): Uint8Array {
  const address = mac(header.address ?? host);
  const type = header.type ?? ipEtherType(payload);
  return join(
    [...u16(header.packetType ?? 0), ...u16(header.hardware ?? 1), ...u16(address.length)],
    address,
    padding(address.length, 8),
    u16(type),
    payload,
  );
}

/** LINKTYPE_LINUX_SLL2. */
export function linuxSll2(header: CookedHeader, payload: Octets): Uint8Array {
  const address = mac(header.address ?? host);
  return join(
    [...u16(header.type ?? ipEtherType(payload)), 0, 0, ...u32(header.interface ?? 1), ...u16(header.hardware ?? 1)],
    [header.packetType ?? 0, address.length],
    address,
    padding(address.length, 8),
    payload,
  );
}

/** LINKTYPE_NULL in either byte order, or LINKTYPE_LOOP (always big-endian). Family 2 = IPv4; 24, 28 and 30 = IPv6. */
export function loopback(header: { family?: number; bigEndian?: boolean }, payload: Octets): Uint8Array {
  const family = u32(header.family ?? (ipEtherType(payload) === EtherType.IPV6 ? 30 : 2));
  return join(header.bigEndian === true ? family : family.toReversed(), payload);
}

/** LINKTYPE_PPP: address and control octets of RFC 1662, unless left out, before the protocol. */
export function ppp(header: { protocol?: number; bare?: boolean }, payload: Octets): Uint8Array {
  const protocol = header.protocol ?? (ipEtherType(payload) === EtherType.IPV6 ? PppProtocol.IPV6 : PppProtocol.IPV4);
  return join(header.bare === true ? [] : [0xff, 0x03], u16(protocol), payload);
}

/** LINKTYPE_NFLOG: family, version, resource, then TLVs in the host's (here little-endian) order; the payload is TLV 9. */
export function nflog(header: { family?: number; prefix?: string }, payload: Octets): Uint8Array {
  const tlv = (type: number, value: Octets): Uint8Array => {
    const length = value.length + 4;
    return join(u16(length).toReversed(), u16(type).toReversed(), value, padding(length, 4));
  };
  const prefix = text(header.prefix ?? 'picket');
  const family = header.family ?? (ipEtherType(payload) === EtherType.IPV6 ? 10 : 2);
  return join([family, 0, 0, 0], tlv(10, join(prefix, [0])), tlv(9, payload));
}

/** LINKTYPE_IEEE802_11_RADIO: a radiotap header without fields, an 802.11 data frame (from the access point), LLC/SNAP. */
export function radiotap(header: { type?: number; qos?: boolean }, payload: Octets): Uint8Array {
  return join([0, 0, 8, 0, 0, 0, 0, 0], ieee80211(header, payload));
}

/** LINKTYPE_IEEE802_11: a data frame (from the access point) with LLC/SNAP. */
export function ieee80211(header: { type?: number; qos?: boolean }, payload: Octets): Uint8Array {
  const addresses = ['02:00:00:00:00:0b', '02:00:00:00:00:0c', host].map(mac);
  return join(
    [header.qos === true ? 0x88 : 0x08, 0x02, 0, 0],
    ...addresses,
    [0, 0],
    header.qos === true ? [0, 0] : [],
    [0xaa, 0xaa, 3, 0, 0, 0, ...u16(header.type ?? ipEtherType(payload))],
    payload,
  );
}
