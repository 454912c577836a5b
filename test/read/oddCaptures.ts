import { EtherType, IpProtocol, PppProtocol, TunnelPort } from '../../core/packet/numbers.ts';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { arp, ethernet, llcFrame, mpls, pppoe, vlan } from '../../core/packet/build/ethernet.ts';
import { fragmentIpv4, ipv4 } from '../../core/packet/build/ipv4.ts';
import { ipv6, ipv6Options, ipv6Routing, ipv6Fragment } from '../../core/packet/build/ipv6.ts';
import { ieee80211, linuxSll, linuxSll2, loopback, nflog, ppp, radiotap } from '../../core/packet/build/link.ts';
import { join, u32 } from '../../core/packet/build/octets.ts';
import { icmp, icmpv6, tcp, udp } from '../../core/packet/build/transport.ts';
import { gre, gtpU, vxlan } from '../../core/packet/build/tunnel.ts';
import { LinkType } from '../../core/packet/linkType.ts';
import {
  encodeInterface,
  encodeSectionHeader,
  enhancedHeadOctets,
  enhancedPacketOctets,
  putEnhancedPacket,
} from '../../core/packet/file/pcapngWriter.ts';
import type { CapturedPacket } from '../captures/captureBytes.ts';
import { toPcap, toPcapng } from '../captures/captureBytes.ts';
import { makeMixedCapture } from '../captures/mixed.ts';

export const START = 1_700_000_000;

/** A frame as a captured packet. */
export function packet(bytes: Uint8Array, seconds: number = START, nanos = 0, len = bytes.length): CapturedPacket {
  return { seconds, nanos, bytes, len };
}

/** A UDP packet from 10.0.0.n to 10.0.1.n. */
export function datagram(n = 1, size = 32): Uint8Array {
  const payload = udp({ sourcePort: 40_000 + (n & 1023), destinationPort: 9999 }, new Uint8Array(size));
  return ipv4(
    { source: `10.0.0.${n & 255}`, destination: `10.0.1.${n & 255}`, protocol: IpProtocol.UDP, id: n & 0xffff },
    payload,
  );
}

export interface PcapngPacket {
  interface: number;
  high: number;
  low: number;
  bytes: Uint8Array;
  len?: number;
}

/** One pcapng section: its interfaces and its packets with raw times. */
export function section(
  interfaces: readonly Parameters<typeof encodeInterface>[0][],
  packets: readonly PcapngPacket[],
  bigEndian = false,
): Uint8Array {
  const parts = [encodeSectionHeader(bigEndian), ...interfaces.map((one) => encodeInterface(one, bigEndian))];
  for (const { interface: from, high, low, bytes, len } of packets) {
    const block = new Uint8Array(enhancedPacketOctets(bytes.length));
    putEnhancedPacket(new DataView(block.buffer), 0, !bigEndian, from, high, low, bytes.length, len ?? bytes.length);
    block.set(bytes, enhancedHeadOctets);
    parts.push(block);
  }
  return join(...parts);
}

export interface OddCapture {
  name: string;
  bytes: Uint8Array;
  status?: 0 | 1 | 3;
  /** What the report must say, as far as it is told here. */
  expected: Record<string, unknown>;
}

const one = packet(ethernet({}, datagram()));
const nothing = { packets: 0, octets: 0, firstTime: null, lastTime: null };
const eightHeaders = (): Uint8Array => {
  let next: number = IpProtocol.UDP;
  let payload: Uint8Array = udp({ sourcePort: 5, destinationPort: 6 }, new Uint8Array(4));
  for (let i = 0; i < 7; i++) {
    payload = i % 2 === 0 ? ipv6Options(next, payload) : ipv6Routing(next, payload, ['2001:db8::9']);
    next = i % 2 === 0 ? IpProtocol.DESTINATION : IpProtocol.ROUTING;
  }
  payload = ipv6Options(next, payload);
  return ipv6({ source: '2001:db8::1', destination: '2001:db8::2', protocol: IpProtocol.HOP_BY_HOP }, payload);
};
const tagged = (depth: number): Uint8Array => {
  let inside = vlan({ id: depth }, datagram());
  for (let i = depth - 1; i > 0; i--) inside = vlan({ id: i, type: EtherType.VLAN }, inside);
  return ethernet({ type: EtherType.QINQ }, inside);
};
const whole = ipv4(
  { source: '10.0.0.1', destination: '10.0.1.1', protocol: IpProtocol.UDP, id: 9 },
  udp({ sourcePort: 7, destinationPort: 8 }, new Uint8Array(65_535 - 28)),
);
const quoted = datagram(3);
const largeFrame = (): Uint8Array => {
  const frame = ethernet(
    {},
    ipv4(
      { source: '10.0.0.1', destination: '10.0.1.1', protocol: IpProtocol.TCP, totalLength: 0 },
      join(tcp({ sourcePort: 1, destinationPort: 2 }), new Uint8Array(200_000)),
    ),
  );
  return frame;
};
/** A time step in seconds as pcapng's two words of microseconds. */
const micros = (seconds: bigint): { high: number; low: number } => ({
  high: Number(((seconds * 1_000_000n) >> 32n) & 0xffffffffn),
  low: Number((seconds * 1_000_000n) & 0xffffffffn),
});
const cut = (bytes: Uint8Array, by: number): Uint8Array => bytes.subarray(0, bytes.length - by);
const mixed = makeMixedCapture({ packets: 400, flows: 60, seed: 7 }).pcap();

/** Captures that nobody sends on purpose, each with what must come out of it. */
export const oddCaptures: readonly OddCapture[] = [
  {
    name: 'no octets',
    bytes: new Uint8Array(0),
    status: 1,
    expected: { ...nothing, files: [{ format: null, complete: false, error: { code: 'file.format' } }] },
  },
  { name: 'three octets', bytes: Uint8Array.of(0xd4, 0xc3, 0xb2), status: 1, expected: nothing },
  { name: 'noise', bytes: new Uint8Array(5000).fill(0x55), status: 1, expected: nothing },
  {
    name: 'a pcap header alone',
    bytes: toPcap([]),
    expected: { ...nothing, files: [{ format: 'pcap', complete: true, linkTypes: ['EN10MB'] }] },
  },
  {
    name: 'half a pcap header',
    bytes: toPcap([]).subarray(0, 20),
    status: 3,
    expected: { ...nothing, files: [{ error: { code: 'file.cut' } }] },
  },
  {
    name: 'a pcapng section alone',
    bytes: encodeSectionHeader(),
    expected: { ...nothing, files: [{ format: 'pcapng', complete: true }] },
  },
  {
    name: 'empty sections around a full one',
    bytes: join(encodeSectionHeader(true), toPcapng([one]), encodeSectionHeader(), encodeInterface({ linkType: 1 })),
    expected: { packets: 1, octets: one.len },
  },
  {
    name: 'a record that is cut',
    bytes: cut(toPcap([one, one]), 1),
    status: 3,
    expected: { packets: 1, files: [{ error: { code: 'file.cut' } }] },
  },
  { name: 'a pcapng block that is cut', bytes: cut(toPcapng([one, one]), 5), status: 3, expected: { packets: 1 } },
  {
    name: 'gzip that is cut',
    bytes: cut(gzipSync(mixed), 600),
    status: 3,
    expected: { files: [{ format: 'pcap', complete: false, error: { code: 'file.compression' } }] },
  },
  {
    name: 'zstd that is cut',
    bytes: cut(zstdCompressSync(mixed), 600),
    status: 3,
    expected: { files: [{ complete: false, error: { code: 'file.compression' } }] },
  },
  { name: 'gzip of nothing', bytes: gzipSync(new Uint8Array(0)), status: 1, expected: nothing },
  {
    name: 'two gzip members',
    bytes: join(gzipSync(toPcap([one])), gzipSync(toPcap([one]).subarray(24))),
    expected: { packets: 2 },
  },
  { name: 'gzip in gzip', bytes: gzipSync(gzipSync(mixed)), status: 1, expected: nothing },
  {
    name: 'less on the wire than captured',
    bytes: toPcap([packet(one.bytes, START, 0, 20), packet(one.bytes, START, 0, 0)]),
    expected: {
      packets: 2,
      octets: 20,
      capturedOctets: 2 * one.len,
      distinct: { hosts: { estimate: 2 }, flows: { estimate: 1 } },
    },
  },
  {
    name: 'packets of no octets',
    bytes: toPcap([packet(new Uint8Array(0)), packet(new Uint8Array(0), START, 0, 60)]),
    expected: { packets: 2, octets: 60, verdicts: { malformed: 1, truncated: 1 } },
  },
  { name: 'a snapshot length of 0', bytes: toPcap([one], { snaplen: 0 }), expected: { packets: 1, octets: one.len } },
  {
    name: 'a snapshot length below the frames',
    bytes: toPcap([one, one], { snaplen: 16 }),
    expected: { packets: 2, octets: 2 * one.len, distinct: { hosts: { estimate: 2 } } },
  },
  {
    name: 'a check sequence in the link type',
    bytes: toPcap([packet(join(one.bytes, [1, 2, 3, 4]))], { linkType: 0x2400_0001 }),
    expected: { packets: 1, files: [{ linkTypes: ['EN10MB'] }], distinct: { hosts: { estimate: 2 } } },
  },
  {
    name: 'times that step back over windows',
    bytes: toPcap([0, 30, 10, 60, 5, 31, 61].map((at) => packet(one.bytes, START + at))),
    expected: {
      packets: 7,
      late: 3,
      firstTime: '2023-11-14T22:13:20.000000000Z',
      lastTime: '2023-11-14T22:14:21.000000000Z',
    },
  },
  {
    name: 'times of 1970',
    bytes: toPcap([packet(one.bytes, 0, 0), packet(one.bytes, 0, 1)]),
    expected: { firstTime: '1970-01-01T00:00:00.000000000Z', lastTime: '1970-01-01T00:00:00.000000001Z' },
  },
  {
    name: 'the last second of pcap',
    bytes: toPcap([packet(one.bytes, 2 ** 32 - 1, 999_999_999)]),
    expected: { lastTime: '2106-02-07T06:28:15.999999999Z' },
  },
  {
    name: 'times beyond 2106 and beyond the year 9999',
    bytes: section(
      [{ linkType: 1 }],
      [5_000_000_000n, 253_402_300_799n, 253_402_300_800n].map((at) => ({
        interface: 0,
        ...micros(at),
        bytes: one.bytes,
      })),
    ),
    expected: { packets: 3, firstTime: '2128-06-11T08:53:20.000000000Z', lastTime: '253402300800.000000000' },
  },
  {
    name: 'a negative if_tsoffset',
    bytes: section(
      [{ linkType: 1, offset: -5_000_000_000 }],
      [
        { interface: 0, ...micros(4_999_999_999n), bytes: one.bytes },
        { interface: 0, ...micros(5_000_000_001n), bytes: one.bytes },
      ],
    ),
    expected: { packets: 2, firstTime: '1969-12-31T23:59:59.000000000Z', lastTime: '1970-01-01T00:00:01.000000000Z' },
  },
  {
    name: 'connections a day apart before 1970',
    bytes: section(
      [{ linkType: 1, offset: -2_000_000_000 }],
      [0n, 86_400n, 172_800n].map((at) => ({ interface: 0, ...micros(at), bytes: one.bytes })),
    ),
    expected: { packets: 3, flows: { total: 3, udp: 3 }, distinct: { flows: { estimate: 1 } } },
  },
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

function nested(depth: number): Uint8Array {
  let inside = datagram();
  for (let i = depth - 1; i >= 0; i--) {
    inside = ipv4({ source: `192.0.2.${i}`, destination: `198.51.100.${i}`, protocol: IpProtocol.IPV4 }, inside);
  }
  return inside;
}

function carrier(frame: Uint8Array): Uint8Array {
  const header = { source: '192.0.2.1', destination: '192.0.2.2', protocol: IpProtocol.UDP, id: 77 };
  return ipv4(header, udp({ sourcePort: 4000, destinationPort: TunnelPort.VXLAN }, vxlan({ vni: 1 }, frame)));
}
