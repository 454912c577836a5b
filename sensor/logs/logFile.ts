import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { jsonWriter } from '../../core/records/jsonLine.ts';
import type { Log, Row } from '../../core/records/record.ts';
import { tsvFooter, tsvHeader, tsvLine } from '../../core/records/tsv.ts';
import { AppError } from '../../runtime/error.ts';
import { RowOrder } from './rowOrder.ts';

/** Rows that are held to put them in order, the later half of them at least, and octets in them. */
const MOST_ROWS = 131_072;
const MOST_OCTETS = 48 << 20;
/** Octets of one write; a longer line is one alone. */
const WRITE_OCTETS = 1 << 18;

export type LogFormat = 'json' | 'tsv';

export interface LogFileOptions {
  /** The folder; it is there. */
  directory: string;
  format: LogFormat;
  /** The fields that are written; all if absent. */
  only?: ReadonlySet<string>;
  /** The wall clock, for TSV's `#open` and `#close`. */
  now: () => Date;
}

/**
 * One log as a file, `PATH.log`, in order of `ts` as far as the 65,536 to 131,072 rows that are held allow. It comes to be with the
 * first row, hidden beside its place until `close` renames it: a run that is broken off leaves the old file.
 */
export class LogFile {
  readonly #log: Log;
  readonly #options: LogFileOptions;
  readonly #order: RowOrder;
  readonly #print: (row: Row) => string;
  readonly #place: string;
  readonly #hidden: string;
  #descriptor = -1;
  #bytes: Buffer = Buffer.allocUnsafeSlow(0);
  #used = 0;
  /** Rows so far. */
  rows = 0;

  constructor(log: Log, options: LogFileOptions) {
    this.#log = log;
    this.#options = options;
    const { format, only } = options;
    this.#print = format === 'json' ? jsonWriter(log, only) : (row) => tsvLine(log, row, only);
    this.#order = new RowOrder(MOST_ROWS, MOST_OCTETS, (bytes, from, to) => this.#line(bytes, from, to));
    this.#place = path.join(options.directory, `${log.path}.log`);
    this.#hidden = path.join(options.directory, `.${log.path}.log.${randomBytes(6).toString('hex')}`);
  }

  /** Takes a row with its `ts`. Throws an `AppError` when the file can't be written. */
  add(ts: number, row: Row): void {
    this.rows++;
    this.#order.add(ts, this.#print(row));
  }

  /** Writes what is left and puts the file in its place; without a row there is none. */
  close(): void {
    if (this.rows === 0) return;
    this.#order.flush();
    this.#write();
    if (this.#options.format === 'tsv') this.#append(Buffer.from(tsvFooter(tsvTime(this.#options.now()))));
    this.#attempt(() => {
      fs.closeSync(this.#descriptor);
      this.#descriptor = -1;
      fs.renameSync(this.#hidden, this.#place);
    });
  }

  /** Gives up: no file comes to be. */
  discard(): void {
    if (this.#descriptor < 0) return;
    fs.closeSync(this.#descriptor);
    this.#descriptor = -1;
    fs.rmSync(this.#hidden, { force: true });
  }

  #line(bytes: Buffer, from: number, to: number): void {
    if (this.#used + to - from > this.#bytes.length) {
      this.#write();
      if (this.#bytes.length === 0) this.#bytes = Buffer.allocUnsafeSlow(WRITE_OCTETS);
      if (to - from > this.#bytes.length) {
        this.#append(bytes.subarray(from, to));
        return;
      }
    }
    this.#used += bytes.copy(this.#bytes, this.#used, from, to);
  }

  #write(): void {
    const used = this.#used;
    this.#used = 0;
    if (used > 0) this.#append(this.#bytes.subarray(0, used));
  }

  #append(bytes: Uint8Array): void {
    this.#attempt(() => {
      if (this.#descriptor < 0) {
        this.#descriptor = fs.openSync(this.#hidden, 'wx');
        const { format, now, only } = this.#options;
        if (format === 'tsv') this.#put(Buffer.from(tsvHeader(this.#log, tsvTime(now()), only)));
      }
      this.#put(bytes);
    });
  }

  #put(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) at += fs.writeSync(this.#descriptor, bytes, at);
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      throw new AppError('logs.output', 'a log could not be written', {
        context: { file: this.#place },
        cause: error,
      });
    }
  }
}

/** A time as Zeek's header has it: 2026-01-31-23-59-59, local time. */
export function tsvTime(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day}-${two(time.getHours())}-${two(time.getMinutes())}-${two(time.getSeconds())}`;
}
