import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DnsDigest } from '../../core/dnsDigest/digest.ts';
import { encodeDigest } from '../../core/dnsDigest/digestEncoder.ts';
import { RttBuckets, rttBucket } from '../../core/dnsDigest/rttBuckets.ts';
import { DurableKind } from '../../proto/link.ts';
import { digestOf, distinctOf, pairOf } from '../store/dnsDigests.ts';
import { sendParts } from '../store/loadGenerator.ts';
import type { Body } from '../store/loadGenerator.ts';
import { Deployment } from '../support/deployment.ts';

const launcher = fileURLToPath(new URL('../../cli/picket', import.meta.url));
const start = 1_700_000_400;
/** What turns a terminal's writing direction, clears it, and begins another line. */
const hostile = 'turn\u202e\u001b[2J\nnext';
/** A connection a request: one that is kept may be closed by the server just then. */
const once = { headers: { connection: 'close' } };

let deployment: Deployment;

beforeAll(async () => {
  deployment = await Deployment.start();
  await ship('oslo', periodOf('10.0.0.1', 'www.example.org', '192.0.2.7', start, 3));
  await ship('lima', periodOf('10.0.0.2', 'www.example.org', '192.0.2.7', start + 600, 2));
  const more = [
    pairOf('example.org', hostile, { rrtype: 16, first: start, last: start }),
    pairOf('mail.example.org', '2001:db8::7', { rrtype: 28, first: start, last: start + 9 }),
    pairOf('7.2.0.192.in-addr.arpa', 'host.example.org', { rrtype: 12, first: start, last: start }),
    pairOf('alias.test', 'www.example.org', { rrtype: 5, first: start, last: start }),
    pairOf('anotherexample.org', '192.0.2.8', { first: start, last: start }),
  ];
  await ship('oslo', digestOf({ start, pairs: more }));
}, 120_000);
afterAll(async () => await deployment.stop());

function periodOf(client: string, name: string, rdata: string, from: number, count: number): DnsDigest {
  const empty = digestOf({ start: from, seconds: 600 });
  const rtt = new RttBuckets();
  rtt.add(rttBucket(0.02), count);
  return {
    ...empty,
    pairs: [pairOf(name, rdata, { first: from + 1, last: from + 5, count, ttlMin: 10 * count, ttlMax: 60 })],
    queries: [{ client, name, qtype: 1, rcode: 0, count, rtt }],
    names: [{ name, count, nxdomain: 0, clients: distinctOf(client) }],
    clients: [{ client, count, nxdomain: 0, names: distinctOf(name) }],
    totals: {
      ...empty.totals,
      queries: count,
      responses: count,
      types: [{ value: 1, count }],
      rcodes: [{ value: 0, count }],
      names: distinctOf(name),
      clients: distinctOf(client),
      rtt,
    },
  };
}

/** Sends a digest as a sensor of the site does, deflated, over a link of its own. */
async function ship(site: string, digest: DnsDigest): Promise<void> {
  const bytes = encodeDigest(digest);
  const body: Body = { kind: DurableKind.DNS, bytes: deflateRawSync(bytes), inflated: bytes.length };
  await sendParts(deployment.socket, { site, name: 'a' }, [body]);
}

function picket(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(launcher, ['dns', ...args], {
    encoding: 'utf8',
    env: { ...process.env, PICKET_MANAGER: deployment.address },
  });
  return { status, stdout, stderr };
}

interface Told {
  rows: Record<string, unknown>[];
  total: Record<string, unknown>;
}

function json(...args: string[]): Told {
  const { stdout, stderr } = picket(...args, '--json');
  expect(stdout, stderr).not.toBe('');
  return JSON.parse(stdout) as Told;
}

test('what two sites saw of a pair is one row, by name, by address, by suffix', () => {
  const whole = {
    rrname: 'www.example.org',
    rrtype: 'A',
    rdata: '192.0.2.7',
    first: '2023-11-14T22:20:01.000000000Z',
    last: '2023-11-14T22:30:05.000000000Z',
    count: 5,
    ttlMin: 20,
    ttlMax: 60,
    sites: ['lima', 'oslo'],
    sensors: ['lima/a', 'oslo/a'],
  };
  expect(json('WWW.Example.org.').rows).toEqual([whole]);
  expect(json('192.0.2.7').rows).toMatchObject([whole, { rrtype: 'PTR', rdata: 'host.example.org' }]);
  expect(json('--suffix', 'example.org').rows.map(({ rrname }) => rrname)).toEqual([
    'www.example.org',
    'mail.example.org',
    'example.org',
  ]);
  expect(json('--suffix', 'example.org', '--type', 'aaaa').rows).toMatchObject([{ rdata: '2001:db8::7' }]);
  expect(json('2001:DB8:0::7').rows).toMatchObject([{ rrname: 'mail.example.org' }]);
  expect(json('--rdata', 'www.example.org').rows).toMatchObject([{ rrname: 'alias.test' }]);
  expect(json('www.example.org', '--site', 'oslo').rows).toMatchObject([{ count: 3, sensors: ['oslo/a'] }]);
  expect(json('www.example.org', '--from', String(start + 600), '--to', String(start + 700)).rows).toHaveLength(1);
  expect(json('www.example.org', '--to', String(start)).rows).toEqual([]);
  expect(json('--suffix', 'org', '--limit', '2').rows).toHaveLength(2);
});

test('COF, by the command and as other tools ask for it', async () => {
  const line = {
    rrname: 'www.example.org',
    rrtype: 'A',
    rdata: '192.0.2.7',
    time_first: start + 1,
    time_last: start + 605,
    count: 5,
    sensor_id: 'lima/a,oslo/a',
  };
  expect(JSON.parse(picket('www.example.org', '--cof').stdout)).toEqual(line);
  expect(JSON.parse(picket('www.example.org', '--ndjson').stdout)).toMatchObject({ rrname: 'www.example.org' });
  const ask = async (q: string) => await fetch(`${deployment.people}/pdns/query/${encodeURIComponent(q)}`, once);
  const answer = await ask('www.example.org');
  expect(answer.headers.get('content-type')).toMatch(/^application\/x-ndjson/);
  const lines = (await answer.text()).trimEnd().split('\n');
  expect(lines.map((text) => JSON.parse(text) as object)).toEqual([
    line,
    {
      ...line,
      rrname: 'alias.test',
      rrtype: 'CNAME',
      rdata: 'www.example.org',
      time_first: start,
      time_last: start,
      count: 1,
      sensor_id: 'oslo/a',
    },
  ]);
  expect((await (await ask('192.0.2.8')).text()).split('\n')).toHaveLength(2);
  const none = await ask('nothing.example');
  expect([none.status, await none.text()]).toEqual([200, '']);
  expect((await ask('a..b')).status).toBe(400);
  expect((await ask(`${'a'.repeat(1000)}.test`)).status).toBe(200);
});

test('what is asked is counted by name, by client, and by query', () => {
  const span = ['--from', String(start), '--to', String(start + 1200)];
  expect(json('--top', 'names', ...span)).toMatchObject({
    rows: [{ key: 'www.example.org', count: 5, nxdomain: 0, clients: { estimate: 2 } }],
    total: { queries: 5, types: { A: 5 }, rcodes: { NOERROR: 5 }, clients: { estimate: 2 }, names: { exact: true } },
  });
  expect(json('--top', 'clients', ...span).rows).toMatchObject([
    { key: '10.0.0.1', name: null, count: 3, names: { estimate: 1 } },
    { key: '10.0.0.2', count: 2 },
  ]);
  const { rows } = json('--client', '10.0.0.1', ...span);
  expect(rows).toMatchObject([{ name: 'www.example.org', qtype: 'A', rcode: 'NOERROR', count: 3 }]);
  expect(rows[0]?.['rtt']).toMatchObject({ p50: expect.closeTo(0.02, 2) as unknown });
  expect(json('--queries', 'www.example.org', '--site', 'lima', ...span).rows).toMatchObject([{ client: '10.0.0.2' }]);
  const { stdout } = picket('--top', 'names', ...span);
  expect(stdout).toContain('www.example.org');
  expect(stdout).toContain('5 queries in all');
});

test('what hosts of the wire wrote stays on its line', () => {
  const { stdout } = picket('example.org');
  const row = stdout.split('\n').find((text) => text.startsWith('example.org'));
  expect(row).toContain('turn\\u202e\\u001b[2J next');
  // oxlint-disable-next-line no-control-regex
  expect(stdout).not.toMatch(/[\u001b\u202e]/);
  expect(json('example.org').rows).toMatchObject([{ rdata: hostile }]);
});

test.each([
  [[], 'which name or address'],
  [['a..b'], 'not a name'],
  [['example.org', '--type', 'nonsense'], 'not a record type'],
  [['example.org', 'example.net'], 'one name or address at a time'],
  [['example.org', '--cof', '--json'], 'not two of them'],
  [['--top', 'words'], 'not one of names clients'],
  [['--top', 'names', '--cof'], '--cof does not go with --top'],
  [['--client', 'somebody'], 'not an address'],
  [['example.org', '--limit', '0'], 'not a whole number'],
])('%j is refused', (args, words) => {
  const { status, stderr } = picket(...args);
  expect(stderr).toContain(words);
  expect(status).toBe(2);
});

test('a sensor that reads a capture tells all addresses that Zeek has in its answers', async (context) => {
  const shared = fileURLToPath(new URL('../../../shared', import.meta.url));
  const [capture, log] = [
    join(shared, 'pcaps/malcolm-test-artifacts__DNS.pcap'),
    join(shared, 'zeek/malcolm-test-artifacts__DNS.pcap/dns.log.gz'),
  ];
  if (!existsSync(capture) || !existsSync(log)) context.skip('not in CI: no logs of Zeek beside the checkout');
  const place = ['--site', 'kyoto', '--name', 'file', '--state', join(deployment.directory, 'replay')];
  const replay = ['sensor', '--replay', capture, ...place, '--manager', deployment.address];
  const { status, stderr } = spawnSync(launcher, replay, { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  const rows = gunzipSync(readFileSync(log)).toString().trimEnd().split('\n');
  let looked = 0;
  for (const { query, answers = [], rcode_name: rcode } of rows.map((row) => JSON.parse(row) as ZeekRow)) {
    const [address = '', ...others] = answers;
    // With more answers than one the name of the last may be that of an alias.
    if (rcode !== 'NOERROR' || others.length > 0 || isIP(address) === 0 || looked > 40) continue;
    looked += 1;
    const answer = await fetch(`${deployment.people}/pdns/query/${encodeURIComponent(address)}`, once);
    const lines = (await answer.text()).trimEnd().split('\n');
    const names = lines.map((line) => (JSON.parse(line) as { rrname: string }).rrname);
    expect(names, address).toContain(query?.toLowerCase());
  }
  expect(looked).toBeGreaterThan(5);
});

interface ZeekRow {
  query?: string;
  answers?: string[];
  rcode_name?: string;
}

test('the help has examples', () => {
  const { status, stdout } = picket('--help');
  expect(status).toBe(0);
  expect(stdout).toContain('picket dns --suffix example.org');
});
