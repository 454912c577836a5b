import { expect, test } from 'vitest';
import { expectInvariants } from './invariants.ts';
import { oddFiles } from './oddFiles.ts';
import { oddPackets } from './oddPackets.ts';
import { counts, read, temporaryFile } from './reading.ts';

const flowSlots = 4096;

test.each([...oddFiles, ...oddPackets])('$name', async ({ bytes, expected, status }) => {
  const file = temporaryFile(bytes);
  const report = await read([file], { windows: true, flowSlots });
  expectInvariants(report);
  expect(report).toMatchObject(expected);
  expect(report.files[0]!.complete).toBe((status ?? 0) === 0);
  const { windows: _, ...whole } = report;
  // Windows, workers and a second reading change nothing.
  expect(await read([file], { flowSlots })).toEqual(whole);
  if (report.packets < 2) return;
  const shared = await read([file], { workers: 3, flowSlots });
  expect(counts(shared)).toEqual(counts(whole as typeof report));
});
