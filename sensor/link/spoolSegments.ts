import { open, readdir, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Intervals } from '../../proto/intervals.ts';
import type { Interval } from '../../proto/linkMessages.ts';
import { syncDirectory } from '../../runtime/atomicFile.ts';
import { AppError } from '../../runtime/error.ts';
import type { Logger } from '../../runtime/log.ts';
import { SegmentWriter, readRecord, scanSegment } from '../../runtime/segmentFile.ts';
import type { RecordPlace } from '../../runtime/segmentFile.ts';
import { decodeRecord, maxRecord } from './spoolRecord.ts';
import type { Replaced, SpoolMessage } from './spoolRecord.ts';

/** A stored message, as it is known without reading it. */
export interface SpoolEntry {
  kind: number;
  longer: boolean;
  /** Numbers that it stands for. */
  replaced: Replaced;
  /** Steady time at which it was stored; -Infinity when that was in an earlier life. */
  storedAt: number;
  place: RecordPlace;
}

/** One file: the entry of number `first + index`, where there is one. */
export interface Segment {
  path: string;
  first: number;
  last: number;
  entries: (SpoolEntry | undefined)[];
  /** How many there are. */
  count: number;
  size: number;
  /** Steps of merging that were done with it. */
  merged: number;
  /** It holds what others stand for, and must be cleaned before any file goes. */
  unclean: boolean;
  reader: Promise<FileHandle> | undefined;
}

/** What the files said when they were opened. */
export interface Opened {
  next: number;
  /** Numbers between the first and the last that no file has. */
  absent: Interval[];
  replaced: Interval[];
  /** The last file, to go on with. */
  tail: SegmentWriter | undefined;
}

/** What a killed sensor left half written, and what the one before set aside. */
const leftOver = /\.(cleaning|damaged)$|^\.(sent|stream)\.[0-9a-f]{12}$/;

/** The files of a spool, in order of their numbers; the last one grows. */
export class SpoolSegments {
  readonly #directory: string;
  readonly #log: Logger;
  readonly #segments: Segment[] = [];
  #removals: Promise<unknown> = Promise.resolve();

  constructor(directory: string, log: Logger) {
    this.#directory = directory;
    this.#log = log;
  }

  get bytes(): number {
    let sum = 0;
    for (const { size } of this.#segments) sum += size;
    return sum;
  }

  /** Messages that the files hold, those included that are done with. */
  get messages(): number {
    let sum = 0;
    for (const { count } of this.#segments) sum += count;
    return sum;
  }

  get messagesOfLast(): number {
    return this.#segments.at(-1)?.count ?? 0;
  }

  /** The first number of the oldest file. */
  get first(): number | undefined {
    return this.#segments[0]?.first;
  }

  /** All but the one that grows, oldest first. */
  closed(): Segment[] {
    return this.#segments.slice(0, -1);
  }

  async open(): Promise<Opened> {
    const all = await readdir(this.#directory);
    for (const name of all) if (leftOver.test(name)) await rm(join(this.#directory, name), { force: true });
    const names = all.filter((name) => /^\d{16}\.seg$/.test(name)).sort();
    const opened: Opened = { next: 1, absent: [], replaced: [], tail: undefined };
    for (const [index, name] of names.entries()) {
      const first = Number(name.slice(0, 16));
      if (index > 0 && first > opened.next) opened.absent.push({ first: opened.next, last: first - 1 });
      const segment = this.#push(join(this.#directory, name), first, 0);
      const take = (bytes: Uint8Array, place: RecordPlace): void => {
        const record = decodeRecord(bytes);
        if (record === undefined || record.seq <= segment.last) return;
        if (record.seq > segment.last + 1) opened.absent.push({ first: segment.last + 1, last: record.seq - 1 });
        const { replaced, message } = record;
        this.add(record.seq, { kind: message.kind, longer: message.longer, replaced, storedAt: -Infinity, place });
        opened.replaced.push(...replaced);
      };
      const scan = await scanSegment(segment.path, maxRecord, take).catch((error: unknown) =>
        this.#setAside(segment, error),
      );
      if (scan === undefined) continue;
      segment.size = scan.end;
      if (scan.end < scan.size) this.#log.warn('cut what was not whole', { file: name, bytes: scan.size - scan.end });
      opened.next = Math.max(opened.next, first, segment.last + 1);
      if (index === names.length - 1) opened.tail = await SegmentWriter.resume(segment.path, scan.end);
    }
    return opened;
  }

  /**
   * Begins a new file for the numbers from `first` on, and makes its name durable. A file of that name is one that was
   * begun in vain: no number from `first` on was given.
   */
  async begin(first: number): Promise<SegmentWriter> {
    const path = join(this.#directory, `${String(first).padStart(16, '0')}.seg`);
    if (this.#segments.at(-1)?.path === path) this.#segments.pop();
    await rm(path, { force: true });
    const writer = await SegmentWriter.create(path);
    try {
      await writer.sync();
      await syncDirectory(this.#directory);
    } catch (error) {
      await writer.close();
      throw error;
    }
    this.#push(path, first, writer.size);
    return writer;
  }

  /** A message was written to the last file. */
  add(seq: number, entry: SpoolEntry): void {
    const segment = this.#segments.at(-1);
    if (segment === undefined) return;
    segment.entries[seq - segment.first] = entry;
    segment.count += 1;
    segment.last = seq;
  }

  /** The size of the last file. */
  grew(size: number): void {
    const segment = this.#segments.at(-1);
    if (segment !== undefined) segment.size = size;
  }

  entry(seq: number): SpoolEntry | undefined {
    const segment = this.#find(seq);
    return segment?.entries[seq - segment.first];
  }

  async read(seq: number): Promise<{ message: SpoolMessage; replaced: Replaced } | undefined> {
    const segment = this.#find(seq);
    if (segment?.entries[seq - segment.first] === undefined) return undefined;
    const opening = (segment.reader ??= open(segment.path, 'r'));
    const reader = await opening.catch((error: unknown) => {
      segment.reader = undefined;
      throw error;
    });
    // Cleaning changes reader and places together; a read that has begun is waited for before the file is closed.
    if (segment.reader !== opening) return this.read(seq);
    const place = segment.entries[seq - segment.first]?.place;
    if (place === undefined) return undefined;
    const bytes = await readWhole(reader, place);
    const record = bytes === undefined ? undefined : decodeRecord(bytes);
    if (record?.seq === seq) {
      const { kind, inflated, longer } = record.message;
      return { message: { kind, inflated, bytes: record.message.bytes, longer }, replaced: record.replaced };
    }
    this.#log.error('a message is damaged on the disk and given up', { seq });
    return undefined;
  }

  /** Removes closed files whose numbers are all settled. */
  retire(settled: Intervals): void {
    if (this.#segments.some(({ unclean }) => unclean)) return;
    for (const segment of this.closed()) {
      if (segment.last >= segment.first && !settled.covers(segment.first, segment.last)) continue;
      this.#segments.splice(this.#segments.indexOf(segment), 1);
      this.#removals = this.#removals
        .then(() => this.#remove(segment))
        .catch((error: unknown) => this.#log.warn('cannot remove a file', { path: segment.path }, error));
    }
  }

  /**
   * Takes what is settled out of a closed file: writes it anew without, or removes it. Durable when this resolves. Until
   * then no other file is removed, so what replaces a message is never gone before the message.
   */
  async clean(segment: Segment, settled: Intervals): Promise<void> {
    segment.unclean = true;
    await this.#removals;
    const kept = [...segment.entries.keys()].filter(
      (i) => segment.entries[i] !== undefined && !settled.has(segment.first + i),
    );
    if (kept.length === 0) {
      const at = this.#segments.indexOf(segment);
      if (at >= 0) this.#segments.splice(at, 1);
      await this.#remove(segment);
    } else await this.#rewrite(segment, kept);
    segment.unclean = false;
  }

  /** Begins merging anew: what may have been sent has changed. */
  forgetMerges(): void {
    for (const segment of this.#segments) segment.merged = 0;
  }

  async close(): Promise<void> {
    await this.#removals;
    for (const { reader } of this.#segments) await (await reader)?.close();
    this.#segments.length = 0;
  }

  /** A file whose first bytes are damaged: what is in it is given up, the sensor goes on. */
  async #setAside(segment: Segment, error: unknown): Promise<undefined> {
    if (!(error instanceof AppError) || error.code !== 'segment.foreign') throw error;
    this.#log.error('a file of the spool is damaged: its messages are given up', { file: segment.path }, error);
    await rename(segment.path, `${segment.path}.damaged`);
    this.#segments.pop();
  }

  #push(path: string, first: number, size: number): Segment {
    const segment = {
      path,
      first,
      last: first - 1,
      entries: [],
      count: 0,
      size,
      merged: 0,
      unclean: false,
      reader: undefined,
    };
    this.#segments.push(segment);
    return segment;
  }

  async #rewrite(segment: Segment, kept: readonly number[]): Promise<void> {
    const path = `${segment.path}.cleaning`;
    await rm(path, { force: true });
    const records: Uint8Array[] = [];
    segment.reader ??= open(segment.path, 'r');
    const old = await segment.reader;
    for (const i of kept) {
      const place = segment.entries[i]?.place;
      // A damaged one is left empty, so that it is found damaged again and not taken for another.
      records.push((place === undefined ? undefined : await readWhole(old, place)) ?? new Uint8Array(1));
    }
    const writer = await SegmentWriter.create(path);
    let places: RecordPlace[];
    try {
      places = await writer.append(records.map((record) => [record]));
      await writer.sync();
    } catch (error) {
      // A full disk has no room for half a file either.
      await rm(path, { force: true });
      throw error;
    } finally {
      await writer.close();
    }
    await rename(path, segment.path);
    await syncDirectory(this.#directory);
    const entries: (SpoolEntry | undefined)[] = [];
    for (const [at, i] of kept.entries()) {
      const entry = segment.entries[i];
      const place = places[at];
      if (entry !== undefined && place !== undefined) entries[i] = { ...entry, place };
    }
    segment.entries = entries;
    segment.count = kept.length;
    segment.size = writer.size;
    segment.reader = undefined;
    await old.close();
  }

  async #remove(segment: Segment): Promise<void> {
    const { reader } = segment;
    segment.reader = undefined;
    await (await reader)?.close();
    await rm(segment.path, { force: true });
    await syncDirectory(this.#directory);
  }

  /** Files are in order, and few: the last one that does not begin behind the number. */
  #find(seq: number): Segment | undefined {
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#segments[middle]!.first <= seq) low = middle + 1;
      else high = middle;
    }
    const segment = this.#segments[low - 1];
    return segment !== undefined && seq <= segment.last ? segment : undefined;
  }
}

/** A record's bytes; undefined when it is damaged, or lies where the disk can't be read any more. */
async function readWhole(file: FileHandle, place: RecordPlace): Promise<Uint8Array | undefined> {
  return readRecord(file, place).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EIO') throw error;
    return undefined;
  });
}
