import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Answer } from '../proto/api.ts';
import { UsageError } from '../runtime/error.ts';
import { managerPlaces } from './client.ts';
import { writeDemoCapture } from './demoCapture.ts';
import { parseOptions } from './options.ts';
import { parseDuration, parseInstant, parseRange, shortDuration, shortTime } from './times.ts';

const launcher = join(import.meta.dirname, 'picket');
const directory = mkdtempSync(join(tmpdir(), 'picket-cli-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function picket(args: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(launcher, args, {
    encoding: 'utf8',
    cwd: directory,
    env: { PATH: process.env['PATH'] ?? '', HOME: directory, XDG_RUNTIME_DIR: directory, ...env },
  });
  return { status, stdout, stderr };
}

test.each<[string[], RegExp]>([
  [['distnct'], /^picket: distnct: unknown command; did you mean picket distinct\?\n$/],
  [['xyzzy\u001B[2J'], /^picket: xyzzy\\u001b\[2J: unknown command; picket --help/],
  [['__proto__'], /unknown command/],
  [['distinct'], /^picket distinct: count what\? one of hosts /],
  [['distinct', 'hots'], /did you mean hosts\?/],
  [
    ['distinct', 'hosts', '--form', '1'],
    /^picket distinct: Unknown option '--form'; did you mean --from\? picket distinct --help/,
  ],
  [['distinct', 'hosts', '--last', '2 fortnights'], /not a duration/],
  [['distinct', 'hosts', '--from', '-1h', '--to', '-2h'], /range is empty/],
  [['distinct', 'hosts', '--manager', 'http://192.0.2.1:8480'], /only this host's loopback/],
  [['sensors', '--last', '1h', '--from', '1'], /--last stands alone/],
  [['manager', '--listen-people', '0.0.0.0:80', '--state', '/nonexistent/x', '--check', 'more'], /more: not expected/],
  [['manager', '--config', 'bad.yaml', '--check'], /listenPeopel: unknown key, did you mean listenPeople\?/],
  [['sensor', '--config', 'none.yaml'], /cannot read the configuration file/],
  [['sensor', 'file.pcap'], /files follow --replay/],
  [['read', '--logz', 'd', 'x.pcap'], /^picket read: Unknown option '--logz'; picket read --help/],
  [['sensor', '--replay', 'x.pcap', '--speed', '-1'], /--speed -1: max, or a number above 0/],
])('%j is refused in one line, with status 2', (args, message) => {
  writeFileSync(join(directory, 'bad.yaml'), 'listenPeopel: 127.0.0.1:1\n');
  const { status, stdout, stderr } = picket(args);
  expect(stderr).toMatch(message);
  expect([status, stdout, stderr.split('\n').length]).toEqual([2, '', 2]);
});

test('when no manager answers, all places are named', () => {
  const { status, stderr } = picket(['distinct', 'hosts'], { PICKET_MANAGER: '' });
  expect(
    status === 1 ||
      existsSync('/run/picket/manager.sock') ||
      existsSync(join(import.meta.dirname, '../.picket/run/manager.sock')),
  ).toBe(true);
  if (status === 1) {
    expect(stderr).toContain('.picket/run/manager.sock (');
    expect(stderr).toContain(`${directory}/picket/manager.sock (not there)`);
    expect(stderr).toContain('/run/picket/manager.sock (');
  }
  expect(picket(['sensors', '--manager', `unix:${directory}/none.sock`]).stderr).toContain('none.sock (not there)');
  const long = picket(['sensors', '--manager', `unix:/${'x'.repeat(107)}`]);
  expect([long.status, long.stderr]).toEqual([1, expect.stringContaining('(108 bytes, a Unix socket')]);
});

test('help is on stdout with status 0, from any directory and through links', () => {
  const link = join(directory, 'linked');
  symlinkSync(launcher, join(directory, 'once'));
  symlinkSync('once', link);
  const { status, stdout } = spawnSync(link, ['--help'], { encoding: 'utf8', cwd: '/' });
  expect([status, stdout.split('\n')[0]]).toEqual([0, 'picket COMMAND [options]']);
  const questions = ['distinct', 'sensors', 'top', 'series', 'quantiles', 'point', 'total', 'overlap'];
  for (const command of ['start', 'manager', 'sensor', 'read', ...questions]) {
    const help = picket([command, '--help']);
    expect([command, help.status, help.stderr]).toEqual([command, 0, '']);
    expect(help.stdout).toMatch(/Examples:\n/);
  }
  expect(picket([]).status).toBe(2);
  expect(picket(['--version']).stdout).toMatch(/^picket \d+\.\d+\.\d+\n$/);
  expect(picket(['manager', '--dump']).stdout).toContain('listenPeople: 127.0.0.1:8480');
});

test('times as people write them', () => {
  const now = Date.UTC(2026, 0, 31, 12);
  expect(['90s', '10m', '2h', '7d', '1w', '1.5h', '5', 'h', '-1h'].map(parseDuration)).toEqual([
    90,
    600,
    7200,
    604_800,
    604_800,
    5400,
    undefined,
    undefined,
    undefined,
  ]);
  expect(parseInstant('-2h', now, '--from')).toBe(now / 1000 - 7200);
  expect(parseInstant('1700000000.5', now, '--from')).toBe(1_700_000_000.5);
  expect(parseInstant('2026-01-31T12:00:00Z', now, '--from')).toBe(now / 1000);
  const midnight = new Date(now).setHours(0, 0, 0, 0) / 1000;
  expect(parseInstant('today', now, '--from')).toBe(midnight);
  expect(parseInstant('yesterday', now, '--from')).toBe(midnight - 86_400);
  expect(() => parseInstant('noon', now, '--to')).toThrow('--to noon: not a time');
  expect(parseRange({ from: undefined, to: undefined, last: '2h' }, now)).toEqual({
    from: String(now / 1000 - 7200),
    to: String(now / 1000),
  });
  expect(parseRange({ from: undefined, to: undefined, last: undefined }, now)).toEqual({});
  const options = parseOptions(
    ['--from', '-2h', '--to=-1h', 'hosts'],
    { from: { type: 'string' }, to: { type: 'string' } },
    'x',
  );
  expect([options.text('from'), options.text('to'), options.positionals]).toEqual(['-2h', '-1h', ['hosts']]);
  expect(() => managerPlaces('ftp://x')).toThrow(UsageError);
});

test('times and durations as people read them', () => {
  expect(shortTime('2026-01-31T12:00:00.120000000Z', true)).toBe('2026-01-31 12:00:00Z');
  expect(shortTime('2026-01-31T12:00:00.120000000Z', true, true)).toBe('2026-01-31 12:00:00.120Z');
  expect(shortTime('2026-01-31T12:00:00.000000001Z', true, true)).toBe('2026-01-31 12:00:00.000000001Z');
  expect(shortTime('2026-01-31T12:00:00.000000000Z', true, true)).toBe('2026-01-31 12:00:00Z');
  expect(shortTime('316000000000.000000000', true, true)).toBe('316000000000.000000000');
  expect(shortTime(null, true)).toBe('-');
  expect([0, 119, 120, 7200, 629_247_013].map(shortDuration)).toEqual(['0 s', '119 s', '2 min', '2 h', '7282 d']);
});

test('a manager, a replay that ends when all is acknowledged, and the answers', async () => {
  const capture = join(directory, 'demo.pcap');
  await writeDemoCapture(capture, 1_700_000_600_000);
  const manager = spawn(launcher, ['manager', '--state', join(directory, 'state'), '--listen-people', '127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const line = await new Promise<string>((resolve) =>
      manager.stdout.once('data', (data: Buffer) => resolve(data.toString())),
    );
    const ready = JSON.parse(line) as { ready: boolean; people: string; sensors: string; socket: string };
    expect(ready).toMatchObject({
      ready: true,
      people: expect.stringMatching(/^http:\/\/127/),
      sensors: expect.stringMatching(/^ws:.*\/link$/),
    });
    const env = { PICKET_MANAGER: `unix:${ready.socket}` };
    expect(picket(['sensor', '--replay', capture, '--site', 'oslo', '--name', 'file'], env).status).toBe(0);
    // What can't be read all is partial, what can't be read at all has failed.
    const cut = join(directory, 'cut.pcap');
    writeFileSync(cut, readFileSync(capture).subarray(0, 100_001));
    const old = ['--site', 'lima', '--name', 'old'];
    expect(picket(['sensor', '--replay', cut, ...old], env)).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('cut.pcap: the file ends inside a record'),
    });
    expect(picket(['sensor', '--replay', 'none.pcap', ...old], env).status).toBe(1);
    const read = JSON.parse(picket(['read', '--json', capture]).stdout) as {
      packets: number;
      distinct: { hosts: { estimate: number } };
    };
    const asked = picket(
      ['distinct', 'hosts', '--site', 'oslo', '--from', '1700000000', '--to', '1700000600', '--json'],
      env,
    );
    const answer = JSON.parse(asked.stdout) as Answer<'distinct'>;
    expect(asked.status).toBe(0);
    expect(answer.coverage).toEqual({
      sensors: { asked: 1, answered: 1, missing: [] },
      seconds: { expected: 600, present: 600 },
      packets: { seen: read.packets, nic: 0, kernel: 0, shed: 0, unrecorded: 0 },
    });
    expect(Math.abs(answer.value.estimate - read.distinct.hosts.estimate)).toBeLessThanOrEqual(1);
    const people = picket(
      ['distinct', 'hosts', '--site', 'oslo', '--from', '1700000000', '--to', '1700000600', '--utc'],
      env,
    );
    expect(people.stdout).toMatch(
      /^\d+ ± \d+ \(\d+ to \d+\) hosts\n2023-11-14 22:13:20Z to 2023-11-14 22:23:20Z: 1 of 1 sensors, 600 of 600 s, [\d,]+ packets seen, lost: 0 card, 0 kernel, 0 shed\n$/,
    );
    // Nothing of the last hour: the sensor is missing from the answer, which is partial.
    const partial = picket(['distinct', 'hosts', '--site', 'oslo'], env);
    expect([partial.status, partial.stdout]).toEqual([3, expect.stringContaining('missing: oslo/file (no data)')]);
    expect(picket(['sensors', '--site', 'oslo', '--from', '1700000000', '--to', '1700000600'], env).stdout).toMatch(
      /^SENSOR .*\noslo\/file +replay +tap0 /,
    );
  } finally {
    const ended = new Promise((resolve) => manager.once('exit', resolve));
    manager.kill('SIGTERM');
    expect(await ended).toBe(0);
  }
});
