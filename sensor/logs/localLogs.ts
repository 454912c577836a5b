import fs from 'node:fs';
import path from 'node:path';
import { jsonWriter } from '../../core/records/jsonLine.ts';
import { logs } from '../../core/records/logs.ts';
import type { Log, Row } from '../../core/records/record.ts';
import { tsvFooter, tsvHeader, tsvLine } from '../../core/records/tsv.ts';
import { describeError } from '../../runtime/error.ts';
import { LocalFile } from './localFile.ts';
import { tsvTime } from './logFile.ts';
import type { LocalLogsOptions } from './logsOrder.ts';

/** Characters of a log that are held at most before they are written. */
const MOST_CHARACTERS = 1 << 20;
/** A file that holds more than this share of the space is followed by another. */
const FILES_OF_SPACE = 8;

interface Open {
  /** Prints a row without its end. */
  readonly print: (row: Row) => string;
  file: LocalFile | undefined;
  /** Start of its period, in seconds. */
  period: number;
  lines: { ts: number; text: string }[];
  characters: number;
  /** Nothing was written yet since it was opened. */
  isFresh: boolean;
}

/** What happened since it was asked last. */
export interface LocalCounts {
  written: number;
  removed: number;
  unwritten: number;
  why: string | undefined;
}

/**
 * Logs on this host: `NAME.2026-11-28T22-00-00Z.log`, one a log and period, which can be read while they are written.
 * Lines of one flush are in order of `ts`. All files together keep within their space: the oldest go first. What the disk
 * does not take is given up, counted and told; nothing throws.
 */
export class LocalLogs {
  readonly #options: LocalLogsOptions;
  readonly #now: () => number;
  readonly #open: Map<Log, Open> = new Map();
  #counts: LocalCounts = { written: 0, removed: 0, unwritten: 0, why: undefined };

  /** `now`: the wall clock in milliseconds. */
  constructor(options: LocalLogsOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
    for (const log of logs) {
      if (options.logs.includes(log.path)) {
        const print = options.format === 'json' ? jsonWriter(log) : (row: Row): string => tsvLine(log, row);
        this.#open.set(log, { print, file: undefined, period: 0, lines: [], characters: 0, isFresh: true });
      }
    }
  }

  add(log: Log, rows: readonly Row[]): void {
    const open = this.#open.get(log);
    if (open === undefined) return;
    for (const row of rows) {
      const text = open.print(row);
      open.lines.push({ ts: Number(row['ts']), text });
      open.characters += text.length;
      if (open.characters >= MOST_CHARACTERS) this.#write(log, open);
    }
  }

  /** Writes what is held, and removes what is beyond the space. */
  flush(): void {
    for (const [log, open] of this.#open) if (open.lines.length > 0) this.#write(log, open);
    this.#attempt(() => this.#keepWithin());
  }

  /** What happened since the last time. */
  counts(): LocalCounts {
    const counts = this.#counts;
    this.#counts = { written: 0, removed: 0, unwritten: 0, why: undefined };
    return counts;
  }

  close(): void {
    this.flush();
    for (const open of this.#open.values()) this.#attempt(() => this.#end(open));
  }

  #write(log: Log, open: Open): void {
    const lines = open.lines.splice(0).sort((a, b) => a.ts - b.ts);
    open.characters = 0;
    const text = lines.map((line) => `${line.text}\n`).join('');
    const isWritten = this.#attempt(() => {
      const file = this.#fileFor(log, open);
      // A file that is gone on with has had its footer.
      const isHeaded = open.isFresh && this.#options.format === 'tsv';
      file.append(isHeaded ? tsvHeader(log, tsvTime(new Date(this.#now()))) + text : text);
      open.isFresh = false;
    });
    if (isWritten) this.#counts.written += lines.length;
    else this.#counts.unwritten += lines.length;
  }

  #fileFor(log: Log, open: Open): LocalFile {
    const { directory, rotateSeconds, maxBytes } = this.#options;
    const now = Math.floor(this.#now() / 1000);
    const period = Math.floor(now / rotateSeconds) * rotateSeconds;
    const isFull = open.file !== undefined && open.file.size >= maxBytes / FILES_OF_SPACE;
    if (open.file !== undefined && open.period === period && !isFull) return open.file;
    const from = isFull && open.period === period ? now : period;
    this.#end(open);
    fs.mkdirSync(directory, { recursive: true, mode: 0o750 });
    // After a restart the newest file of the period goes on.
    const least = nameOf(log, from);
    const newest = this.#files().findLast(({ path: of, name }) => of === log.path && name > least);
    open.file = new LocalFile(directory, newest?.name ?? least);
    open.period = period;
    open.isFresh = true;
    return open.file;
  }

  #end(open: Open): void {
    const { file } = open;
    open.file = undefined;
    if (file === undefined) return;
    try {
      if (this.#options.format === 'tsv') file.append(tsvFooter(tsvTime(new Date(this.#now()))));
    } finally {
      file.close();
    }
  }

  #keepWithin(): void {
    if (!fs.existsSync(this.#options.directory)) return;
    const files = this.#files();
    const written = new Set([...this.#open.values()].flatMap(({ file }) => file?.name ?? []));
    let total = files.reduce((sum, { size }) => sum + size, 0);
    for (const { name, size } of files.sort((a, b) => (a.stamp < b.stamp ? -1 : 1))) {
      if (total <= this.#options.maxBytes) return;
      if (written.has(name)) continue;
      fs.rmSync(path.join(this.#options.directory, name), { force: true });
      this.#counts.removed += 1;
      total -= size;
    }
  }

  /** Files of ours in the directory, by name: for each log in order of time. */
  #files(): { name: string; path: string; stamp: string; size: number }[] {
    const { directory } = this.#options;
    return fs
      .readdirSync(directory)
      .sort()
      .flatMap((name) => {
        const [, of = '', stamp = ''] = /^([a-z0-9_]+)\.(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)\.log$/.exec(name) ?? [];
        if (!logs.some((log) => log.path === of)) return [];
        const stat = fs.statSync(path.join(directory, name), { throwIfNoEntry: false });
        return stat === undefined ? [] : [{ name, path: of, stamp, size: stat.size }];
      });
  }

  /** False when it failed: that is told. */
  #attempt(action: () => void): boolean {
    try {
      action();
      return true;
    } catch (error) {
      this.#counts.why = describeError(error);
      return false;
    }
  }
}

function nameOf(log: Log, seconds: number): string {
  return `${log.path}.${new Date(seconds * 1000).toISOString().slice(0, 19).replaceAll(':', '-')}Z.log`;
}
