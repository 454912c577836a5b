import { expect, test } from 'vitest';
import { PacketBatch } from './batch.ts';
import { ethernet } from './build/ethernet.ts';
import { ipv4 } from './build/ipv4.ts';
import { ipv6 } from './build/ipv6.ts';
import { icmp, icmpv6, tcp, udp } from './build/transport.ts';
import { wrongChecksum } from './checksum.ts';
import { Decoder } from './decoder.ts';
import { reasons } from './verdict.ts';

const four = { source: '192.0.2.1', destination: '192.0.2.2' };
const six = { source: '2001:db8::1', destination: '2001:db8::2' };
const ports = { sourcePort: 1, destinationPort: 2 };
const packets: Record<string, Uint8Array> = {
  tcp: ipv4({ ...four, protocol: 6 }, tcp(ports, [1, 2, 3])),
  udp: ipv4({ ...four, protocol: 17 }, udp(ports, [1, 2, 3, 4])),
  icmp: ipv4({ ...four, protocol: 1 }, icmp({ type: 8, code: 0 }, [9])),
  tcp6: ipv6({ ...six, protocol: 6 }, tcp(ports, [1])),
  udp6: ipv6({ ...six, protocol: 17 }, udp(ports, [])),
  icmp6: ipv6({ ...six, protocol: 58 }, icmpv6({ type: 128, code: 0 }, [9])),
};

function check(packet: Uint8Array): string {
  const decoder = new Decoder();
  const batch = new PacketBatch(1);
  const frame = ethernet({}, packet);
  batch.setBytes(frame);
  batch.count = 1;
  batch.caplen[0] = frame.length;
  batch.len[0] = frame.length;
  batch.linkType[0] = 1;
  decoder.decode(batch, 0);
  return reasons[wrongChecksum(decoder.fields)]!.name;
}

test.each(Object.entries(packets))('%s: holds as built, and any changed byte of the payload shows', (name, packet) => {
  expect(check(packet)).toBe('');
  const broken = packet.slice();
  broken[packet.length - 1]! ^= 0x10;
  const protocol = name.replace('6', '');
  expect(check(broken)).toBe(`${protocol}.checksum`);
});

test("IPv4's header has its own, and a UDP checksum of 0 is none", () => {
  const broken = packets['udp']!.slice();
  broken[8]! ^= 1;
  expect(check(broken)).toBe('ipv4.checksum');
  const none = packets['udp']!.slice();
  none[26] = 0;
  none[27] = 0;
  expect(check(none)).toBe('');
});
