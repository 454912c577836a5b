import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ask as askManager } from '../../cli/client.ts';
import { liveMessage } from '../../proto/apiAnswers.ts';
import type { Answer } from '../../proto/api.ts';
import { livePath } from '../../proto/routes.ts';
import type { RouteName } from '../../proto/routes.ts';
import type { ReadReport } from '../../sensor/read/report.ts';
import { read } from '../read/reading.ts';
import { Daemon, Deployment, eventually } from '../support/deployment.ts';
import { countOf, lists, makeTwoSites } from './twoSites.ts';
import type { Site, TwoSites } from './twoSites.ts';

const launcher = fileURLToPath(new URL('../../cli/picket', import.meta.url));
let deployment: Deployment;
let sites: TwoSites;
let osloReport: ReadReport;

beforeAll(async () => {
  deployment = await Deployment.start();
  sites = makeTwoSites(deployment.directory);
  for (const { name, file } of [sites.oslo, sites.lima]) expectReplayed(name, file);
  osloReport = await read([sites.oslo.file]);
}, 120_000);
afterAll(async () => await deployment.stop());

function replay(site: string, file: string): string[] {
  return ['sensor', '--replay', file, '--site', site, '--name', 'file', '--manager', deployment.address];
}

function expectReplayed(site: string, file: string): void {
  const { status, stderr } = picket(...replay(site, file));
  expect(status, stderr).toBe(0);
}

/** The command as a user starts it. */
function picket(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(launcher, args, {
    encoding: 'utf8',
    env: { ...process.env, PICKET_MANAGER: deployment.address },
  });
  return { status, stdout, stderr };
}

async function ask<Name extends RouteName>(
  name: Name,
  parameters: Record<string, string | string[]> = {},
): Promise<Answer<Name>> {
  const place = { kind: 'unix' as const, path: deployment.socket };
  return await askManager<Answer<Name>>([place], name, {
    from: '1700000400',
    to: '1700000520',
    site: ['oslo', 'lima'],
    ...parameters,
  });
}

test('coverage is exact, and packets and octets are those of the captures', async () => {
  const { value, coverage } = await ask('total');
  const { oslo, lima, both } = sites;
  expect(coverage.sensors).toEqual({ asked: 2, answered: 2, missing: [] });
  expect(coverage.packets).toEqual({ seen: both.packets, nic: 0, kernel: 0, shed: 0, unrecorded: 0 });
  expect(coverage.seconds.present).toBe(coverage.seconds.expected);
  expect(value).toEqual({ packets: both.packets, octets: both.octets });
  for (const { name, truth } of [oslo, lima])
    expect((await ask('total', { site: name })).value).toEqual({ packets: truth.packets, octets: truth.octets });
  const { rows } = await ask('sensors');
  expect(rows.map(({ sensor, octets, packets }) => [sensor, octets, packets.seen])).toEqual([
    ['lima/file', lima.truth.octets, lima.truth.packets],
    ['oslo/file', oslo.truth.octets, oslo.truth.packets],
  ]);
});

test('distinct counts hold the truth, and are those that reading the capture has', async () => {
  for (const what of lists) {
    const { value } = await ask('distinct', { what });
    const there = sites.both[what].size;
    expect(value.lower, what).toBeLessThanOrEqual(there);
    expect(value.upper, what).toBeGreaterThanOrEqual(there);
  }
  for (const what of [...lists, 'flows', 'services'] as const) {
    const { value } = await ask('distinct', { what, site: 'oslo' });
    const of = osloReport.distinct[what];
    // Reading counts few items in a set; above 4,096 it has the same sketch as the answer.
    if (of.exact) expect([value.lower <= of.estimate, of.estimate <= value.upper], what).toEqual([true, true]);
    else expect({ what, ...value }).toEqual({ what, ...of });
  }
  expect(osloReport.distinct.flows.exact).toBe(false);
  const [local, remote] = await Promise.all(
    ['local', 'remote'].map(async (side) => await ask('distinct', { what: 'hosts', side })),
  );
  const sum = (local?.value.estimate ?? 0) + (remote?.value.estimate ?? 0);
  expect(Math.abs(sum - sites.both.hosts.size) / sites.both.hosts.size).toBeLessThan(0.1);
});

test('lists hold the truth of every row, and of who is not listed', async () => {
  for (const what of lists) {
    for (const by of ['octets', 'packets'] as const) {
      const { rows, others } = await ask('top', { what, by, limit: '100' });
      const truth = sites.both[what];
      expect(rows.length).toBe(Math.min(100, truth.size));
      const listed = new Set<string>();
      for (const { key, packets, octets, error } of rows) {
        listed.add(key);
        const count = countOf(truth, key);
        expect(Math.abs(octets - count.octets), `${what} ${key}`).toBeLessThanOrEqual(error.octets);
        expect(Math.abs(packets - count.packets), `${what} ${key}`).toBeLessThanOrEqual(error.packets);
      }
      for (const [key, count] of truth) {
        if (listed.has(key)) continue;
        expect(count.octets, `${what} ${key}`).toBeLessThanOrEqual(others.octets);
        expect(count.packets, `${what} ${key}`).toBeLessThanOrEqual(others.packets);
      }
      rows.slice(1).forEach((row, i) => expect(row[by]).toBeLessThanOrEqual(rows[i]![by]));
    }
  }
});

test('a series has what came in each step, and any cut sums to the total', async () => {
  const { rows } = await ask('series', { what: 'packets', step: '10', by: 'site' });
  for (const row of rows) expect(row.value ?? 0).toBe(packetsIn(siteOf(row.site), row.from, row.to));
  for (const steps of ['1', '3', '7', '12']) {
    const { rows: some } = await ask('series', { what: 'octets', steps });
    expect(some.reduce((sum, { value }) => sum + (value ?? 0), 0)).toBe(sites.both.octets);
  }
  const hosts = await ask('series', { what: 'hosts', steps: '1' });
  expect(hosts.rows[0]?.value).toBe((await ask('distinct', { what: 'hosts' })).value.estimate);
});

function siteOf(name: string | undefined): Site {
  return name === 'oslo' ? sites.oslo : sites.lima;
}

function packetsIn({ packets }: Site, from: string | null, to: string | null): number {
  const [first, last] = [from, to].map((time) => Date.parse(time ?? '') / 1000);
  return packets.filter(({ seconds }) => seconds >= (first ?? 0) && seconds < (last ?? 0)).length;
}

test('what both sites saw counts once, and the overlap is known', async () => {
  const { value } = await ask('total', { dedup: 'true' });
  const { octets, plain, sensors, leftOut } = value.dedup!;
  expect({ sensors: sensors.toSorted(), leftOut }).toEqual({ sensors: ['lima/file', 'oslo/file'], leftOut: [] });
  expect(plain).toBe(sites.both.octets);
  expect(octets.lower).toBeLessThanOrEqual(sites.once);
  expect(octets.upper).toBeGreaterThanOrEqual(sites.once);
  expect(Math.abs(octets.estimate - sites.once) / sites.once).toBeLessThan(0.125);
  const overlap = await ask('overlap', { a: 'oslo', b: 'lima', site: [] });
  const shared = [...sites.oslo.truth.hosts.keys()].filter((host) => sites.lima.truth.hosts.has(host)).length;
  const { hosts, octets: both } = overlap.value;
  expect(hosts.overlap.lower).toBeLessThanOrEqual(shared);
  expect(hosts.overlap.upper).toBeGreaterThanOrEqual(shared);
  // The bounds are two standard errors of a seed that is another one in each run: six are never passed.
  const spread = both.overlap.upper - both.overlap.lower;
  expect(Math.abs(both.overlap.estimate - sites.shared)).toBeLessThan(1.5 * spread);
});

test('what one address did is within its bounds, in all, by sensor and by step', async () => {
  const byOctets = [...sites.both.hosts].sort(([, a], [, b]) => b.octets - a.octets).map(([host]) => host);
  for (const host of [0, 1, 5, 40, 300, byOctets.length - 1].map((rank) => byOctets[rank]!)) {
    const { value, rows, steps } = await ask('point', { address: host });
    const truth = countOf(sites.both.hosts, host);
    expect(value.octets.upper, host).toBeGreaterThanOrEqual(truth.octets);
    expect(value.packets.upper, host).toBeGreaterThanOrEqual(truth.packets);
    expect(value.packets.lower, host).toBeLessThanOrEqual(truth.packets);
    if (value.told === 'list') expect(value.octets.lower, host).toBeLessThanOrEqual(truth.octets);
    for (const { site, octets } of rows)
      expect(octets.upper).toBeGreaterThanOrEqual(countOf(siteOf(site).truth.hosts, host).octets);
    expect(steps.reduce((sum, { octets }) => sum + octets.upper, 0)).toBeGreaterThanOrEqual(truth.octets);
  }
  const first = await ask('point', { address: byOctets[0]! });
  expect(first.value.told).toBe('list');
  // The lower bound of who was not there is nothing, but for one in forty: the seed decides whose cells are shared.
  let nothing = 0;
  for (let host = 70; host < 86; host++) {
    const { value } = await ask('point', { address: `198.51.100.${host}` });
    if (value.octets.lower === 0) nothing += 1;
  }
  expect(nothing).toBeGreaterThanOrEqual(11);
});

test('quantiles are those of the connections that ended', async () => {
  for (const what of ['sizes', 'durations', 'handshakes', 'retransmits'] as const) {
    const { value, bounds, count } = await ask('quantiles', { what, site: 'oslo' });
    expect(count, what).toBeGreaterThan(0);
    // Outer flows of tunnels are connections, and have no size.
    if (what === 'sizes') expect(osloReport.flows.total - count).toBeLessThan(osloReport.flows.total / 50);
    expect(count).toBeLessThanOrEqual(osloReport.flows.total);
    for (const p of ['p50', 'p90', 'p99'] as const) {
      const told = osloReport[what][p]!;
      expect(value[p], `${what} ${p}`).toBeGreaterThanOrEqual(bounds[p]!.lower!);
      expect(value[p], `${what} ${p}`).toBeLessThanOrEqual(bounds[p]!.upper!);
      // Both have an error of their own.
      expect(told, `${what} ${p}`).toBeGreaterThanOrEqual(bounds[p]!.lower! * 0.8);
      expect(told, `${what} ${p}`).toBeLessThanOrEqual(bounds[p]!.upper! * 1.25);
    }
  }
});

test('commands print for people and for programs, and end with the status of the answer', () => {
  const span = ['--from', '1700000400', '--to', '2023-11-14T22:22:00Z'];
  const top = picket('top', 'hosts', ...span, '-n', '3', '--site', 'oslo', '--utc');
  expect(top.status).toBe(0);
  expect(top.stdout.split('\n')[0]).toMatch(/^ +HOSTS +OCTETS +PACKETS$/);
  expect(top.stdout).toMatch(/2023-11-14 22:20:00Z to 2023-11-14 22:22:00Z: 1 of 1 sensors/);
  const answer = JSON.parse(picket('top', 'hosts', ...span, '--json').stdout) as Answer<'top'>;
  const rows = picket('top', 'hosts', ...span, '--ndjson')
    .stdout.trim()
    .split('\n');
  expect(rows.map((row) => JSON.parse(row) as unknown)).toEqual(answer.rows);
  for (const args of [
    ['series', 'octets', '--step', '10s'],
    ['quantiles', 'sizes'],
    ['point', '10.0.0.1'],
    ['total', '--dedup'],
    ['sensors'],
  ]) {
    const told = picket(...args, ...span);
    expect([args[0], told.status, told.stderr]).toEqual([args[0], 0, '']);
    expect(told.stdout).toContain('packets seen, lost: 0 card');
  }
  expect(picket('overlap', 'oslo', 'lima', ...span).stdout).toMatch(
    /^SEEN AT .*\noslo .*\nlima .*\nat least one .*\nboth /,
  );
  const all = picket('distinct', 'hosts', '--all', '--compare', 'previous', '--site', 'oslo');
  expect(all.stdout).toMatch(
    /before: 0, no change to tell\n.*\ncompared with .*\nmissing: .*\nnot comparable: nothing was watched/,
  );
  const none = picket('total', '--site', 'oslo');
  expect([none.status, none.stderr]).toEqual([
    3,
    expect.stringMatching(
      /^picket total: nothing in this span; there is data from .* to .*: use --all, or --from and --to\n$/,
    ),
  ]);
  expect(picket('total', '--site', 'kyoto', ...span).status).toBe(3);
});

test('arriving windows are streamed, and followed until ctrl-C', async () => {
  const socket = new WebSocket(`ws+unix:${deployment.socket}:${livePath}?site=kyoto`);
  const messages: unknown[] = [];
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString())));
  await once(socket, 'open');
  const args = ['series', 'packets', '--all', '--step', '10s', '--site', 'kyoto', '--ndjson', '--follow'];
  const following = new Daemon([launcher, ...args, '--manager', deployment.address]);
  try {
    await eventually(() => messages.length > 0, 'the greeting');
    expectReplayed('kyoto', sites.lima.file);
    const starts = new Set(sites.lima.packets.map(({ seconds }) => Math.floor(seconds / 10)));
    await eventually(() => messages.length > starts.size, 'the windows');
    const told = messages.map((message) => liveMessage.parse(message));
    expect(told[0]?.type).toBe('hello');
    const windows = told.filter((message) => message.type === 'window');
    expect(windows.reduce((sum, { packets }) => sum + packets, 0)).toBe(sites.lima.packets.length);
    expect(new Set(windows.map(({ site, replay: isReplay }) => `${site} ${isReplay}`))).toEqual(
      new Set(['kyoto true']),
    );
    await following.said(new RegExp(`(.*\\n){${starts.size - 1}}`));
    const rows = following.out.trim().split('\n');
    const values = rows.map((row) => (JSON.parse(row) as { value: number }).value);
    // Each step that is over once: the last one is not over yet.
    expect(new Set(rows).size).toBe(starts.size - 1);
    expect(values.reduce((sum, value) => sum + value, 0)).toBeLessThan(sites.lima.packets.length);
  } finally {
    socket.terminate();
    expect(await following.stop('SIGINT')).toBe(0);
  }
});

test('a reader that goes away is no fault', async () => {
  const args = ['series', 'octets', '--all', '--step', '10s', '--ndjson', '--manager', deployment.address];
  const child = spawn(launcher, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let errors = '';
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  const [status] = (await once(child, 'close')) as [number];
  expect([status, errors]).toEqual([0, '']);
});

test('the stream is for pages of its own origin, and for programs', async () => {
  const url = deployment.people;
  const origins: [string | undefined, number][] = [
    [url, 101],
    [undefined, 101],
    ['http://example.net', 403],
    [url.replace(/\d+$/, '1'), 403],
  ];
  for (const [origin, status] of origins) expect([origin, await upgradeStatus(url, origin)]).toEqual([origin, status]);
});

async function upgradeStatus(url: string, origin: string | undefined): Promise<number> {
  const asking = request(`${url}${livePath}`, {
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'MDEyMzQ1Njc4OWFiY2RlZg==',
      ...(origin === undefined ? {} : { origin }),
    },
  });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  asking.on('upgrade', ({ statusCode }, socket) => {
    socket.destroy();
    resolve(statusCode ?? 0);
  });
  asking.on('response', (response) => {
    response.resume();
    resolve(response.statusCode ?? 0);
  });
  asking.on('error', reject);
  asking.end();
  return await promise;
}

test('the document of the API is served, and what is asked wrongly is named', async () => {
  const document = await ask('openapi', { from: [], to: [], site: [] });
  expect(document).toMatchObject({ openapi: '3.1.0' });
  const fetched = async (path: string) => {
    const response = await fetch(`${deployment.people}/api/v1/${path}`);
    return [response.status, await response.json()];
  };
  expect(await fetched('top/hots')).toEqual([
    400,
    { error: { code: 'query.invalid', message: `what: is not one of hosts sources destinations pairs services` } },
  ]);
  expect(await fetched('top/hosts?limit=0&sight=oslo')).toEqual([
    400,
    { error: { code: 'query.invalid', message: 'limit: is not in 1..1000; sight: unknown parameter' } },
  ]);
});
