import { expect, test } from 'vitest';
import { PacketBatch } from '../../core/packet/batch.ts';
import type { Log, Row } from '../../core/records/record.ts';
import { ProtocolStage } from '../../sensor/protocolStage.ts';
import { createRun } from '../../sensor/read/pipelineRun.ts';
import type { CapturedPacket } from '../captures/captureBytes.ts';
import { tcpConversation } from './tcpConversation.ts';

/** Plays packets one a batch from memory that is filled anew each time, as a file's Buffer is. */
async function play(packets: readonly CapturedPacket[]): Promise<Row[]> {
  const rows: Row[] = [];
  const emit = (log: Log, row: Row): unknown => log.path === 'http' && rows.push(row);
  const stage = new ProtocolStage({ sensor: 'test', emit });
  const options = { filter: '', checksums: false, windows: false, windowSeconds: 10, by: 'octets' as const };
  const { pipeline } = await createRun({ ...options, flowSlots: 1024 }, 0, 1, stage);
  const memory = Buffer.alloc(4096);
  const batch = new PacketBatch(1);
  batch.setBytes(memory);
  for (const { bytes, len, seconds, nanos } of packets) {
    memory.fill(0xee);
    memory.set(bytes, 100);
    batch.offset[0] = 100;
    batch.caplen[0] = bytes.length;
    batch.len[0] = len;
    batch.seconds[0] = seconds;
    batch.nanos[0] = nanos;
    batch.linkType[0] = 1;
    batch.count = 1;
    pipeline.process(batch);
  }
  pipeline.finish();
  return rows;
}

test('what waits for more is kept, though its packets are gone', async () => {
  const turns = ['GET /a HTTP/1.1\r\nHost: a.example\r\nUser-', 'Agent: b\r\n', 'Referer: c\r\n\r\n'].map((text) => ({
    from: 'client' as const,
    payload: Buffer.from(text),
  }));
  const packets = tcpConversation({ clientPort: 40_000, serverPort: 80 }, turns);
  const expected = { uri: '/a', host: 'a.example', user_agent: 'b', referrer: 'c' };
  expect(await play(packets)).toMatchObject([expected]);
  // The last piece comes before the one that it follows; acknowledgements between them are left out.
  const [syn, answer, ack, first, , second, , third, ...rest] = packets;
  const reordered = [syn!, answer!, ack!, first!, third!, second!, ...rest];
  expect(await play(reordered)).toMatchObject([expected]);
});
