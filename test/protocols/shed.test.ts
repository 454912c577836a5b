import { expect, test } from 'vitest';
import { PacketBatch } from '../../core/packet/batch.ts';
import { ProtocolStage } from '../../sensor/protocolStage.ts';
import { Pipeline } from '../../sensor/pipeline.ts';
import { tcpConversation } from './tcpConversation.ts';

test('flows that make way are told in their window', () => {
  const stage = new ProtocolStage({ sensor: 'test', emit: () => {}, mostHeld: 64 << 10 });
  let told = 0;
  const pipeline = new Pipeline({
    windowSeconds: 10,
    live: false,
    flowSlots: 1024,
    seed: new Uint32Array(20).fill(7),
    statistics: { exact: false, topCapacity: 64, by: 'octets' },
    worker: 0,
    workers: 1,
    checksums: false,
    recycle: true,
    ...stage.hooks,
    onWindow: ({ statistics }) => {
      told += statistics.counters.get('protocols.shed');
    },
  });
  stage.attach(pipeline);
  const batch = new PacketBatch(1);
  const memory = new Uint8Array(4096);
  batch.setBytes(memory);
  batch.count = 1;
  const request = { from: 'client' as const, payload: Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n') };
  for (let n = 0; n < 100; n++) {
    const packets = tcpConversation({ client: `10.0.0.${n}`, clientPort: 4000 + n, serverPort: 80 }, [request]);
    for (const { bytes, len, seconds, nanos } of packets.slice(0, 4)) {
      memory.set(bytes);
      batch.caplen[0] = bytes.length;
      batch.len[0] = len;
      batch.seconds[0] = seconds;
      batch.nanos[0] = nanos;
      batch.linkType[0] = 1;
      pipeline.process(batch);
    }
  }
  pipeline.finish();
  const { counters, watched } = stage.protocols!;
  expect(counters.shedFlows).toBeGreaterThan(50);
  expect([told, watched, counters.heldOctets]).toEqual([counters.shedFlows, 0, 0]);
});
