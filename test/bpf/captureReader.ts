import { Readable } from 'node:stream';

import { PacketBatch } from '../../core/packet/batch.ts';
import { FileSource } from '../../sensor/capture/file/fileSource.ts';

/** At most `limit` packets of a capture file, evenly spread, as one batch of its own memory (without times). */
export async function readBatch(file: Uint8Array, limit: number): Promise<PacketBatch> {
  const places: { linkType: number; len: number; bytes: Uint8Array }[] = [];
  const source = new FileSource({ paths: ['-'], stdin: () => Readable.from([Buffer.from(file)]) });
  for (;;) {
    const batch = await source.next();
    if (batch === 'end') break;
    for (let i = 0; i < batch.count; i++) {
      const offset = batch.offset[i]!;
      // A copy: the slice() of a Buffer would be a view of what is read over.
      const bytes = Uint8Array.from(batch.bytes.subarray(offset, offset + batch.caplen[i]!));
      places.push({ linkType: batch.linkType[i]!, len: batch.len[i]!, bytes });
    }
    batch.release();
  }
  source.close();
  const step = Math.max(1, places.length / limit);
  const chosen = Array.from({ length: Math.min(limit, places.length) }, (_, i) => places[Math.floor(i * step)]!);
  return pack(chosen);
}

function pack(packets: readonly { linkType: number; len: number; bytes: Uint8Array }[]): PacketBatch {
  const batch = new PacketBatch(packets.length);
  batch.setBytes(Uint8Array.from(Buffer.concat(packets.map((packet) => packet.bytes))));
  batch.count = packets.length;
  let at = 0;
  for (const [i, { linkType, len, bytes }] of packets.entries()) {
    batch.offset[i] = at;
    batch.caplen[i] = bytes.length;
    batch.len[i] = len;
    batch.linkType[i] = linkType;
    at += bytes.length;
  }
  return batch;
}
