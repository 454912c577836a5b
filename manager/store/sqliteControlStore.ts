import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../runtime/error.ts';
import type { Stage } from '../../runtime/lifecycle.ts';
import type { ControlStore, KnownSensor } from './controlStore.ts';

/** Each entry brings a database from version index to index + 1; entries are never changed, only added. */
const migrations = [
  `CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
   CREATE TABLE sensor (
     site TEXT NOT NULL, name TEXT NOT NULL, software TEXT NOT NULL, replay INTEGER NOT NULL,
     first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, PRIMARY KEY (site, name)) STRICT;
   CREATE TABLE stream (
     stream TEXT PRIMARY KEY, site TEXT NOT NULL, name TEXT NOT NULL, replay INTEGER NOT NULL, first_seen INTEGER NOT NULL) STRICT;`,
];

/** The control store in one SQLite file, `control.db` in the state directory. Inert before `start`. */
export function createControlStore(stateDir: string): ControlStore & Stage {
  let database: DatabaseSync | undefined;

  function db(): DatabaseSync {
    if (database === undefined) throw new AppError('control.closed', 'the control store is not open');
    return database;
  }

  function migrate(): void {
    const version = Number(db().prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
    if (version > migrations.length)
      throw new AppError('control.newer', 'control.db was written by a newer release', { context: { version } });
    for (const [index, statements] of migrations.entries()) {
      if (index < version) continue;
      db().exec(`BEGIN IMMEDIATE; ${statements} PRAGMA user_version = ${index + 1}; COMMIT`);
    }
  }

  return {
    name: 'control store',
    start() {
      try {
        database = new DatabaseSync(join(stateDir, 'control.db'));
        database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
        migrate();
      } catch (error) {
        database?.close();
        database = undefined;
        if (error instanceof AppError) throw error;
        throw new AppError('control.unusable', 'cannot open control.db', { context: { stateDir }, cause: error });
      }
    },
    stop() {
      database?.close();
      database = undefined;
    },

    seed() {
      const insert = db().prepare("INSERT INTO setting (name, value) VALUES ('seed', ?) ON CONFLICT (name) DO NOTHING");
      insert.run(randomBytes(16));
      const value = db().prepare("SELECT value FROM setting WHERE name = 'seed'").get()?.['value'];
      if (!(value instanceof Uint8Array) || value.length !== 16)
        throw new AppError('control.damaged', 'the seed in control.db is damaged');
      return value;
    },

    sensorSeen({ site, name, software, replay, stream }, atMillis) {
      const at = Math.trunc(atMillis);
      db()
        .prepare(
          'INSERT INTO stream (stream, site, name, replay, first_seen) VALUES (?, ?, ?, ?, ?) ON CONFLICT (stream) DO NOTHING',
        )
        .run(stream, site, name, Number(replay), at);
      const owner = db().prepare('SELECT site, name FROM stream WHERE stream = ?').get(stream);
      if (owner?.['site'] !== site || owner['name'] !== name) return false;
      db()
        .prepare(
          `INSERT INTO sensor (site, name, software, replay, first_seen, last_seen) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT (site, name) DO UPDATE SET software = excluded.software, replay = excluded.replay, last_seen = excluded.last_seen`,
        )
        .run(site, name, software, Number(replay), at, at);
      return true;
    },

    touch(site, name, atMillis) {
      db().prepare('UPDATE sensor SET last_seen = ? WHERE site = ? AND name = ?').run(Math.trunc(atMillis), site, name);
    },

    sensors() {
      const rows = db()
        .prepare('SELECT site, name, software, replay, first_seen, last_seen FROM sensor ORDER BY site, name')
        .all();
      return rows.map((row): KnownSensor => ({
        site: String(row['site']),
        name: String(row['name']),
        software: String(row['software']),
        replay: row['replay'] === 1,
        firstSeen: Number(row['first_seen']),
        lastSeen: Number(row['last_seen']),
      }));
    },
  };
}
