import v8 from 'node:v8';
import vm from 'node:vm';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { dns } from '../../core/packet/build/dns.ts';
import { PacketBatch } from '../../core/packet/batch.ts';
import { ProtocolStage } from '../../sensor/protocolStage.ts';
import { createRun } from '../../sensor/read/pipelineRun.ts';
import type { CapturedPacket } from '../captures/captureBytes.ts';
import { clientHello, handshake } from '../tls/handshakeBytes.ts';
import { type Ends, tcpConversation, type Turn, udpConversation } from './tcpConversation.ts';

const FLOWS = 8000;
const BOUND = 12 << 20;
/** What is held is counted by what things take on average; the rest of the pipeline takes some too. */
const MOST = 3 * BOUND;

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc') as () => void;

function memory(): number {
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const client = (payload: string | Uint8Array): Turn => ({ from: 'client', payload: Buffer.from(payload) });
const server = (payload: string | Uint8Array): Turn => ({ from: 'server', payload: Buffer.from(payload) });
const headers = ['Host', 'User-Agent', 'Referer', 'Origin', 'Via'].map((name) => `${name}: ${'a'.repeat(6000)}\r\n`);
const packed = gzipSync(Array.from({ length: 3000 }, (_, i) => i * 7919).join());
const hello = Uint8Array.from(handshake(clientHello()));

/** What a sender may open many of, and where; the connection does not end. */
const floods: readonly (readonly [name: string, port: number, turns: readonly Turn[]])[] = [
  ['requests without an answer', 80, [client('GET / HTTP/1.1\r\nHost: a\r\n\r\n')]],
  ['headers without an end', 80, [client(`GET / HTTP/1.1\r\n${headers.join('')}`)]],
  ['requests behind requests', 80, [client('GET /a HTTP/1.1\r\nHost: b\r\n\r\n'.repeat(80))]],
  [
    'bodies that go on',
    80,
    [
      client('GET / HTTP/1.1\r\n\r\n'),
      server(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.length + 9}\r\n\r\n`),
      server(packed),
    ],
  ],
  [
    'parts within parts',
    80,
    [
      client('POST / HTTP/1.1\r\nContent-Length: 99999\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n'),
      client(`--b\r\nContent-Type: message/rfc822\r\n\r\n${'Content-Type: message/rfc822\r\n\r\n'.repeat(14)}X: `),
      client('a'.repeat(9000)),
    ],
  ],
  ['hellos that are not whole', 443, [client(hello.subarray(0, -3))]],
  ['versions of SSH', 22, [client('SSH-2.0-a\r\n'), client(Uint8Array.of(0, 0, 0x80, 0, ...new Uint8Array(2000)))]],
  ['mails', 25, [client(`EHLO a\r\nDATA\r\nX: ${'a'.repeat(3000)}\r\n\r\nbody\r\n`)]],
  ['lines of nothing', 9999, [client(`GET /${'a'.repeat(3000)}`)]],
];

async function flood(packets: (ends: Ends) => readonly CapturedPacket[]): Promise<number> {
  const stage = new ProtocolStage({ sensor: 'test', emit: () => {}, mostHeld: BOUND });
  const options = { filter: '', checksums: false, windows: false, windowSeconds: 10, by: 'octets' as const };
  const { pipeline } = await createRun({ ...options, flowSlots: 32_768 }, 0, 1, stage);
  const batch = new PacketBatch(1);
  const bytes = new Uint8Array(4096);
  batch.setBytes(bytes);
  batch.count = 1;
  const before = memory();
  for (let n = 0; n < FLOWS; n++) {
    const ends = { client: `10.0.${n >> 8}.${n & 255}`, clientPort: 1024 + n, serverPort: 0 };
    for (const packet of packets(ends)) {
      bytes.set(packet.bytes);
      batch.caplen[0] = packet.bytes.length;
      batch.len[0] = packet.len;
      batch.seconds[0] = packet.seconds;
      batch.nanos[0] = packet.nanos;
      batch.linkType[0] = 1;
      pipeline.process(batch);
    }
  }
  const more = memory() - before;
  const { counters, watched } = stage.protocols!;
  expect(counters.heldOctets).toBeLessThanOrEqual(BOUND);
  expect(watched).toBeGreaterThan(0);
  pipeline.finish();
  expect(counters.heldOctets).toBe(0);
  return more;
}

test.each(floods)('%s', { timeout: 300_000 }, async (_name, serverPort, turns) => {
  const more = await flood((ends) => tcpConversation({ ...ends, serverPort }, turns).slice(0, -4));
  expect(more).toBeLessThan(MOST);
});

test('queries without an answer', { timeout: 300_000 }, async () => {
  const payload = dns({ name: 'www.example.com' });
  expect(
    await flood((ends) => udpConversation({ ...ends, serverPort: 53 }, [{ from: 'client', payload }])),
  ).toBeLessThan(MOST);
});
