import { EtherType } from '../numbers.ts';
import type { AddressLike } from './address.ts';
import { ip, mac } from './address.ts';
import type { Octets } from './octets.ts';
import { join, u16, u32 } from './octets.ts';

const hostA = '02:00:00:00:00:0a';
const hostB = '02:00:00:00:00:0b';

export interface EthernetHeader {
  source?: AddressLike;
  destination?: AddressLike;
  /** Ethertype of the payload; IPv4 or IPv6 by the payload's first four bits unless given. */
  type?: number;
}

/** An Ethernet II frame. Not padded to 60 octets: a capture at the sender isn't either. */
export function ethernet(header: EthernetHeader, payload: Octets): Uint8Array {
  const type = header.type ?? ipEtherType(payload);
  return join(mac(header.destination ?? hostB), mac(header.source ?? hostA), u16(type), payload);
}

export interface VlanTag {
  id: number;
  priority?: number;
  dropEligible?: boolean;
  type?: number;
}

/** What follows an Ethertype of `VLAN` or `QINQ`: tag control information, the next Ethertype, the payload (IEEE 802.1Q). */
export function vlan(tag: VlanTag, payload: Octets): Uint8Array {
  const control = ((tag.priority ?? 0) << 13) | (tag.dropEligible === true ? 0x1000 : 0) | tag.id;
  return join(u16(control), u16(tag.type ?? ipEtherType(payload)), payload);
}

export interface MplsEntry {
  label: number;
  trafficClass?: number;
  /** Last entry of the stack; yes unless told. */
  bottom?: boolean;
  ttl?: number;
}

/** An MPLS label stack entry before its payload (RFC 3032). */
export function mpls(entry: MplsEntry, payload: Octets): Uint8Array {
  const bottom = (entry.bottom ?? true) ? 0x100 : 0;
  return join(u32((entry.label << 12) | ((entry.trafficClass ?? 0) << 9) | bottom | (entry.ttl ?? 64)), payload);
}

/** A PPPoE session packet (RFC 2516) with the PPP protocol number and its payload. */
export function pppoe(header: { session: number; protocol: number; code?: number }, payload: Octets): Uint8Array {
  const length = payload.length + 2;
  return join([0x11, header.code ?? 0], u16(header.session), u16(length), u16(header.protocol), payload);
}

export interface ArpPacket {
  /** 1 = request, 2 = reply. */
  operation?: number;
  senderMac?: AddressLike;
  sender: AddressLike;
  targetMac?: AddressLike;
  target: AddressLike;
}

/** An ARP packet for IPv4 on Ethernet (RFC 826). */
export function arp(packet: ArpPacket): Uint8Array {
  return join(
    [...u16(1), ...u16(EtherType.IPV4), 6, 4, ...u16(packet.operation ?? 1)],
    mac(packet.senderMac ?? hostA),
    ip(packet.sender),
    mac(packet.targetMac ?? [0, 0, 0, 0, 0, 0]),
    ip(packet.target),
  );
}

/** An IEEE 802.3 frame: a length instead of an Ethertype, then LLC's three octets (a spanning-tree frame: SAPs 0x42). */
export function llcFrame(
  header: { source?: AddressLike; destination?: AddressLike; dsap?: number; ssap?: number; control?: number },
  payload: Octets,
): Uint8Array {
  const llc = [header.dsap ?? 0x42, header.ssap ?? 0x42, header.control ?? 3];
  return ethernet({ ...header, type: payload.length + llc.length }, join(llc, payload));
}

export function ipEtherType(payload: Octets): number {
  return (payload[0] ?? 0) >>> 4 === 6 ? EtherType.IPV6 : EtherType.IPV4;
}
