import { mkdir } from 'node:fs/promises';
import { Intervals } from '../../proto/intervals.ts';
import { DurableKind } from '../../proto/link.ts';
import type { Interval } from '../../proto/linkMessages.ts';
import type { Clock } from '../../runtime/clock.ts';
import { lockDirectory } from '../../runtime/directoryLock.ts';
import { AppError } from '../../runtime/error.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { SegmentWriter } from '../../runtime/segmentFile.ts';
import { mergeMessages, mergeSteps } from './partMerger.ts';
import type { StoredMessage } from './partMerger.ts';
import { SentMark, defaultAhead } from './sentMark.ts';
import { giveUpLogs } from './spoolLogs.ts';
import { spoolMetrics } from './spoolMetrics.ts';
import { encodeHead, mostIntervals } from './spoolRecord.ts';
import type { Replaced, SpoolMessage } from './spoolRecord.ts';
import { SpoolSegments } from './spoolSegments.ts';
import type { Segment, SpoolEntry } from './spoolSegments.ts';
import { openStream } from './spoolStream.ts';

interface Waiting {
  message: SpoolMessage;
  replaced: Replaced;
  resolve: (seq: number) => void;
  reject: (error: unknown) => void;
}

export interface SpoolConfig {
  directory: string;
  bytes: number;
  /** Messages that it holds at most: each takes some 150 bytes of memory, and a silent window is as short on the disk. */
  messages?: number;
  /** Windows may be merged into longer ones when the space is used up: not those of files, whose windows have gaps. */
  merges?: boolean;
  /** Messages that are marked as sent at a time: those are not merged while a connection is open. */
  sentAhead?: number;
}

/** A link that is down for 18 hours at windows of a second; then windows are merged. */
const mostMessages = 65_536;
/** Files hold no more than this share of them: a merge reads one file. */
const filesOfMessages = 16;

export interface SpoolDeps {
  log: Logger;
  metrics: Metrics;
  clock: Clock;
  /** Gets called when a merge has put messages into the spool that can be sent. */
  onMerged?: () => void;
  /** Gets called between the steps of a merge: tests look at the directory there. */
  atStep?: (step: string) => Promise<void>;
}

/**
 * What a manager has not acknowledged yet, on the sensor's disk.
 *
 * A stream (16 random bytes, made with the directory) of numbered messages; numbers go on over restarts. A message is
 * durable when `append` resolves; it is removed, with its whole file, when the manager has acknowledged that file's
 * numbers. What is not acknowledged is there again after a restart.
 *
 * The space and the number of messages are bounded. Beyond, rows of logs go first; then windows that were never sent are
 * merged into longer ones (a minute, ten minutes, an hour: the finest first, of those the oldest first), each under a
 * number of its own that names those it replaces; then the oldest file goes. All are counted and logged.
 *
 * The directory may be deleted as a whole when the sensor is stopped: then a new stream begins.
 */
export class Spool {
  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #maxMessages: number;
  readonly #segmentBytes: number;
  readonly #merges: boolean;
  readonly #deps: SpoolDeps;
  readonly #log: Logger;
  readonly #metrics;
  readonly #sent: SentMark;
  readonly #segments: SpoolSegments;
  #unlock: (() => void) | undefined;
  #stream = new Uint8Array(0);
  #writer: SegmentWriter | undefined;
  /** Numbers that are done with: acknowledged, merged into others, or given up. */
  readonly #settled = new Intervals();
  /** Numbers that are being merged: not to be sent. */
  readonly #held = new Set<number>();
  #next = 1;
  /** The first number given since the directory was opened. */
  #opened = 1;
  /** Numbers that were sent since then. */
  readonly #sentNow = new Intervals();
  /** Numbers below are not given any more. */
  #skipTo = 1;
  #waiting: Waiting[] = [];
  #flushing: Promise<void> | undefined;

  constructor(config: SpoolConfig, deps: SpoolDeps) {
    this.#directory = config.directory;
    this.#maxBytes = config.bytes;
    this.#maxMessages = config.messages ?? mostMessages;
    this.#segmentBytes = Math.min(4 << 20, Math.floor(config.bytes / 4));
    this.#merges = config.merges ?? true;
    this.#deps = deps;
    this.#log = deps.log.named('spool');
    this.#sent = new SentMark(config.directory, config.sentAhead ?? defaultAhead, this.#log);
    this.#segments = new SpoolSegments(config.directory, this.#log);
    this.#metrics = spoolMetrics(deps.metrics, { bytes: () => this.bytes, pending: () => this.pending });
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
    return this.#segments.bytes;
  }

  /** How full it is; above 1 it merges, or gives up. */
  get share(): number {
    return Math.max(this.bytes / this.#maxBytes, this.#segments.messages / this.#maxMessages);
  }

  /** Messages that are in the spool and not acknowledged. */
  get pending(): number {
    const first = this.#segments.first ?? this.#next;
    let count = this.#next - first;
    for (const interval of this.#settled.toList()) {
      count -= Math.max(0, Math.min(interval.last, this.#next - 1) - Math.max(interval.first, first) + 1);
    }
    return count;
  }

  async open(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o750 });
    this.#unlock = lockDirectory(this.#directory);
    try {
      const { stream, isNew } = await openStream(this.#directory);
      this.#stream = stream;
      await this.#readSegments();
      await this.#sent.open(this.#next, isNew);
      this.#opened = this.#next;
    } catch (error) {
      this.#unlock();
      throw error;
    }
  }

  /** Stores a message; resolves with its number when it is durable. Several callers share one sync. */
  append(message: SpoolMessage, replaced: Replaced = []): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#waiting.push({ message, replaced, resolve, reject });
    this.#flushing ??= this.#flush();
    return promise;
  }

  /** Reads a message back; undefined when it was acknowledged, given up, or is damaged on the disk: then it is given up. */
  async read(seq: number): Promise<SpoolMessage | undefined> {
    if (this.#settled.has(seq)) return undefined;
    const read = await this.#segments.read(seq);
    if (read === undefined && seq < this.#next && !this.#settled.has(seq)) {
      this.#settled.add(seq);
      this.#metrics.dropped.add();
    }
    return read?.message;
  }

  /** What is known of a message without reading it. */
  entry(seq: number): SpoolEntry | undefined {
    return this.#segments.entry(seq);
  }

  /** The least number from `from` on that is stored, not acknowledged and not being merged, or undefined. */
  nextPending(from: number): number | undefined {
    let seq = this.#settled.nextMissing(Math.max(from, this.#segments.first ?? this.#next));
    while (this.#held.has(seq)) seq = this.#settled.nextMissing(seq + 1);
    return seq < this.#next ? seq : undefined;
  }

  /** Whether it is on the disk that this message may have been sent: then it may be sent. */
  mayHaveBeenSent(seq: number): boolean {
    return this.#sent.maySend(seq) && !this.#settled.has(seq);
  }

  /** Makes durable that a message may have been sent. False when it may not: it is being merged, or is gone. */
  async reserve(seq: number): Promise<boolean> {
    await this.#sent.reserve(seq);
    return !this.#held.has(seq) && !this.#settled.has(seq);
  }

  /** A message is being sent. */
  handedOver(seq: number): void {
    this.#sent.handedOver(seq);
    this.#sentNow.add(seq);
  }

  /** No connection is open: numbers that were only reserved were not sent. */
  async disconnected(): Promise<void> {
    await this.#sent.settle(this.#segments.first ?? this.#next);
    this.#segments.forgetMerges();
  }

  /**
   * Takes note of what a manager has when a connection begins. Numbers that were never sent under it, because they are
   * beyond the newest one or were given since the start and not sent yet, mean that this disk lost synced messages: the
   * stream goes on behind them, and what got one of their numbers is stored again under a new one.
   */
  async meet(received: readonly Interval[]): Promise<void> {
    const theirs = new Intervals(received);
    // What is being written now gets a number all the same: it is looked at when it has it.
    if (theirs.last >= this.#next) this.#skipTo = theirs.last + 1;
    await this.#flushing;
    const doubles: number[] = [];
    for (let seq = Math.max(this.#opened, this.#segments.first ?? this.#next); seq < this.#next; seq++)
      if (theirs.has(seq) && !this.#sentNow.has(seq) && !this.#settled.has(seq)) doubles.push(seq);
    if (doubles.length > 0 || this.#skipTo > this.#next) await this.#goOnBehind(theirs.last, doubles);
    this.acknowledge(received);
  }

  /** Takes note of what the manager has of what was sent. */
  acknowledge(received: readonly Interval[]): void {
    for (const interval of received) this.#settled.add(interval.first, interval.last);
    this.#segments.retire(this.#settled);
  }

  async close(): Promise<void> {
    await this.#flushing;
    await this.#sent.close();
    await this.#segments.close();
    await this.#writer?.close();
    this.#unlock?.();
    this.#writer = undefined;
    this.#unlock = undefined;
  }

  async #readSegments(): Promise<void> {
    const { next, absent, replaced, tail } = await this.#segments.open();
    this.#next = next;
    for (const { first, last } of [...absent, ...replaced]) this.#settled.add(first, last);
    if (tail === undefined) await this.#begin(next);
    else this.#writer = tail;
    // Where a merge was cut short: what it replaced goes before anything can acknowledge what replaces it.
    for (const segment of this.#segments.closed())
      if (replaced.some(({ first, last }) => first <= segment.last && last >= segment.first))
        await this.#segments.clean(segment, this.#settled);
  }

  /** Begins a new file for the numbers from `first` on, and makes its name durable. Those before are not given. */
  async #begin(first: number): Promise<void> {
    const writer = await this.#segments.begin(first);
    const before = this.#writer;
    this.#writer = writer;
    this.#settled.add(this.#next, first - 1);
    this.#next = first;
    await before?.close();
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, 256);
      try {
        const first = await this.#write(batch);
        for (const [index, { resolve }] of batch.entries()) resolve(first + index);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
      try {
        await this.#makeRoom();
      } catch (error) {
        this.#held.clear();
        this.#deps.onMerged?.();
        this.#log.error('cannot make room', {}, error);
      }
    }
    this.#flushing = undefined;
  }

  /** Writes messages and syncs them; answers with the first one's number. */
  async #write(batch: readonly Pick<Waiting, 'message' | 'replaced'>[]): Promise<number> {
    const skips = this.#skipTo > this.#next;
    const isFull =
      (this.#writer?.size ?? 0) >= this.#segmentBytes ||
      this.#segments.messagesOfLast >= this.#maxMessages / filesOfMessages;
    if (this.#writer === undefined || skips || isFull) await this.#begin(Math.max(this.#next, this.#skipTo));
    const writer = this.#writer;
    if (writer === undefined) throw new AppError('spool.closed', 'the spool is not open');
    const first = this.#next;
    const { size } = writer;
    let places;
    try {
      places = await writer.append(
        batch.map(({ message, replaced }, i) => [encodeHead(message, first + i, replaced), message.bytes]),
      );
      await writer.sync();
    } catch (error) {
      // These numbers will be given again: what stands under them now must not be found at the next start.
      await writer.cut(size).catch(async () => {
        this.#writer = undefined;
        await writer.close();
      });
      throw error;
    }
    const storedAt = this.#deps.clock.elapsed();
    for (const [i, { message, replaced }] of batch.entries()) {
      const place = places[i];
      const { kind, longer = false } = message;
      if (place !== undefined) this.#segments.add(first + i, { kind, longer, replaced, storedAt, place });
    }
    this.#segments.grew(writer.size);
    this.#next += batch.length;
    return first;
  }

  async #makeRoom(): Promise<void> {
    for (const segment of this.#segments.closed())
      if (segment.unclean) await this.#segments.clean(segment, this.#settled);
    while (this.share > 1) {
      const rows = await giveUpLogs(this.#segments, this.#settled, this.#log);
      this.#metrics.dropped.add(rows);
      if (rows > 0) continue;
      if (this.#merges && (await this.#mergeSome())) continue;
      const oldest = this.#segments.closed()[0];
      if (oldest === undefined) return;
      const before = this.pending;
      this.#settled.add(oldest.first, oldest.last);
      const lost = before - this.pending;
      this.#segments.retire(this.#settled);
      this.#metrics.dropped.add(lost);
      if (lost > 0) this.#log.error('the spool is full: the oldest messages are given up', { messages: lost });
    }
  }

  /** Merges what can be merged of one file; false when no file has anything left to merge. */
  async #mergeSome(): Promise<boolean> {
    let chosen: Segment | undefined;
    for (const segment of this.#segments.closed())
      if (segment.merged < mergeSteps.length && (chosen === undefined || segment.merged < chosen.merged))
        chosen = segment;
    const step = mergeSteps[chosen?.merged ?? mergeSteps.length];
    if (chosen === undefined || step === undefined) return false;
    chosen.merged += 1;
    const seqs: number[] = [];
    for (let seq = chosen.first; seq <= chosen.last; seq++) {
      const kind = this.entry(seq)?.kind;
      if (kind === DurableKind.PART && !this.#settled.has(seq) && !this.#sent.isMarked(seq)) seqs.push(seq);
    }
    if (seqs.length < 2) return true;
    for (const seq of seqs) this.#held.add(seq);
    const stored: (StoredMessage & { replaced: Replaced })[] = [];
    for (const seq of seqs) {
      const read = await this.#segments.read(seq);
      if (read !== undefined) stored.push({ seq, ...read });
    }
    const before = this.bytes;
    const merged = (await mergeMessages(stored, step)).flatMap(({ message, seqs: from }) => {
      const numbers = new Intervals(from.map((seq) => ({ first: seq, last: seq })));
      return numbers.size <= mostIntervals ? [{ message, replaced: numbers.toList(), count: from.length }] : [];
    });
    await this.#deps.atStep?.('merged in memory');
    if (merged.length > 0) {
      await this.#write(merged);
      await this.#deps.atStep?.('merged on the disk');
      for (const { replaced } of merged) for (const { first, last } of replaced) this.#settled.add(first, last);
      await this.#segments.clean(chosen, this.#settled);
      await this.#deps.atStep?.('replaced removed');
    }
    this.#held.clear();
    this.#deps.onMerged?.();
    const count = merged.reduce((sum, one) => sum + one.count, 0);
    this.#metrics.merged.add(count);
    if (count > 0) {
      const fields = { seconds: step, messages: count, into: merged.length, freed: before - this.bytes };
      this.#log.warn('the spool is full: windows are merged into longer ones', fields);
    }
    return true;
  }

  /** `doubles`: numbers up to `last` that the manager has of other messages than these. */
  async #goOnBehind(last: number, doubles: readonly number[]): Promise<void> {
    this.#log.warn('the manager has messages that this disk has lost; numbers go on behind them', { last });
    this.#skipTo = last + 1;
    await this.#flushing;
    const again: { message: SpoolMessage; replaced: Replaced }[] = [];
    for (const seq of doubles) {
      const read = this.#settled.has(seq) ? undefined : await this.#segments.read(seq);
      if (read !== undefined) again.push(read);
    }
    await Promise.all(again.map(({ message, replaced }) => this.append(message, replaced)));
    if (this.#next <= last) await this.#begin(last + 1);
  }
}
