import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Answer } from '../../proto/api.ts';
import { type CapturedPacket, toPcap } from '../captures/captureBytes.ts';
import { tcpConversation } from '../protocols/tcpConversation.ts';
import { Deployment } from '../support/deployment.ts';

const launcher = fileURLToPath(new URL('../../cli/picket', import.meta.url));
const seconds = 1_700_000_400;
let deployment: Deployment;

/** A connection over which a client was answered with one status, some times. */
function answered(client: string, status: number, times: number, clientPort: number): CapturedPacket[] {
  const turns = Array.from({ length: times }, (_, n) => [
    { from: 'client' as const, payload: Buffer.from(`GET /${n} HTTP/1.1\r\nHost: www.example\r\n\r\n`) },
    { from: 'server' as const, payload: Buffer.from(`HTTP/1.1 ${status} So\r\nContent-Length: 5\r\n\r\n12345`) },
  ]).flat();
  return tcpConversation({ client, clientPort, serverPort: 80 }, turns, seconds);
}

function picket(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(launcher, args, {
    encoding: 'utf8',
    env: { ...process.env, PICKET_MANAGER: deployment.address },
  });
  return { status, stdout, stderr };
}

beforeAll(async () => {
  deployment = await Deployment.start();
  const sites = {
    oslo: [...answered('10.1.0.1', 404, 30, 40_000), ...answered('10.1.0.2', 200, 7, 40_001)],
    lima: [...answered('10.1.0.1', 404, 12, 40_002), ...answered('10.1.0.3', 500, 3, 40_003)],
  };
  for (const [site, packets] of Object.entries(sites)) {
    const file = join(deployment.directory, `${site}.pcap`);
    writeFileSync(file, toPcap(packets.sort((a, b) => a.seconds - b.seconds || a.nanos - b.nanos)));
    const at = ['--site', site, '--name', 'file', '--manager', deployment.address];
    const { status, stderr } = picket('sensor', '--replay', file, ...at);
    expect(status, stderr).toBe(0);
  }
}, 120_000);
afterAll(async () => await deployment.stop());

test('answers of HTTP by status merge over sites, each host counted once', () => {
  const all = JSON.parse(picket('http', '--all', '--json').stdout) as Answer<'http'>;
  expect(all.rows).toEqual([
    { status: 404, client: '10.1.0.1', count: 42, error: 0, octets: 210 },
    { status: 200, client: '10.1.0.2', count: 7, error: 0, octets: 35 },
    { status: 500, client: '10.1.0.3', count: 3, error: 0, octets: 15 },
  ]);
  expect(all.total).toMatchObject({ requests: 52, responses: 52, unseen: 0 });
  expect(all.coverage.sensors).toEqual({ asked: 2, answered: 2, missing: [] });
});

test('statuses and their classes are chosen; by server there is one row a status', () => {
  const some = JSON.parse(
    picket('http', '--all', '--json', '--by', 'server', '--status', '4xx', '--status', '500').stdout,
  ) as Answer<'http'>;
  expect(some.rows).toEqual([
    { status: 404, server: '198.51.100.7', count: 42, error: 0, octets: 210 },
    { status: 500, server: '198.51.100.7', count: 3, error: 0, octets: 15 },
  ]);
  const text = picket('http', '--all', '--site', 'lima').stdout;
  expect(text).toMatch(/404\s+10\.1\.0\.1\s+12\s+60 B/);
  expect(text).toContain('15 requests, 15 answers; 0.0 % of the web');
  const wrong = picket('http', '--status', '40');
  expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining('--status is such as 404 or 4xx, not 40')]);
});
