import type { AddressLike } from './address.ts';
import { ip } from './address.ts';
import { internetChecksum } from './checksum.ts';
import type { Octets } from './octets.ts';
import { join, padding, u16 } from './octets.ts';
import { fillChecksum } from './transportChecksum.ts';

export interface Ipv4Header {
  source: AddressLike;
  destination: AddressLike;
  protocol: number;
  ttl?: number;
  tos?: number;
  id?: number;
  dontFragment?: boolean;
  moreFragments?: boolean;
  /** In octets; a multiple of 8. */
  fragmentOffset?: number;
  /** Option octets; padded with zeros to a multiple of four. */
  options?: Octets;
  /** Total length as the header claims it, for headers that lie; the true one unless given. */
  totalLength?: number;
  /** Leave the payload's checksum as it is. Else a zero one of TCP, UDP and ICMPv6 is computed in whole datagrams. */
  keepChecksum?: boolean;
}

/** An IPv4 packet (RFC 791) with its header checksum right. */
export function ipv4(header: Ipv4Header, payload: Octets): Uint8Array {
  const options = header.options ?? [];
  const optionPadding = padding(options.length, 4);
  const headerLength = 20 + options.length + optionPadding.length;
  const fragment = (header.dontFragment === true ? 0x4000 : 0) | (header.moreFragments === true ? 0x2000 : 0);
  const packet = join(
    [0x40 | (headerLength / 4), header.tos ?? 0, ...u16(header.totalLength ?? headerLength + payload.length)],
    [...u16(header.id ?? 0), ...u16(fragment | ((header.fragmentOffset ?? 0) / 8))],
    [header.ttl ?? 64, header.protocol, 0, 0],
    ip(header.source),
    ip(header.destination),
    options,
    optionPadding,
    payload,
  );
  packet.set(u16(internetChecksum(packet.subarray(0, headerLength))), 10);
  const whole = header.moreFragments !== true && (header.fragmentOffset ?? 0) === 0;
  if (whole && header.keepChecksum !== true) {
    fillChecksum(packet, headerLength, header.protocol, packet.subarray(12, 20));
  }
  return packet;
}

/** The fragments of a whole IPv4 packet, each with at most `size` octets of payload (a multiple of 8). */
export function fragmentIpv4(packet: Uint8Array, size: number): Uint8Array[] {
  const headerLength = (packet[0]! & 15) * 4;
  const fragments: Uint8Array[] = [];
  for (let offset = 0; headerLength + offset < packet.length; offset += size) {
    const piece = packet.subarray(headerLength + offset, headerLength + offset + size);
    const fragment = join(packet.subarray(0, headerLength), piece);
    const more = headerLength + offset + size < packet.length ? 0x2000 : 0;
    fragment.set(u16(fragment.length), 2);
    fragment.set(u16(more | (offset / 8)), 6);
    fragment.set([0, 0], 10);
    fragment.set(u16(internetChecksum(fragment.subarray(0, headerLength))), 10);
    fragments.push(fragment);
  }
  return fragments;
}
