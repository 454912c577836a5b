import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, readdir, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Intervals } from '../../proto/intervals.ts';
import { linkLimits } from '../../proto/link.ts';
import type { Interval } from '../../proto/linkMessages.ts';
import { syncDirectory, writeFileAtomic } from '../../runtime/atomicFile.ts';
import { lockDirectory } from '../../runtime/directoryLock.ts';
import { AppError } from '../../runtime/error.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import { SegmentWriter, readRecord, recordSize, scanSegment } from '../../runtime/segmentFile.ts';
import type { RecordPlace } from '../../runtime/segmentFile.ts';

/** A durable message as it lies in the spool. `inflated` 0 = the bytes are plain. */
export interface SpoolMessage {
  kind: number;
  inflated: number;
  bytes: Uint8Array;
}

/** Kind u16, zeros u16, inflated length u32, sequence number f64, then the bytes. */
const messageHead = 16;

interface Segment {
  path: string;
  first: number;
  /** The place of sequence number `first + index`. */
  places: RecordPlace[];
  size: number;
  reader?: FileHandle;
}

interface Waiting {
  message: SpoolMessage;
  resolve: (seq: number) => void;
  reject: (error: unknown) => void;
}

/**
 * What a manager has not acknowledged yet, on the sensor's disk.
 *
 * A stream (16 random bytes, made with the directory) of numbered messages; numbers go on over restarts. A message is
 * durable when `append` resolves; it is removed, with its whole file, when the manager has acknowledged that file's
 * numbers. What is not acknowledged is there again after a restart. The space is bounded: beyond it the oldest file
 * goes, which is counted and logged.
 *
 * The directory may be deleted as a whole when the sensor is stopped: then a new stream begins.
 */
export class Spool {
  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #segmentBytes: number;
  readonly #log: Logger;
  readonly #dropped;
  #unlock: (() => void) | undefined;
  #stream = new Uint8Array(0);
  #segments: Segment[] = [];
  #writer: SegmentWriter | undefined;
  #acknowledged = new Intervals();
  #next = 1;
  /** The first number given since the directory was opened. */
  #opened = 1;
  /** Numbers below are not given any more. */
  #skipTo = 1;
  #waiting: Waiting[] = [];
  #flushing: Promise<void> | undefined;
  #removals: Promise<unknown> = Promise.resolve();

  constructor(config: { directory: string; bytes: number }, deps: { log: Logger; metrics: Metrics }) {
    this.#directory = config.directory;
    this.#maxBytes = config.bytes;
    this.#segmentBytes = Math.min(4 << 20, Math.floor(config.bytes / 4));
    this.#log = deps.log.named('spool');
    deps.metrics.computed('spool_bytes', 'bytes', 'Disk space that unacknowledged messages take.', () => this.bytes);
    deps.metrics.computed(
      'spool_pending_messages',
      'messages',
      'Messages that are not acknowledged.',
      () => this.pending,
    );
    this.#dropped = deps.metrics.counter(
      'spool_dropped_messages',
      'messages',
      'Messages given up unacknowledged because the spool was full.',
    );
  }

  /** 16 bytes that name the stream. */
  get stream(): Uint8Array {
    return this.#stream;
  }

  /** The number that the next message gets. */
  get nextSeq(): number {
    return this.#next;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.size, 0);
  }

  /** Messages that are in the spool and not acknowledged. */
  get pending(): number {
    const first = this.#segments[0]?.first ?? this.#next;
    let count = this.#next - first;
    for (const interval of this.#acknowledged.toList()) {
      count -= Math.max(0, Math.min(interval.last, this.#next - 1) - Math.max(interval.first, first) + 1);
    }
    return count;
  }

  async open(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o750 });
    this.#unlock = lockDirectory(this.#directory);
    try {
      this.#stream = await this.#readStream();
      await this.#readSegments();
    } catch (error) {
      this.#unlock();
      throw error;
    }
  }

  /** Stores a message; resolves with its number when it is durable. Several callers share one sync. */
  append(message: SpoolMessage): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#waiting.push({ message, resolve, reject });
    this.#flushing ??= this.#flush();
    return promise;
  }

  /** Reads a message back; undefined when it was acknowledged, given up, or is damaged on the disk. */
  async read(seq: number): Promise<SpoolMessage | undefined> {
    const segment = this.#segments.find(({ first, places }) => seq >= first && seq < first + places.length);
    const place = segment?.places[seq - segment.first];
    if (segment === undefined || place === undefined) return undefined;
    segment.reader ??= await open(segment.path, 'r');
    const record = await readRecord(segment.reader, place);
    if (record === undefined || record.length < messageHead) {
      this.#log.error('a message is damaged on the disk and given up', { seq });
      return undefined;
    }
    const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
    return { kind: view.getUint16(0, true), inflated: view.getUint32(4, true), bytes: record.subarray(messageHead) };
  }

  /** The least number from `from` on that is stored and not acknowledged, or undefined. */
  nextPending(from: number): number | undefined {
    const seq = this.#acknowledged.nextMissing(Math.max(from, this.#segments[0]?.first ?? this.#next));
    return seq < this.#next ? seq : undefined;
  }

  /**
   * Takes note of what the manager has. Numbers beyond the newest one mean that this disk lost synced messages: the
   * stream goes on behind them, and what got one of their numbers since the start is stored again under a new one.
   */
  async acknowledge(received: readonly Interval[]): Promise<void> {
    const last = received.reduce((most, interval) => Math.max(most, interval.last), 0);
    if (last >= this.#next) await this.#goOnBehind(last);
    for (const interval of received) this.#acknowledged.add(interval.first, interval.last);
    this.#retire();
  }

  async close(): Promise<void> {
    await this.#flushing;
    await this.#removals;
    await this.#writer?.close();
    for (const segment of this.#segments) await segment.reader?.close();
    this.#segments = [];
    this.#unlock?.();
    this.#writer = undefined;
    this.#unlock = undefined;
  }

  async #readStream(): Promise<Uint8Array<ArrayBuffer>> {
    const path = join(this.#directory, 'stream');
    try {
      const text = (await readFile(path, 'utf8')).trim();
      if (!/^[0-9a-f]{32}$/.test(text))
        throw new AppError('spool.stream', 'the stream file is damaged: delete the spool directory to begin anew', {
          context: { path },
        });
      return new Uint8Array(Buffer.from(text, 'hex'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    // Segments without a stream belong to nobody: their numbers must not go on under a new name.
    for (const name of await readdir(this.#directory)) if (name.endsWith('.seg')) await rm(join(this.#directory, name));
    const stream = new Uint8Array(randomBytes(linkLimits.stream));
    await writeFileAtomic(path, `${Buffer.from(stream).toString('hex')}\n`);
    return stream;
  }

  async #readSegments(): Promise<void> {
    const names = (await readdir(this.#directory)).filter((name) => /^\d{16}\.seg$/.test(name)).sort();
    for (const [index, name] of names.entries()) {
      const path = join(this.#directory, name);
      const segment: Segment = { path, first: Number(name.slice(0, 16)), places: [], size: 0 };
      const scan = await scanSegment(path, linkLimits.body + messageHead, (_, place) => segment.places.push(place));
      segment.size = scan.end;
      if (scan.end < scan.size) this.#log.warn('cut what was not whole', { file: name, bytes: scan.size - scan.end });
      this.#segments.push(segment);
      this.#next = segment.first + segment.places.length;
      if (index === names.length - 1) this.#writer = await SegmentWriter.resume(path, scan.end);
    }
    if (this.#writer === undefined) await this.#begin();
    this.#opened = this.#next;
  }

  /** Begins a new file for the numbers from now on, and makes its name durable. */
  async #begin(): Promise<void> {
    const path = join(this.#directory, `${String(this.#next).padStart(16, '0')}.seg`);
    const writer = await SegmentWriter.create(path);
    await writer.sync();
    await syncDirectory(this.#directory);
    await this.#writer?.close();
    this.#writer = writer;
    this.#segments.push({ path, first: this.#next, places: [], size: writer.size });
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, 256);
      try {
        await this.#write(batch);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#flushing = undefined;
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    const skips = this.#skipTo > this.#next;
    if (skips) this.#next = this.#skipTo;
    if (this.#writer === undefined || skips || this.#writer.size >= this.#segmentBytes) await this.#begin();
    const writer = this.#writer;
    const segment = this.#segments.at(-1);
    if (writer === undefined || segment === undefined) throw new AppError('spool.closed', 'the spool is not open');
    const places = await writer.append(
      batch.map(({ message }, index) => [encodeHead(message, this.#next + index), message.bytes]),
    );
    await writer.sync();
    segment.places.push(...places);
    segment.size = writer.size;
    const first = this.#next;
    this.#next += batch.length;
    for (const [index, { resolve }] of batch.entries()) resolve(first + index);
    this.#makeRoom();
  }

  #makeRoom(): void {
    while (this.bytes > this.#maxBytes && this.#segments.length > 1) {
      const [oldest] = this.#segments;
      if (oldest === undefined) return;
      const before = this.pending;
      this.#segments.shift();
      const lost = before - this.pending;
      this.#dropped.add(lost);
      if (lost > 0) this.#log.error('the spool is full: the oldest messages are given up', { messages: lost });
      this.#remove(oldest);
    }
  }

  /** Removes closed files whose messages are all acknowledged. */
  #retire(): void {
    for (
      let oldest = this.#segments[0];
      oldest !== undefined && this.#segments.length > 1;
      oldest = this.#segments[0]
    ) {
      const last = oldest.first + oldest.places.length - 1;
      if (last >= oldest.first && !this.#acknowledged.covers(oldest.first, last)) return;
      this.#segments.shift();
      this.#remove(oldest);
    }
  }

  #remove(segment: Segment): void {
    this.#removals = this.#removals
      .then(() => segment.reader?.close())
      .then(() => rm(segment.path, { force: true }))
      .catch((error: unknown) => this.#log.warn('cannot remove a file', { path: segment.path }, error));
  }

  async #goOnBehind(last: number): Promise<void> {
    this.#log.warn('the manager has messages that this disk has lost; numbers go on behind them', { last });
    this.#skipTo = last + 1;
    await this.#flushing;
    const again: SpoolMessage[] = [];
    for (let seq = this.#opened; seq < Math.min(this.#next, last + 1); seq++) {
      const message = await this.read(seq);
      if (message !== undefined) again.push(message);
    }
    this.#opened = this.#skipTo;
    await Promise.all(again.map((message) => this.append(message)));
    if (this.#next <= last) {
      this.#next = last + 1;
      await this.#begin();
    }
  }
}

function encodeHead(message: SpoolMessage, seq: number): Uint8Array {
  const head = new Uint8Array(messageHead);
  const view = new DataView(head.buffer);
  view.setUint16(0, message.kind, true);
  view.setUint32(4, message.inflated, true);
  view.setFloat64(8, seq, true);
  return head;
}

/** Bytes of disk that a message of `length` bytes takes. */
export function spooledSize(length: number): number {
  return recordSize(messageHead + length);
}
