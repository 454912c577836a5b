import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ethernet } from '../../core/packet/build/ethernet.ts';
import type { ReadReport } from '../../sensor/read/report.ts';
import { toPcap } from '../captures/captureBytes.ts';
import { makeMixedCapture } from '../captures/mixed.ts';
import { readCapture } from '../captures/readCapture.ts';
import { expectInvariants } from './invariants.ts';
import { datagram, packet, START } from './oddParts.ts';
import { counts, picket, picketSlowly, read, temporaryDirectory, temporaryFile } from './reading.ts';

const mixed = makeMixedCapture({ packets: 2000, flows: 250, seed: 21 }).pcap();
const report = (stdout: Buffer): ReadReport => JSON.parse(stdout.toString()) as ReadReport;

test('--json prints one object and nothing else', async () => {
  const file = temporaryFile(mixed);
  const { status, stdout, stderr } = picket(['read', file, '--json', '--windows', '--top', '1000']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout.toString().trimEnd().split('\n')).toHaveLength(1);
  expect(report(stdout)).toEqual(await read([file], { windows: true, top: 1000 }));
});

test.each([
  ['plain', mixed],
  ['gzip', gzipSync(mixed)],
  ['zstd', zstdCompressSync(mixed)],
])('standard input in small pieces, %s', async (_, bytes) => {
  const { status, stdout } = await picketSlowly(['read', '-', '--json', '--top', '1000'], bytes, 1999);
  const straight = await read([temporaryFile(mixed)], { top: 1000 });
  expect(status).toBe(0);
  expect(counts(report(stdout))).toEqual(counts(straight));
  expect(report(stdout).files).toEqual([{ ...straight.files[0], path: '-' }]);
});

test('a pipe that ends early, and one of nothing', async () => {
  const cut = await picketSlowly(['read', '-', '--json', '--top', '1000'], mixed.subarray(0, 10_000), 500);
  expect(cut.status).toBe(3);
  expect(report(cut.stdout).packets).toBeGreaterThan(10);
  expectInvariants(report(cut.stdout));
  const nothing = picket(['read', '-', '--json']);
  expect(nothing.status).toBe(1);
  expect(report(nothing.stdout)).toMatchObject({ packets: 0, firstTime: null, lastTime: null });
});

test('exit status: what can not be read alone is 1, beside something that can 3', () => {
  const directory = temporaryDirectory();
  const good = temporaryFile(mixed);
  const missing = path.join(directory, 'missing.pcap');
  const folder = path.join(directory, 'folder');
  const kept = path.join(directory, 'kept.pcap');
  mkdirSync(folder);
  for (const bad of [missing, folder, '/dev/null']) {
    const alone = picket(['read', bad, '--json']);
    expect(alone.status, bad).toBe(1);
    expect(report(alone.stdout).files[0]).toMatchObject({ path: bad, packets: 0, complete: false, format: null });
    expect(alone.stderr).toContain(bad);
    const beside = picket(['read', bad, good, '--json']);
    expect(beside.status, bad).toBe(3);
    // A mistyped name does not cost a capture that was written before.
    writeFileSync(kept, mixed);
    expect(picket(['read', bad, '-w', kept]).status, bad).toBe(1);
    expect(readFileSync(kept).equals(mixed), bad).toBe(true);
    expect(report(beside.stdout)).toMatchObject({ packets: 2000, files: [{ complete: false }, { complete: true }] });
  }
  expect(picket(['read', temporaryFile(toPcap([])), '--json']).status).toBe(0);
  expect(picket(['read', temporaryFile(mixed.subarray(0, mixed.length - 1))]).status).toBe(3);
});

test.each([
  [[]],
  [['--top', '0', 'x']],
  [['--top', 'many', 'x']],
  [['--by', 'bytes', 'x']],
  [['--window-seconds', '7', 'x']],
  [['--no-such-option', 'x']],
  [['--local', '10.0.0.0/33', 'x']],
  [['-w', 'out.txt', 'x']],
  [['-w', '-', '--json', 'x']],
])('wrong use is told and 2: %j', (args) => {
  const { status, stdout, stderr } = picket(['read', ...args]);
  expect(status).toBe(2);
  expect(stdout.toString()).toBe('');
  expect(stderr).toMatch(/^picket/);
});

test('an expression that libpcap refuses is told', () => {
  const { status, stderr } = picket(['read', '-f', 'tcp prot 80', temporaryFile(mixed)]);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^picket/);
});

test('one file twice counts twice; files that overlap in time are one tap', async () => {
  const file = temporaryFile(mixed);
  const [once, twice] = [await read([file]), await read([file, file])];
  expectInvariants(twice);
  expect(twice).toMatchObject({
    packets: 4000,
    octets: 2 * once.octets,
    firstTime: once.firstTime,
    lastTime: once.lastTime,
  });
  expect(twice.distinct).toEqual(once.distinct);
  expect(twice.late).toBe(0);
});

test('--by and --top', async () => {
  const file = temporaryFile(mixed);
  const all = await read([file], { by: 'packets' });
  const cut = await read([file], { by: 'packets', top: 3 });
  for (const [name, rows] of Object.entries(cut.top)) {
    const whole = all.top[name as keyof typeof all.top];
    expect(rows).toEqual(whole.slice(0, 3));
    expect(whole.map((row) => row.packets)).toEqual(whole.map((row) => row.packets).sort((a, b) => b - a));
  }
  const byOctets = (await read([file])).top.hosts.map((row) => row.octets);
  expect(byOctets).toEqual([...byOctets].sort((a, b) => b - a));
});

test('-w - is pcapng on standard output, and the summary goes to standard error', () => {
  const { status, stdout, stderr } = picket(['read', temporaryFile(mixed), '-f', 'tcp', '-w', '-']);
  expect(status).toBe(0);
  expect(readCapture(new Uint8Array(stdout)).packets.length).toBeGreaterThan(100);
  expect(stderr).toContain('packets');
});

test('--local decides which side an address is on, and no total', async () => {
  const file = temporaryFile(mixed);
  const [usual, some, none, all] = [
    await read([file]),
    await read([file], { local: ['10.0.0.0/8'] }),
    await read([file], { local: ['192.0.2.255'] }),
    await read([file], { local: ['0.0.0.0/0', '::/0'] }),
  ];
  for (const report of [some, none, all]) {
    expect(report.distinct).toEqual(usual.distinct);
    expect(report.top).toEqual(usual.top);
  }
  expect(some.local.distinct.hosts.estimate).toBeGreaterThan(0);
  expect(some.remote.distinct.hosts.estimate).toBeGreaterThan(0);
  expect(some.local.top.hosts.every(({ key }) => key.startsWith('10.'))).toBe(true);
  const services = { services: usual.distinct.services };
  expect({ ...all.local.distinct, ...services }).toEqual(usual.distinct);
  expect({ ...none.remote.distinct, ...services }).toEqual(usual.distinct);
  expect(all.remote.top.hosts).toEqual([]);
});

test('--explain-size: the rows sum to the parts, and the report is as without', async () => {
  const file = temporaryFile(mixed);
  const { partSizes = [], ...rest } = await read([file], { explainSize: true });
  expect(rest).toEqual(await read([file]));
  expect(partSizes.map(({ seconds }) => seconds)).toEqual([10, 60, 600, 3600]);
  for (const { sections, shipped, parts } of partSizes) {
    expect(parts).toBeGreaterThan(0);
    expect(sections.reduce((sum, section) => sum + section.shipped, 0)).toBe(shipped.p95);
    expect(sections[0]?.name).toBe('envelope');
  }
  const { status, stdout } = picket(['read', '--explain-size', '--window-seconds', '60', file]);
  expect(status).toBe(0);
  expect(stdout.toString()).toMatch(/parts of 60 s: \d+; octets p50/);
  expect(stdout.toString()).toContain('distinct.sources');
});

test('the summary for people names what was read', () => {
  const { status, stdout } = picket([
    'read',
    '--utc',
    temporaryFile(toPcap([packet(ethernet({}, datagram()), START)])),
  ]);
  expect(status).toBe(0);
  expect(stdout.toString()).toContain('2023-11-14 22:13:20Z');
  expect(stdout.toString()).toContain('9999/udp');
});
