import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { FileSource } from './fileSource.ts';

/** Real captures that stand beside the checkout where the project is worked on; a user has none. */
const folder = path.resolve(import.meta.dirname, '../../../../shared/pcaps');
const table = fs.existsSync(folder)
  ? [...fs.readFileSync(path.join(folder, 'README.md'), 'utf8').matchAll(/^\| (\S+) \| [^|]*\| (\d+) \|/gm)]
  : [];

const hasCapinfos = spawnSync('capinfos', ['--version']).error === undefined;

interface Times {
  first: bigint | null;
  last: bigint | null;
}

async function read(file: string): Promise<{ source: FileSource; times: Times }> {
  const source = new FileSource({ paths: [file] });
  let first: bigint | null = null;
  let last: bigint | null = null;
  for (;;) {
    const batch = await source.next();
    if (batch === 'end') break;
    for (let i = 0; i < batch.count; i++) {
      const time = BigInt(batch.seconds[i]!) * 1_000_000_000n + BigInt(batch.nanos[i]!);
      if (first === null || time < first) first = time;
      if (last === null || time > last) last = time;
    }
  }
  return { source, times: { first, last } };
}

/** Seconds with a decimal fraction, as capinfos prints them, in nanoseconds. */
function nanoseconds(text: string): bigint {
  const [seconds = '', fraction = ''] = text.split('.');
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
}

describe('real captures', () => {
  test.each(table.map((row) => [row[1]!, Number(row[2])] as const))('%s', async (name, packets) => {
    const file = path.join(folder, name);
    const { source, times } = await read(file);
    const info = source.files[0]!;
    expect(info.packets).toBe(packets);
    expect(info.complete).toBe(info.error === null);
    if (!hasCapinfos) return;
    const options = ['-T', '-M', '-r', '-m', '-S', '-c', '-d', '-a', '-e'];
    const { stdout, status } = spawnSync('capinfos', [...options, file], { encoding: 'utf8' });
    expect(info.complete).toBe(status === 0);
    if (status !== 0) return;
    const [, count, octets, first = '', last = ''] = stdout.trim().split(',');
    expect([info.packets, info.octets]).toEqual([Number(count), Number(octets)]);
    expect(times).toEqual({ first: nanoseconds(first), last: nanoseconds(last) });
  });

  test('all of them at once are merged, each whole', async (ctx) => {
    if (table.length === 0) ctx.skip('not in CI: no folder of captures beside the checkout');
    const paths = table.map((row) => path.join(folder, row[1]!));
    const source = new FileSource({ paths });
    let packets = 0;
    for (;;) {
      const batch = await source.next();
      if (batch === 'end') break;
      packets += batch.count;
    }
    expect(packets).toBe(table.reduce((sum, row) => sum + Number(row[2]), 0));
    expect(source.files.map((file) => file.packets)).toEqual(table.map((row) => Number(row[2])));
  });
});
