import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Intervals } from '../../proto/intervals.ts';
import type { Interval } from '../../proto/linkMessages.ts';
import { syncDirectory } from '../../runtime/atomicFile.ts';
import type { Clock } from '../../runtime/clock.ts';
import { AppError } from '../../runtime/error.ts';
import type { Stage } from '../../runtime/lifecycle.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import { SegmentWriter, scanSegment } from '../../runtime/segmentFile.ts';
import type { RecordPlace } from '../../runtime/segmentFile.ts';
import { decodeEntry, encodeEntry, sizeOf } from './journalEntry.ts';
import type { JournalHead } from './journalEntry.ts';
import { JournalSegment } from './journalSegment.ts';
import { JournalView } from './journalView.ts';
import { MessageIndex } from './messageView.ts';
import { isNoSpace } from './noSpace.ts';
import type { Delivery, TapKey, WindowRow } from './summaryStore.ts';
import { WindowIndex } from './windowIndex.ts';

/** Longest record that is believed when a segment is read. */
export const maxRecord = 64 << 20;
/** Messages that one sync may acknowledge. */
const maxBatch = 1024;
/** Messages after which a segment is closed, of one batch less than 4,096: with all the sections that a part may have, a million rows, which is one block of an insert. */
const maxMessages = 4096 - maxBatch;
/** Bytes of a segment's bodies when they are inflated: what loading it takes of memory. */
const maxInflated = 64 << 20;
/** Rows that wait in memory to be loaded; 400 bytes each. */
const maxWaiting = 1_000_000;
const hourMillis = 3_600_000;

/** Where the part of a row stands. */
export interface Place {
  segment: JournalSegment;
  record: RecordPlace;
}

interface Waiting {
  delivery: Delivery;
  resolve: (stored: boolean) => void;
  reject: (error: unknown) => void;
}

export interface JournalConfig {
  directory: string;
  /** Space for what is not loaded yet; beyond it nothing is taken. */
  bytes: number;
  segmentBytes: number;
  /** Seconds after which a segment with messages is closed. */
  segmentSeconds: number;
}

export interface JournalDeps {
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  /** Number of the last segment that the engine holds, at the start. */
  loadedTo: () => number;
}

/** What acknowledges, and holds what the engine does not hold yet. */
export interface Journal extends Stage {
  append(delivery: Delivery): Promise<boolean>;
  received(stream: string): Interval[];
  subscribe(listener: (row: WindowRow) => void): () => void;
  /** The oldest segment that is closed, when there is one. */
  oldestClosed(): JournalSegment | undefined;
  /** Resolves when there is a closed segment, or the journal stops. */
  someClosed(): Promise<void>;
  /** Rows of a segment, in no order. */
  rowsOf(segment: JournalSegment): WindowRow[];
  /** The segment is in the engine: it leaves memory, and its file goes when nobody reads it. */
  release(segment: JournalSegment): Promise<void>;
  /** What waits, of segments after `after`, in a span. To be closed by the caller. */
  view(query: { from: number; to: number; accepts: (tap: TapKey) => boolean }, after: number): JournalView;
  /** Taps of rows in memory. */
  index: WindowIndex<Place>;
  /** What waits and is no part. */
  messages: MessageIndex;
  /** Closes the open segment if it holds messages: it can be loaded then. */
  cut(): Promise<void>;
}

/**
 * The journal: files of what was received, in order of arrival.
 *
 * As many messages as wait share one `fdatasync` (a few milliseconds); only then are they in the index in memory and
 * `append` resolves. A stream's number stands in the record of its message, and every segment begins with the numbers of
 * all streams so far, so that any segment but the newest may go. At the start what the engine does not hold is read; what
 * a crash left half written at the end of the last segment is cut off. Cost of a waiting row in memory: about 400 bytes.
 */
export function createJournal(config: JournalConfig, deps: JournalDeps): Journal {
  const { clock } = deps;
  const log = deps.log.named('journal');
  const streams = new Map<string, Intervals>();
  const index = new WindowIndex<Place>();
  const messages = new MessageIndex();
  const underWay = new Map<string, Promise<boolean>>();
  const listeners = new Set<(row: WindowRow) => void>();
  /** In order; the last one is open. */
  let segments: JournalSegment[] = [];
  let writer: SegmentWriter | undefined;
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | undefined;
  let cutting = false;
  let broken: unknown;
  let opened = 0;
  let closedSome = Promise.withResolvers<void>();
  let cancelTimer: (() => void) | undefined;

  const stored = deps.metrics.counter('journal_stored_messages', 'messages', 'Messages that were made durable.');
  const repeated = deps.metrics.counter(
    'journal_repeated_messages',
    'messages',
    'Messages that came again and were not stored again.',
  );
  const refused = deps.metrics.counter(
    'journal_refused_messages',
    'messages',
    'Messages that were not taken because the journal was full; their sensors keep them.',
  );
  const noSpace = deps.metrics.counter(
    'journal_no_space',
    'times',
    'Times that the disk of the journal had no space for what came; its sensors keep it.',
  );
  const syncs = deps.metrics.counter('journal_syncs', 'syncs', 'Times the journal was synced to the disk.');
  deps.metrics.computed('journal_bytes', 'bytes', 'Disk space of the journal.', () => total());
  deps.metrics.computed('journal_waiting_rows', 'rows', 'Parts that are not loaded yet.', () => index.size);

  const total = (): number => segments.reduce((sum, segment) => sum + segment.size, 0);
  const isFull = (): boolean => total() >= config.bytes || index.size + messages.size >= maxWaiting;

  function take(head: JournalHead, place: Place): void {
    if (head.type === 'memory') {
      for (const [stream, received] of head.streams)
        for (const { first, last } of received) of(stream).add(first, last);
      return;
    }
    const { segment } = place;
    segment.messages += 1;
    segment.inflated += Math.max(head.inflated, place.record.length);
    segment.hour = Math.max(segment.hour, Math.floor(head.arrivedMillis / hourMillis));
    of(head.stream).add(head.seq);
    if (head.row !== undefined) index.add(head.row, place);
    else messages.add(head.kind, place);
  }

  function of(stream: string): Intervals {
    let intervals = streams.get(stream);
    if (intervals === undefined) {
      intervals = new Intervals();
      streams.set(stream, intervals);
    }
    return intervals;
  }

  function forget(segment: JournalSegment): void {
    for (const one of [index, messages]) one.drop((place) => place.segment === segment);
  }

  async function begin(): Promise<void> {
    const number = Math.max(segments.at(-1)?.number ?? 0, deps.loadedTo()) + 1;
    const segment = new JournalSegment(number, join(config.directory, `${String(number).padStart(16, '0')}.seg`));
    const next = await SegmentWriter.create(segment.path);
    const memory: JournalHead = {
      type: 'memory',
      streams: [...streams].map(([stream, intervals]) => [stream, intervals.toList()]),
      expired: [],
    };
    try {
      await next.append([encodeEntry(memory)]);
      await next.sync();
      await syncDirectory(config.directory);
    } catch (error) {
      await next.close();
      await rm(segment.path, { force: true });
      throw error;
    }
    await writer?.close();
    writer = next;
    segment.size = next.size;
    opened = clock.elapsed();
    segments.push(segment);
    if (segments.length > 1) closedSome.resolve();
  }

  /** Whether the open segment is to be closed before something that arrives in `hour` is written. */
  function isDue(hour: number): boolean {
    const open = segments.at(-1);
    if (open === undefined || open.messages === 0) return open === undefined;
    return (
      open.size >= config.segmentBytes ||
      open.messages >= maxMessages ||
      open.inflated >= maxInflated ||
      hour !== open.hour ||
      clock.elapsed() - opened >= config.segmentSeconds * 1000
    );
  }

  async function readSegments(): Promise<void> {
    const names = (await readdir(config.directory)).filter((name) => /^\d{16}\.seg$/.test(name)).sort();
    const loadedTo = deps.loadedTo();
    for (const [at, name] of names.entries()) {
      const last = at === names.length - 1;
      const segment = new JournalSegment(Number(name.slice(0, 16)), join(config.directory, name));
      if (segment.number <= loadedTo && !last) {
        await rm(segment.path, { force: true });
        continue;
      }
      await readSegment(segment, name, last);
      // The newest holds the numbers of all streams; should it be loaded, its rows are not ours to tell.
      if (segment.number <= loadedTo) forget(segment);
    }
    if (writer === undefined || (segments.at(-1)?.number ?? 0) <= loadedTo) await begin();
  }

  async function readSegment(segment: JournalSegment, file: string, last: boolean): Promise<void> {
    let unreadable = 0;
    const scan = await scanSegment(segment.path, maxRecord, (bytes, record) => {
      const entry = decodeEntry(bytes);
      if (entry === undefined) unreadable += 1;
      else take(entry.head, { segment, record });
    });
    segment.size = scan.size;
    segments.push(segment);
    if (unreadable > 0) log.error('records of an unknown form', { file, records: unreadable });
    if (scan.end < scan.size && !last)
      log.error('a segment is damaged, what follows in it is lost', { file, offset: scan.end });
    if (!last) return;
    if (scan.end < scan.size) log.warn('cut what a crash left half written', { file, bytes: scan.size - scan.end });
    writer = await SegmentWriter.resume(segment.path, scan.end);
    segment.size = writer.size;
    opened = clock.elapsed();
  }

  /** What the next sync acknowledges: few enough that no segment takes more memory to load than it may. */
  function nextBatch(): Waiting[] {
    let inflated = 0;
    let count = 0;
    for (; count < Math.min(waiting.length, maxBatch) && inflated < maxInflated / 2; count++)
      inflated += sizeOf(waiting[count]!.delivery);
    return waiting.splice(0, count);
  }

  async function flush(): Promise<void> {
    while (waiting.length > 0 || cutting) {
      const batch = nextBatch();
      try {
        if (cutting) {
          cutting = false;
          if ((segments.at(-1)?.messages ?? 0) > 0) await begin();
        }
        if (batch.length > 0) await write(batch);
      } catch (error) {
        const taken = [...batch, ...waiting];
        waiting = [];
        const reason = await giveBack(error);
        for (const { reject } of taken) reject(reason);
      }
    }
    flushing = undefined;
  }

  /**
   * After a write or sync that failed: what a full disk took a part of is cut off, and everything goes on when there is space
   * again. After any other failure nobody knows what is on the disk: nothing is acknowledged until a restart.
   */
  async function giveBack(error: unknown): Promise<unknown> {
    const open = segments.at(-1);
    try {
      if (!isNoSpace(error)) throw error;
      if (open !== undefined) await writer?.cut(open.size);
    } catch (fault) {
      broken = fault;
      log.error('the journal cannot be written', {}, fault);
      return fault;
    }
    noSpace.add();
    log.error('no space on the disk of the journal: nothing is taken until there is some', {}, error);
    return new AppError('journal.space', 'no space on the disk of the journal', { cause: error });
  }

  async function write(batch: readonly Waiting[]): Promise<void> {
    const hour = Math.floor((batch.at(-1)?.delivery.arrivedMillis ?? 0) / hourMillis);
    if (writer === undefined || isDue(hour)) await begin();
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

  function tick(): void {
    cancelTimer = clock.after(
      Math.min(1000, config.segmentSeconds * 250),
      () => {
        if (broken === undefined && isDue(segments.at(-1)?.hour ?? 0)) void cut();
        tick();
      },
      true,
    );
  }

  async function cut(): Promise<void> {
    if (broken !== undefined || writer === undefined) return;
    cutting = true;
    flushing ??= flush();
    await flushing;
  }

  return {
    name: 'journal',
    index,
    messages,
    async start() {
      await mkdir(config.directory, { recursive: true, mode: 0o750 });
      await readSegments();
      if (segments.length > 1) closedSome.resolve();
      tick();
    },
    async stop() {
      cancelTimer?.();
      await flushing;
      closedSome.resolve();
      await writer?.close();
      for (const segment of segments) await segment.close();
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
      if (isFull()) {
        refused.add();
        log.warn('the journal is full, nothing is taken until the engine has loaded some of it', { bytes: total() });
        return Promise.reject(new AppError('journal.full', 'the journal is full: its engine does not keep up'));
      }
      const { promise, resolve, reject } = Promise.withResolvers<boolean>();
      underWay.set(key, promise);
      void promise.catch(() => undefined).finally(() => underWay.delete(key));
      waiting.push({ delivery, resolve, reject });
      flushing ??= flush();
      return promise;
    },
    received: (stream) => streams.get(stream)?.toList() ?? [],
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    oldestClosed: () => (segments.length > 1 ? segments[0] : undefined),
    someClosed: () => closedSome.promise,
    rowsOf: (segment) => index.all((place) => place.segment === segment),
    async release(segment) {
      segments = segments.filter((one) => one !== segment);
      if (segments.length < 2) closedSome = Promise.withResolvers<void>();
      forget(segment);
      await segment.release();
    },
    view(query, after) {
      const entries = Array.from(index.find(query)).filter(({ place }) => place.segment.number > after);
      return new JournalView(entries, log);
    },
    cut,
  };
}
