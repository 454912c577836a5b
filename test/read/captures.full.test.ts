import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Estimate } from '../../core/sketch/hll/estimator.ts';
import type { ReadReport } from '../../sensor/read/report.ts';
import { explained } from './explained.ts';
import { expectInvariants, timeOf } from './invariants.ts';
import { picket, read, sharedCaptures } from './reading.ts';
import { countWithTshark } from './tshark.ts';

interface Known {
  packets: number;
  octets: number;
  first: bigint;
  last: bigint;
}

const names = existsSync(sharedCaptures) ? readdirSync(sharedCaptures).filter((name) => !name.endsWith('.md')) : [];
const there = (program: string): boolean => spawnSync(program, ['-v'], { stdio: 'ignore' }).status === 0;
const hasCapinfos = there('capinfos');
const hasTshark = there('tshark');
/** Packets of each file as the table of README.md has them, and as capinfos has them: packets, octets, times. */
const table = new Map<string, number>();
const known = new Map<string, Known>();
/** Packets before the damage that capinfos found. */
const damaged = new Map<string, number>();

beforeAll(() => {
  if (names.length === 0) return;
  for (const line of readFileSync(path.join(sharedCaptures, 'README.md'), 'utf8').split('\n')) {
    const cells = line.split('|').map((cell) => cell.trim());
    if (names.includes(cells[1] ?? '')) table.set(cells[1]!, Number(cells[3]));
  }
  if (!hasCapinfos) return;
  const { stdout, stderr } = spawnSync('capinfos', ['-TMSrcdae', ...names], { cwd: sharedCaptures, encoding: 'utf8' });
  for (const line of stdout.split('\n')) {
    const [name = '', packets, octets, first = '', last = ''] = line.split('\t');
    if (!names.includes(name)) continue;
    const nanos = (text: string): bigint => (text === 'n/a' ? 0n : timeOf(text));
    known.set(name, { packets: Number(packets), octets: Number(octets), first: nanos(first), last: nanos(last) });
  }
  for (const match of stderr.matchAll(/after reading (\d+) packets from "(.*)"/g))
    damaged.set(match[2]!, Number(match[1]));
});

test('the captures beside the checkout are there', (context) => {
  if (names.length === 0) context.skip('not in CI: no folder of captures beside this checkout');
  if (!hasCapinfos || !hasTshark) context.skip('capinfos and tshark are not installed: only the table was compared');
  expect(table.size).toBe(names.length);
});

test.each(names)('%s', async (name) => {
  const file = path.join(sharedCaptures, name);
  const report = await read([file], { windows: true });
  expectInvariants(report);
  expect(report.packets).toBe(table.get(name));
  const { status } = picket(['read', file, '--json']);
  const facts = known.get(name);
  if (facts !== undefined) {
    expect(report).toMatchObject({ packets: facts.packets, octets: facts.octets, files: [{ complete: true }] });
    expect(timeOf(report.firstTime!)).toBe(facts.first);
    expect(timeOf(report.lastTime!)).toBe(facts.last);
    expect(status).toBe(0);
  } else if (hasCapinfos) {
    expect(report.packets).toBe(damaged.get(name) ?? 0);
    expect(report.files[0]!.error?.message).toBeTruthy();
    expect(status).toBe(3);
  }
  if (hasTshark && facts !== undefined) expectTshark(name, file, report);
});

/** Addresses, pairs, octets of hosts and packets of TCP and UDP are those of tshark, but for what is explained. */
function expectTshark(name: string, file: string, report: ReadReport): void {
  const tshark = countWithTshark(file);
  const { hosts = [], tcp = 0, udp = 0 } = explained[name] ?? {};
  const hostsOnlyTheirs = new Set(hosts);
  for (const host of hosts) expect(tshark.hosts.has(host)).toBe(true);
  const theirs = (keys: Iterable<string>): number =>
    [...keys].filter((key) => !key.split(' ').some((host) => hostsOnlyTheirs.has(host))).length;
  const { distinct, top } = report;
  expectEstimate(distinct.sources, theirs(tshark.sources.keys()));
  expectEstimate(distinct.destinations, theirs(tshark.destinations.keys()));
  expectEstimate(distinct.hosts, theirs(tshark.hosts.keys()));
  expectEstimate(distinct.pairs, theirs(tshark.pairs));
  const lists = { hosts: tshark.hosts, sources: tshark.sources, destinations: tshark.destinations };
  for (const [list, truths] of Object.entries(lists)) {
    for (const { key, octets, error } of top[list as keyof typeof lists]) {
      expect(Math.abs(octets - (truths.get(key) ?? 0)), `${list} ${key}`).toBeLessThanOrEqual(error.octets);
    }
  }
  if (!distinct.services.exact) return;
  const packetsOf = (protocol: string): number =>
    top.services.filter(({ key }) => key.endsWith(protocol)).reduce((sum, { packets }) => sum + packets, 0);
  const slack = top.services.reduce((sum, row) => sum + row.error.packets, 0);
  expect(Math.abs(tshark.tcp - packetsOf('/tcp') - tcp)).toBeLessThanOrEqual(slack);
  expect(Math.abs(tshark.udp - packetsOf('/udp') - udp)).toBeLessThanOrEqual(slack);
}

/** An exact estimate is the truth; another is within its bounds, or not further off than one in twenty sketches is. */
function expectEstimate(estimate: Estimate, truth: number): void {
  if (estimate.exact || truth <= 4096) expect(estimate.estimate).toBe(truth);
  expect(truth).toBeGreaterThanOrEqual(estimate.lower);
  expect(truth).toBeLessThanOrEqual(estimate.upper);
}

test('all files in one run come to the sum of their packets, by time', async (context) => {
  if (names.length === 0) context.skip('not in CI: no folder of captures beside this checkout');
  const report = await read(names.map((name) => path.join(sharedCaptures, name)));
  expectInvariants(report);
  expect(report.packets).toBe([...table.values()].reduce((sum, packets) => sum + packets, 0));
  expect(report.files.filter((file) => !file.complete)).toHaveLength(3);
});
