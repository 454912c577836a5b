import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { toPcap } from '../captures/captureBytes.ts';
import { makeMixedCapture } from '../captures/mixed.ts';
import { carriedOnce } from './carriedOnce.ts';
import { runPipelines } from './pipelines.ts';
import { counts, read, sharedCaptures, temporaryFile } from './reading.ts';

async function expectEqualWorkers(file: string): Promise<void> {
  for (const windowSeconds of [0, 10]) {
    const one = await runPipelines([file], 1, windowSeconds);
    for (const workers of [2, 4]) expect(await runPipelines([file], workers, windowSeconds)).toEqual(one);
  }
}

test('a large mixed capture', async () => {
  const file = temporaryFile(
    toPcap(carriedOnce(makeMixedCapture({ packets: 200_000, flows: 12_000, seed: 5 }).packets)),
  );
  await expectEqualWorkers(file);
  const alone = await read([file], { registers: true, windows: true });
  const together = await read([file], { workers: 4, registers: true, windows: true });
  expect(together.registers).toBe(alone.registers);
  // Lists of more keys than they hold have bounds; everything else is equal.
  const sides = ({ distinct, local, remote }: Pick<typeof alone, 'distinct' | 'local' | 'remote'>): object => ({
    distinct,
    local: local.distinct,
    remote: remote.distinct,
  });
  const withoutLists = (report: typeof alone): object => ({
    ...counts(report),
    ...sides(report),
    top: null,
    windows: report.windows?.map((window) => ({ ...window, ...sides(window), top: null })),
  });
  expect(withoutLists(together)).toEqual(withoutLists(alone));
});

const shared = existsSync(sharedCaptures) ? readdirSync(sharedCaptures).filter((name) => !name.endsWith('.md')) : [];

test.each(shared)('%s', async (name) => {
  await expectEqualWorkers(path.join(sharedCaptures, name));
});
