import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ethernet } from '../../core/packet/build/ethernet.ts';
import { linuxSll } from '../../core/packet/build/link.ts';
import { LinkType } from '../../core/packet/linkType.ts';
import { toPcap, toPcapng } from '../captures/captureBytes.ts';
import { makeMixedCapture } from '../captures/mixed.ts';
import { readCapture, type ReadPacket } from '../captures/readCapture.ts';
import { expectConsistent } from './invariants.ts';
import { datagram, packet, section, START } from './oddParts.ts';
import { counts, picket, read, sharedCaptures, temporaryDirectory, temporaryFile } from './reading.ts';

const expressions = [
  'tcp port 443',
  'udp and not port 53',
  'ip6',
  'arp or stp',
  'vlan and ip',
  'icmp or icmp6',
  'net 10.0.0.0/24 and greater 200',
  'ip[6:2] & 0x3fff != 0',
  'tcp[tcpflags] & (tcp-syn|tcp-fin) != 0',
  'host 192.0.2.255',
];

/** The packets of a file, without the numbers of interfaces, which a writer may choose. */
function packetsOf(file: string): ReadPacket[] {
  return readCapture(readFileSync(file)).packets.map((one) => ({ ...one, interface: 0 }));
}

function tcpdump(file: string, expression: string, out: string): boolean {
  const args = ['-r', file, '-w', out, '--time-stamp-precision=nano', '-Z', 'root', expression];
  return spawnSync('tcpdump', args, { stdio: 'ignore' }).status === 0;
}

const hasTcpdump = spawnSync('tcpdump', ['--version'], { stdio: 'ignore' }).status === 0;
const mixed = makeMixedCapture({ packets: 4000, flows: 500, seed: 11 });

test.each(expressions)('-f %s selects and -w writes what tcpdump does', async (expression) => {
  if (!hasTcpdump) throw new Error('tcpdump is needed');
  const directory = temporaryDirectory();
  const captures = [temporaryFile(mixed.pcap(), 'mixed.pcap')];
  if (existsSync(sharedCaptures)) {
    for (const name of readdirSync(sharedCaptures)) {
      const file = path.join(sharedCaptures, name);
      if (name.endsWith('.pcap') && statSync(file).size < 80_000) captures.push(file);
    }
  }
  let some = 0;
  for (const file of captures) {
    const [ours, theirs] = [path.join(directory, 'ours.pcap'), path.join(directory, 'theirs.pcap')];
    if (!tcpdump(file, expression, theirs)) continue;
    const report = await read([file], { filter: expression, write: ours });
    expectConsistent(report);
    const selected = packetsOf(theirs);
    expect(packetsOf(ours), file).toEqual(selected);
    expect(report.packets).toBe(selected.length);
    expect(report.octets).toBe(selected.reduce((sum, { len }) => sum + len, 0));
    expect(report.files[0]!.packets).toBeGreaterThanOrEqual(selected.length);
    some += selected.length > 0 && selected.length < report.files[0]!.packets ? 1 : 0;
    if (file !== captures[0]) continue;
    const together = await read([file], { filter: expression, workers: 3, write: ours });
    expect(packetsOf(ours)).toEqual(selected);
    expect(counts(together)).toEqual(counts(report));
  }
  if (expression !== 'host 192.0.2.255') expect(some).toBeGreaterThan(0);
});

test.each(['out.pcap', 'out.pcapng'])(
  '-w %s without a filter writes every packet, unchanged, in order',
  async (name) => {
    const file = temporaryFile(mixed.pcap(), 'in.pcap');
    const out = path.join(temporaryDirectory(), name);
    await read([file], { write: out });
    expect(packetsOf(out)).toEqual(packetsOf(file));
  },
);

test('of several files -w writes the merge by time', async () => {
  const { packets } = mixed;
  // Packets of one time stay together: between files, the order of the command line decides.
  const files = [0, 1, 2].map((n) => temporaryFile(toPcapng(packets.filter(({ nanos }) => nanos % 3 === n))));
  const out = path.join(temporaryDirectory(), 'out.pcapng');
  const report = await read(files, { write: out });
  expect(packetsOf(out)).toEqual(packetsOf(temporaryFile(mixed.pcap())));
  expectConsistent(report);
  expect(counts(report)).toEqual(counts(await read([temporaryFile(mixed.pcap())])));
});

test('of two link types -w writes pcapng, and says so for pcap', async () => {
  const bytes = section(
    [{ linkType: LinkType.EN10MB }, { linkType: LinkType.LINUX_SLL }],
    [ethernet({}, datagram()), linuxSll({}, datagram())].map((frame, i) => ({
      interface: i,
      high: 0,
      low: i,
      bytes: frame,
    })),
  );
  const file = temporaryFile(bytes);
  const out = path.join(temporaryDirectory(), 'out.pcapng');
  await read([file], { write: out });
  expect(packetsOf(out)).toEqual(packetsOf(file));
  const wrong = path.join(temporaryDirectory(), 'out.pcap');
  const { status, stderr } = picket(['read', file, '-w', wrong]);
  expect(status).toBe(1);
  expect(stderr).toContain('.pcapng');
  expect(existsSync(wrong)).toBe(false);
  expect(readdirSync(path.dirname(wrong))).toEqual([]);
});

test('-w over the file that is read leaves it whole', () => {
  const file = temporaryFile(toPcap([1, 2, 3].map((n) => packet(ethernet({}, datagram(n)), START, n))), 'same.pcap');
  const before = packetsOf(file);
  expect(picket(['read', file, '-w', file]).status).toBe(0);
  expect(packetsOf(file)).toEqual(before);
});
