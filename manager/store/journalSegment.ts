import { open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { DurableKind } from '../../proto/link.ts';
import { decodePart } from '../../proto/partCodec.ts';
import type { WireSection } from '../../proto/partCodec.ts';
import { readRecord } from '../../runtime/segmentFile.ts';
import type { RecordPlace } from '../../runtime/segmentFile.ts';
import { decodeEntry } from './journalEntry.ts';
import type { JournalEntry } from './journalEntry.ts';

const inflate = promisify(inflateRaw);

/** A file of the journal. It stays until nobody reads it, also when it was released. */
export class JournalSegment {
  readonly number: number;
  readonly path: string;
  /** Bytes of the file. */
  size = 0;
  /** Messages in it, bytes of their bodies when inflated, and the clock's hour of the last one's arrival. */
  messages = 0;
  inflated = 0;
  hour = 0;
  #readers = 0;
  #file: Promise<FileHandle> | undefined;
  #released = false;

  constructor(number: number, path: string) {
    this.number = number;
    this.path = path;
  }

  /** Somebody reads: the file stays until as many `leave` have been called. */
  enter(): void {
    this.#readers += 1;
  }

  async leave(): Promise<void> {
    this.#readers -= 1;
    await this.#remove();
  }

  /** The file is not needed any more. */
  async release(): Promise<void> {
    this.#released = true;
    await this.#remove();
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await (await file)?.close();
  }

  async #remove(): Promise<void> {
    if (!this.#released || this.#readers > 0) return;
    await this.close();
    await rm(this.path, { force: true });
  }

  /** The message at a place; undefined when it is damaged on the disk. To be called between `enter` and `leave`. */
  async read(place: RecordPlace): Promise<JournalEntry | undefined> {
    this.#file ??= open(this.path, 'r');
    const record = await readRecord(await this.#file, place);
    return record === undefined ? undefined : decodeEntry(record);
  }

  /** The sections of the part at a place; undefined when it is damaged on the disk. To be called between `enter` and `leave`. */
  async sections(place: RecordPlace): Promise<readonly WireSection[] | undefined> {
    const entry = await this.read(place);
    if (entry === undefined || entry.head.type !== 'message' || entry.head.kind !== DurableKind.PART) return undefined;
    const { inflated } = entry.head;
    const part = decodePart(inflated === 0 ? entry.body : await inflate(entry.body, { maxOutputLength: inflated }));
    return part.type === 'fault' ? undefined : part.sections;
  }
}
