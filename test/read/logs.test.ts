import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { conn } from '../../core/records/conn.ts';
import type { Row } from '../../core/records/record.ts';
import { makeMixedCapture } from '../captures/mixed.ts';
import { counts, picket, read, temporaryDirectory, temporaryFile } from './reading.ts';

const capture = makeMixedCapture({ flows: 300, packets: 3000 }).pcap();
const now = (): Date => new Date(2026, 0, 31, 23, 59, 59);

function rowsOf(directory: string, log: string): Row[] {
  const text = readFileSync(path.join(directory, `${log}.log`), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
}

test('logs have a row a connection in order of time, and leave the report as it is', async () => {
  const file = temporaryFile(capture);
  const directory = path.join(temporaryDirectory(), 'made', 'here');
  const report = await read([file], { logs: { directory, format: 'json', now } });
  expect(counts(report)).toEqual(counts(await read([file])));
  const rows = rowsOf(directory, 'conn');
  const times = rows.map((row) => row['ts'] as number);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  const isCarried = (row: Row): boolean => row['tunnel_parents'] !== undefined;
  // A carrier that is no UDP has no row, but is counted as a flow.
  expect(rows.length).toBeGreaterThan(200);
  expect(rows.length).toBeLessThanOrEqual(report.flows.total);
  expect(rows.some(isCarried)).toBe(true);
  // Each message of DNS over UDP is in a row of a connection that is known to speak it.
  const exchanges = rowsOf(directory, 'dns');
  const speakers = new Set(rows.filter((row) => row['service'] === 'dns').map((row) => row['uid']));
  expect(exchanges.length).toBeGreaterThan(50);
  for (const row of exchanges) expect(speakers).toContain(row['uid']);
  expect(exchanges.filter((row) => row['rtt'] !== undefined).length).toBeGreaterThan(30);
  const asked = exchanges.map((row) => row['ts'] as number);
  expect(asked).toEqual(asked.toSorted((a, b) => a - b));
  const names = new Set(conn.fields.map((field) => field.name as string));
  for (const row of rows) for (const name of Object.keys(row)) expect(names).toContain(name);
  expect(readdirSync(directory).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('the command writes TSV with the fields that were named', () => {
  const file = temporaryFile(capture);
  const directory = temporaryDirectory();
  writeFileSync(path.join(directory, 'conn.log'), 'old');
  const { status } = picket(['read', file, '--logs', directory, '--format', 'tsv', '--fields', 'proto,ts']);
  expect(status).toBe(0);
  const lines = readFileSync(path.join(directory, 'conn.log'), 'utf8').split('\n');
  expect(lines.slice(6, 8)).toEqual(['#fields\tts\tproto', '#types\ttime\tenum']);
  expect(lines[8]).toMatch(/^\d+\.\d{6}\t(tcp|udp|icmp|unknown_transport)$/u);
  expect(lines.at(-2)).toMatch(/^#close\t/u);
});

test('what does not go together is said', () => {
  const file = temporaryFile(capture);
  const directory = temporaryDirectory();
  const said = (...args: string[]): string => {
    const { status, stderr } = picket(['read', file, ...args]);
    expect(status).toBe(2);
    return stderr;
  };
  expect(said('--format', 'tsv')).toContain('--logs');
  expect(said('--logs', directory, '--format', 'xml')).toContain('json or tsv');
  expect(said('--logs', directory, '--fields', 'ts,color')).toContain('color');
  expect(said('--logs', directory, '--workers', '2')).toContain('one worker');
  const failed = picket(['read', file, '--logs', path.join(file, 'below')]);
  expect(failed.status).toBe(1);
  expect(failed.stderr).toContain('folder of the logs');
  expect(existsSync(path.join(directory, 'conn.log'))).toBe(false);
});
