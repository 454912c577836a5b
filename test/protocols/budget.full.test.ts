import { expect, test } from 'vitest';
import type { CapturedPacket } from '../captures/captureBytes.ts';
import { Random } from '../captures/random.ts';
import { runProtocols } from './protocolRun.ts';
import { tcpConversation } from './tcpConversation.ts';

test('flows that never tell what they are have a bound in number and in octets, and the oldest make way', async () => {
  const random = new Random(9);
  const packets: CapturedPacket[] = [];
  // Each begins like a line of HTTP that does not end: 3,000 octets are kept, waiting for more.
  const line = Buffer.from(`GET /${'a'.repeat(3000)}`);
  for (let n = 0; n < 6000; n++) {
    const ends = { client: `10.2.${n >> 8}.${n & 255}`, clientPort: 1024 + random.below(60_000), serverPort: 9999 };
    packets.push(...tcpConversation(ends, [{ from: 'client', payload: line }]).slice(0, 6));
  }
  const { counters, left } = await runProtocols(packets, 16_384, 16 << 20);
  expect(counters.shedFlows).toBeGreaterThan(0);
  expect(left).toBe(0);
  expect(counters.heldOctets).toBe(0);
});
