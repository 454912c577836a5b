import { expect, test } from 'vitest';
import { makeMixedCapture } from '../captures/mixed.ts';
import { toPcap } from '../captures/captureBytes.ts';
import { runPipelines } from './pipelines.ts';
import { counts, read, temporaryFile } from './reading.ts';

test('four workers count what one counts: counters, registers, connections', async () => {
  const file = temporaryFile(makeMixedCapture({ packets: 8000, flows: 700, seed: 3 }).pcap());
  const one = await runPipelines([file], 1);
  const four = await runPipelines([file], 4);
  expect(one.connections.length).toBeGreaterThan(500);
  expect(four).toEqual(one);
  const [alone, together] = [
    await read([file], { registers: true }),
    await read([file], { workers: 4, registers: true }),
  ];
  expect(counts(together)).toEqual(counts(alone));
});

test('which packets are late does not depend on how many workers there are', async () => {
  const { packets } = makeMixedCapture({ packets: 5000, flows: 400, seed: 4, seconds: 300 });
  // Blocks of packets change places, so that time steps back over several windows.
  const mixed = [];
  for (let at = 0; at < packets.length; at += 500)
    mixed.push(...packets.slice(at + 250, at + 500), ...packets.slice(at, at + 250));
  const file = temporaryFile(toPcap(mixed));
  for (const windowSeconds of [0, 10]) {
    const one = await runPipelines([file], 1, windowSeconds);
    expect(new Map(one.counters).get('late')).toBeGreaterThan(0);
    expect(await runPipelines([file], 4, windowSeconds)).toEqual(one);
  }
});
