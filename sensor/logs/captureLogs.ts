import fs from 'node:fs';
import { logs } from '../../core/records/logs.ts';
import type { Log, Row } from '../../core/records/record.ts';
import { AppError } from '../../runtime/error.ts';
import { LogFile, type LogFormat } from './logFile.ts';

export interface LogsOptions {
  /** Folder of the logs, made if need be. */
  directory: string;
  format: LogFormat;
  /** Names of the fields that are written; all if absent. A log that has none of them is not written. */
  fields?: readonly string[];
  now: () => Date;
}

/** The logs of one run: rows to files in a folder, one a log that has rows. */
export class CaptureLogs {
  readonly #options: LogsOptions;
  readonly #files: Map<Log, LogFile> = new Map();

  /** Throws an `AppError` when there can be no such folder. */
  constructor(options: LogsOptions) {
    this.#options = options;
    try {
      fs.mkdirSync(options.directory, { recursive: true });
    } catch (error) {
      throw new AppError('logs.output', 'the folder of the logs could not be made', {
        context: { directory: options.directory },
        cause: error,
      });
    }
    for (const log of logs) this.#open(log);
  }

  /** Takes a row of any log. */
  readonly emit = (log: Log, row: Row & { readonly ts: number }): void => {
    this.#files.get(log)?.add(row.ts, row);
  };

  /** All rows are there. */
  close(): void {
    for (const file of this.#files.values()) file.close();
  }

  /** Gives up: no file comes to be. */
  discard(): void {
    for (const file of this.#files.values()) file.discard();
  }

  #open(log: Log): void {
    const { directory, format, fields, now } = this.#options;
    const only = fields === undefined ? undefined : new Set(fields);
    if (only !== undefined && !log.fields.some((field) => only.has(field.name))) return;
    this.#files.set(log, new LogFile(log, { directory, format, now, ...(only === undefined ? {} : { only }) }));
  }
}
