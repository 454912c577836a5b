import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { encodeFrequent } from '../core/sketch/frequent/frequentCodec.ts';
import { FrequentItems } from '../core/sketch/frequent/frequentItems.ts';
import { Kll } from '../core/sketch/kll/kll.ts';
import { encodeKll } from '../core/sketch/kll/kllCodec.ts';

const launcher = join(import.meta.dirname, 'picket');
const directory = mkdtempSync(join(tmpdir(), 'picket-sketch-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function picket(args: readonly string[], input: string | Uint8Array = '') {
  const { status, stdout, stderr } = spawnSync(launcher, ['sketch', ...args], {
    cwd: directory,
    input,
    env: { PATH: process.env['PATH'] ?? '', HOME: directory },
  });
  return { status, bytes: stdout, stdout: stdout.toString(), stderr: stderr.toString() };
}

const range = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `${from + i}\n`).join('');
const sha256 = (name: string): string =>
  createHash('sha256')
    .update(readFileSync(join(directory, name)))
    .digest('hex');
const shown = (name: string): Record<string, unknown> => {
  const { status, stdout, stderr } = picket(['show', name, '--json']);
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Record<string, unknown>;
};

test('numbers give the bytes of DataSketches, and their union those of all', () => {
  expect(picket(['build', 'hll', '--longs', '-o', 'all.sk'], range(0, 10_000)).status).toBe(0);
  expect(sha256('all.sk')).toBe('3cc6cd05049f8909248d0f46b17042485afa8746c1ca95405d39768d4f76e3fd');
  expect(shown('all.sk')).toEqual({ family: 'hll', mode: 'hll', lgK: 12, estimate: 9962, lower: 9648, upper: 10_297 });
  picket(['build', 'hll', '--longs', '-o', 'a.sk'], range(0, 6000));
  picket(['build', 'hll', '--longs', '-o', 'b.sk'], range(4000, 10_000));
  expect(picket(['merge', 'a.sk', 'b.sk', '-o', 'ab.sk']).status).toBe(0);
  const [union, all] = ['ab.sk', 'all.sk'].map((name) => readFileSync(join(directory, name)));
  expect(union?.subarray(40)).toEqual(all?.subarray(40));
  expect(picket(['show', 'ab.sk']).stdout).toBe('HLL, lgK 12, mode hll\n9,962 different items (9,648 to 10,297)\n');
  expect(picket(['build', 'hll', '--longs', '-o', 'empty.sk']).status).toBe(0);
  expect(readFileSync(join(directory, 'empty.sk')).toString('hex')).toBe('0201070c030c0008');
});

test('lines as they come: without a last newline, with carriage returns, empty, equal, all 64 bits', () => {
  picket(['build', 'hll', '-o', 'x.sk'], 'a\r\n\nbb\na\nbb');
  picket(['build', 'hll', '-o', 'y.sk'], 'a\nbb\n');
  expect(sha256('x.sk')).toBe(sha256('y.sk'));
  expect(shown('x.sk')).toMatchObject({ mode: 'list', estimate: 2 });
  picket(['build', 'hll', '--longs', '-o', 'z.sk'], '-1\n9223372036854775807\n-9223372036854775808\n007\n7\n+7');
  expect(shown('z.sk')).toMatchObject({ estimate: 4 });
  const { status, bytes } = picket(['build', 'hll', '--lg-k', '10', '-o', '-'], range(0, 5000));
  expect([status, bytes.length, bytes[3]]).toEqual([0, 40 + 1024, 10]);
  // What is no file is written to, not replaced.
  symlinkSync('/dev/null', join(directory, 'device.sk'));
  expect(picket(['build', 'hll', '-o', 'device.sk'], 'a\n').status).toBe(0);
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  expect(lstatSync(join(directory, 'device.sk')).isSymbolicLink()).toBe(true);
});

test('sketches of different lgK merge to the least, as a union does', () => {
  for (const [name, lgK] of [
    ['fine.sk', '14'],
    ['coarse.sk', '10'],
  ] as const) {
    picket(['build', 'hll', '--lg-k', lgK, '-o', name], range(0, 5000));
  }
  picket(['build', 'hll', '--lg-k', '4', '-o', 'none.sk']);
  expect(picket(['merge', 'fine.sk', 'none.sk', 'coarse.sk', '-o', 'both.sk']).status).toBe(0);
  const [both, coarse] = ['both.sk', 'coarse.sk'].map((name) => readFileSync(join(directory, name)));
  expect(both?.subarray(40)).toEqual(coarse?.subarray(40));
});

test('KLL and frequent items are shown and merged too', () => {
  const kll = new Kll();
  for (let i = 1; i <= 1000; i++) kll.update(i);
  const words = new FrequentItems('string', 6);
  words.update('oslo', 5);
  words.update('\u001B[2J', 3);
  const longs = new FrequentItems('long', 6);
  longs.update(7n, 9);
  writeFileSync(join(directory, 'double.sk'), encodeKll(kll));
  writeFileSync(join(directory, 'float.sk'), encodeKll(kll, 'float'));
  writeFileSync(join(directory, 'words.sk'), encodeFrequent(words));
  writeFileSync(join(directory, 'longs.sk'), encodeFrequent(longs));
  for (const mode of ['double', 'float']) {
    expect(shown(`${mode}.sk`)).toMatchObject({ family: 'kll', mode, k: 200, n: 1000, min: 1, max: 1000 });
  }
  picket(['merge', 'double.sk', 'double.sk', '-o', 'twice.sk']);
  expect(shown('twice.sk')).toMatchObject({ n: 2000, mode: 'double' });
  picket(['merge', 'words.sk', 'words.sk', '-o', 'words2.sk']);
  expect(shown('words2.sk')).toEqual({
    family: 'frequent',
    mode: 'string',
    lgMax: 6,
    weight: 16,
    error: 0,
    rows: [
      { item: 'oslo', estimate: 10, lower: 10, upper: 10 },
      { item: '\u001B[2J', estimate: 6, lower: 6, upper: 6 },
    ],
  });
  expect(picket(['show', 'words2.sk']).stdout).toContain('\\u001b[2J');
  expect(shown('longs.sk')).toMatchObject({ mode: 'long', rows: [{ item: '7' }] });
  expect(picket(['merge', 'longs.sk', 'words.sk', '-o', 'no.sk'])).toMatchObject({ status: 1 });
  expect(picket(['merge', 'longs.sk', 'double.sk', '-o', 'no.sk']).stderr).toMatch(/not of one family\n$/);
});

test.each<[string[], string, number, RegExp]>([
  [['show', 'cut.sk'], '', 1, /^picket sketch: cut\.sk: hll: registers are missing\n$/],
  [['show', 'noise.sk'], '', 1, /noise\.sk: sketch: family \d+ is not HLL/],
  [['show', 'nothing.sk'], '', 1, /shorter than a preamble/],
  [['show', 'none.sk.txt'], '', 1, /can't be read: ENOENT/],
  [['merge', 'cut.sk', '-o', 'x'], '', 1, /registers are missing/],
  [['build', 'hll', '--longs', '-o', 'x'], '1\nx y\n', 1, /line 2: not a whole number of 64 bits: x y/],
  [['build', 'hll', '--longs', '-o', 'x'], '9223372036854775808', 1, /line 1: not a whole number/],
  [['build', 'hll', '-o', 'x'], 'x'.repeat(70_000), 1, /line 1: longer than 65000 bytes/],
  [['build', 'hll', '-o', 'none/x'], '', 1, /can't be written/],
  [['build', 'hll'], '', 2, /-o FILE/],
  [['build', 'kll', '-o', 'x'], '', 2, /build what\?/],
  [['build', 'hll', '--lg-k', '22', '-o', 'x'], '', 2, /4 to 21/],
  [['merge', '-o', 'x'], '', 2, /merge which files\?/],
  [['show'], '', 2, /show which file\?/],
  [['show', 'cut.sk', '-o', 'x'], '', 2, /--output has no meaning/],
  [['shew'], '', 2, /shew: not known; build, merge or show/],
  [[], '', 2, /do what\?/],
])('%j fails in one line', (args, input, expected, message) => {
  picket(['build', 'hll', '-o', 'whole.sk'], range(0, 1000));
  writeFileSync(join(directory, 'cut.sk'), readFileSync(join(directory, 'whole.sk')).subarray(0, 300));
  writeFileSync(join(directory, 'noise.sk'), new Uint8Array(100).fill(0xa5));
  writeFileSync(join(directory, 'nothing.sk'), '');
  const { status, stdout, stderr } = picket(args, input);
  expect(stderr).toMatch(message);
  expect([status, stdout, stderr.split('\n').length]).toEqual([expected, '', 2]);
});

test('help, with examples', () => {
  const { status, stdout } = picket(['--help']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/Examples:\n/);
});

test('millions of lines pass through: what is held does not grow with them', async () => {
  const limited = spawn(launcher, ['sketch', 'build', 'hll', '-o', 'many.sk'], {
    cwd: directory,
    env: { PATH: process.env['PATH'] ?? '', HOME: directory, NODE_OPTIONS: '--max-old-space-size=32' },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const lines = 2_000_000;
  for (let from = 0; from < lines; from += 50_000) {
    if (!limited.stdin.write(range(from, from + 50_000))) {
      await new Promise((resolve) => limited.stdin.once('drain', resolve));
    }
  }
  const ended = new Promise<number | null>((resolve) => limited.once('exit', resolve));
  limited.stdin.end();
  expect(await ended).toBe(0);
  const { estimate } = shown('many.sk') as { estimate: number };
  expect(Math.abs(estimate / lines - 1)).toBeLessThan(0.065);
});
