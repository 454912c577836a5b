import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Intervals } from '../../proto/intervals.ts';
import { syncDirectory, writeFileAtomic } from '../../runtime/atomicFile.ts';
import type { Logger } from '../../runtime/log.ts';

/** Numbers that are marked at a time, so that the file is seldom written. */
export const defaultAhead = 256;

/**
 * Which numbers of a spool may ever have been sent: a superset, on the disk before the first byte of a message leaves.
 * A manager may have any of them although it never said so; merged into another message they could count twice.
 *
 * A missing file means "any of them".
 */
export class SentMark {
  readonly #path: string;
  readonly #ahead: number;
  readonly #log: Logger;
  /** Not to be merged; of those what is on the disk as well, and may be sent; of those what was. */
  #marked = new Intervals();
  #durable = new Intervals();
  #handed = new Intervals();
  #writing: Promise<void> = Promise.resolve();
  #usable = true;

  constructor(directory: string, ahead: number, log: Logger) {
    this.#path = join(directory, 'sent');
    this.#ahead = ahead;
    this.#log = log;
  }

  /** Reads the file. `next`: the number that the next message gets. */
  async open(next: number, isNew: boolean): Promise<void> {
    const text = await readFile(this.#path, 'utf8').catch(() => undefined);
    const list = text === undefined ? undefined : parse(text);
    if (list !== undefined) this.#marked = new Intervals(list);
    else if (!isNew) this.#marked = new Intervals([{ first: 1, last: next - 1 }]);
    this.#handed = new Intervals(this.#marked.toList());
    await this.#queue(() => this.#write(this.#marked));
  }

  /** Whether the manager may have it, or may get it any moment. */
  isMarked(seq: number): boolean {
    return this.#marked.has(seq);
  }

  /** Whether the mark is on the disk: it may be sent. */
  maySend(seq: number): boolean {
    return this.#durable.has(seq);
  }

  /** Marks a number, and those behind it. Resolves when that is on the disk. */
  async reserve(seq: number): Promise<void> {
    await this.#queue(async () => {
      if (this.#durable.has(seq)) return;
      this.#marked.add(seq, seq + this.#ahead - 1);
      await this.#write(this.#marked);
    });
  }

  /** The number is really being sent now. */
  handedOver(seq: number): void {
    this.#handed.add(seq);
  }

  /** No connection is open: what was only marked ahead was not sent. Numbers below `first` are nobody's any more. */
  async settle(first: number): Promise<void> {
    await this.#queue(async () => {
      const known = this.#handed.toList().filter(({ last }) => last >= first);
      this.#handed = new Intervals(known);
      await this.#write(this.#handed);
      this.#marked = new Intervals(known);
    });
  }

  async close(): Promise<void> {
    await this.#writing;
  }

  #queue(write: () => Promise<void>): Promise<void> {
    this.#writing = this.#writing.then(write);
    return this.#writing;
  }

  /** A disk without room must not keep messages from being sent: then no file says "any of them". */
  async #write(numbers: Intervals): Promise<void> {
    const list = numbers.toList();
    if (this.#usable) {
      try {
        await writeFileAtomic(this.#path, list.map(({ first, last }) => `${first} ${last}\n`).join(''));
      } catch (error) {
        this.#log.warn('cannot write down what is sent: what waits now will not be merged after a restart', {}, error);
        this.#usable = false;
        await rm(this.#path, { force: true });
        await syncDirectory(dirname(this.#path));
      }
    }
    this.#durable = new Intervals(list);
  }
}

function parse(text: string): { first: number; last: number }[] | undefined {
  const list: { first: number; last: number }[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const match = /^(\d{1,16}) (\d{1,16})$/.exec(line);
    if (match === null) return undefined;
    list.push({ first: Number(match[1]), last: Number(match[2]) });
  }
  return list;
}
