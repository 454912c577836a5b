import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { writeFileAtomic } from './atomicFile.ts';
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { lockDirectory } from './directoryLock.ts';
import { AppError, describeError } from './error.ts';
import { createLifecycle } from './lifecycle.ts';
import type { Stage } from './lifecycle.ts';
import { createLogger, silentLogger } from './log.ts';
import { Metrics } from './metrics.ts';

const directory = mkdtempSync(join(tmpdir(), 'picket-runtime-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('an error is one line with its context and causes, whatever is in it', () => {
  const cause = new Error('connect ECONNREFUSED\nsecond \u001B[31mline\u202E');
  const error = new AppError('x', 'no manager', { context: { url: 'a\rb', port: 1 }, cause });
  expect(describeError(error)).toBe(
    'no manager (url a\\u000db, port 1): connect ECONNREFUSED second \\u001b[31mline\\u202e',
  );
  expect(describeError('text')).toBe('text');
  expect(describeError(new AggregateError([new Error('a'), new Error('b')], ''))).toBe('a; b');
});

test('the log writes one line an event and limits each message', () => {
  const lines: string[] = [];
  let elapsed = 0;
  const clock: Clock = { now: () => 0, elapsed: () => elapsed, after: () => () => undefined };
  const log = createLogger({
    name: 'link',
    level: 'info',
    clock,
    write: (line) => lines.push(line),
    burst: 2,
    perMillis: 100,
  });
  log.debug('not shown');
  for (let i = 0; i < 5; i++) log.warn('lost', { code: 1006, why: 'a b\n' });
  elapsed = 100;
  log.named('spool').info('lost', {}, new Error('why'));
  log.warn('lost');
  expect(lines).toEqual([
    '1970-01-01T00:00:00.000Z warn link lost code=1006 why="a b "\n',
    '1970-01-01T00:00:00.000Z warn link lost code=1006 why="a b "\n',
    '1970-01-01T00:00:00.000Z info spool lost cause="why"\n',
    '1970-01-01T00:00:00.000Z warn link lost leftOut=3\n',
  ]);
});

test('a metric has one owner', () => {
  const metrics = new Metrics();
  metrics.counter('b_messages', 'messages', 'Messages sent.').add(3);
  metrics.gauge('a_bytes', 'bytes', 'Bytes held.').set(5);
  metrics.computed('c_seconds', 'seconds', 'Age.', () => 7);
  expect(metrics.read().map((m) => [m.name, m.value])).toEqual([
    ['a_bytes', 5],
    ['b_messages', 3],
    ['c_seconds', 7],
  ]);
  expect(() => metrics.gauge('b_messages', '', '')).toThrow('twice');
});

test('stages start in order and stop in reverse; a failure ends the daemon with its error', async () => {
  const events: string[] = [];
  const stage = (name: string): Stage => ({
    name,
    start: () => void events.push(`+${name}`),
    stop: () => void events.push(`-${name}`),
  });
  const deps = { log: silentLogger(), clock: systemClock(), stopMillis: 1000 };
  const life = createLifecycle([stage('a'), stage('b')], deps);
  await life.start();
  life.end('test');
  life.end('again');
  await life.finished;
  expect(events.splice(0)).toEqual(['+a', '+b', '-b', '-a']);

  const failing = createLifecycle(
    [stage('a'), { name: 'x', start: () => Promise.reject(new Error('no')), stop: () => undefined }],
    deps,
  );
  await expect(failing.start()).rejects.toThrow('no');
  expect(events.splice(0)).toEqual(['+a', '-a']);

  const dying = createLifecycle([stage('a')], deps);
  await dying.start();
  dying.fail(new Error('worker died'));
  await expect(dying.finished).rejects.toThrow('worker died');

  const stuck = createLifecycle(
    [{ name: 'stuck', start: () => undefined, stop: () => new Promise<void>(() => undefined) }],
    { ...deps, stopMillis: 1 },
  );
  await stuck.start();
  stuck.end('test');
  await expect(stuck.finished).rejects.toThrow('in time');
});

test('a file is replaced whole and nothing hidden stays', async () => {
  const path = join(directory, 'file');
  writeFileSync(path, 'old');
  await writeFileAtomic(path, 'new');
  expect(readFileSync(path, 'utf8')).toBe('new');
  await expect(writeFileAtomic(join(directory, 'no', 'file'), 'x')).rejects.toThrow('ENOENT');
  expect(readdirSync(directory)).toEqual(['file']);
});

test('a directory has one user at a time', () => {
  const path = join(directory, 'state');
  const release = lockDirectory(path);
  expect(() => lockDirectory(path)).toThrow('another process');
  release();
  lockDirectory(path)();
});
