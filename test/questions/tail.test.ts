import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../../cli/client.ts';
import type { Answer } from '../../proto/api.ts';
import { toPcap, type CapturedPacket } from '../captures/captureBytes.ts';
import { Daemon, Deployment } from '../support/deployment.ts';
import { answerTo, queryFor } from '../support/dnsMessages.ts';
import { udpFrame } from '../support/senderFrames.ts';

const launcher = fileURLToPath(new URL('../../cli/picket', import.meta.url));
const HEADERS = 42;
const START = 1_700_000_400;
const NAMES = 30;
let deployment: Deployment;

beforeAll(async () => {
  deployment = await Deployment.start();
  writeFileSync(join(deployment.directory, 'dns.pcap'), toPcap(exchange()));
}, 120_000);
afterAll(async () => await deployment.stop());

/** A query and its answer each tenth of a second; clients 10.0.0.1 and 10.0.1.1 in turns. */
function exchange(): CapturedPacket[] {
  const packets: CapturedPacket[] = [];
  for (let i = 0; i < NAMES; i++) {
    const query = queryFor(i);
    const client = [10, 0, i % 2, 1];
    for (const [n, payload] of [query, answerTo(query)].entries()) {
      const bytes = udpFrame(HEADERS + payload.length);
      const view = new DataView(bytes.buffer);
      bytes.set(n === 0 ? [...client, 192, 0, 2, 53] : [192, 0, 2, 53, ...client], 26);
      view.setUint16(34, n === 0 ? 5000 + (i % 2) : 53);
      view.setUint16(36, n === 0 ? 53 : 5000 + (i % 2));
      bytes.set(payload, HEADERS);
      const nanos = (i % 10) * 100_000_000 + n * 1_000_000;
      packets.push({ seconds: START + Math.floor(i / 10), nanos, bytes, len: bytes.length });
    }
  }
  return packets;
}

function picket(...args: string[]) {
  return spawnSync(launcher, args, { encoding: 'utf8', env: { ...process.env, PICKET_MANAGER: deployment.address } });
}

function replay(site: string): void {
  const words = ['--site', site, '--name', 'a', '--manager', deployment.address];
  const { status, stderr } = spawnSync(
    launcher,
    ['sensor', '--replay', join(deployment.directory, 'dns.pcap'), ...words],
    {
      encoding: 'utf8',
      env: { ...process.env, PICKET_LOGS_SHIP: 'dns', PICKET_LOGS_DIRECTORY: join(deployment.directory, 'logs') },
    },
  );
  expect(status, stderr).toBe(0);
}

/** Somebody reads the stream. */
async function streamOpened(): Promise<void> {
  for (let isOpen = false; !isOpen;) {
    const { metrics } = await ask<Answer<'health'>>([{ kind: 'unix', path: deployment.socket }], 'health', {});
    isOpen = metrics.some(({ name, value }) => name === 'live_clients' && value > 0);
  }
}

const namesOf = (out: string): string[] =>
  out
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { query: string }).query);
const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `q${from + i}.kill.test`);

test(
  'rows that a sensor shipped are printed, the newest, those that a filter lets through',
  { timeout: 120_000 },
  () => {
    replay('oslo');
    expect(
      readdirSync(join(deployment.directory, 'logs'))
        .map((name) => name.split('.')[0] ?? '')
        .sort((a, b) => (a < b ? -1 : 1)),
    ).toEqual(['conn', 'dns']);
    const all = picket('tail', 'dns', '--all', '--ndjson');
    expect([all.status, namesOf(all.stdout)]).toEqual([0, numbers(0, NAMES)]);
    expect(namesOf(picket('tail', 'dns', '--all', '--ndjson', '-n', '3').stdout)).toEqual(numbers(NAMES - 3, NAMES));
    const odd = picket(
      'tail',
      'dns',
      '--all',
      '--where',
      'id.orig_h in 10.0.1.0/24 and answers == 192.0.2.1',
      '--ndjson',
    );
    expect(namesOf(odd.stdout)).toEqual(numbers(0, NAMES).filter((_, i) => i % 2 === 1));
    const lines = picket('tail', 'dns', '--all', '--fields', 'ts,id.orig_h,query', '--utc', '-n', '1');
    expect(lines.stdout).toBe(`2023-11-14 22:20:02.900Z\t10.0.1.1\tq${NAMES - 1}.kill.test\n`);
    const answer = JSON.parse(picket('tail', 'dns', '--all', '-n', '2', '--json').stdout) as Record<string, unknown>;
    expect(answer).toMatchObject({ more: true, lost: { rows: 0, spans: [] }, rows: [{ sensor: 'oslo/a' }, {}] });
    expect(picket('tail', 'conn', '--all').stdout).toBe('');
  },
);

test.each([
  [['dns', '--where', 'query ='], 'where: = is not expected, at character 7'],
  [['dns', '--fields', 'ts,quer'], 'dns has no field quer'],
  [['nothing'], /nothing: not one of conn /],
  [[], 'one log, as dns'],
  [['dns', '--json', '--follow'], '--json is one object'],
  [['dns', '-n', '0'], '--limit 0: not a whole number'],
])('picket tail %j is refused', (args, words) => {
  const { status, stderr } = picket('tail', ...args);
  expect(status).toBe(2);
  expect(stderr).toMatch(words);
});

test('rows are followed as they come, of the sensors that were asked, each once', { timeout: 120_000 }, async () => {
  const where = 'query contains kill.test and not query contains q1';
  const following = new Daemon([
    launcher,
    'tail',
    'dns',
    '--site',
    'lima',
    '--where',
    where,
    '--all',
    '--ndjson',
    '--follow',
    '--manager',
    deployment.address,
  ]);
  try {
    const wanted = numbers(0, NAMES).filter((name) => !name.startsWith('q1'));
    await streamOpened();
    replay('oslo');
    replay('lima');
    await following.said(`q${NAMES - 1}.kill.test`);
    expect(namesOf(following.out)).toEqual(wanted);
    expect(following.out).not.toContain('oslo');
  } finally {
    await following.stop();
  }
});
