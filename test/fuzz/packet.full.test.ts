import { expect, test } from 'vitest';
import { fuzzPackets } from './packetProcess.ts';

const MEBIBYTE = 1024 * 1024;

test('5 million mutated packets: nothing outside a frame is read, memory stays, all gauges back to zero', async () => {
  const { leaks, gauges, fragments, tenth, all, connections } = await fuzzPackets(5_000_000, 1, 6);
  expect(leaks).toBe(0);
  expect(gauges).toEqual({ flows: 0, datagrams: 0, bytes: 0 });
  expect(fragments.seen).toBe(fragments.reassembled + fragments.unmatched);
  expect(fragments.reassembled).toBeGreaterThan(1000);
  expect(connections).toBeGreaterThan(100_000);
  for (const kind of ['heap', 'external', 'arrayBuffers'] as const) {
    expect(all[kind], kind).toBeLessThanOrEqual(tenth[kind] * 1.05);
  }
  expect(all.resident).toBeLessThanOrEqual(tenth.resident + 64 * MEBIBYTE);
});
