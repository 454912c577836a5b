import { expect, test } from 'vitest';
import { formatAddress } from './address.ts';
import { PacketBatch } from './batch.ts';
import { arp, ethernet, llcFrame, mpls, pppoe, vlan } from './build/ethernet.ts';
import { fragmentIpv4, ipv4 } from './build/ipv4.ts';
import { fragmentIpv6, ipv6, ipv6Fragment, ipv6Options } from './build/ipv6.ts';
import { ieee80211, linuxSll, linuxSll2, loopback, nflog, ppp, radiotap } from './build/link.ts';
import { icmp, icmpv6, sctp, tcp, udp } from './build/transport.ts';
import { dns } from './build/dns.ts';
import { erspan, geneve, gre, gtpU, teredo, vxlan } from './build/tunnel.ts';
import { Decoder } from './decoder.ts';
import { linkKinds } from './linkKind.ts';
import { LinkType } from './linkType.ts';
import { reasons, verdictNames } from './verdict.ts';

const a = '192.0.2.1';
const b = '198.51.100.2';
const a6 = '2001:db8::1';
const b6 = '2001:db8::2';
const datagram = udp({ sourcePort: 1000, destinationPort: 53 }, [1, 2, 3]);
const packet = ipv4({ source: a, destination: b, protocol: 17 }, datagram);
const packet6 = ipv6({ source: a6, destination: b6, protocol: 17 }, datagram);
const outer = { source: '10.0.0.1', destination: '10.0.0.2' };
const outer6 = { source: 'fd00::1', destination: 'fd00::2' };
const carried = (port: number, payload: Uint8Array): Uint8Array =>
  ethernet({}, ipv4({ ...outer, protocol: 17 }, udp({ sourcePort: 4000, destinationPort: port }, payload)));

interface Options {
  linkType?: number;
  len?: number;
  caplen?: number;
}

function decode(frame: Uint8Array, options: Options = {}): string {
  const decoder = new Decoder();
  const memory = new Uint8Array(frame.length + 64).fill(0xee);
  memory.set(frame, 32);
  const batch = new PacketBatch(1);
  batch.setBytes(memory);
  batch.count = 1;
  batch.offset[0] = 32;
  batch.caplen[0] = options.caplen ?? frame.length;
  batch.len[0] = options.len ?? frame.length;
  batch.linkType[0] = options.linkType ?? LinkType.EN10MB;
  decoder.decode(batch, 0);
  const { fields } = decoder;
  const verdict = fields.reason === 0 ? '' : ` ${verdictNames[fields.verdict]} ${reasons[fields.reason]!.name}`;
  if (fields.ipVersion === 0) return `${linkKinds[fields.linkKind]}${verdict}`;
  const ends = `${formatAddress(fields.address, 0)} ${formatAddress(fields.address, 4)}`;
  const ports = fields.transport === 1 ? ` ${fields.sourcePort} ${fields.destinationPort}` : '';
  const fragment = fields.fragment === 0 ? '' : ` fragment ${fields.fragmentOffset}${fields.fragmentMore ? '+' : ''}`;
  const tunnels =
    fields.outerCount === 0 ? '' : ` in ${[...fields.outerProtocol.subarray(0, fields.outerCount)].join()}`;
  return `${ends} ${fields.protocol}${ports}${fragment}${tunnels}${verdict}`;
}

const plain = `${a} ${b} 17 1000 53`;
const plain6 = `${a6} ${b6} 17 1000 53`;

test.each<[string, Uint8Array, string, Options?]>([
  ['Ethernet, IPv4', ethernet({}, packet), plain],
  ['Ethernet, IPv6', ethernet({}, packet6), plain6],
  ['padding behind the packet is not payload', ethernet({}, new Uint8Array([...packet, 0, 0, 0, 0, 0, 0])), plain],
  ['one VLAN tag', ethernet({ type: 0x8100 }, vlan({ id: 7 }, packet)), plain],
  ['two tags', ethernet({ type: 0x88a8 }, vlan({ id: 7, type: 0x8100 }, vlan({ id: 8 }, packet))), plain],
  [
    'MPLS, two labels',
    ethernet({ type: 0x8847 }, mpls({ label: 3, bottom: false }, mpls({ label: 4 }, packet))),
    plain,
  ],
  ['MPLS, IPv6', ethernet({ type: 0x8847 }, mpls({ label: 3 }, packet6)), plain6],
  [
    'MPLS, a pseudowire',
    ethernet({ type: 0x8847 }, mpls({ label: 3 }, new Uint8Array([0, 0, 0, 0, ...ethernet({}, packet)]))),
    plain,
  ],
  ['PPPoE', ethernet({ type: 0x8864 }, pppoe({ session: 1, protocol: 0x21 }, packet)), plain],
  ['ARP', ethernet({ type: 0x0806 }, arp({ sender: a, target: b })), 'arp'],
  ['spanning tree', llcFrame({ dsap: 0x42, ssap: 0x42, control: 3 }, new Uint8Array(35)), 'stp'],
  [
    'IPv4 options',
    ethernet({}, ipv4({ source: a, destination: b, protocol: 17, options: [7, 3, 4] }, datagram)),
    plain,
  ],
  ['IPv6 options', ethernet({}, ipv6({ source: a6, destination: b6, protocol: 0 }, ipv6Options(17, datagram))), plain6],
  [
    'TCP',
    ethernet({}, ipv4({ source: a, destination: b, protocol: 6 }, tcp({ sourcePort: 1, destinationPort: 2 }))),
    `${a} ${b} 6 1 2`,
  ],
  [
    'SCTP',
    ethernet({}, ipv4({ source: a, destination: b, protocol: 132 }, sctp({ sourcePort: 1, destinationPort: 2 }, []))),
    `${a} ${b} 132 1 2`,
  ],
  [
    'ICMP echo: the answer has the ports turned round',
    ethernet({}, ipv4({ source: a, destination: b, protocol: 1 }, icmp({ type: 8, code: 0 }))),
    `${a} ${b} 1 8 0`,
  ],
  [
    'ICMP error: type and code, the quoted packet is no traffic',
    ethernet({}, ipv4({ source: a, destination: b, protocol: 1 }, icmp({ type: 3, code: 1 }, packet))),
    `${a} ${b} 1 3 1`,
  ],
  [
    'ICMPv6 neighbour solicitation',
    ethernet(
      {},
      ipv6({ source: a6, destination: b6, protocol: 58 }, icmpv6({ type: 135, code: 0 }, new Uint8Array(16))),
    ),
    `${a6} ${b6} 58 135 136`,
  ],
  ['another protocol', ethernet({}, ipv4({ source: a, destination: b, protocol: 89 }, [1])), `${a} ${b} 89 0 0`],
  [
    'GRE',
    ethernet({}, ipv4({ ...outer, protocol: 47 }, gre({ key: 1, sequence: 2, checksum: true }, packet))),
    `${plain} in 47`,
  ],
  [
    'ERSPAN',
    ethernet({}, ipv4({ ...outer, protocol: 47 }, erspan({ session: 1 }, ethernet({}, packet)))),
    `${plain} in 47`,
  ],
  ['VXLAN', carried(4789, vxlan({ vni: 5 }, ethernet({}, packet))), `${plain} in 17`],
  [
    'VXLAN with an ARP inside is its carrier',
    carried(4789, vxlan({ vni: 5 }, ethernet({ type: 0x0806 }, arp({ sender: a, target: b })))),
    '10.0.0.1 10.0.0.2 17 4000 4789',
  ],
  [
    'Geneve with options',
    carried(6081, geneve({ vni: 5, options: [1, 2, 3, 4] }, ethernet({}, packet6))),
    `${plain6} in 17`,
  ],
  ['GTP-U', carried(2152, gtpU({ teid: 1 }, packet)), `${plain} in 17`],
  ['Teredo', carried(3544, teredo({}, packet6)), `${plain6} in 17`],
  [
    'DNS whose id begins like IPv6, to a port of Teredo',
    carried(3544, dns({ id: 0x6001, name: 'a-name-of-some-length.example.org' })),
    '10.0.0.1 10.0.0.2 17 4000 3544',
  ],
  ['a datagram on a tunnel port that is none', carried(2152, new Uint8Array(20)), '10.0.0.1 10.0.0.2 17 4000 2152'],
  ['4 in 4', ethernet({}, ipv4({ ...outer, protocol: 4 }, packet)), `${plain} in 4`],
  ['6 in 4', ethernet({}, ipv4({ ...outer, protocol: 41 }, packet6)), `${plain6} in 41`],
  ['4 in 6', ethernet({}, ipv6({ ...outer6, protocol: 4 }, packet)), `${plain} in 4`],
  ['6 in 6', ethernet({}, ipv6({ ...outer6, protocol: 41 }, packet6)), `${plain6} in 41`],
  ['a fragment', ethernet({}, fragmentIpv4(packet, 8)[1]!), `${a} ${b} 17 fragment 8`],
  ['an IPv6 fragment', ethernet({}, fragmentIpv6(packet6, 8, 1)[0]!), `${a6} ${b6} 17 fragment 0+`],
  [
    'an atomic fragment is whole',
    ethernet({}, ipv6({ source: a6, destination: b6, protocol: 44 }, ipv6Fragment({ next: 17, id: 1 }, datagram))),
    `${plain6} fragment 0`,
  ],
  ['cooked', linuxSll({}, packet), plain, { linkType: LinkType.LINUX_SLL }],
  ['cooked, version 2', linuxSll2({}, packet6), plain6, { linkType: LinkType.LINUX_SLL2 }],
  ['raw', packet6, plain6, { linkType: LinkType.RAW }],
  ['loopback, little-endian', loopback({}, packet), plain, { linkType: LinkType.NULL }],
  ['loopback, big-endian', loopback({ bigEndian: true }, packet), plain, { linkType: LinkType.LOOP }],
  ['PPP', ppp({}, packet), plain, { linkType: LinkType.PPP }],
  ['NFLOG', nflog({ prefix: 'abc' }, packet), plain, { linkType: LinkType.NFLOG }],
  ['radiotap', radiotap({ qos: true }, packet), plain, { linkType: LinkType.IEEE802_11_RADIO }],
  ['802.11', ieee80211({}, packet), plain, { linkType: LinkType.IEEE802_11 }],
])('%s', (_, frame, expected, options) => {
  expect(decode(frame, options ?? {})).toBe(expected);
});

const bad = (change: Record<number, number>, from = packet): Uint8Array => {
  const frame = ethernet({ type: from[0]! >> 4 === 6 ? 0x86dd : 0x0800 }, from);
  for (const [at, value] of Object.entries(change)) frame[14 + Number(at)] = value;
  return frame;
};

test.each<[string, Uint8Array, string, Options?]>([
  ['an empty frame', new Uint8Array(0), ' malformed ethernet.short'],
  ['a cut frame header', ethernet({}, packet), ' truncated ethernet.truncated', { caplen: 10 }],
  ['a cut IP header keeps no address', ethernet({}, packet), ' truncated ipv4.truncated', { caplen: 30 }],
  [
    'a cut UDP header keeps the addresses',
    ethernet({}, packet),
    `${a} ${b} 17 truncated udp.truncated`,
    { caplen: 36 },
  ],
  ['IPv4 header length below 5', bad({ 0: 0x44 }), ' malformed ipv4.ihl'],
  ['IPv4 version 5', bad({ 0: 0x55 }), ' malformed ipv4.version'],
  ['IPv4 shorter than its header', bad({ 2: 0, 3: 10 }), ' malformed ipv4.length'],
  ['IPv4 longer than the frame', bad({ 2: 0xff }), `${a} ${b} 17 malformed ipv4.total`],
  ['IPv6 version', bad({ 0: 0x50 }, packet6), ' malformed ipv6.version'],
  ['IPv6 longer than the frame', bad({ 4: 0xff }, packet6), `${a6} ${b6} 17 malformed ipv6.length`],
  ['UDP longer than the packet still has its ports', bad({ 24: 0xff }), `${plain} malformed udp.length`],
  [
    'TCP offset',
    ethernet({}, ipv4({ source: a, destination: b, protocol: 6 }, new Uint8Array(20))),
    `${a} ${b} 6 malformed tcp.offset`,
  ],
  ['an unknown Ethertype', ethernet({ type: 0x88cc }, [0]), ' unsupported ethernet.type'],
  [
    'nine tags',
    Array.from({ length: 9 }).reduce<Uint8Array>((inner) => vlan({ id: 1, type: 0x8100 }, inner), packet),
    ' unsupported vlan.depth',
  ],
  [
    'five tunnels',
    ethernet(
      {},
      Array.from({ length: 5 }).reduce<Uint8Array>((inner) => ipv4({ ...outer, protocol: 4 }, inner), packet),
    ),
    '10.0.0.1 10.0.0.2 4 0 0 in 4,4,4,4 unsupported tunnel.depth',
  ],
  ['an unknown link type', packet, ' unsupported linkType', { linkType: 147 }],
])('%s', (name, frame, expected, options) => {
  expect(decode(name === 'nine tags' ? ethernet({ type: 0x8100 }, frame) : frame, options ?? {})).toBe(expected);
});

test('four tunnels are followed', () => {
  const frame = ethernet(
    {},
    Array.from({ length: 4 }).reduce<Uint8Array>((inner) => ipv4({ ...outer, protocol: 4 }, inner), packet),
  );
  expect(decode(frame)).toBe(`${plain} in 4,4,4,4`);
});

test('a frame cut at any byte never yields more than it holds', () => {
  const frames = [
    carried(4789, vxlan({ vni: 5 }, ethernet({}, packet))),
    carried(2152, gtpU({ teid: 1 }, packet)),
    ethernet({}, packet6),
  ];
  for (const frame of frames) {
    for (let caplen = 0; caplen <= frame.length; caplen++) {
      expect(decode(frame, { caplen })).toBe(decode(frame.slice(0, caplen), { len: frame.length }));
    }
  }
});

test('the reasons table says what each number is', () => {
  expect(reasons[1]!.name).toBe('ethernet.short');
  expect(reasons[55]!.name).toBe('linkType');
  expect(reasons[90]!.name).toBe('raw.version');
  expect(new Set(reasons.map((reason) => reason.name)).size).toBe(reasons.length);
});
