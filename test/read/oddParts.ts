import { EtherType, IpProtocol, TunnelPort } from '../../core/packet/numbers.ts';
import { ethernet, vlan } from '../../core/packet/build/ethernet.ts';
import { ipv4 } from '../../core/packet/build/ipv4.ts';
import { ipv6, ipv6Options, ipv6Routing } from '../../core/packet/build/ipv6.ts';
import { join } from '../../core/packet/build/octets.ts';
import { tcp, udp } from '../../core/packet/build/transport.ts';
import { vxlan } from '../../core/packet/build/tunnel.ts';
import {
  encodeInterface,
  encodeSectionHeader,
  enhancedHeadOctets,
  enhancedPacketOctets,
  putEnhancedPacket,
} from '../../core/packet/file/pcapngWriter.ts';
import type { CapturedPacket } from '../captures/captureBytes.ts';
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

export const one = packet(ethernet({}, datagram()));
export const nothing = { packets: 0, octets: 0, firstTime: null, lastTime: null };
export const eightHeaders = (): Uint8Array => {
  let next: number = IpProtocol.UDP;
  let payload: Uint8Array = udp({ sourcePort: 5, destinationPort: 6 }, new Uint8Array(4));
  for (let i = 0; i < 7; i++) {
    payload = i % 2 === 0 ? ipv6Options(next, payload) : ipv6Routing(next, payload, ['2001:db8::9']);
    next = i % 2 === 0 ? IpProtocol.DESTINATION : IpProtocol.ROUTING;
  }
  payload = ipv6Options(next, payload);
  return ipv6({ source: '2001:db8::1', destination: '2001:db8::2', protocol: IpProtocol.HOP_BY_HOP }, payload);
};
export const tagged = (depth: number): Uint8Array => {
  let inside = vlan({ id: depth }, datagram());
  for (let i = depth - 1; i > 0; i--) inside = vlan({ id: i, type: EtherType.VLAN }, inside);
  return ethernet({ type: EtherType.QINQ }, inside);
};
export const whole = ipv4(
  { source: '10.0.0.1', destination: '10.0.1.1', protocol: IpProtocol.UDP, id: 9 },
  udp({ sourcePort: 7, destinationPort: 8 }, new Uint8Array(65_535 - 28)),
);
export const quoted = datagram(3);
export const largeFrame = (): Uint8Array => {
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
export const micros = (seconds: bigint): { high: number; low: number } => ({
  high: Number(((seconds * 1_000_000n) >> 32n) & 0xffffffffn),
  low: Number((seconds * 1_000_000n) & 0xffffffffn),
});
export const cut = (bytes: Uint8Array, by: number): Uint8Array => bytes.subarray(0, bytes.length - by);
export const mixed = makeMixedCapture({ packets: 400, flows: 60, seed: 7 }).pcap();

export function nested(depth: number): Uint8Array {
  let inside = datagram();
  for (let i = depth - 1; i >= 0; i--) {
    inside = ipv4({ source: `192.0.2.${i}`, destination: `198.51.100.${i}`, protocol: IpProtocol.IPV4 }, inside);
  }
  return inside;
}

export function carrier(frame: Uint8Array): Uint8Array {
  const header = { source: '192.0.2.1', destination: '192.0.2.2', protocol: IpProtocol.UDP, id: 77 };
  return ipv4(header, udp({ sourcePort: 4000, destinationPort: TunnelPort.VXLAN }, vxlan({ vni: 1 }, frame)));
}
