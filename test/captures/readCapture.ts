import { PacketBatch } from '../../core/packet/batch.ts';
import { openCapture } from '../../core/packet/file/captureFormat.ts';
import type { CaptureDamage, CaptureReader } from '../../core/packet/file/captureReader.ts';
import { InterfaceTable } from '../../core/packet/file/interfaceTable.ts';
import type { FileInterface } from '../../core/packet/file/interfaceTable.ts';

export interface ReadPacket {
  seconds: number;
  nanos: number;
  caplen: number;
  len: number;
  linkType: number;
  interface: number;
  bytes: Uint8Array;
}

export interface ReadResult {
  reader: CaptureReader | null;
  packets: ReadPacket[];
  damage: CaptureDamage | null;
  interfaces: readonly FileInterface[];
}

/** Reads a whole capture in memory, offered in pieces of `piece` octets, into batches of `capacity` packets. */
export function readCapture(bytes: Uint8Array, piece = bytes.length, capacity = 64): ReadResult {
  const interfaces = new InterfaceTable();
  const reader = openCapture(bytes, interfaces, 0);
  const packets: ReadPacket[] = [];
  if (reader === null) return { reader, packets, damage: null, interfaces: [] };
  const batch = new PacketBatch(capacity);
  batch.setBytes(bytes);
  let start = 0;
  let end = Math.min(piece, bytes.length);
  for (;;) {
    batch.count = 0;
    // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- a reader, not an array
    start = reader.fill(batch, start, end, end === bytes.length);
    for (let i = 0; i < batch.count; i++) packets.push(packetAt(batch, i));
    if (reader.damage !== null) break;
    if (batch.count === batch.capacity) continue;
    if (end === bytes.length) break;
    end = Math.min(end + Math.max(1, piece), bytes.length);
  }
  return { reader, packets, damage: reader.damage, interfaces: interfaces.list };
}

export function packetAt(batch: PacketBatch, i: number): ReadPacket {
  const offset = batch.offset[i]!;
  const caplen = batch.caplen[i]!;
  return {
    seconds: batch.seconds[i]!,
    nanos: batch.nanos[i]!,
    caplen,
    len: batch.len[i]!,
    linkType: batch.linkType[i]!,
    interface: batch.interface[i]!,
    // A copy: the slice of a Buffer would be a view.
    bytes: new Uint8Array(batch.bytes.subarray(offset, offset + caplen)),
  };
}
