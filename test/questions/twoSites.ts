import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ethernet } from '../../core/packet/build/ethernet.ts';
import { ipv4 } from '../../core/packet/build/ipv4.ts';
import { udp } from '../../core/packet/build/transport.ts';
import { toPcap } from '../captures/captureBytes.ts';
import type { CapturedPacket } from '../captures/captureBytes.ts';
import { makeMixedCapture } from '../captures/mixed.ts';
import { countNaively } from '../read/naiveCounts.ts';
import { packet } from '../read/oddParts.ts';
import type { Count, NaiveCounts } from '../read/naiveCounts.ts';

export const lists = ['hosts', 'sources', 'destinations', 'pairs'] as const;

export interface Site {
  name: string;
  file: string;
  packets: CapturedPacket[];
  truth: NaiveCounts;
}

export interface TwoSites {
  oslo: Site;
  lima: Site;
  /** Both together, what both saw as often as it was seen. */
  both: NaiveCounts;
  /** IP octets with what both saw once, and those that both saw. */
  once: number;
  shared: number;
}

/** Two captures of the same minute: lima has traffic of its own, and all that a third of oslo's pairs did. */
export function makeTwoSites(directory: string): TwoSites {
  const own = { flows: 3000, packets: 20_000, startSeconds: 1_700_000_400, seconds: 50 };
  // A fragmented carrier comes out otherwise when packets are looked at one by one.
  const whole = (packets: CapturedPacket[]) => packets.filter((one) => countNaively(toPcap([one])).fragments === 0);
  const crowd = Array.from({ length: 4500 }, (_, i) => oneDatagram(i, own.startSeconds + (i % own.seconds)));
  const osloPackets = inOrder([...whole(makeMixedCapture({ ...own, seed: 21 }).packets), ...crowd]);
  const limaOwn = whole(makeMixedCapture({ ...own, seed: 22, flows: 2000, packets: 10_000 }).packets);
  const sharedPackets = osloPackets.filter(isShared);
  const limaPackets = inOrder([...limaOwn, ...sharedPackets]);
  const site = (name: string, packets: CapturedPacket[]): Site => {
    const file = join(directory, `${name}.pcap`);
    const bytes = toPcap(packets);
    writeFileSync(file, bytes);
    return { name, file, packets, truth: countNaively(bytes) };
  };
  const [oslo, lima] = [site('oslo', osloPackets), site('lima', limaPackets)];
  const shared = ipOctets(countNaively(toPcap(sharedPackets)));
  return {
    oslo,
    lima,
    both: countNaively(toPcap([...osloPackets, ...limaPackets])),
    once: ipOctets(oslo.truth) + ipOctets(lima.truth) - shared,
    shared,
  };
}

function inOrder(packets: CapturedPacket[]): CapturedPacket[] {
  return packets.sort((a, b) => a.seconds - b.seconds || a.nanos - b.nanos);
}

/** A host that sends once. There are more than reading counts in a set. */
function oneDatagram(host: number, seconds: number): CapturedPacket {
  const source = `10.77.${host >>> 7}.${host & 127}`;
  const datagram = udp({ sourcePort: 1, destinationPort: 2 }, new Uint8Array(host % 300));
  return packet(ethernet({}, ipv4({ source, destination: '192.0.2.1', protocol: 17 }, datagram)), seconds, host);
}

export function ipOctets({ pairs }: NaiveCounts): number {
  return [...pairs.values()].reduce((sum, { octets }) => sum + octets, 0);
}

/** By both addresses, in either order, so that flows are shared as a whole. */
function isShared(packet: CapturedPacket): boolean {
  const [pair] = countNaively(toPcap([packet])).pairs.keys();
  if (pair === undefined) return false;
  const ends = pair.split(' ').sort().join(' ');
  let hash = 7;
  for (let i = 0; i < ends.length; i++) hash = Math.imul(hash ^ ends.charCodeAt(i), 0x01000193);
  return (hash >>> 8) % 3 === 0;
}

/** What a key has in a map, nothing when it is not in it. */
export function countOf(map: ReadonlyMap<string, Count>, key: string): Count {
  return map.get(key) ?? { packets: 0, octets: 0 };
}
