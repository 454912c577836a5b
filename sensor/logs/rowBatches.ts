import { encodeColumns } from '../../core/records/columns.ts';
import { logs } from '../../core/records/logs.ts';
import { isList, type Log, type Row } from '../../core/records/record.ts';
import { LogsShared, MOST_ON_THE_WAY } from './logsOrder.ts';
import type { RowsInput } from './logsOrder.ts';

/** Rows of a log that are held before they go. */
const ROWS_A_BATCH = 512;
/** Characters of texts and items of lists, above which they go sooner. */
const MOST_CHARACTERS = 1 << 20;

export interface RowBatchesOptions {
  /** Paths of the logs that are wanted; rows of others are not kept. */
  logs: readonly string[];
  /** Bytes on the way, of all workers: `LogsShared`. */
  shared: SharedArrayBuffer;
  /** Live rows are given up when the other end is behind; else the worker waits. */
  live: boolean;
  send: (input: RowsInput, transfer: readonly ArrayBuffer[]) => void;
}

/** A worker's end of the way of rows: gathers rows of each log, and sends them as columns. Never waits for a disk when live. */
export class RowBatches {
  readonly #options: RowBatchesOptions;
  readonly #shared: Int32Array;
  readonly #held: Map<Log, Row[]> = new Map();
  /** Fields of each log that may be long. */
  readonly #long: Map<Log, readonly string[]> = new Map();
  /** Characters that are held, about: what went with a full batch counts on. */
  #characters = 0;
  readonly #dropped: Map<string, number> = new Map();

  constructor(options: RowBatchesOptions) {
    this.#options = options;
    this.#shared = new Int32Array(options.shared);
    for (const log of logs) {
      if (!options.logs.includes(log.path)) continue;
      this.#held.set(log, []);
      this.#long.set(log, longFields(log));
    }
  }

  /** Takes a row of any log. */
  readonly emit = (log: Log, row: Row): void => {
    const held = this.#held.get(log);
    if (held === undefined) return;
    held.push(row);
    this.#characters += lengthOf(row, this.#long.get(log) ?? []);
    if (this.#characters > MOST_CHARACTERS) this.#giveAll();
    else if (held.length >= ROWS_A_BATCH) this.#give(log, held);
  };

  /** Sends what is held: all rows that came to be before `at`, in seconds since 1970. */
  mark(at: number): void {
    this.#giveAll();
    this.#options.send({ type: 'mark', at, dropped: [...this.#dropped] }, []);
    this.#dropped.clear();
  }

  end(at: number): void {
    this.mark(at);
    this.#options.send({ type: 'end' }, []);
  }

  #giveAll(): void {
    this.#characters = 0;
    for (const [log, held] of this.#held) if (held.length > 0) this.#give(log, held);
  }

  #give(log: Log, held: Row[]): void {
    const rows = held.splice(0);
    if (!this.#hasRoom()) {
      this.#dropped.set(log.path, (this.#dropped.get(log.path) ?? 0) + rows.length);
      Atomics.add(this.#shared, LogsShared.ROWS_DROPPED, rows.length);
      return;
    }
    const columns = encodeColumns(log, rows);
    Atomics.add(this.#shared, LogsShared.BYTES_ON_THE_WAY, columns.byteLength);
    this.#options.send({ type: 'rows', log: log.path, columns, rows: rows.length }, [columns]);
  }

  #hasRoom(): boolean {
    const bytes = (): number => Atomics.load(this.#shared, LogsShared.BYTES_ON_THE_WAY);
    if (this.#options.live) return bytes() < MOST_ON_THE_WAY;
    for (let now = bytes(); now >= MOST_ON_THE_WAY; now = bytes()) {
      Atomics.wait(this.#shared, LogsShared.BYTES_ON_THE_WAY, now, 1000);
    }
    return true;
  }
}

/** Names of the fields whose values are texts of any length, or lists. */
function longFields({ fields }: Log): readonly string[] {
  return fields
    .filter(({ name, type }) => (type === 'string' && name !== 'uid') || isList(type))
    .map(({ name }) => name);
}

function lengthOf(row: Row, names: readonly string[]): number {
  let length = 0;
  for (const name of names) {
    const value = row[name];
    if (typeof value === 'string') length += value.length;
    else if (typeof value === 'object') for (const item of value) length += typeof item === 'string' ? item.length : 8;
  }
  return length;
}
