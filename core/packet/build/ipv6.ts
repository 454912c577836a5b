import { IpProtocol } from '../numbers.ts';
import type { AddressLike } from './address.ts';
import { ip } from './address.ts';
import type { Octets } from './octets.ts';
import { join, padding, u16, u32 } from './octets.ts';
import { fillChecksum } from './transportChecksum.ts';

export interface Ipv6Header {
  source: AddressLike;
  destination: AddressLike;
  /** The next header: a transport, or an extension header's number when the payload begins with one. */
  protocol: number;
  hopLimit?: number;
  trafficClass?: number;
  flowLabel?: number;
  /** As the header claims it; the true one unless given. */
  payloadLength?: number;
  keepChecksum?: boolean;
}

/** An IPv6 packet (RFC 8200). A zero TCP, UDP or ICMPv6 checksum is computed, also behind extension headers, not in fragments. */
export function ipv6(header: Ipv6Header, payload: Octets): Uint8Array {
  const packet = join(
    u32((6 << 28) | ((header.trafficClass ?? 0) << 20) | (header.flowLabel ?? 0)),
    [...u16(header.payloadLength ?? payload.length), header.protocol, header.hopLimit ?? 64],
    ip(header.source),
    ip(header.destination),
    payload,
  );
  if (header.keepChecksum !== true) fillBehindExtensions(packet, header.protocol);
  return packet;
}

/** Hop-by-hop or destination options: the payload's protocol, option octets (PadN unless given), the payload. */
export function ipv6Options(next: number, payload: Octets, options?: Octets): Uint8Array {
  const body = options ?? [1, 4, 0, 0, 0, 0];
  const fill = padding(body.length + 2, 8);
  return join([next, (body.length + 2 + fill.length) / 8 - 1], body, fill, payload);
}

/** A routing header of type 0 or 2 or 4 with the addresses still to be visited. */
export function ipv6Routing(
  next: number,
  payload: Octets,
  addresses: readonly AddressLike[] = [],
  type = 0,
): Uint8Array {
  return join([next, addresses.length * 2, type, addresses.length, 0, 0, 0, 0], ...addresses.map(ip), payload);
}

/** An authentication header (RFC 4302) with a value of `valueLength` octets; lengths count in 4 octets less two. */
export function ipv6Authentication(next: number, payload: Octets, valueLength = 12): Uint8Array {
  const length = 12 + valueLength;
  return join([next, length / 4 - 2, 0, 0, ...u32(1), ...u32(1)], new Uint8Array(valueLength), payload);
}

export interface Ipv6FragmentHeader {
  next: number;
  id: number;
  /** In octets; a multiple of 8. */
  offset?: number;
  more?: boolean;
}

/** A fragment header; with neither offset nor more it is an atomic fragment (RFC 6946). */
export function ipv6Fragment(header: Ipv6FragmentHeader, payload: Octets): Uint8Array {
  return join(
    [header.next, 0, ...u16((header.offset ?? 0) | (header.more === true ? 1 : 0)), ...u32(header.id)],
    payload,
  );
}

/** The fragments of a whole IPv6 packet without extension headers, each with at most `size` octets (a multiple of 8). */
export function fragmentIpv6(packet: Uint8Array, size: number, id: number): Uint8Array[] {
  const next = packet[6]!;
  const fragments: Uint8Array[] = [];
  for (let offset = 0; 40 + offset < packet.length; offset += size) {
    const more = 40 + offset + size < packet.length;
    const piece = ipv6Fragment({ next, id, offset, more }, packet.subarray(40 + offset, 40 + offset + size));
    const fragment = join(packet.subarray(0, 40), piece);
    fragment.set(u16(piece.length), 4);
    fragment[6] = IpProtocol.FRAGMENT;
    fragments.push(fragment);
  }
  return fragments;
}

const extensions: readonly number[] = [IpProtocol.HOP_BY_HOP, IpProtocol.ROUTING, IpProtocol.DESTINATION];

function fillBehindExtensions(packet: Uint8Array, protocol: number): void {
  let next = protocol;
  let at = 40;
  while (at + 2 <= packet.length && extensions.includes(next)) {
    next = packet[at]!;
    at += (packet[at + 1]! + 1) * 8;
  }
  fillChecksum(packet, at, next, packet.subarray(8, 40));
}
