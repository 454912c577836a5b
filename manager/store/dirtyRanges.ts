import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../runtime/error.ts';
import type { Stage } from '../../runtime/lifecycle.ts';
import type { Cell } from './levelCells.ts';
import { cellOf, levelSeconds } from './levelCells.ts';
import { levels } from './schema.ts';

/** A part that was loaded, as roll-ups need to know it. */
export interface LoadedPart {
  tap: number;
  ts: number;
  seconds: number;
  windowSeconds: number;
}

/** A cell of a level that lacks raw rows of the segments `since` to `last`. */
export interface DirtyCell extends Cell {
  level: number;
  tap: number;
  since: number;
  last: number;
  /** The clock's `elapsed` when it was first and last touched in this run; 0 for those of a run before. */
  firstTouched: number;
  touched: number;
}

/** Dirty cells of a tap at a level, by the start of the level's range that they begin in. */
type Ranges = Map<number, DirtyCell[]>;

/** Each entry brings a database from version index to index + 1; entries are never changed, only added. */
const migrations = [
  `CREATE TABLE dirty (
     level INTEGER NOT NULL, tap INTEGER NOT NULL, ts INTEGER NOT NULL, seconds INTEGER NOT NULL,
     since INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (level, tap, ts, seconds)) STRICT, WITHOUT ROWID;
   CREATE TABLE horizon (level INTEGER NOT NULL, tap INTEGER NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (level, tap)) STRICT;
   CREATE TABLE width (
     tap INTEGER NOT NULL, seconds INTEGER NOT NULL, first INTEGER NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (tap, seconds)) STRICT;
   CREATE TABLE loaded (one INTEGER PRIMARY KEY CHECK (one = 1), segment INTEGER NOT NULL) STRICT;`,
];

/** The level below the first: raw rows. */
export const rawLevel = -1;

/**
 * The durable queue of roll-ups, `levels.db`, with a copy in memory: which cells of which level are behind the raw rows,
 * from where on rows of a level still are, how long windows are, and the last segment that was loaded.
 *
 * A cell that is not in it, and lies at or after its level's horizon, holds every raw row of its span that was loaded.
 */
export class DirtyRanges implements Stage {
  readonly name = 'levels queue';
  readonly #path: string;
  #database: DatabaseSync | undefined;
  readonly #dirty = levels.map(() => new Map<number, Ranges>());
  readonly #horizons = new Map<number, Map<number, number>>();
  readonly #widths = new Map<number, Map<number, { first: number; until: number }>>();
  #loaded = 0;
  #size = 0;

  constructor(stateDir: string) {
    this.#path = join(stateDir, 'levels.db');
  }

  start(): void {
    try {
      const database = new DatabaseSync(this.#path);
      this.#database = database;
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
      const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
      if (version > migrations.length)
        throw new AppError('levels.newer', 'levels.db was written by a newer release', { context: { version } });
      for (const [index, statements] of migrations.entries())
        if (index >= version)
          database.exec(`BEGIN IMMEDIATE; ${statements} PRAGMA user_version = ${index + 1}; COMMIT`);
      this.#read(database);
    } catch (error) {
      this.stop();
      if (error instanceof AppError) throw error;
      throw new AppError('levels.unusable', 'cannot open levels.db', { context: { path: this.#path }, cause: error });
    }
  }

  stop(): void {
    this.#database?.close();
    this.#database = undefined;
    for (const level of this.#dirty) level.clear();
    this.#horizons.clear();
    this.#widths.clear();
    this.#loaded = 0;
    this.#size = 0;
  }

  /** Dirty cells of all levels. */
  get size(): number {
    return this.#size;
  }

  /** The last segment whose parts are known here. */
  get loadedUpTo(): number {
    return this.#loaded;
  }

  /**
   * Tells of a segment whose rows are in the raw tables: its cells are behind at every level that still exists. Durable when
   * it returns; told again (a crash came between), it changes nothing that matters. `elapsed`: the clock's.
   */
  load(segment: number, parts: Iterable<LoadedPart>, elapsed: number): void {
    const touched = new Map<string, { level: number; tap: number; cell: Cell }>();
    const widths = new Map<string, { tap: number; seconds: number; first: number; until: number }>();
    for (const { tap, ts, seconds, windowSeconds } of parts) {
      for (const level of levels.keys()) {
        const cell = cellOf(levelSeconds(level), ts, seconds);
        if (cell.ts >= this.horizon(level, tap))
          touched.set(`${level} ${tap} ${cell.ts} ${cell.seconds}`, { level, tap, cell });
      }
      const width = widths.get(`${tap} ${windowSeconds}`) ?? { tap, seconds: windowSeconds, first: ts, until: ts };
      widths.set(`${tap} ${windowSeconds}`, width);
      width.first = Math.min(width.first, ts);
      width.until = Math.max(width.until, ts + seconds);
    }
    this.#transaction((database) => {
      const mark = database.prepare(
        `INSERT INTO dirty (level, tap, ts, seconds, since, last) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (level, tap, ts, seconds) DO UPDATE SET last = max(last, excluded.last)`,
      );
      for (const { level, tap, cell } of touched.values())
        mark.run(level, tap, cell.ts, cell.seconds, segment, segment);
      const widen = database.prepare(
        `INSERT INTO width (tap, seconds, first, until) VALUES (?, ?, ?, ?)
         ON CONFLICT (tap, seconds) DO UPDATE SET first = min(first, excluded.first), until = max(until, excluded.until)`,
      );
      for (const { tap, seconds, first, until } of widths.values())
        if (this.#isWider(tap, seconds, first, until)) widen.run(tap, seconds, first, until);
      database
        .prepare(
          `INSERT INTO loaded (one, segment) VALUES (1, ?)
           ON CONFLICT (one) DO UPDATE SET segment = max(segment, excluded.segment)`,
        )
        .run(segment);
    });
    // Memory follows the disk: what a full disk did not take is told again.
    for (const { tap, seconds, first, until } of widths.values()) this.#widen(tap, seconds, first, until);
    this.#loaded = Math.max(this.#loaded, segment);
    for (const { level, tap, cell } of touched.values()) this.#mark(level, tap, cell, segment, segment, elapsed);
  }

  /** Cells were rolled up to segment `upTo`. Those that later segments touched stay. */
  clean(cells: readonly DirtyCell[], upTo: number): void {
    this.#transaction((database) => {
      const remove = database.prepare(
        'DELETE FROM dirty WHERE level = ? AND tap = ? AND ts = ? AND seconds = ? AND last <= ?',
      );
      const raise = database.prepare(
        'UPDATE dirty SET since = max(since, ?) WHERE level = ? AND tap = ? AND ts = ? AND seconds = ?',
      );
      for (const { level, tap, ts, seconds } of cells) {
        remove.run(level, tap, ts, seconds, upTo);
        raise.run(upTo + 1, level, tap, ts, seconds);
      }
    });
    for (const { level, tap, ts, seconds } of cells) {
      const ranges = this.#dirty[level]?.get(tap);
      const range = rangeStart(level, ts);
      const all = ranges?.get(range) ?? [];
      const left = all.filter((one) => one.ts !== ts || one.seconds !== seconds || one.last > upTo);
      this.#size -= all.length - left.length;
      for (const one of left) if (one.ts === ts && one.seconds === seconds) one.since = Math.max(one.since, upTo + 1);
      if (left.length > 0) ranges?.set(range, left);
      else ranges?.delete(range);
      if (ranges?.size === 0) this.#dirty[level]?.delete(tap);
    }
  }

  /** Rows of a tap at a level that begin before `until` are gone, or will be when this returns. -1 is raw. */
  drop(level: number, untilOfTap: Iterable<readonly [tap: number, until: number]>): void {
    const list = [...untilOfTap];
    this.#transaction((database) => {
      const raise = database.prepare(
        `INSERT INTO horizon (level, tap, until) VALUES (?, ?, ?)
         ON CONFLICT (level, tap) DO UPDATE SET until = max(until, excluded.until)`,
      );
      const forget = database.prepare('DELETE FROM dirty WHERE level = ? AND tap = ? AND ts < ?');
      for (const [tap, until] of list) {
        raise.run(level, tap, until);
        if (level !== rawLevel) forget.run(level, tap, until);
      }
    });
    for (const [tap, until] of list) {
      this.#raise(level, tap, until);
      const ranges = this.#dirty[level]?.get(tap);
      for (const [range, cells] of ranges ?? []) {
        const left = cells.filter(({ ts }) => ts >= until);
        this.#size -= cells.length - left.length;
        if (left.length > 0) ranges?.set(range, left);
        else ranges?.delete(range);
      }
    }
  }

  /** Start from which a tap's rows of a level are there; -1 is raw. */
  horizon(level: number, tap: number): number {
    return this.#horizons.get(level)?.get(tap) ?? -Infinity;
  }

  /** Dirty cells of a tap that begin in the level's range that starts at `range`. */
  at(level: number, tap: number, range: number): readonly DirtyCell[] {
    return this.#dirty[level]?.get(tap)?.get(range) ?? [];
  }

  /** Starts of the ranges of a tap at a level in [from, to) that have dirty cells, ascending. */
  ranges(level: number, tap: number, from: number, to: number): number[] {
    const ranges = this.#dirty[level]?.get(tap);
    if (ranges === undefined) return [];
    const length = levelSeconds(level);
    const found: number[] = [];
    if ((to - from) / length < ranges.size) {
      for (let at = rangeStart(level, from); at < to; at += length) if (at >= from && ranges.has(at)) found.push(at);
      return found;
    }
    for (const at of ranges.keys()) if (at >= from && at < to) found.push(at);
    return found.sort((a, b) => a - b);
  }

  /** All dirty cells of a level. */
  *all(level: number): Iterable<DirtyCell> {
    for (const ranges of this.#dirty[level]?.values() ?? []) for (const cells of ranges.values()) yield* cells;
  }

  /** Lengths of a tap's windows that exist in [from, to). */
  widths(tap: number, from: number, to: number): number[] {
    const widths: number[] = [];
    for (const [seconds, span] of this.#widths.get(tap) ?? [])
      if (span.first < to && span.until > from) widths.push(seconds);
    return widths;
  }

  /** Start of the first part of a tap that was ever loaded, and end of the last. */
  extent(tap: number): { first: number; until: number } {
    const extent = { first: Infinity, until: -Infinity };
    for (const { first, until } of this.#widths.get(tap)?.values() ?? []) {
      extent.first = Math.min(extent.first, first);
      extent.until = Math.max(extent.until, until);
    }
    return extent;
  }

  #read(database: DatabaseSync): void {
    for (const row of database.prepare('SELECT level, tap, ts, seconds, since, last FROM dirty').iterate())
      this.#mark(
        Number(row['level']),
        Number(row['tap']),
        { ts: Number(row['ts']), seconds: Number(row['seconds']) },
        Number(row['since']),
        Number(row['last']),
        0,
      );
    for (const row of database.prepare('SELECT level, tap, until FROM horizon').iterate())
      this.#raise(Number(row['level']), Number(row['tap']), Number(row['until']));
    for (const row of database.prepare('SELECT tap, seconds, first, until FROM width').iterate())
      this.#widen(Number(row['tap']), Number(row['seconds']), Number(row['first']), Number(row['until']));
    this.#loaded = Number(database.prepare('SELECT segment FROM loaded').get()?.['segment'] ?? 0);
  }

  #mark(level: number, tap: number, cell: Cell, since: number, last: number, elapsed: number): void {
    const taps = this.#dirty[level];
    if (taps === undefined) return;
    const ranges: Ranges = taps.get(tap) ?? new Map<number, DirtyCell[]>();
    taps.set(tap, ranges);
    const start = rangeStart(level, cell.ts);
    const cells = ranges.get(start) ?? [];
    ranges.set(start, cells);
    const known = cells.find(({ ts, seconds }) => ts === cell.ts && seconds === cell.seconds);
    if (known === undefined) {
      cells.push({ ...cell, level, tap, since, last, firstTouched: elapsed, touched: elapsed });
      this.#size += 1;
    } else Object.assign(known, { last: Math.max(known.last, last), touched: elapsed });
  }

  #raise(level: number, tap: number, until: number): void {
    const taps = this.#horizons.get(level) ?? new Map<number, number>();
    this.#horizons.set(level, taps);
    taps.set(tap, Math.max(until, taps.get(tap) ?? -Infinity));
  }

  #isWider(tap: number, seconds: number, first: number, until: number): boolean {
    const known = this.#widths.get(tap)?.get(seconds);
    return known === undefined || known.first > first || known.until < until;
  }

  #widen(tap: number, seconds: number, first: number, until: number): void {
    const widths = this.#widths.get(tap) ?? new Map<number, { first: number; until: number }>();
    this.#widths.set(tap, widths);
    const known = widths.get(seconds);
    widths.set(seconds, {
      first: Math.min(first, known?.first ?? first),
      until: Math.max(until, known?.until ?? until),
    });
  }

  #transaction(action: (database: DatabaseSync) => void): void {
    const database = this.#database;
    if (database === undefined) throw new TypeError('levels.db is not open');
    database.exec('BEGIN IMMEDIATE');
    try {
      action(database);
      database.exec('COMMIT');
    } catch (error) {
      // A full disk has SQLite take it back by itself.
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }
}

/** Start of the level's range that `ts` is in. */
export function rangeStart(level: number, ts: number): number {
  const length = levelSeconds(level);
  return Math.floor(ts / length) * length;
}
