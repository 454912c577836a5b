import { expect, test } from 'vitest';
import { LOOKED, MOST_UNSURE } from '../../sensor/protocols/protocol.ts';
import type { CapturedPacket } from '../captures/captureBytes.ts';
import { Random } from '../captures/random.ts';
import { runProtocols } from './protocolRun.ts';
import { tcpConversation, type Turn, udpConversation } from './tcpConversation.ts';

const MEBIBYTE = 1 << 20;

/** Octets without meaning: their first ones are of no protocol. */
function noise(random: Random, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = 0x80 | random.below(128);
  return bytes;
}

function exchange(random: Random, octets: number): Turn[] {
  return [
    { from: 'client', payload: noise(random, 300) },
    { from: 'server', payload: noise(random, octets) },
    { from: 'client', payload: noise(random, octets) },
  ];
}

function inOrder(packets: CapturedPacket[]): CapturedPacket[] {
  return packets.sort((a, b) => a.seconds - b.seconds || a.nanos - b.nanos);
}

test('no analyser is entered where neither port nor content is of its protocol', async () => {
  const random = new Random(7);
  const packets: CapturedPacket[] = [];
  for (let n = 0; n < 8; n++) {
    const ends = { clientPort: 40_000 + n, serverPort: 9_990 + n };
    packets.push(...tcpConversation(ends, exchange(random, 50_000)));
    packets.push(...udpConversation(ends, [...exchange(random, 1000), ...exchange(random, 500)]));
  }
  const { rows, protocols, counters, left } = await runProtocols(inOrder(packets));
  expect(rows['conn']).toHaveLength(16);
  for (const [name, { entered, created }] of Object.entries(protocols)) {
    expect([name, entered, created]).toEqual([name, 0, 0]);
  }
  expect(left).toBe(0);
  expect(counters.leftFlows).toBe(16);
  // Once all have given up, packets cost a look at one octet.
  expect(counters.leftPackets).toBeGreaterThan(8 * 70);
});

test('at most 8 KiB of a flow and direction are looked at where the port speaks of a protocol and the content does not', async () => {
  const random = new Random(8);
  for (const serverPort of [21, 22, 25, 53, 80, 443, 853, 8080]) {
    const packets = tcpConversation({ clientPort: 40_000, serverPort }, exchange(random, MEBIBYTE));
    const { protocols, counters, left } = await runProtocols(packets);
    for (const [name, { octets }] of Object.entries(protocols)) {
      expect(octets, `${name} at port ${serverPort}`).toBeLessThanOrEqual(2 * MOST_UNSURE);
    }
    expect(LOOKED + MOST_UNSURE).toBe(8192);
    expect(left).toBe(0);
    expect(counters.leftFlows, `port ${serverPort}`).toBe(1);
    expect(counters.leftPackets, `port ${serverPort}`).toBeGreaterThan(1400);
  }
});
