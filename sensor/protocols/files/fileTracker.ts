import { connectionUid } from '../../../core/records/uid.ts';
import { KeyHasher } from '../../../core/sketch/hash/keyHasher.ts';
import { hashTexts } from './contentHashes.ts';
import type { FileOptions, FileStream, HttpFiles, RangedFile } from './file.ts';
import { HashBudget } from './hashBudget.ts';
import { mimeTypeOf } from './magic.ts';
import { type FileHost, TrackedFile } from './trackedFile.ts';

/** Octets hashed a second of packet time, if nothing else is told: what a core hashes three ways in about half of one. */
export const HASH_RATE = 134_217_728;
/** Files that wait for more though what carried them is over; beyond, the oldest is given up. */
const MOST_WAITING = 512;
/** Octets of ranges that may wait in all files for what comes before them; beyond, the file that adds some has holes. */
export const MOST_HELD = 4 << 20;
/** Seconds of packet time between looks for those that don't move. */
const SWEEP = 10;

/** What was done, since the start. */
export interface FileCounters {
  opened: number;
  octets: number;
  hashedOctets: number;
  /** Files whose hashes were given up for want of time. */
  shed: number;
  /** Files that were given up for want of room. */
  dropped: number;
}

/** All files of one pipeline. */
export class FileTracker implements HttpFiles, FileHost {
  readonly counters: FileCounters = { opened: 0, octets: 0, hashedOctets: 0, shed: 0, dropped: 0 };
  readonly #budget: HashBudget;
  readonly #hasher: KeyHasher = new KeyHasher();
  readonly #shared: Map<string, TrackedFile> = new Map();
  readonly #waiting: Set<TrackedFile> = new Set();
  #swept = 0;
  #held = 0;

  constructor(hashRate: number = HASH_RATE) {
    this.#budget = new HashBudget(hashRate);
  }

  /** Files that wait now. */
  get waiting(): number {
    return this.#waiting.size;
  }

  open(options: FileOptions): RangedFile {
    return this.#make(options);
  }

  share(key: string, options: FileOptions): RangedFile {
    this.#sweep(options.time);
    const known = this.#shared.get(key);
    if (known !== undefined && !known.isOver) return known;
    const file = this.#make(options, key);
    this.#shared.set(key, file);
    this.#wait(file);
    return file;
  }

  endShared(key: string, time: number): void {
    this.#shared.get(key)?.end(time);
  }

  leave(file: FileStream): void {
    if (file instanceof TrackedFile && !file.isOver) this.#wait(file);
  }

  whole(options: FileOptions, bytes: Uint8Array): { fuid: string; sha256: string } {
    const texts = hashTexts(bytes);
    const mimeType = options.mimeType ?? mimeTypeOf(bytes, bytes.length);
    const file = this.#make(mimeType === undefined ? options : { ...options, mimeType });
    this.counters.octets += bytes.length;
    this.counters.hashedOctets += bytes.length;
    file.whole(texts, bytes.length);
    file.end(options.time);
    return { fuid: file.fuid, sha256: texts.sha256 };
  }

  finish(): void {
    for (const file of this.#waiting) file.giveUp();
  }

  mayHash(octets: number, time: number): boolean {
    this.counters.octets += octets;
    const isIn = this.#budget.take(octets, time);
    if (isIn) this.counters.hashedOctets += octets;
    else this.counters.shed++;
    return isIn;
  }

  hold(octets: number): boolean {
    this.#held += octets;
    return octets <= 0 || this.#held <= MOST_HELD;
  }

  /** Octets of ranges that wait now. */
  get held(): number {
    return this.#held;
  }

  ended(file: TrackedFile): void {
    this.#waiting.delete(file);
    if (file.key !== undefined && this.#shared.get(file.key) === file) this.#shared.delete(file.key);
  }

  #make(options: FileOptions, key?: string): TrackedFile {
    this.counters.opened++;
    return new TrackedFile(this, this.#fuid(options), options, key);
  }

  /** A function of connection, direction and how many came before: the same packets give the same names. */
  #fuid({ flow, isOrig, time }: FileOptions): string {
    const key = new TextEncoder().encode(`${flow.id.uid}${isOrig ? '>' : '<'}`);
    return connectionUid('', key, time, this.counters.opened, 'F', this.#hasher);
  }

  #wait(file: TrackedFile): void {
    this.#waiting.add(file);
    if (this.#waiting.size <= MOST_WAITING) return;
    this.counters.dropped++;
    for (const oldest of this.#waiting) {
      oldest.giveUp();
      return;
    }
  }

  #sweep(time: number): void {
    if (time < this.#swept + SWEEP) return;
    this.#swept = time;
    for (const file of this.#waiting) file.expire(time);
  }
}
