import { LinkType } from '../../../core/packet/linkType.ts';

/** A type of hardware that has no link type stands for itself, except NETROM's 0, which would read as BSD loopback. */
const NO_LINK_TYPE = 0xffff;

/** What a frame of an interface begins with, by the interface's hardware type (linux/if_arp.h). */
const linkTypes = new Map<number, number>([
  [0, NO_LINK_TYPE],
  [1, LinkType.EN10MB],
  [772, LinkType.EN10MB],
  // Interfaces without a link header, or with one that is no use: the packet is handed over from its network header.
  [512, LinkType.RAW], // PPP
  [519, LinkType.RAW], // RAWIP
  [65534, LinkType.RAW], // NONE: tun, WireGuard
  [768, LinkType.RAW], // IP in IP
  [769, LinkType.RAW], // IPv6 tunnel
  [776, LinkType.RAW], // SIT
  [778, LinkType.RAW], // GRE
  [823, LinkType.RAW], // GRE over IPv6
  [801, LinkType.IEEE802_11],
  [803, LinkType.IEEE802_11_RADIO],
]);

/** The LINKTYPE_ value of frames of an interface with this hardware type. */
export function linkTypeOfHardware(hardware: number): number {
  return linkTypes.get(hardware) ?? hardware;
}
