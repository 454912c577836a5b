import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { jsonLine } from '../../core/records/jsonLine.ts';
import type { Log, Row } from '../../core/records/record.ts';
import { tsvFooter, tsvHeader, tsvLine } from '../../core/records/tsv.ts';
import { AppError } from '../../runtime/error.ts';
import { RowOrder } from './rowOrder.ts';

/** Rows that are held to put them in order, and characters in them (times two in octets, at most). */
const MOST_ROWS = 65_536;
const MOST_CHARACTERS = 32 << 20;
/** Characters of one write. */
const WRITE_CHARACTERS = 1 << 18;

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
 * One log as a file, `PATH.log`, in order of `ts` as far as 65,536 rows that are held allow. It comes to be with the
 * first row, hidden beside its place until `close` renames it: a run that is broken off leaves the old file.
 */
export class LogFile {
  readonly #log: Log;
  readonly #options: LogFileOptions;
  readonly #order: RowOrder = new RowOrder(MOST_ROWS, MOST_CHARACTERS);
  readonly #place: string;
  readonly #hidden: string;
  #descriptor = -1;
  #text = '';
  /** Rows so far. */
  rows = 0;

  constructor(log: Log, options: LogFileOptions) {
    this.#log = log;
    this.#options = options;
    this.#place = path.join(options.directory, `${log.path}.log`);
    this.#hidden = path.join(options.directory, `.${log.path}.log.${randomBytes(6).toString('hex')}`);
  }

  /** Takes a row with its `ts`. Throws an `AppError` when the file can't be written. */
  add(ts: number, row: Row): void {
    const { format, only } = this.#options;
    this.rows++;
    this.#order.add(ts, format === 'json' ? jsonLine(this.#log, row, only) : tsvLine(this.#log, row, only), this.#out);
  }

  /** Writes what is left and puts the file in its place; without a row there is none. */
  close(): void {
    if (this.rows === 0) return;
    this.#order.flush(this.#out);
    if (this.#options.format === 'tsv') this.#text += tsvFooter(tsvTime(this.#options.now()));
    this.#write();
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

  readonly #out = (line: string): void => {
    this.#text += `${line}\n`;
    if (this.#text.length >= WRITE_CHARACTERS) this.#write();
  };

  #write(): void {
    let text = this.#text;
    this.#text = '';
    this.#attempt(() => {
      if (this.#descriptor < 0) {
        this.#descriptor = fs.openSync(this.#hidden, 'wx');
        const { format, now, only } = this.#options;
        if (format === 'tsv') text = tsvHeader(this.#log, tsvTime(now()), only) + text;
      }
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length;) at += fs.writeSync(this.#descriptor, bytes, at);
    });
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
