import { open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { AppError } from './error.ts';

/**
 * A file of records that can only grow, as the spool and the journal have them: an 8-byte head, then records of
 * `length u32, CRC-32 u32` (little-endian) and `length` bytes. A file that was cut in the middle of a write ends at its
 * last whole record.
 */
const head = Buffer.from('PKTSEG1\n');
const recordHead = 8;
const chunkBytes = 1 << 20;

/** Where a record lies: its first byte in the file (the length field), and its bytes without the record's head. */
export interface RecordPlace {
  offset: number;
  length: number;
}

/** Result of reading a segment from its start. `end` is where the last whole record ends, `size` where the file ends. */
export interface SegmentScan {
  end: number;
  size: number;
}

/**
 * Calls `visit` with each whole record in order. Bytes are borrowed until it returns. Stops at the first record that is
 * not whole, has a wrong checksum, or is longer than `maxRecord`.
 */
export async function scanSegment(
  path: string,
  maxRecord: number,
  visit: (bytes: Uint8Array, place: RecordPlace) => void,
): Promise<SegmentScan> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const first = Buffer.alloc(head.length);
    await file.read(first, 0, head.length, 0);
    if (size < head.length) return { end: 0, size };
    if (!first.equals(head)) throw new AppError('segment.foreign', 'not a segment file', { context: { path } });
    let end = head.length;
    let chunk = Buffer.alloc(0);
    // `chunk` holds the file from `end` on; it is filled up when the next record is not whole in it.
    const fill = async (wanted: number): Promise<boolean> => {
      if (chunk.length >= wanted) return true;
      if (end + wanted > size) return false;
      const next = Buffer.allocUnsafe(Math.min(Math.max(wanted, chunkBytes), size - end));
      const { bytesRead } = await file.read(next, 0, next.length, end);
      chunk = next.subarray(0, bytesRead);
      return chunk.length >= wanted;
    };
    while (await fill(recordHead)) {
      const length = chunk.readUInt32LE(0);
      const sum = chunk.readUInt32LE(4);
      if (length === 0 || length > maxRecord || !(await fill(recordHead + length))) break;
      const bytes = chunk.subarray(recordHead, recordHead + length);
      if (crc32(bytes) !== sum) break;
      visit(bytes, { offset: end, length });
      end += recordHead + length;
      chunk = chunk.subarray(recordHead + length);
    }
    return { end, size };
  } finally {
    await file.close();
  }
}

/** Appends to one segment file. Writes are in order; nothing is durable before `sync`. */
export class SegmentWriter {
  readonly path: string;
  readonly #file: FileHandle;
  #size: number;

  private constructor(path: string, file: FileHandle, size: number) {
    this.path = path;
    this.#file = file;
    this.#size = size;
  }

  /** Makes a new file, which must not exist. Where that fails half way (a full disk) nothing of it is left. */
  static async create(path: string): Promise<SegmentWriter> {
    const file = await open(path, 'wx+', 0o640);
    try {
      await file.write(head, 0, head.length, 0);
    } catch (error) {
      await file.close();
      await rm(path, { force: true });
      throw error;
    }
    return new SegmentWriter(path, file, head.length);
  }

  /** Goes on behind `end`, as `scanSegment` found it; what stands behind is cut off. */
  static async resume(path: string, end: number): Promise<SegmentWriter> {
    const file = await open(path, 'r+');
    await file.truncate(end);
    if (end < head.length) await file.write(head, 0, head.length, 0);
    return new SegmentWriter(path, file, Math.max(end, head.length));
  }

  /** Bytes of the file. */
  get size(): number {
    return this.#size;
  }

  /** Writes records, each given as pieces that are joined. One call at a time. */
  async append(records: readonly (readonly Uint8Array[])[]): Promise<RecordPlace[]> {
    const places: RecordPlace[] = [];
    const pieces: Uint8Array[] = [];
    let offset = this.#size;
    for (const record of records) {
      let length = 0;
      let sum = 0;
      for (const piece of record) {
        length += piece.length;
        sum = crc32(piece, sum);
      }
      const front = Buffer.allocUnsafe(recordHead);
      front.writeUInt32LE(length, 0);
      front.writeUInt32LE(sum, 4);
      pieces.push(front, ...record);
      places.push({ offset, length });
      offset += recordHead + length;
    }
    const bytes = Buffer.concat(pieces);
    let done = 0;
    while (done < bytes.length) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, this.#size + done);
      done += bytesWritten;
    }
    this.#size = offset;
    return places;
  }

  /** Takes back what was written behind `size`, after a write or a sync that failed. */
  async cut(size: number): Promise<void> {
    await this.#file.truncate(size);
    this.#size = size;
  }

  /** Makes everything written so far durable (fdatasync). */
  async sync(): Promise<void> {
    await this.#file.datasync();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** Reads one record back and checks it; undefined when its bytes are not what was written. */
export async function readRecord(file: FileHandle, place: RecordPlace): Promise<Uint8Array | undefined> {
  const bytes = Buffer.allocUnsafe(recordHead + place.length);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, place.offset);
  if (bytesRead < bytes.length || bytes.readUInt32LE(0) !== place.length) return undefined;
  const body = bytes.subarray(recordHead);
  return crc32(body) === bytes.readUInt32LE(4) ? body : undefined;
}

/** Bytes that a record takes in the file. */
export function recordSize(length: number): number {
  return recordHead + length;
}
