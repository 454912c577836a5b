import { EtherType } from '../numbers.ts';
import type { AddressLike } from './address.ts';
import { ip } from './address.ts';
import { internetChecksum } from './checksum.ts';
import { ipEtherType } from './ethernet.ts';
import type { Octets } from './octets.ts';
import { join, padding, u16, u24, u32 } from './octets.ts';

export interface GreHeader {
  /** Ethertype of the payload; IPv4 or IPv6 by its first four bits unless given. */
  protocol?: number;
  key?: number;
  sequence?: number;
  checksum?: boolean;
}

/** A GRE packet (RFC 2784, 2890). */
export function gre(header: GreHeader, payload: Octets): Uint8Array {
  const flags = (header.checksum === true ? 0x8000 : 0) | (header.key === undefined ? 0 : 0x2000);
  const packet = join(
    u16(flags | (header.sequence === undefined ? 0 : 0x1000)),
    u16(header.protocol ?? ipEtherType(payload)),
    header.checksum === true ? u32(0) : [],
    header.key === undefined ? [] : u32(header.key),
    header.sequence === undefined ? [] : u32(header.sequence),
    payload,
  );
  if (header.checksum === true) packet.set(u16(internetChecksum(packet)), 4);
  return packet;
}

/** ERSPAN type II in GRE with a sequence number; the payload is a mirrored Ethernet frame. */
export function erspan(
  header: { session: number; vlan?: number; sequence?: number; index?: number },
  frame: Octets,
): Uint8Array {
  const inner = join(u16(0x1000 | (header.vlan ?? 0)), u16(header.session & 0x3ff), u32(header.index ?? 0), frame);
  return gre({ protocol: EtherType.ERSPAN_II, sequence: header.sequence ?? 0 }, inner);
}

/** VXLAN (RFC 7348): UDP's payload to port 4789; the payload is an Ethernet frame. */
export function vxlan(header: { vni: number }, frame: Octets): Uint8Array {
  return join([0x08, 0, 0, 0, ...u24(header.vni), 0], frame);
}

/** Geneve (RFC 8926): UDP's payload to port 6081; the payload is an Ethernet frame unless `protocol` says otherwise. */
export function geneve(header: { vni: number; protocol?: number; options?: Octets }, payload: Octets): Uint8Array {
  const options = header.options ?? [];
  const fill = padding(options.length, 4);
  const protocol = header.protocol ?? EtherType.TRANSPARENT_BRIDGING;
  const words = (options.length + fill.length) / 4;
  return join([words, 0, ...u16(protocol), ...u24(header.vni), 0], options, fill, payload);
}

/** GTPv1-U (3GPP TS 29.281): UDP's payload to port 2152; message type 255 carries an IP packet. */
export function gtpU(
  header: { teid: number; type?: number; sequence?: number; extension?: Octets },
  payload: Octets,
): Uint8Array {
  const optional = header.sequence !== undefined || header.extension !== undefined;
  const flags = 0x30 | (header.sequence === undefined ? 0 : 2) | (header.extension === undefined ? 0 : 4);
  // An extension header (here a PDU session container, 0x85) has its length in four octets first and the next type last.
  const content = header.extension ?? [];
  const body = join(content, padding(content.length + 2, 4));
  const extension = header.extension === undefined ? [] : join([(body.length + 2) / 4], body, [0]);
  const fields = optional ? [...u16(header.sequence ?? 0), 0, header.extension === undefined ? 0 : 0x85] : [];
  const length = fields.length + extension.length + payload.length;
  return join([flags, header.type ?? 255, ...u16(length), ...u32(header.teid)], fields, extension, payload);
}

/** Teredo (RFC 4380): UDP's payload to or from port 3544: an IPv6 packet, perhaps behind authentication and origin. */
export function teredo(
  header: { authentication?: boolean; origin?: { address: AddressLike; port: number } },
  packet: Octets,
): Uint8Array {
  const authentication = header.authentication === true ? [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] : [];
  // Port and address of an origin are sent with every bit turned round (RFC 4380, 5.1.1).
  const origin =
    header.origin === undefined
      ? []
      : [0, 0, ...u16(~header.origin.port & 0xffff), ...[...ip(header.origin.address)].map((octet) => ~octet & 0xff)];
  return join(authentication, origin, packet);
}
