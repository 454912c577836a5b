import { EtherType, IpProtocol, PppProtocol, TunnelPort } from '../../core/packet/numbers.ts';
import { ethernet, mpls, pppoe, vlan } from '../../core/packet/build/ethernet.ts';
import { ipv4 } from '../../core/packet/build/ipv4.ts';
import { ipv6, ipv6Options } from '../../core/packet/build/ipv6.ts';
import { udp } from '../../core/packet/build/transport.ts';
import { erspan, geneve, gre, gtpU, teredo, vxlan } from '../../core/packet/build/tunnel.ts';

/** Turns an IP packet into a frame; `forward` is the direction, so that outer addresses turn round too. */
export type Encapsulation = (packet: Uint8Array, forward: boolean) => Uint8Array;

const outer4 = ['192.0.2.10', '192.0.2.20'] as const;
const outer6 = ['2001:db8:ffff::10', '2001:db8:ffff::20'] as const;

function over4(protocol: number, payload: Uint8Array, forward: boolean): Uint8Array {
  const [a, b] = outer4;
  return ethernet({}, ipv4({ source: forward ? a : b, destination: forward ? b : a, protocol }, payload));
}

function over6(protocol: number, payload: Uint8Array, forward: boolean): Uint8Array {
  const [a, b] = outer6;
  return ethernet({}, ipv6({ source: forward ? a : b, destination: forward ? b : a, protocol }, payload));
}

function overUdp(destinationPort: number, payload: Uint8Array, forward: boolean): Uint8Array {
  const sourcePort = destinationPort === TunnelPort.GTP_U ? destinationPort : 50000;
  const datagram = udp(
    forward ? { sourcePort, destinationPort } : { sourcePort: destinationPort, destinationPort: sourcePort },
    payload,
  );
  return over4(IpProtocol.UDP, datagram, forward);
}

/** IP in Ethernet, with and without tags and labels. */
export const linkEncapsulations = {
  plain: (packet) => ethernet({}, packet),
  vlan: (packet) => ethernet({ type: EtherType.VLAN }, vlan({ id: 100 }, packet)),
  qinq: (packet) =>
    ethernet({ type: EtherType.QINQ }, vlan({ id: 7, type: EtherType.VLAN }, vlan({ id: 200 }, packet))),
  mpls: (packet) => ethernet({ type: EtherType.MPLS }, mpls({ label: 16, bottom: false }, mpls({ label: 17 }, packet))),
  pppoe: (packet) => {
    const protocol = packet[0]! >>> 4 === 6 ? PppProtocol.IPV6 : PppProtocol.IPV4;
    return ethernet({ type: EtherType.PPPOE_SESSION }, pppoe({ session: 9, protocol }, packet));
  },
} as const satisfies Record<string, Encapsulation>;

/** IP in a tunnel; the inner packet may be of either version unless the name says which. */
export const tunnelEncapsulations = {
  gre: (packet, forward) => over4(IpProtocol.GRE, gre({}, packet), forward),
  greKey: (packet, forward) => over4(IpProtocol.GRE, gre({ key: 77, sequence: 1, checksum: true }, packet), forward),
  greOver6: (packet, forward) => over6(IpProtocol.GRE, gre({}, packet), forward),
  erspan: (packet, forward) => over4(IpProtocol.GRE, erspan({ session: 3, vlan: 12 }, ethernet({}, packet)), forward),
  vxlan: (packet, forward) => overUdp(TunnelPort.VXLAN, vxlan({ vni: 5001 }, ethernet({}, packet)), forward),
  geneve: (packet, forward) =>
    overUdp(TunnelPort.GENEVE, geneve({ vni: 5002, options: [0, 1, 0, 0] }, ethernet({}, packet)), forward),
  gtp: (packet, forward) => overUdp(TunnelPort.GTP_U, gtpU({ teid: 42 }, packet), forward),
  gtpExtended: (packet, forward) =>
    overUdp(TunnelPort.GTP_U, gtpU({ teid: 43, sequence: 1, extension: [0, 1] }, packet), forward),
  ip4: (packet, forward) => over4(packet[0]! >>> 4 === 6 ? IpProtocol.IPV6 : IpProtocol.IPV4, packet, forward),
  ip6: (packet, forward) => over6(packet[0]! >>> 4 === 6 ? IpProtocol.IPV6 : IpProtocol.IPV4, packet, forward),
  ip6Options: (packet, forward) => {
    const inner = packet[0]! >>> 4 === 6 ? IpProtocol.IPV6 : IpProtocol.IPV4;
    return over6(IpProtocol.DESTINATION, ipv6Options(inner, packet, [4, 1, 4, 1, 0, 0]), forward);
  },
  greInVxlan: (packet, forward) => {
    const inner = ipv4({ source: '10.255.0.1', destination: '10.255.0.2', protocol: IpProtocol.GRE }, gre({}, packet));
    return overUdp(TunnelPort.VXLAN, vxlan({ vni: 5003 }, ethernet({}, inner)), forward);
  },
} as const satisfies Record<string, Encapsulation>;

/** Teredo carries IPv6 only. */
export const teredoEncapsulation: Encapsulation = (packet, forward) =>
  overUdp(TunnelPort.TEREDO, teredo({ origin: { address: '198.51.100.9', port: 40000 } }, packet), forward);
