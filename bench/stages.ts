import { PacketBatch } from '../core/packet/batch.ts';
import { Decoder } from '../core/packet/decoder.ts';
import { makeMixedCapture } from '../test/captures/mixed.ts';
import type { Work } from './blockTimer.ts';

/** Packets that each stage is given again and again: they fit the cache of the second level only in part. */
const packets = 20_000;

/** The stages that are measured, in the order in which a packet meets them. A new stage is a row here. */
export function stages(): Work[] {
  const batch = mixedBatch();
  return [decode(batch)];
}

function decode(batch: PacketBatch): Work {
  const decoder = new Decoder();
  return {
    name: 'decode',
    items: batch.count,
    run() {
      for (let i = 0; i < batch.count; i++) decoder.decode(batch, i);
    },
  };
}

/** The mixed capture as one batch. */
export function mixedBatch(): PacketBatch {
  const capture = makeMixedCapture({ packets, flows: 2000 }).packets;
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
