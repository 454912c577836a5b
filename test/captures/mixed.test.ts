import { expect, test } from 'vitest';
import { makeMixedCapture } from './mixed.ts';

test('the mixed capture is the same for the same options, in order of time, and as long as asked', () => {
  const options = { seed: 7, flows: 300, packets: 4000, startSeconds: 1000 };
  const first = makeMixedCapture(options);
  expect(Buffer.compare(first.pcap(), makeMixedCapture(options).pcap())).toBe(0);
  expect(Buffer.compare(first.pcap(), makeMixedCapture({ ...options, seed: 8 }).pcap())).not.toBe(0);
  expect(first.packets.length).toBe(4000);
  const times = first.packets.map((packet) => packet.seconds * 1e9 + packet.nanos);
  expect(times.every((time, i) => i === 0 || time >= times[i - 1]!)).toBe(true);
  expect(first.packets.every((packet) => packet.bytes.length <= packet.len && packet.nanos < 1e9)).toBe(true);
  expect(first.packets.some((packet) => packet.bytes.length < packet.len)).toBe(true);
  expect(first.packets[0]!.seconds).toBeGreaterThanOrEqual(1000);
});
