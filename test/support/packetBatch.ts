import { PacketBatch } from '../../core/packet/batch.ts';
import type { CapturedPacket } from '../captures/captureBytes.ts';

/** Packets as one batch of Ethernet frames. */
export function batchOf(capture: readonly CapturedPacket[]): PacketBatch {
  const batch = new PacketBatch(capture.length);
  const bytes = new Uint8Array(capture.reduce((sum, packet) => sum + packet.bytes.length, 0));
  let at = 0;
  for (const [i, packet] of capture.entries()) {
    bytes.set(packet.bytes, at);
    batch.offset[i] = at;
    batch.caplen[i] = packet.bytes.length;
    batch.len[i] = packet.len;
    batch.seconds[i] = packet.seconds;
    batch.nanos[i] = packet.nanos;
    batch.vlanTci[i] = -1;
    batch.linkType[i] = 1;
    at += packet.bytes.length;
  }
  batch.setBytes(bytes);
  batch.count = capture.length;
  return batch;
}
