import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../runtime/error.ts';
import type { Stage } from '../../runtime/lifecycle.ts';
import { tapId } from './journalEntry.ts';
import type { TapKey, TapSpan, WindowRow } from './summaryStore.ts';

/** A tap with its number in the engine's tables. */
export interface NumberedTap extends TapSpan {
  id: number;
}

/** Each entry brings a database from version index to index + 1; entries are never changed, only added. */
const migrations = [
  `CREATE TABLE tap (
     id INTEGER PRIMARY KEY AUTOINCREMENT, site TEXT NOT NULL, sensor TEXT NOT NULL, tap TEXT NOT NULL,
     replay INTEGER NOT NULL, first REAL, newest REAL, until REAL, seconds INTEGER NOT NULL, windows INTEGER NOT NULL,
     expired_to REAL, loaded_to INTEGER NOT NULL, UNIQUE (site, sensor, tap)) STRICT;`,
];

/**
 * The taps whose rows the engine holds: the numbers that stand for them there, and what is told of them without asking
 * the engine. One SQLite file, `store.db`; who copies or moves the engine's data takes it along.
 */
export interface TapTable extends Stage {
  /** Number of a tap, made when it is new. From 1. */
  idOf(tap: TapKey): number;
  /** The tap of a number, or undefined. */
  tapOf(id: number): NumberedTap | undefined;
  taps(): NumberedTap[];
  /** Takes note of the rows of a loaded segment, once however often it is told. */
  loaded(segment: number, rows: readonly WindowRow[]): void;
  /** Rows of a tap that end before `to` are not there any more, at any level. */
  expired(id: number, to: number): void;
}

/** Inert before `start`. */
export function createTapTable(directory: string): TapTable {
  let database: DatabaseSync | undefined;
  const byKey = new Map<string, NumberedTap>();
  const byId = new Map<number, NumberedTap>();

  function db(): DatabaseSync {
    if (database === undefined) throw new AppError('store.closed', 'the store is not open');
    return database;
  }

  function open(): void {
    database = new DatabaseSync(join(directory, 'store.db'));
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    const version = Number(db().prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
    if (version > migrations.length)
      throw new AppError('store.newer', 'store.db was written by a newer release', { context: { version } });
    for (const [index, statements] of migrations.entries())
      if (index >= version) db().exec(`BEGIN IMMEDIATE; ${statements} PRAGMA user_version = ${index + 1}; COMMIT`);
  }

  function read(): void {
    byKey.clear();
    byId.clear();
    for (const row of db().prepare('SELECT * FROM tap').all()) {
      const first = Number(row['first'] ?? 0);
      keep({
        id: Number(row['id']),
        site: String(row['site']),
        sensor: String(row['sensor']),
        tap: String(row['tap']),
        replay: row['replay'] === 1,
        from: first,
        to: Number(row['until'] ?? first),
        seconds: Number(row['seconds']),
        expiredTo: row['expired_to'] === null ? undefined : Number(row['expired_to']),
        windows: Number(row['windows']),
      });
    }
  }

  function keep(tap: NumberedTap): void {
    byKey.set(tapId(tap), tap);
    byId.set(tap.id, tap);
  }

  return {
    name: 'taps',
    start() {
      try {
        open();
        read();
      } catch (error) {
        database?.close();
        database = undefined;
        if (error instanceof AppError) throw error;
        throw new AppError('store.unusable', 'cannot open store.db', { context: { directory }, cause: error });
      }
    },
    stop() {
      database?.close();
      database = undefined;
    },

    idOf(tap) {
      const known = byKey.get(tapId(tap));
      if (known !== undefined) return known.id;
      const { site, sensor, tap: name } = tap;
      const { lastInsertRowid } = db()
        .prepare(
          'INSERT INTO tap (site, sensor, tap, replay, seconds, windows, loaded_to) VALUES (?, ?, ?, 0, 0, 0, 0)',
        )
        .run(site, sensor, name);
      const id = Number(lastInsertRowid);
      keep({
        id,
        site,
        sensor,
        tap: name,
        replay: false,
        from: 0,
        to: 0,
        seconds: 0,
        expiredTo: undefined,
        windows: 0,
      });
      return id;
    },
    tapOf: (id) => byId.get(id),
    taps: () => [...byId.values()],

    loaded(segment, rows) {
      const update = db().prepare(
        `UPDATE tap SET first = min(coalesce(first, ?1), ?1),
           replay = CASE WHEN newest IS NULL OR ?2 >= newest THEN ?3 ELSE replay END,
           seconds = CASE WHEN newest IS NULL OR ?2 >= newest THEN ?4 ELSE seconds END,
           until = CASE WHEN newest IS NULL OR ?2 >= newest THEN ?2 + ?4 ELSE until END,
           newest = max(coalesce(newest, ?2), ?2), windows = windows + ?5, loaded_to = ?6
         WHERE site = ?7 AND sensor = ?8 AND tap = ?9 AND loaded_to < ?6`,
      );
      db().exec('BEGIN IMMEDIATE');
      try {
        for (const { key, first, newest, windows } of summaries(rows)) {
          const { start, windowSeconds, replay } = newest;
          update.run(first, start, Number(replay), windowSeconds, windows, segment, key.site, key.sensor, key.tap);
        }
        db().exec('COMMIT');
      } catch (error) {
        if (db().isTransaction) db().exec('ROLLBACK');
        throw error;
      }
      read();
    },
    expired(id, to) {
      db().prepare('UPDATE tap SET expired_to = max(coalesce(expired_to, ?1), ?1) WHERE id = ?2').run(to, id);
      const tap = byId.get(id);
      if (tap !== undefined) tap.expiredTo = Math.max(tap.expiredTo ?? to, to);
    },
  };
}

interface TapSummary {
  key: TapKey;
  first: number;
  newest: WindowRow;
  windows: number;
}

/** What a segment tells of each tap. Parts of longer periods tell nothing of windows. */
function summaries(rows: readonly WindowRow[]): TapSummary[] {
  const taps = new Map<string, TapSummary>();
  for (const row of rows) {
    if (row.seconds !== row.windowSeconds) continue;
    const { site, sensor, tap } = row;
    const id = tapId(row);
    const summary = taps.get(id) ?? { key: { site, sensor, tap }, first: row.start, newest: row, windows: 0 };
    taps.set(id, summary);
    summary.first = Math.min(summary.first, row.start);
    if (row.start >= summary.newest.start) summary.newest = row;
    summary.windows += 1;
  }
  return [...taps.values()];
}
