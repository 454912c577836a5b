import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { jsonOctets } from '../../core/records/jsonLine.ts';
import type { Log, Row } from '../../core/records/record.ts';
import { tsvFooter, tsvHeader, tsvLine } from '../../core/records/tsv.ts';
import { AppError } from '../../runtime/error.ts';
import { type LineWriter, RowOrder } from './rowOrder.ts';

/** Rows that are held to put them in order, the later half of them at least, and octets in them. */
const MOST_ROWS = 131_072;
const MOST_OCTETS = 48 << 20;

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
  readonly #order: RowOrder<Row>;
  readonly #place: string;
  readonly #hidden: string;
  #descriptor = -1;
  /** Rows so far. */
  rows = 0;

  constructor(log: Log, options: LogFileOptions) {
    this.#log = log;
    this.#options = options;
    const { format, only } = options;
    const write = format === 'json' ? jsonOctets(log, only) : tsvOctets(log, only);
    this.#order = new RowOrder(write, MOST_ROWS, MOST_OCTETS, (bytes, from, to) => {
      this.#append(bytes.subarray(from, to));
    });
    this.#place = path.join(options.directory, `${log.path}.log`);
    this.#hidden = path.join(options.directory, `.${log.path}.log.${randomBytes(6).toString('hex')}`);
  }

  /** Takes a row with its `ts`. Throws an `AppError` when the file can't be written. */
  add(ts: number, row: Row): void {
    this.rows++;
    this.#order.add(ts, row);
  }

  /** Writes what is left and puts the file in its place; without a row there is none. */
  close(): void {
    if (this.rows === 0) return;
    this.#order.flush();
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

function tsvOctets(log: Log, only: ReadonlySet<string> | undefined): LineWriter<Row> {
  const encoder = new TextEncoder();
  return (row, block) => {
    const octets = encoder.encode(tsvLine(log, row, only));
    block.reserve(octets.length);
    block.bytes.set(octets, block.used);
    block.used += octets.length;
  };
}

/** A time as Zeek's header has it: 2026-01-31-23-59-59, local time. */
export function tsvTime(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day}-${two(time.getHours())}-${two(time.getMinutes())}-${two(time.getSeconds())}`;
}
