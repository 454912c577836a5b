import { mkdir, open, readdir, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { Intervals } from '../../proto/intervals.ts';
import { DurableKind } from '../../proto/link.ts';
import { decodePart } from '../../proto/partCodec.ts';
import { syncDirectory } from '../../runtime/atomicFile.ts';
import { AppError } from '../../runtime/error.ts';
import type { Stage } from '../../runtime/lifecycle.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import { SegmentWriter, readRecord, scanSegment } from '../../runtime/segmentFile.ts';
import type { RecordPlace } from '../../runtime/segmentFile.ts';
import { decodeEntry, encodeEntry } from './journalEntry.ts';
import type { JournalHead } from './journalEntry.ts';
import { countRows, leastCommonMultiple, rangeOf } from './ranges.ts';
import type { Delivery, SpanQuery, SummaryStore, TapSection, WindowRow } from './summaryStore.ts';
import { WindowIndex } from './windowIndex.ts';

const inflate = promisify(inflateRaw);

/** Longest record that is believed when a segment is read. */
const maxRecord = 64 << 20;
/** Messages that one sync may acknowledge. */
const maxBatch = 1024;
/** Grain of a deployment without windows. */
const defaultWindow = 10;

interface Segment {
  number: number;
  path: string;
  size: number;
  gone: boolean;
  reader?: FileHandle;
}

interface Place {
  segment: Segment;
  record: RecordPlace;
}

interface Waiting {
  delivery: Delivery;
  resolve: (stored: boolean) => void;
  reject: (error: unknown) => void;
}

export interface JournalConfig {
  directory: string;
  /** Space for all segments; the newest is never removed. */
  bytes: number;
  segmentBytes: number;
}

/**
 * The summary store as a journal of segment files with an index in memory.
 *
 * Messages are written in order of arrival, as many as wait share one `fdatasync` (a few milliseconds), and only then
 * are they indexed and `append` resolves. A stream's number stands in the record of its message. At the start all
 * segments are read; what a crash left half written at the end of the last one is cut off. Every segment begins with what has to
 * be remembered of those before it, so retention is the removal of whole files. Cost of a row in memory: about 400 bytes.
 */
export function createJournal(config: JournalConfig, deps: { log: Logger; metrics: Metrics }): SummaryStore & Stage {
  const log = deps.log.named('journal');
  const streams = new Map<string, Intervals>();
  const index = new WindowIndex<Place>();
  const underWay = new Map<string, Promise<boolean>>();
  let segments: Segment[] = [];
  let writer: SegmentWriter | undefined;
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | undefined;
  let broken: unknown;
  let read = 0;
  const listeners = new Set<(row: WindowRow) => void>();

  const stored = deps.metrics.counter('journal_stored_messages', 'messages', 'Messages that were made durable.');
  const repeated = deps.metrics.counter(
    'journal_repeated_messages',
    'messages',
    'Messages that came again and were not stored again.',
  );
  const syncs = deps.metrics.counter('journal_syncs', 'syncs', 'Times the journal was synced to the disk.');
  const removed = deps.metrics.counter('journal_expired_bytes', 'bytes', 'Bytes that retention removed.');
  deps.metrics.computed('journal_bytes', 'bytes', 'Disk space of the journal.', () => total());

  const total = (): number => segments.reduce((sum, segment) => sum + segment.size, 0);

  function take(head: JournalHead, place: Place): void {
    if (head.type === 'memory') {
      for (const [stream, received] of head.streams)
        for (const { first, last } of received) of(stream).add(first, last);
      index.remember(head.expired);
      return;
    }
    of(head.stream).add(head.seq);
    if (head.row !== undefined) index.add(head.row, place);
  }

  function of(stream: string): Intervals {
    let intervals = streams.get(stream);
    if (intervals === undefined) {
      intervals = new Intervals();
      streams.set(stream, intervals);
    }
    return intervals;
  }

  async function begin(): Promise<void> {
    const number = (segments.at(-1)?.number ?? 0) + 1;
    const path = join(config.directory, `${String(number).padStart(16, '0')}.seg`);
    const next = await SegmentWriter.create(path);
    const memory: JournalHead = {
      type: 'memory',
      streams: [...streams].map(([stream, intervals]) => [stream, intervals.toList()]),
      expired: index.expired(),
    };
    await next.append([encodeEntry(memory)]);
    await next.sync();
    await syncDirectory(config.directory);
    await writer?.close();
    writer = next;
    segments.push({ number, path, size: next.size, gone: false });
    await makeRoom();
  }

  async function makeRoom(): Promise<void> {
    const gone: Segment[] = [];
    while (segments.length > 1 && total() > config.bytes) {
      const oldest = segments.shift();
      if (oldest === undefined) break;
      oldest.gone = true;
      gone.push(oldest);
    }
    if (gone.length === 0) return;
    index.expire((place) => place.segment.gone);
    for (const segment of gone) {
      removed.add(segment.size);
      await segment.reader?.close();
      await rm(segment.path, { force: true });
    }
    log.info('removed the oldest segments', { files: gone.length });
  }

  async function readSegments(): Promise<void> {
    const names = (await readdir(config.directory)).filter((name) => /^\d{16}\.seg$/.test(name)).sort();
    for (const [at, name] of names.entries()) {
      const segment: Segment = {
        number: Number(name.slice(0, 16)),
        path: join(config.directory, name),
        size: 0,
        gone: false,
      };
      let unreadable = 0;
      const scan = await scanSegment(segment.path, maxRecord, (bytes, record) => {
        const entry = decodeEntry(bytes);
        if (entry === undefined) unreadable += 1;
        else take(entry.head, { segment, record });
      });
      segment.size = scan.size;
      segments.push(segment);
      const last = at === names.length - 1;
      if (unreadable > 0) log.error('records of an unknown form', { file: name, records: unreadable });
      if (scan.end < scan.size && !last)
        log.error('a segment is damaged, what follows in it is lost', { file: name, offset: scan.end });
      if (!last) continue;
      if (scan.end < scan.size)
        log.warn('cut what a crash left half written', { file: name, bytes: scan.size - scan.end });
      writer = await SegmentWriter.resume(segment.path, scan.end);
      segment.size = writer.size;
    }
    if (writer === undefined) await begin();
  }

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, maxBatch);
      try {
        await write(batch);
      } catch (error) {
        // After a failed write or sync nobody knows what is on the disk: nothing is acknowledged until a restart.
        broken = error;
        log.error('the journal cannot be written', {}, error);
        for (const { reject } of [...batch, ...waiting]) reject(error);
        waiting = [];
      }
    }
    flushing = undefined;
  }

  async function write(batch: readonly Waiting[]): Promise<void> {
    if (writer === undefined || writer.size >= config.segmentBytes) await begin();
    const segment = segments.at(-1);
    if (writer === undefined || segment === undefined) throw new AppError('journal.closed', 'the journal is not open');
    const places = await writer.append(
      batch.map(({ delivery: { bytes, ...head } }) => encodeEntry({ type: 'message', ...head }, bytes)),
    );
    await writer.sync();
    syncs.add();
    segment.size = writer.size;
    for (const [at, { delivery, resolve }] of batch.entries()) {
      const record = places[at];
      if (record !== undefined) take({ type: 'message', ...delivery }, { segment, record });
      stored.add();
      resolve(true);
      if (delivery.row !== undefined) for (const listener of listeners) listener(delivery.row);
    }
  }

  const spanOf = ({ cuts, accepts }: SpanQuery) => ({ from: cuts[0] ?? 0, to: cuts.at(-1) ?? 0, accepts });

  async function* sections(query: SpanQuery, kinds: ReadonlySet<number>): AsyncIterable<TapSection> {
    for (const { row, place } of Array.from(index.find(spanOf(query)))) {
      const range = rangeOf(query.cuts, row);
      if (place.segment.gone || range < 0 || row.seconds !== row.windowSeconds) continue;
      read += 1;
      place.segment.reader ??= await open(place.segment.path, 'r');
      const record = await readRecord(place.segment.reader, place.record);
      const entry = record === undefined ? undefined : decodeEntry(record);
      if (entry === undefined || entry.head.type !== 'message' || entry.head.kind !== DurableKind.PART) {
        log.error('a record is damaged on the disk', { segment: place.segment.number, offset: place.record.offset });
        continue;
      }
      const { inflated } = entry.head;
      const part = decodePart(inflated === 0 ? entry.body : await inflate(entry.body, { maxOutputLength: inflated }));
      if (part.type === 'fault') continue;
      const { start, seconds } = row;
      for (const section of part.sections)
        if (kinds.has(section.kind)) yield { tap: row, range, start, seconds, section };
    }
  }

  return {
    name: 'journal',
    async start() {
      await mkdir(config.directory, { recursive: true, mode: 0o750 });
      await readSegments();
      await makeRoom();
    },
    async stop() {
      await flushing;
      await writer?.close();
      for (const segment of segments) await segment.reader?.close();
      writer = undefined;
      segments = [];
    },

    append(delivery) {
      if (broken !== undefined)
        return Promise.reject(new AppError('journal.broken', 'the journal cannot be written', { cause: broken }));
      if (streams.get(delivery.stream)?.has(delivery.seq) === true) {
        repeated.add();
        return Promise.resolve(false);
      }
      const key = `${delivery.stream} ${delivery.seq}`;
      const before = underWay.get(key);
      if (before !== undefined) {
        repeated.add();
        return before.then(() => false);
      }
      const { promise, resolve, reject } = Promise.withResolvers<boolean>();
      underWay.set(key, promise);
      void promise.catch(() => undefined).finally(() => underWay.delete(key));
      waiting.push({ delivery, resolve, reject });
      flushing ??= flush();
      return promise;
    },
    received: (stream) => streams.get(stream)?.toList() ?? [],
    grain(_from, _to, accepts) {
      let grain = 0;
      for (const tap of index.taps())
        if (accepts(tap)) grain = grain === 0 ? tap.seconds : leastCommonMultiple(grain, tap.seconds);
      return grain === 0 ? defaultWindow : grain;
    },
    async counts(query) {
      const rows = Array.from(index.find(spanOf(query)), ({ row }) => row);
      read += rows.length;
      return countRows(query.cuts, rows);
    },
    sections,
    rowsRead: () => read,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    taps: () => index.taps(),
    expire: makeRoom,
  };
}
