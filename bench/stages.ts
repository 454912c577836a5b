import { openCapture } from '../core/packet/file/captureFormat.ts';
import { InterfaceTable } from '../core/packet/file/interfaceTable.ts';
import { PacketBatch } from '../core/packet/batch.ts';
import { Decoder } from '../core/packet/decoder.ts';
import { Pipeline } from '../sensor/pipeline.ts';
import { makeMixedCapture } from '../test/captures/mixed.ts';
import { batchOf } from '../test/support/packetBatch.ts';
import type { Work } from './blockTimer.ts';

/** Packets that each stage is given again and again: they fit the cache of the second level only in part. */
const packets = 20_000;

/**
 * The stages that are measured, in the order in which a packet meets them; those of the pipeline hold what comes before
 * them. A new stage is a row here.
 */
export function stages(): Work[] {
  const capture = makeMixedCapture({ packets, flows: 2000 });
  const batch = batchOf(capture.packets);
  return [
    records(capture.pcap()),
    decode(batch),
    pipeline('pipeline: decode, fragments, flows', batch, false),
    pipeline('pipeline, and every flow ended and fed', batch, true),
  ];
}

/** Record headers of a pcap file in memory. */
function records(file: Uint8Array): Work {
  const batch = new PacketBatch(4096);
  batch.setBytes(file);
  return {
    name: 'read records of pcap',
    items: packets,
    run() {
      const reader = openCapture(file, new InterfaceTable(), 0)!;
      let at = 0;
      do {
        batch.count = 0;
        // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type
        at = reader.fill(batch, at, file.length, true);
      } while (batch.count > 0);
    },
  };
}

/** A whole pipeline as `picket read` has it, a new one each time: the same packets again would all be sent again. */
function pipeline(name: string, batch: PacketBatch, ended: boolean): Work {
  const make = (): Pipeline =>
    new Pipeline({
      windowSeconds: 0,
      live: false,
      flowSlots: 8192,
      seed: Uint32Array.from({ length: 20 }, (_, i) => Math.imul(i + 1, 0x9e3779b1)),
      statistics: { exact: true, topCapacity: 2048, by: 'octets' },
      worker: 0,
      workers: 1,
      checksums: false,
      recycle: false,
      onWindow: () => undefined,
    });
  return {
    name,
    items: batch.count,
    run() {
      const one = make();
      one.process(batch);
      if (ended) one.finish();
    },
  };
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
