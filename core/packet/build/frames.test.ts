import { EtherType, IpProtocol, TcpFlag } from '../numbers.ts';
import { expect, test } from 'vitest';
import { ip } from './address.ts';
import { crc32c, internetChecksum } from './checksum.ts';
import { dns, DnsType } from './dns.ts';
import { arp, ethernet, vlan } from './ethernet.ts';
import { fragmentIpv4, ipv4 } from './ipv4.ts';
import { fragmentIpv6, ipv6, ipv6Options } from './ipv6.ts';
import { text, u16, u32 } from './octets.ts';
import { icmp, sctp, sctpChunk, tcp, udp } from './transport.ts';
import { gtpU, teredo } from './tunnel.ts';

const four = { source: '192.0.2.1', destination: '192.0.2.2' };
const six = { source: '2001:db8::1', destination: '2001:db8::2' };

function pseudo(packet: Uint8Array, addresses: Uint8Array, protocol: number, start: number): number {
  const segment = packet.subarray(start);
  return internetChecksum(addresses, [...u32(segment.length), ...u32(protocol)], segment);
}

test('checksums are those of the published examples', () => {
  // RFC 1071, section 3: the words sum to 0xddf2.
  expect(internetChecksum([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7])).toBe(0xffff - 0xddf2);
  // RFC 3720, B.4: 32 octets of zeros, and of ones.
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
});

test('addresses are read from text, with :: anywhere', () => {
  expect([...ip('10.0.255.1')]).toEqual([10, 0, 255, 1]);
  expect(Buffer.from(ip('::1')).toString('hex')).toBe('00000000000000000000000000000001');
  expect(Buffer.from(ip('2001:db8::ff:1')).toString('hex')).toBe('20010db8000000000000000000ff0001');
  expect(Buffer.from(ip('fe80::')).toString('hex')).toBe('fe800000000000000000000000000000');
});

test('headers and segments sum to zero, options, extension headers and odd lengths included', () => {
  const packet = ipv4(
    { ...four, protocol: IpProtocol.TCP, options: [7, 3, 4] },
    tcp({ sourcePort: 1, destinationPort: 2 }, [9]),
  );
  expect(packet[0]).toBe(0x46);
  expect(internetChecksum(packet.subarray(0, 24))).toBe(0);
  expect(pseudo(packet, packet.subarray(12, 20), IpProtocol.TCP, 24)).toBe(0);
  const behind = ipv6Options(IpProtocol.UDP, udp({ sourcePort: 1, destinationPort: 2 }, [1, 2, 3]));
  const long = ipv6({ ...six, protocol: IpProtocol.HOP_BY_HOP }, behind);
  expect(pseudo(long, long.subarray(8, 40), IpProtocol.UDP, 48)).toBe(0);
  expect(internetChecksum(icmp({ type: 8 }, [1, 2, 3]))).toBe(0);
});

test('a given checksum and a fragment are left alone', () => {
  const datagram = udp({ sourcePort: 1, destinationPort: 2 });
  expect(ipv4({ ...four, protocol: 17, keepChecksum: true }, datagram).subarray(26, 28)).toEqual(Uint8Array.of(0, 0));
  expect(ipv4({ ...four, protocol: 17, moreFragments: true }, datagram).subarray(26, 28)).toEqual(Uint8Array.of(0, 0));
});

test('fragments of either version carry the whole payload once', () => {
  const body = Uint8Array.from({ length: 3000 }, (_, i) => i);
  const whole4 = ipv4({ ...four, protocol: 17, id: 5 }, udp({ sourcePort: 1, destinationPort: 2 }, body));
  const pieces4 = fragmentIpv4(whole4, 1480);
  expect(Buffer.concat(pieces4.map((piece) => piece.subarray(20)))).toEqual(Buffer.from(whole4.subarray(20)));
  expect(pieces4.map((piece) => (piece[6]! << 8) | piece[7]!)).toEqual([0x2000, 0x2000 | 185, 370]);
  expect(pieces4.every((piece) => internetChecksum(piece.subarray(0, 20)) === 0)).toBe(true);
  const whole6 = ipv6({ ...six, protocol: 17 }, udp({ sourcePort: 1, destinationPort: 2 }, body));
  const pieces6 = fragmentIpv6(whole6, 1448, 7);
  expect(Buffer.concat(pieces6.map((piece) => piece.subarray(48)))).toEqual(Buffer.from(whole6.subarray(40)));
  expect(pieces6.map((piece) => (piece[42]! << 8) | piece[43]!)).toEqual([1, 1449, 2896]);
});

test('frames nest: a tag, an ARP packet, a DNS answer in UDP', () => {
  const tagged = ethernet(
    { type: EtherType.VLAN },
    vlan({ id: 5, priority: 3, type: EtherType.ARP }, arp({ sender: '10.0.0.1', target: '10.0.0.2' })),
  );
  expect(Buffer.from(tagged.subarray(12, 20)).toString('hex')).toBe('8100600508060001');
  const answer = dns({ id: 7, name: 'a.example', response: true, answers: [{ type: DnsType.A, data: '192.0.2.9' }] });
  expect(Buffer.from(answer).toString('hex')).toBe(
    '0007818000010001000000000161076578616d706c650000010001c00c000100010000012c0004c0000209',
  );
});

test('tunnels have the lengths that their headers say', () => {
  const packet = gtpU({ teid: 1, sequence: 2, extension: [0, 1] }, text('inner'));
  expect([...packet.subarray(0, 4)]).toEqual([0x36, 255, ...u16(4 + 4 + 5)]);
  expect([...packet.subarray(8, 16)]).toEqual([0, 2, 0, 0x85, 1, 0, 1, 0]);
  expect([...teredo({ origin: { address: '192.0.2.1', port: 1 } }, [])]).toEqual([0, 0, 255, 254, 63, 255, 253, 254]);
  expect(sctp({ sourcePort: 1, destinationPort: 2 }, sctpChunk(0, [1, 2, 3])).length).toBe(20);
  expect(tcp({ sourcePort: 1, destinationPort: 2, flags: TcpFlag.SYN, options: [2, 4, 5, 180] })[12]).toBe(0x60);
});
