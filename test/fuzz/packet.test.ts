import { expect, test } from 'vitest';
import { fuzzPackets } from './packetProcess.ts';

test('100,000 mutated packets: no exception, no hang, nothing read outside a frame, all gauges back to zero', async () => {
  const run = await fuzzPackets(100_000, 7, 2);
  expect(run.leaks).toBe(0);
  expect(run.gauges).toEqual({ flows: 0, datagrams: 0, bytes: 0 });
  expect(run.fragments.seen).toBe(run.fragments.reassembled + run.fragments.unmatched);
  // The packets must be worth something: some decode, some are refused for each cause.
  expect(run.connections).toBeGreaterThan(1000);
  expect(run.verdicts.slice(1).every((count) => count > 100)).toBe(true);
});
