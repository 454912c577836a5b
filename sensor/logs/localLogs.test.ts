import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { dns } from '../../core/records/dns.ts';
import type { Row } from '../../core/records/record.ts';
import { LocalLogs } from './localLogs.ts';

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) fs.rmSync(directory, { recursive: true, force: true });
});

function freshDirectory(): string {
  const directory = fs.mkdtempSync(path.join(tmpdir(), 'picket-local-'));
  directories.push(directory);
  return directory;
}

const row = (ts: number, query = 'a.example'): Row => ({ ts, uid: 'C1', query });
const start = Date.parse('2026-11-28T22:30:00Z');

function open(
  directory: string,
  now: () => number,
  more: { format?: 'json' | 'tsv'; maxBytes?: number } = {},
): LocalLogs {
  return new LocalLogs(
    { directory, logs: ['dns'], format: 'json', rotateSeconds: 3600, maxBytes: 1 << 20, ...more },
    now,
  );
}

function queries(directory: string, file: string): string[] {
  const lines = fs.readFileSync(path.join(directory, file), 'utf8').trimEnd().split('\n');
  return lines.map((line) => String((JSON.parse(line) as Row)['query']));
}

test('a file a period, whose lines are there after each flush, in order of time', () => {
  const directory = freshDirectory();
  let now = start;
  const logs = open(directory, () => now);
  logs.add(dns, [row(2, 'b'), row(1, 'a')]);
  logs.flush();
  expect(queries(directory, 'dns.2026-11-28T22-00-00Z.log')).toEqual(['a', 'b']);
  now += 3_600_000;
  logs.add(dns, [row(3, 'c')]);
  logs.close();
  expect(fs.readdirSync(directory)).toEqual(['dns.2026-11-28T22-00-00Z.log', 'dns.2026-11-28T23-00-00Z.log']);
  expect(queries(directory, 'dns.2026-11-28T23-00-00Z.log')).toEqual(['c']);
  expect(logs.counts()).toEqual({ written: 3, removed: 0, unwritten: 0, why: undefined });
  expect(logs.counts().written).toBe(0);
});

test('after a crash a file goes on behind its last whole line', () => {
  const directory = freshDirectory();
  const first = open(directory, () => start);
  first.add(dns, [row(1, 'a')]);
  first.close();
  fs.appendFileSync(path.join(directory, 'dns.2026-11-28T22-00-00Z.log'), '{"ts":2.0,"que');
  const second = open(directory, () => start + 5000);
  second.add(dns, [row(3, 'c')]);
  second.close();
  expect(queries(directory, 'dns.2026-11-28T22-00-00Z.log')).toEqual(['a', 'c']);
});

test('beyond the space the oldest files go, and no other files', () => {
  const directory = freshDirectory();
  fs.writeFileSync(path.join(directory, 'mine.log'), 'x'.repeat(1 << 20));
  let now = start;
  let removed = 0;
  const logs = open(directory, () => now, { maxBytes: 100_000 });
  const size = (): number =>
    fs
      .readdirSync(directory)
      .reduce((sum, name) => sum + (name === 'mine.log' ? 0 : fs.statSync(path.join(directory, name)).size), 0);
  for (let i = 0; i < 300; i++) {
    logs.add(
      dns,
      Array.from({ length: 20 }, (_, n) => row(i * 20 + n, `${'n'.repeat(50)}${i}`)),
    );
    logs.flush();
    now += 1000;
    expect(size()).toBeLessThanOrEqual(100_000 + 5000);
    removed += logs.counts().removed;
  }
  logs.close();
  expect(removed).toBeGreaterThan(5);
  expect(fs.existsSync(path.join(directory, 'mine.log'))).toBe(true);
  const last = fs
    .readdirSync(directory)
    .filter((name) => name !== 'mine.log')
    .sort()
    .at(-1)!;
  expect(queries(directory, last).at(-1)).toBe(`${'n'.repeat(50)}299`);
});

test('a directory that takes nothing is counted and told, and taken again when it does', () => {
  const directory = path.join(freshDirectory(), 'logs');
  fs.writeFileSync(directory, 'a file in its place');
  const logs = open(directory, () => start);
  logs.add(dns, [row(1, 'a')]);
  logs.flush();
  const counts = logs.counts();
  expect(counts.unwritten).toBe(1);
  expect(counts.why).toMatch(/EEXIST|ENOTDIR/);
  fs.rmSync(directory);
  logs.add(dns, [row(2, 'b')]);
  logs.close();
  expect(queries(directory, 'dns.2026-11-28T22-00-00Z.log')).toEqual(['b']);
  expect(logs.counts()).toEqual({ written: 1, removed: 0, unwritten: 0, why: undefined });
});

test('TSV has its header at the head, and again where a file is gone on with', () => {
  const directory = freshDirectory();
  for (const ts of [1, 2]) {
    const logs = open(directory, () => start, { format: 'tsv' });
    logs.add(dns, [row(ts)]);
    logs.close();
  }
  const lines = fs.readFileSync(path.join(directory, 'dns.2026-11-28T22-00-00Z.log'), 'utf8').split('\n');
  expect(lines[0]).toBe('#separator \\x09');
  expect(lines.filter((line) => line.startsWith('#fields'))).toHaveLength(2);
  expect(lines.filter((line) => line.startsWith('#close'))).toHaveLength(2);
  expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toHaveLength(2);
});
