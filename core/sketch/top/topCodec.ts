/**
 * A top list as bytes: varints for the number of rows and the two floors, then column after column (which deflates
 * better than rows): the keys word by word (first words of all keys, then second ...; little-endian, the first word as
 * difference to the row before, since keys are sorted), then octets, packets, missed octets, missed packets as varints.
 * Width and capacity are parameters of the section, not in here.
 */
import { ByteReader } from '../byteReader.ts';
import { ByteWriter } from '../byteWriter.ts';
import { Refusal } from '../refusal.ts';
import { TopRows } from './topRows.ts';

/** Rows that are accepted at most, whatever the capacity says. */
const MAX_ROWS = 1 << 20;

export function encodeTop(rows: TopRows): Uint8Array {
  const writer = new ByteWriter(64 + rows.count * (rows.width * 4 + 8));
  const { width } = rows;
  writer.varint(rows.count);
  writer.varint(rows.floorOctets);
  writer.varint(rows.floorPackets);
  for (let w = 0; w < width; w++) {
    for (let i = 0; i < rows.count; i++) {
      const before = w === 0 && i > 0 ? rows.keys[(i - 1) * width]! : 0;
      writer.u32(rows.keys[i * width + w]! - before);
    }
  }
  for (const column of [rows.octets, rows.packets, rows.missedOctets, rows.missedPackets]) {
    for (const value of column) writer.varint(Math.min(value, Number.MAX_SAFE_INTEGER));
  }
  return writer.finish();
}

const refuse = (reason: string): Refusal => new Refusal('top', reason);

export function decodeTop(bytes: Uint8Array, width: number, capacity: number): TopRows | Refusal {
  const reader = new ByteReader(bytes);
  const count = reader.varint();
  const floorOctets = reader.varint();
  const floorPackets = reader.varint();
  if (count > MAX_ROWS || count * (width * 4 + 4) > reader.left)
    return refuse(`${count} rows in ${bytes.length} bytes`);
  const rows = new TopRows(width, capacity, count);
  rows.floorOctets = floorOctets;
  rows.floorPackets = floorPackets;
  for (let w = 0; w < width; w++) {
    for (let i = 0; i < count; i++) {
      const before = w === 0 && i > 0 ? rows.keys[(i - 1) * width]! : 0;
      rows.keys[i * width + w] = reader.u32() + before;
    }
  }
  for (const column of [rows.octets, rows.packets, rows.missedOctets, rows.missedPackets]) {
    for (let i = 0; i < count; i++) column[i] = reader.varint();
  }
  if (!reader.done) return refuse(reader.failed ? 'shorter than its rows' : 'bytes left over');
  for (let i = 1; i < count; i++) if (rows.compareKeys(i - 1, rows, i) >= 0) return refuse('keys are not in order');
  return rows;
}
