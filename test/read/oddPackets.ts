import { EtherType, PppProtocol, TunnelPort } from '../../core/packet/numbers.ts';
import { arp, ethernet, llcFrame, mpls, pppoe } from '../../core/packet/build/ethernet.ts';
import { fragmentIpv4, ipv4 } from '../../core/packet/build/ipv4.ts';
import { ipv6, ipv6Fragment } from '../../core/packet/build/ipv6.ts';
import { ieee80211, linuxSll, linuxSll2, loopback, nflog, ppp, radiotap } from '../../core/packet/build/link.ts';
import { u32 } from '../../core/packet/build/octets.ts';
import { icmp, icmpv6, udp } from '../../core/packet/build/transport.ts';
import { gre, gtpU } from '../../core/packet/build/tunnel.ts';
import { LinkType } from '../../core/packet/linkType.ts';
import { toPcap } from '../captures/captureBytes.ts';
import type { OddCapture } from './oddParts.ts';
import {
  START,
  packet,
  datagram,
  section,
  one,
  eightHeaders,
  tagged,
  whole,
  quoted,
  micros,
  largeFrame,
  nested,
  carrier,
} from './oddParts.ts';

/** Packets that nobody sends on purpose, and link types side by side. Each has what must come out of it. */
export const oddPackets: readonly OddCapture[] = [
  {
    name: 'seven link types, one that is not decoded',
    bytes: section(
      [LinkType.EN10MB, LinkType.RAW, LinkType.LINUX_SLL, LinkType.LINUX_SLL2, LinkType.NULL, LinkType.PPP, 147].map(
        (linkType) => ({ linkType }),
      ),
      [
        one.bytes,
        datagram(),
        linuxSll({}, datagram()),
        linuxSll2({}, datagram()),
        loopback({}, datagram()),
        ppp({}, datagram()),
        new Uint8Array(60),
      ].map((bytes, i) => ({ interface: i, ...micros(BigInt(START)), bytes })),
    ),
    expected: {
      packets: 7,
      distinct: { hosts: { estimate: 2 }, flows: { estimate: 1 } },
      flows: { total: 1 },
      verdicts: { unsupported: 1, reasons: { 'linkType.147': 1 } },
    },
  },
  {
    name: 'NFLOG and 802.11 with and without radiotap',
    bytes: section(
      [LinkType.NFLOG, LinkType.IEEE802_11, LinkType.IEEE802_11_RADIO].map((linkType) => ({ linkType })),
      [nflog({}, datagram()), ieee80211({}, datagram()), radiotap({ qos: true }, datagram())].map((bytes, i) => ({
        interface: i,
        ...micros(BigInt(START)),
        bytes,
      })),
    ),
    expected: {
      packets: 3,
      distinct: { flows: { estimate: 1 } },
      verdicts: { malformed: 0, truncated: 0, unsupported: 0 },
    },
  },
  {
    name: 'thousands of link types',
    bytes: section(
      Array.from({ length: 6000 }, (_, i) => ({ linkType: 1000 + i })),
      Array.from({ length: 6000 }, (_, i) => ({ interface: i, ...micros(BigInt(START)), bytes: new Uint8Array(4) })),
    ),
    expected: { packets: 6000, verdicts: { unsupported: 6000 } },
  },
  {
    name: 'eight tags',
    bytes: toPcap([packet(tagged(8))]),
    expected: { distinct: { hosts: { estimate: 2 } }, verdicts: { unsupported: 0 } },
  },
  {
    name: 'nine tags',
    bytes: toPcap([packet(tagged(9))]),
    expected: { distinct: { hosts: { estimate: 0 } }, verdicts: { unsupported: 1, reasons: { 'vlan.depth': 1 } } },
  },
  {
    name: 'a frame of segmentation offload',
    bytes: toPcap([packet(largeFrame())]),
    expected: { packets: 1, octets: 200_054, distinct: { services: { estimate: 1 } }, verdicts: { malformed: 0 } },
  },
  {
    name: 'a datagram of 65,535 octets in 45 fragments',
    bytes: toPcap(fragmentIpv4(whole, 1480).map((piece, i) => packet(ethernet({}, piece), START, i))),
    expected: {
      packets: 45,
      fragments: { seen: 45, reassembled: 45, unmatched: 0 },
      flows: { total: 1, udp: 1 },
      distinct: { flows: { estimate: 1 }, services: { estimate: 1 } },
    },
  },
  {
    name: 'a datagram beyond 65,535 octets',
    bytes: toPcap([
      packet(
        ethernet(
          {},
          ipv4(
            { source: '10.0.0.1', destination: '10.0.1.1', protocol: 17, fragmentOffset: 65_528, id: 3 },
            new Uint8Array(64),
          ),
        ),
      ),
    ]),
    expected: {
      fragments: { seen: 1, unmatched: 1 },
      verdicts: { malformed: 1, reasons: { 'fragment.length': 1 } },
      distinct: { hosts: { estimate: 2 } },
    },
  },
  {
    name: 'the same fragment twice, and the last one of none',
    bytes: toPcap([0, 0, 1].map((i, at) => packet(ethernet({}, fragmentIpv4(datagram(2, 3000), 1480)[i]!), START, at))),
    expected: { packets: 3, fragments: { seen: 3, reassembled: 0, unmatched: 3 }, flows: { total: 0 } },
  },
  {
    name: 'a host that sends to itself',
    bytes: toPcap([
      packet(
        ethernet(
          {},
          ipv4(
            { source: '127.0.0.1', destination: '127.0.0.1', protocol: 17 },
            udp({ sourcePort: 9, destinationPort: 9 }),
          ),
        ),
      ),
    ]),
    expected: {
      distinct: {
        hosts: { estimate: 1 },
        sources: { estimate: 1 },
        destinations: { estimate: 1 },
        pairs: { estimate: 1 },
      },
      top: {
        hosts: [{ key: '127.0.0.1', packets: 1, octets: 42 }],
        pairs: [{ key: '127.0.0.1 127.0.0.1', packets: 1 }],
      },
    },
  },
  {
    name: 'multicast, broadcast, 0.0.0.0',
    bytes: toPcap(
      [
        ['0.0.0.0', '255.255.255.255'],
        ['10.0.0.1', '224.0.0.251'],
        ['10.0.0.1', '10.0.0.255'],
      ].map(([source = '', destination = '']) =>
        packet(ethernet({}, ipv4({ source, destination, protocol: 17 }, udp({ sourcePort: 68, destinationPort: 67 })))),
      ),
    ),
    expected: {
      packets: 3,
      distinct: { hosts: { estimate: 5 }, sources: { estimate: 2 }, destinations: { estimate: 3 } },
    },
  },
  {
    name: 'errors that quote packets',
    bytes: toPcap([
      packet(
        ethernet(
          {},
          ipv4({ source: '192.0.2.1', destination: '10.0.0.3', protocol: 1 }, icmp({ type: 3, code: 1 }, quoted)),
        ),
      ),
      packet(
        ethernet(
          {},
          ipv6(
            { source: '2001:db8::1', destination: '2001:db8::2', protocol: 58 },
            icmpv6(
              { type: 1, code: 4 },
              ipv6(
                { source: '2001:db8::7', destination: '2001:db8::8', protocol: 17 },
                udp({ sourcePort: 1, destinationPort: 2 }),
              ),
            ),
          ),
        ),
      ),
    ]),
    expected: { flows: { total: 2, icmp: 2, udp: 0 }, distinct: { hosts: { estimate: 4 }, services: { estimate: 0 } } },
  },
  {
    name: 'eight extension headers',
    bytes: toPcap([packet(ethernet({}, eightHeaders()))]),
    expected: { flows: { total: 1, udp: 1 }, verdicts: { malformed: 0, unsupported: 0, truncated: 0 } },
  },
  {
    name: 'an atomic fragment',
    bytes: toPcap([
      packet(
        ethernet(
          {},
          ipv6(
            { source: '2001:db8::1', destination: '2001:db8::2', protocol: 44 },
            ipv6Fragment({ next: 17, id: 1 }, udp({ sourcePort: 1, destinationPort: 2 })),
          ),
        ),
      ),
    ]),
    expected: { fragments: { seen: 1, reassembled: 1, unmatched: 0 }, flows: { udp: 1 } },
  },
  {
    name: 'tunnels, four deep and five',
    bytes: toPcap([4, 5].map((depth, at) => packet(ethernet({}, nested(depth)), START, at))),
    expected: { packets: 2, tunnelled: 2, verdicts: { unsupported: 1, reasons: { 'tunnel.depth': 1 } } },
  },
  {
    name: 'a tunnelled packet whose carrier is in fragments',
    bytes: toPcap(
      fragmentIpv4(carrier(ethernet({}, datagram(5, 1400))), 800).map((piece, at) =>
        packet(ethernet({}, piece), START, at),
      ),
    ),
    expected: {
      packets: 2,
      tunnelled: 1,
      fragments: { seen: 2, reassembled: 2, unmatched: 0 },
      flows: { total: 2, udp: 2 },
      distinct: { flows: { estimate: 1 } },
    },
  },
  {
    name: 'PPPoE, MPLS, ARP and spanning tree',
    bytes: toPcap([
      packet(
        ethernet({ type: EtherType.PPPOE_SESSION }, pppoe({ session: 1, protocol: PppProtocol.IPV4 }, datagram())),
      ),
      packet(ethernet({ type: EtherType.PPPOE_SESSION }, pppoe({ session: 1, protocol: PppProtocol.LCP }, u32(0)))),
      packet(ethernet({ type: EtherType.MPLS }, mpls({ label: 3 }, datagram()))),
      packet(ethernet({ type: EtherType.ARP }, arp({ sender: '10.0.0.1', target: '10.0.0.2' }))),
      packet(llcFrame({}, new Uint8Array(40))),
    ]),
    expected: {
      packets: 5,
      links: { pppControl: 1, arp: 1, stp: 1 },
      flows: { total: 1 },
      verdicts: { unsupported: 0, malformed: 0 },
    },
  },
  {
    name: 'GTP, GRE and IP in IP around one flow',
    bytes: toPcap([
      packet(ethernet({}, datagram(6))),
      packet(
        ethernet(
          {},
          ipv4(
            { source: '192.0.2.1', destination: '192.0.2.2', protocol: 17 },
            udp({ sourcePort: 2152, destinationPort: TunnelPort.GTP_U }, gtpU({ teid: 1 }, datagram(6))),
          ),
        ),
      ),
      packet(ethernet({}, ipv4({ source: '192.0.2.1', destination: '192.0.2.2', protocol: 47 }, gre({}, datagram(6))))),
      packet(ethernet({}, ipv4({ source: '192.0.2.1', destination: '192.0.2.2', protocol: 4 }, datagram(6)))),
    ]),
    expected: {
      packets: 4,
      tunnelled: 3,
      flows: { total: 4, udp: 2, other: 2 },
      distinct: { hosts: { estimate: 2 }, flows: { estimate: 1 } },
    },
  },
];
