import { files, type FilesRecord } from '../../../core/records/files.ts';
import type { Emit, FlowId, ProtocolFlow } from '../protocol.ts';
import { ContentHashes, hashTexts, type HashTexts } from './contentHashes.ts';
import type { FileOptions, FileStream } from './file.ts';
import { HEAD, mimeTypeOf } from './magic.ts';
import { Ranges } from './ranges.ts';

/** What a file needs of the stage. */
export interface FileHost {
  /** Whether that many octets may be hashed now. */
  mayHash(octets: number, time: number): boolean;
  /** Octets more (or less) wait in ranges. False: too much waits in all files. */
  hold(octets: number): boolean;
  /** It has its rows; nothing comes any more. */
  ended(file: TrackedFile): void;
}

/** A connection that carried it. */
interface Carrier {
  readonly flow: ProtocolFlow;
  readonly id: FlowId;
  readonly emit: Emit;
  readonly isLocal: boolean;
}

/** Seconds between looks whether a file still moves; it is given up when it did not for as long (Zeek's default). */
const STALL = 120;
/** Octets of ranges that may wait for what comes before them (Zeek's default). */
const MOST_WAITING = 524_288;
/** Connections of one file that have a row. */
const MOST_CARRIERS = 64;

const hashNames = ['MD5', 'SHA1', 'SHA256'];
const none = new Uint8Array(0);

/** Who else read a content, by its type. */
const readers: ReadonlyMap<string, string> = new Map([
  ['application/ocsp-response', 'OCSP_REPLY'],
  ['application/ocsp-request', 'OCSP_REQUEST'],
]);

/**
 * One file from its first octets to its rows, by the rules of Zeek's file analysis: counted, typed by its first octets,
 * hashed as long as nothing is missing.
 */
export class TrackedFile implements FileStream {
  readonly fuid: string;
  /** Name among files that several connections share. */
  readonly key: string | undefined;
  readonly #host: FileHost;
  readonly #source: string;
  readonly #isOrig: boolean;
  readonly #depth: number;
  readonly #begin: number;
  readonly #carriers: Carrier[] = [];
  #fileName: string | undefined;
  #last: number;
  #mimeType: string | undefined;
  /** Its first octets; undefined once its type was looked for. */
  #head: Uint8Array | undefined = none;
  #headLength = 0;
  #isTyped = false;
  #hashes: ContentHashes | undefined;
  /** Hashes that are known already. */
  #texts: HashTexts | undefined;
  #isHashed = true;
  #isShed = false;
  #seen = 0;
  #total: number | undefined;
  #missing = 0;
  #overflow = 0;
  #at = 0;
  #ranges: Ranges | undefined;
  /** Octets of it that are said to wait. */
  #held = 0;
  #isOver = false;

  constructor(host: FileHost, fuid: string, options: FileOptions, key?: string) {
    this.#host = host;
    this.fuid = fuid;
    this.key = key;
    this.#source = options.source;
    this.#isOrig = options.isOrig;
    this.#depth = options.depth;
    this.#begin = options.time;
    this.#last = options.time;
    this.#fileName = options.fileName;
    this.#total = options.totalBytes;
    if (options.mimeType !== undefined) {
      this.#mimeType = options.mimeType;
      this.#isTyped = true;
    }
    this.carry(options.flow, options.fileName);
  }

  get mimeType(): string | undefined {
    return this.#mimeType;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** That connection carries it (as well). Answers whether it is a new one. */
  carry(flow: ProtocolFlow, fileName?: string): boolean {
    this.#fileName = fileName ?? this.#fileName;
    if (this.#carriers.some((carrier) => carrier.flow === flow)) return false;
    if (this.#carriers.length >= MOST_CARRIERS) return false;
    const isLocal = this.#isOrig ? flow.isOrigLocal : flow.isRespLocal;
    this.#carriers.push({ flow, id: flow.id, emit: flow.emit, isLocal });
    return true;
  }

  /** Octets it should have. */
  announce(total: number, time: number): void {
    if (this.#isOver) return;
    this.#touch(time);
    this.#total = total;
    if (this.#at >= total) this.end(time);
  }

  data(bytes: Uint8Array, from: number, to: number, time: number): void {
    this.dataAt(this.#at, bytes, from, to, time);
  }

  /** Octets that stand at `offset` in the file. */
  dataAt(offset: number, bytes: Uint8Array, from: number, to: number, time: number): void {
    if (this.#isOver) return;
    this.#touch(time);
    if (this.#ranges === undefined && offset === this.#at) {
      this.#deliver(bytes, from, to);
    } else {
      this.#ranges ??= new Ranges(
        { deliver: (block) => this.#deliver(block, 0, block.length), gap: (length) => this.#miss(length) },
        this.#at,
      );
      if (this.#ranges.waiting > MOST_WAITING || this.#ranges.isFull) this.#overflow += this.#ranges.flush();
      this.#ranges.add(offset, bytes, from, to);
      if (!this.#hold(this.#ranges.waiting)) this.#overflow += this.#ranges.flush();
    }
    if (this.#total !== undefined && this.#at >= this.#total) this.end(time);
  }

  gap(length: number, time: number): void {
    this.gapTo(this.#at + length, length, time);
  }

  /** Octets are missing; those of a file in ranges up to `offset`. */
  gapTo(offset: number, length: number, time: number): void {
    if (this.#isOver) return;
    this.#touch(time);
    if (this.#ranges !== undefined && !this.#ranges.isFlushing) this.#ranges.flushTo(offset);
    else this.#miss(length);
  }

  /** Hashes of a content that is whole, in the place of its octets. */
  whole(texts: HashTexts, octets: number): void {
    this.#texts = texts;
    this.#seen = octets;
    this.#at = octets;
  }

  /** Gives it up when it has not moved for long enough at `time`. */
  expire(time: number): void {
    if (!this.#isOver && this.#isStalled(time)) this.#finish(true);
  }

  end(time: number): void {
    if (!this.#isOver) this.#finish(this.#isStalled(time));
  }

  /** Nothing comes any more, though more was expected. */
  giveUp(): void {
    if (!this.#isOver) this.#finish(true);
  }

  /** Connections that carry it may not be in step. */
  #touch(time: number): void {
    this.#last = Math.max(this.#last, time);
  }

  /** Looks are at every `STALL` seconds from its begin; at the last of them it has to have moved since the one before. */
  #isStalled(time: number): boolean {
    const look = this.#begin + Math.floor((time - this.#begin) / STALL) * STALL;
    return look - this.#last >= STALL;
  }

  #deliver(bytes: Uint8Array, from: number, to: number): void {
    const isWhole = this.#keepHead(bytes, from, to);
    this.#at += to - from;
    this.#seen += to - from;
    if (!this.#isHashed || to === from) return;
    if (!this.#host.mayHash(to - from, this.#last)) {
      this.#isHashed = false;
      this.#isShed = true;
      this.#hashes = undefined;
    } else if (this.#hashes !== undefined) {
      this.#hashes.update(bytes.subarray(from, to));
    } else if (!isWhole) {
      this.#hashes = new ContentHashes();
      const before = this.#seen - (to - from);
      if (before > 0) this.#hashes.update(this.#head!.subarray(0, before));
      this.#hashes.update(bytes.subarray(from, to));
    }
  }

  /** Keeps the first octets. Answers whether they are all there was so far. */
  #keepHead(bytes: Uint8Array, from: number, to: number): boolean {
    const taken = Math.min(to - from, HEAD - this.#headLength);
    if (taken > 0 && this.#seen === this.#headLength) {
      this.#head = grown(this.#head ?? none, this.#headLength + taken);
      this.#head.set(bytes.subarray(from, from + taken), this.#headLength);
      this.#headLength += taken;
    }
    if (this.#headLength >= HEAD) this.#type();
    return this.#headLength === this.#seen + (to - from);
  }

  #type(): void {
    if (this.#isTyped) return;
    this.#isTyped = true;
    if (this.#headLength > 0 && this.#missing === 0) this.#mimeType = mimeTypeOf(this.#head!, this.#headLength);
  }

  #miss(length: number): void {
    this.#type();
    this.#isHashed = false;
    this.#hashes = undefined;
    this.#at += length;
    this.#missing += length;
  }

  /** Says how many octets wait in ranges; false when it is too much. */
  #hold(octets: number): boolean {
    const more = octets - this.#held;
    this.#held = octets;
    return more === 0 || this.#host.hold(more);
  }

  #finish(isTimedOut: boolean): void {
    this.#ranges?.flush();
    this.#hold(0);
    this.#isOver = true;
    this.#type();
    const common = this.#row(isTimedOut);
    for (const { id, emit, isLocal } of this.#carriers) {
      emit(files, { ...common, ...id, local_orig: isLocal });
    }
    this.#head = undefined;
    this.#hashes = undefined;
    this.#ranges = undefined;
    this.#host.ended(this);
  }

  #row(isTimedOut: boolean): Omit<FilesRecord, keyof FlowId | 'local_orig'> {
    const reader = this.#mimeType === undefined ? undefined : readers.get(this.#mimeType);
    return {
      ts: this.#begin,
      fuid: this.fuid,
      source: this.#source,
      depth: this.#depth,
      analyzers: [...(this.#isShed ? [] : hashNames), ...(reader === undefined ? [] : [reader])],
      ...(this.#mimeType !== undefined && { mime_type: this.#mimeType }),
      ...(this.#fileName !== undefined && { filename: this.#fileName }),
      duration: this.#last - this.#begin,
      is_orig: this.#isOrig,
      seen_bytes: this.#seen,
      ...(this.#total !== undefined && { total_bytes: this.#total }),
      missing_bytes: this.#missing,
      overflow_bytes: this.#overflow,
      timedout: isTimedOut,
      ...this.#hashTexts(),
    };
  }

  #hashTexts(): HashTexts | undefined {
    if (this.#texts !== undefined) return this.#texts;
    if (!this.#isHashed || this.#seen === 0) return undefined;
    return this.#hashes?.texts() ?? hashTexts(this.#head!.subarray(0, this.#headLength));
  }
}

function grown(octets: Uint8Array, length: number): Uint8Array {
  if (octets.length >= length) return octets;
  const larger = new Uint8Array(Math.min(HEAD, Math.max(512, length, octets.length * 2)));
  larger.set(octets);
  return larger;
}
