import { LinkType } from '../../core/packet/linkType.ts';
import type { Random } from '../captures/random.ts';
import type { Sights } from './sights.ts';

type Maker = (random: Random, sights: Sights) => string;

/**
 * A tcpdump expression with one to four parts, drawn from what occurs in a capture, so that it tells its packets apart.
 * The same state of the generator gives the same expression. Some are refused by libpcap for some link types.
 */
export function makeExpression(random: Random, sights: Sights): string {
  const shape = random.below(10);
  if (shape < 4) return primitive(random, sights);
  if (shape < 5) return `not ${primitive(random, sights)}`;
  if (shape < 7) return `${primitive(random, sights)} or ${primitive(random, sights)}`;
  if (shape < 8) return `${primitive(random, sights)} and ${primitive(random, sights)}`;
  const inner = `(${primitive(random, sights)} or not ${primitive(random, sights)})`;
  if (shape < 9) return `${inner} and ${primitive(random, sights)}`;
  return `${primitive(random, sights)} or (${inner} and ${primitive(random, sights)})`;
}

function primitive(random: Random, sights: Sights): string {
  const families: readonly (readonly Maker[])[] = [
    sights.addresses4.length > 0 ? ipv4Makers : [],
    sights.addresses4.length > 0 ? arithmeticMakers : [],
    sights.addresses6.length > 0 ? ipv6Makers : [],
    sights.ports.length > 0 ? portMakers : [],
    sights.linkType === LinkType.EN10MB && sights.macs.length > 0 ? ethernetMakers : [],
    sights.vlans.length + sights.labels.length > 0 ? tagMakers : [],
    plainMakers,
  ];
  return random.pick(random.pick(families.filter((makers) => makers.length > 0)))(random, sights);
}

const direction: readonly string[] = ['', '', 'src ', 'dst ', 'src or dst ', 'src and dst '];

/** The number of an IPv4 address with its last bits cleared. */
function network4(address: string, bits: number): string {
  const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const kept = bits === 0 ? 0 : (value & (-1 << (32 - bits))) >>> 0;
  return `${[24, 16, 8, 0].map((shift) => (kept >>> shift) & 255).join('.')}/${bits}`;
}

function network6(address: string, words: number): string {
  const parts = address.split(':').map((part, n) => (n < words ? part : '0'));
  return `${parts.join(':')}/${words * 16}`;
}

/** A byte that some packet has at `place` behind its network header, so that comparing with it selects some. */
function byteSeen(random: Random, sights: Sights, place: number): number {
  for (let tries = 0; tries < 20; tries++) {
    const packet = random.pick(sights.packets);
    if (packet.network >= 0 && packet.network + place < packet.caplen) {
      return sights.bytes[packet.offset + packet.network + place]!;
    }
  }
  return random.below(256);
}

const comparison: readonly string[] = ['=', '!=', '<', '>', '<=', '>='];

const ipv4Makers: readonly Maker[] = [
  (random, sights) => `${random.pick(direction)}host ${random.pick(sights.addresses4)}`,
  (random, sights) => `ip ${random.pick(direction)}host ${random.pick(sights.addresses4)}`,
  (random, sights) => `${random.pick(direction)}net ${network4(random.pick(sights.addresses4), random.between(1, 32))}`,
  (random, sights) => `ip proto ${random.pick(sights.protocols4)}`,
  (random, sights) => {
    const place = random.pick([1, 2, 3, 4, 5, 6, 8, 9, 12, 15, 16, 19, 20, 21, 23]);
    return `ip[${place}] ${random.pick(comparison)} ${byteSeen(random, sights, place)}`;
  },
  (random) =>
    `ip[${random.pick([2, 4, 6, 10, 20, 24])}:2] & 0x${random.between(1, 0xffff).toString(16)} ${random.pick(['=', '!='])} 0`,
  () => 'ip[6:2] & 0x1fff != 0',
  () => 'ip multicast',
  () => 'ip broadcast',
  (random, sights) => `ip host ${random.pick(sights.addresses4)} and ip[8] > ${random.pick([31, 63, 64, 127])}`,
];

const arithmeticMakers: readonly Maker[] = [
  (random) => `(ip[2:2] - ((ip[0] & 0xf) << 2)) - ((tcp[12] & 0xf0) >> 2) ${random.pick(['=', '!='])} 0`,
  (random) => `ip[2:2] - ((ip[0] & 0xf) << 2) > ${random.pick([20, 40, 100, 500, 1400])}`,
  (random) => `ip[8] * 3 / 2 % ${random.between(2, 9)} = 1`,
  (random) => `ip[12:4] ^ ip[16:4] > 0x${random.word().toString(16)}`,
  (random) => `(ip[4:2] << ${random.between(1, 20)}) - ip[2:2] < 0x${random.word().toString(16)}`,
  (random) => `ip[ip[8] & 15] | ip[19] >= ${random.below(256)}`,
  (random) => `1 << ip[${random.pick([8, 9, 1])}] ${random.pick(['=', '!='])} 0`,
  (random) => `ip[4:2] % (ip[9] + ${random.below(3)}) < ${random.between(1, 8)}`,
  (random) => `0 - ip[12:4] > 0x${random.word().toString(16)}`,
  (random) => `len - ip[2:2] > ${random.pick([14, 15, 16, 18])}`,
];

const ipv6Makers: readonly Maker[] = [
  (random, sights) => `${random.pick(direction)}host ${random.pick(sights.addresses6)}`,
  (random, sights) => `${random.pick(direction)}net ${network6(random.pick(sights.addresses6), random.between(1, 7))}`,
  (random, sights) => `ip6 proto ${random.pick(sights.protocols6)}`,
  (random, sights) => {
    const place = random.pick([4, 5, 6, 7, 8, 9, 15, 23, 24, 39, 40, 41]);
    return `ip6[${place}] ${random.pick(comparison)} ${byteSeen(random, sights, place)}`;
  },
  () => 'ip6 multicast',
  (random) => `ip6 protochain ${random.pick([6, 17, 58])}`,
  () => 'ip6 and not icmp6',
  (random) => `icmp6[0] = ${random.pick([1, 128, 133, 135, 136, 143])}`,
];

const portMakers: readonly Maker[] = [
  (random, sights) => `${random.pick(direction)}port ${random.pick(sights.ports)}`,
  (random, sights) => `${random.pick(['tcp', 'udp'])} ${random.pick(direction)}port ${random.pick(sights.ports)}`,
  (random, sights) => {
    const [low, high] = [random.pick(sights.ports), random.pick(sights.ports)].toSorted((a, b) => a - b);
    return `${random.pick(direction)}portrange ${low}-${high}`;
  },
  (random) => `tcp[13] & ${random.pick([1, 2, 4, 8, 16, 18, 32])} ${random.pick(['=', '!='])} 0`,
  () => 'tcp[tcpflags] & (tcp-syn|tcp-ack) = tcp-syn',
  (random) => `tcp[4:4] > 0x${random.word().toString(16)}`,
  (random) => `tcp[14:2] < ${random.pick([1000, 8192, 30000, 65000])}`,
  (random) => `udp[4:2] ${random.pick(['<', '>'])} ${random.pick([20, 40, 60, 100, 400])}`,
  (random) => `udp[${random.between(8, 14)}] & ${random.pick([1, 16, 128])} != 0`,
  (random) => `tcp[((tcp[12:1] & 0xf0) >> 2):4] = 0x${random.pick(['47455420', '48545450', '16030100'])}`,
];

const ethernetMakers: readonly Maker[] = [
  (random, sights) => `ether ${random.pick(['', 'src ', 'dst '])}host ${random.pick(sights.macs)}`,
  (random, sights) => `ether proto ${random.pick(sights.etherTypes)}`,
  (random) => `ether[${random.between(0, 13)}] & ${random.pick([1, 2, 4, 64, 128])} != 0`,
  () => 'ether broadcast',
  () => 'ether multicast',
  (random) => random.pick(['arp', 'llc', 'stp', 'rarp', 'pppoes', 'pppoed', 'mpls', 'vlan']),
  () => 'pppoes and tcp',
];

const tagMakers: readonly Maker[] = [
  (random, sights) => (sights.vlans.length > 0 ? `vlan ${random.pick(sights.vlans)}` : 'mpls'),
  (random, sights) =>
    `vlan and ${random.pick(sights.addresses4.length > 0 ? ipv4Makers : plainMakers)(random, sights)}`,
  (random, sights) => (sights.labels.length > 0 ? `mpls ${random.pick(sights.labels)}` : 'vlan and vlan'),
  (random) =>
    `${random.pick(['mpls', 'vlan', 'vlan and mpls', 'mpls and mpls'])} and ${random.pick(['ip', 'tcp', 'udp', 'ip6'])}`,
];

const plainMakers: readonly Maker[] = [
  (random) => random.pick(['tcp', 'udp', 'icmp', 'icmp6', 'sctp', 'igmp', 'ip', 'ip6', 'esp', 'pim']),
  (random, sights) => `less ${random.pick(sights.lengths)}`,
  (random, sights) => `greater ${random.pick(sights.lengths)}`,
  (random, sights) => `len ${random.pick(comparison)} ${random.pick(sights.lengths)}`,
  (random) => `len % ${random.between(2, 5)} = ${random.below(2)}`,
  (random) =>
    `icmp[icmptype] ${random.pick(['=', '!='])} ${random.pick(['icmp-echo', 'icmp-echoreply', 'icmp-unreach', '11'])}`,
  () => 'multicast',
];
