import { ethernet } from '../../core/packet/build/ethernet.ts';
import { fragmentIpv4, ipv4 } from '../../core/packet/build/ipv4.ts';
import { fragmentIpv6, ipv6, ipv6Fragment, ipv6Options } from '../../core/packet/build/ipv6.ts';
import { loopback, radiotap } from '../../core/packet/build/link.ts';
import { IpProtocol, TcpFlag } from '../../core/packet/numbers.ts';
import { text } from '../../core/packet/build/octets.ts';
import { icmp, icmpv6, sctp, sctpChunk, tcp, udp } from '../../core/packet/build/transport.ts';
import { LinkType } from '../../core/packet/linkType.ts';
import type { CapturedPacket } from '../captures/captureBytes.ts';
import { toPcap, toPcapng } from '../captures/captureBytes.ts';
import type { Encapsulation } from '../captures/encapsulation.ts';
import { linkEncapsulations, teredoEncapsulation, tunnelEncapsulations } from '../captures/encapsulation.ts';
import { makeMixedCapture } from '../captures/mixed.ts';

const START = 1_700_000_000;
const MILLIS = 1_000_000;
const links: readonly Encapsulation[] = Object.values(linkEncapsulations);
const tunnels: readonly Encapsulation[] = Object.values(tunnelEncapsulations);

interface Segment {
  forward: boolean;
  flags: number;
  sequence: number;
  acknowledgement?: number;
  size?: number;
}

const client = '10.1.0.5';
const server = '198.51.100.80';
const { SYN, ACK, FIN, RST, PSH } = TcpFlag;

function segment(port: number, { forward, flags, sequence, acknowledgement = 0, size = 0 }: Segment): Uint8Array {
  const [source, destination] = forward ? [client, server] : [server, client];
  const [sourcePort, destinationPort] = forward ? [port, 443] : [443, port];
  const header = { sourcePort, destinationPort, flags, sequence, acknowledgement };
  return ipv4({ source, destination, protocol: IpProtocol.TCP }, tcp(header, new Uint8Array(size)));
}

/** From handshake to close, with one segment sent twice. */
function conversation(port: number): Uint8Array[] {
  const both = { acknowledgement: 1001 };
  return [
    { forward: true, flags: SYN, sequence: 1000 },
    { forward: false, flags: SYN | ACK, sequence: 5000, ...both },
    { forward: true, flags: ACK, sequence: 1001, acknowledgement: 5001 },
    { forward: true, flags: ACK | PSH, sequence: 1001, acknowledgement: 5001, size: 120 },
    { forward: true, flags: ACK | PSH, sequence: 1001, acknowledgement: 5001, size: 120 },
    { forward: false, flags: ACK | PSH, sequence: 5001, acknowledgement: 1121, size: 800 },
    { forward: true, flags: FIN | ACK, sequence: 1121, acknowledgement: 5801 },
    { forward: false, flags: FIN | ACK, sequence: 5801, acknowledgement: 1122 },
    { forward: true, flags: ACK, sequence: 1122, acknowledgement: 5802 },
  ].map((one) => segment(port, one));
}

function question(port = 40_000, size = 40): Uint8Array {
  const header = { source: '10.1.0.9', destination: '192.0.2.53', protocol: IpProtocol.UDP };
  return ipv4(header, udp({ sourcePort: port, destinationPort: 53 }, new Uint8Array(size)));
}

function question6(size = 40): Uint8Array {
  const header = { source: '2001:db8::9', destination: '2001:db8::53', protocol: IpProtocol.UDP };
  return ipv6(header, udp({ sourcePort: 40_001, destinationPort: 53 }, new Uint8Array(size)));
}

/** Packets a millisecond apart. */
function spaced(frames: readonly Uint8Array[], seconds = START): CapturedPacket[] {
  return frames.map((bytes, i) => ({ seconds, nanos: i * MILLIS, bytes, len: bytes.length }));
}

const plain = (packets: readonly Uint8Array[]): CapturedPacket[] => spaced(packets.map((one) => ethernet({}, one)));

function otherTransports(): CapturedPacket[] {
  const ends = { source: '10.2.0.1', destination: '10.2.0.2' };
  const ends6 = { source: 'fe80::1', destination: 'ff02::1' };
  return plain([
    ipv4({ ...ends, protocol: IpProtocol.ICMP }, icmp({ type: 8, identifier: 7 }, new Uint8Array(56))),
    ipv4({ source: ends.destination, destination: ends.source, protocol: 1 }, icmp({ type: 0, identifier: 7 })),
    ipv4({ source: '10.2.0.254', destination: ends.source, protocol: 1 }, icmp({ type: 11 }, question())),
    ipv6({ ...ends6, protocol: IpProtocol.ICMPV6 }, icmpv6({ type: 135 }, new Uint8Array(16))),
    ipv4(
      { ...ends, protocol: IpProtocol.SCTP },
      sctp({ sourcePort: 5000, destinationPort: 38412 }, sctpChunk(1, text('hello'))),
    ),
    ipv4({ ...ends, protocol: IpProtocol.ESP }, new Uint8Array(32)),
    ipv4(
      { source: '127.0.0.1', destination: '127.0.0.1', protocol: IpProtocol.UDP },
      udp({ sourcePort: 9, destinationPort: 9 }),
    ),
    ipv4(
      { source: '0.0.0.0', destination: '255.255.255.255', protocol: 17 },
      udp({ sourcePort: 68, destinationPort: 67 }),
    ),
  ]);
}

function fragments(): CapturedPacket[] {
  const large = fragmentIpv4(question(40_002, 3000), 1480);
  const large6 = fragmentIpv6(question6(3000), 1448, 77);
  const atomic = ipv6(
    { source: '2001:db8::9', destination: '2001:db8::53', protocol: IpProtocol.FRAGMENT },
    ipv6Fragment({ next: IpProtocol.UDP, id: 5 }, udp({ sourcePort: 3, destinationPort: 4 })),
  );
  const tiny = ipv4(
    { source: '10.1.0.9', destination: server, protocol: 6, moreFragments: true, id: 4 },
    new Uint8Array(8),
  );
  const options = ipv6(
    { source: '2001:db8::9', destination: '2001:db8::53', protocol: IpProtocol.HOP_BY_HOP },
    ipv6Options(IpProtocol.UDP, udp({ sourcePort: 3, destinationPort: 4 })),
  );
  // In reverse, in order, one that misses its end, and a tunnel's carrier.
  const carrier = fragmentIpv4(tunnelEncapsulations.vxlan(question(40_003, 900), true).subarray(14), 504);
  const broken = fragmentIpv4(
    ipv4(
      { source: '10.1.0.8', destination: server, protocol: 17, id: 6 },
      udp({ sourcePort: 8, destinationPort: 9 }, new Uint8Array(2000)),
    ),
    800,
  );
  return plain([...large.toReversed(), ...large6, atomic, tiny, options, ...carrier, ...broken.slice(0, 2)]);
}

function steppingBack(): CapturedPacket[] {
  return [0, 12, 25, 3, 40, 11, 41, 100_000, 39].map((seconds, i) => {
    const bytes = ethernet({}, question(41_000 + i));
    return { seconds: START + seconds, nanos: i, bytes, len: bytes.length + i };
  });
}

function resets(): CapturedPacket[] {
  const scan = [21, 22, 23].map((port) => segment(port + 50_000, { forward: true, flags: SYN, sequence: 1 }));
  const refused = segment(50_021, { forward: false, flags: RST | ACK, sequence: 0, acknowledgement: 2 });
  const middle = segment(50_100, { forward: false, flags: ACK, sequence: 9, acknowledgement: 9, size: 100 });
  return plain([...conversation(50_001), ...scan, refused, middle, ...conversation(50_002).slice(0, 6)]);
}

/** The captures of this folder, by the name of their file: made here, checked in, and compared with what is made. */
export const goldenCaptures: Readonly<Record<string, () => Uint8Array>> = {
  'conversation.pcap': () => toPcap(plain(conversation(50_000)), { nanoseconds: false }),
  'resets.pcap': () => toPcap(resets()),
  'transports.pcap': () => toPcap(otherTransports(), { bigEndian: true }),
  'links.pcap': () =>
    toPcap(spaced(links.flatMap((encapsulate) => [encapsulate(question(), true), encapsulate(question6(), true)]))),
  'tunnels.pcap': () =>
    toPcap(
      spaced([...tunnels.map((encapsulate) => encapsulate(question(), true)), teredoEncapsulation(question6(), true)]),
    ),
  'fragments.pcap': () => toPcap(fragments()),
  'times.pcap': () => toPcapng(steppingBack()),
  'loopback.pcap': () =>
    toPcap(spaced([loopback({}, question()), loopback({ bigEndian: true, family: 24 }, question6())]), {
      linkType: LinkType.NULL,
    }),
  'wireless.pcap': () =>
    toPcap(spaced([radiotap({ qos: true }, question()), radiotap({}, question6())]), {
      linkType: LinkType.IEEE802_11_RADIO,
    }),
  'unsupported.pcap': () => toPcap(spaced([new Uint8Array(30)]), { linkType: 147 }),
  'empty.pcap': () => toPcap([]),
  'cut.pcap': () => toPcap(plain(conversation(50_000))).subarray(0, 700),
  'mixed.pcap': () => toPcap(makeMixedCapture({ packets: 60, flows: 25, seed: 77 }).packets),
};
