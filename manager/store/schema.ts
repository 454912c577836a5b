import type { ColumnType } from './nativeBlock.ts';
import { Sql } from './sql.ts';

/**
 * The tables of the bulk store, declared once for both profiles of the engine's dialect: `modern` (chDB 26, ClickHouse
 * 24 and later) and `base` (what 18.16 takes). docs/store.md says what they hold.
 */
export type Profile = 'modern' | 'base';

/** Levels of time above the windows: name and seconds. */
export const levels = [
  { name: '1m', seconds: 60 },
  { name: '10m', seconds: 600 },
  { name: '1h', seconds: 3600 },
  { name: '1d', seconds: 86_400 },
] as const;

export type LevelName = (typeof levels)[number]['name'];

export interface Table {
  name: string;
  columns: readonly (readonly [name: string, type: ColumnType])[];
  /** Column whose values are the partitions: what retention drops. */
  partition: string;
  order: readonly string[];
  /** Rows with equal `order` are replaced by the one with the greatest value of this column. */
  replacedBy?: string;
  /** Rows with equal `order` are merged by the states of their columns; a segment is known by its mark (`dnsTables.ts`). */
  marked?: boolean;
  /** Rows of one mark: few where rows are long. */
  granularity: number;
  /** String columns that are worth compressing well. */
  packed: readonly string[];
  /** It is made when it is needed; columns that come with a new release are added to the table that is there. */
  grows?: boolean;
}

const counts = [
  ['packets', 'UInt64'],
  ['octets', 'UInt64'],
  ['kernel', 'UInt64'],
  ['nic', 'UInt64'],
  ['shed', 'UInt64'],
  ['unrecorded', 'UInt64'],
  ['freezes', 'UInt64'],
  ['blind_ms', 'UInt64'],
] as const;

/** `arrived`: whole hours since 1970 at which the segment's last message came; `mgr`, `seg`: who loaded it, from where. */
export const origin = [
  ['arrived', 'UInt32'],
  ['mgr', 'UInt16'],
  ['seg', 'UInt64'],
] as const;

/** One row a part. */
export const winRaw: Table = {
  name: 'win_raw',
  columns: [
    ['tap', 'UInt32'],
    ['ts', 'Int64'],
    ['seconds', 'UInt32'],
    ['window_seconds', 'UInt32'],
    ['replay', 'UInt8'],
    ['covered_from', 'Float64'],
    ['covered_to', 'Float64'],
    ...counts,
    ...origin,
  ],
  partition: 'arrived',
  order: ['tap', 'ts'],
  granularity: 2048,
  packed: [],
};

/** One row a section of a part. */
export const skRaw: Table = {
  name: 'sk_raw',
  columns: [
    ['tap', 'UInt32'],
    ['kind', 'UInt16'],
    ['version', 'UInt16'],
    ['ts', 'Int64'],
    ['seconds', 'UInt32'],
    ['window_seconds', 'UInt32'],
    ['packets', 'UInt64'],
    ['params', 'String'],
    ['seed', 'String'],
    ['data', 'String'],
    ...origin,
  ],
  partition: 'arrived',
  order: ['kind', 'tap', 'ts'],
  granularity: 128,
  packed: ['data'],
};

/** Durable messages that are no part, or one that cannot be read: kept as they came, in no answer. */
export const msgRaw: Table = {
  name: 'msg_raw',
  columns: [
    ['site', 'String'],
    ['sensor', 'String'],
    ['stream', 'String'],
    ['seq', 'UInt64'],
    ['kind', 'UInt32'],
    ['replay', 'UInt8'],
    ['arrived_ms', 'UInt64'],
    ['inflated', 'UInt64'],
    ['data', 'String'],
    ...origin,
  ],
  partition: 'arrived',
  order: ['stream', 'seq'],
  granularity: 128,
  packed: ['data'],
};

/**
 * Counts of a tap in one cell of a level (docs/adr/0010): [ts, ts + seconds) is as long as the level, or a window that lies
 * across the level's bounds, carried as it is. `ver`: every raw row of the cell with `seg` <= `ver` is in it.
 */
export function winLevel(level: LevelName): Table {
  return {
    name: `win_${level}`,
    columns: [
      ['tap', 'UInt32'],
      ['ts', 'Int64'],
      ['seconds', 'UInt32'],
      // All of it came from capture files.
      ['replay', 'UInt8'],
      ...counts,
      // Union of the watched spans as text ("from:to," each, seconds since 1970), and how much of it was blind.
      ['spans', 'String'],
      ['dark_ms', 'Float64'],
      // Windows that were added up.
      ['windows', 'UInt64'],
      // Hour of the newest arrival in it, and month of `ts` (`monthOf`).
      ['arrived', 'UInt32'],
      ['month', 'Int32'],
      ['ver', 'UInt64'],
    ],
    partition: 'month',
    order: ['tap', 'ts', 'seconds'],
    replacedBy: 'ver',
    granularity: 2048,
    packed: ['spans'],
  };
}

/**
 * A merged section of a tap in one cell of a level. `period` 0: it answers for the cell; else a list out of parts of that
 * many seconds, longer than the level, kept for the coarser levels. `ident`: the identity parameters, of which `params`
 * has all; sections of one kind, `ident` and seed are one row. `packets`: of the windows that it stands for.
 */
export function skLevel(level: LevelName): Table {
  return {
    name: `sk_${level}`,
    columns: [
      ['tap', 'UInt32'],
      ['kind', 'UInt16'],
      ['version', 'UInt16'],
      ['ts', 'Int64'],
      ['seconds', 'UInt32'],
      ['period', 'UInt32'],
      ['packets', 'UInt64'],
      ['ident', 'String'],
      ['params', 'String'],
      ['seed', 'String'],
      ['data', 'String'],
      ['arrived', 'UInt32'],
      ['month', 'Int32'],
      ['ver', 'UInt64'],
    ],
    partition: 'month',
    order: ['kind', 'tap', 'ts', 'seconds', 'period', 'ident', 'seed'],
    replacedBy: 'ver',
    granularity: 128,
    packed: ['data'],
  };
}

/** The statement that makes a table where it is missing. */
export function createStatement(table: Table, profile: Profile): Sql {
  const modern = profile === 'modern';
  const columns = table.columns.map(
    ([name, type]) => `${name} ${type}${modern && table.packed.includes(name) ? ' CODEC(ZSTD(1))' : ''}`,
  );
  const engine =
    table.marked === true
      ? 'AggregatingMergeTree()'
      : table.replacedBy === undefined
        ? 'MergeTree()'
        : `ReplacingMergeTree(${table.replacedBy})`;
  const settings = [`index_granularity = ${table.granularity}`];
  // What was loaded is removed from the journal, so it must have reached the disk.
  if (modern) settings.push('fsync_after_insert = 1', 'fsync_part_directory = 1');
  return new Sql(
    `CREATE TABLE IF NOT EXISTS ${table.name} (${columns.join(', ')}) ENGINE = ${engine} ` +
      `PARTITION BY ${table.partition} ORDER BY (${table.order.join(', ')}) SETTINGS ${settings.join(', ')}`,
  );
}

/** Adds the columns that a table of an earlier release has not; undefined when its columns never change. */
export function growStatement(table: Table): Sql | undefined {
  if (table.grows !== true) return undefined;
  const columns = table.columns.map(([name, type]) => `ADD COLUMN IF NOT EXISTS ${name} ${type}`);
  return new Sql(`ALTER TABLE ${table.name} ${columns.join(', ')}`);
}

/** Month of a time in seconds since 1970, as months since the year 0 (proleptic Gregorian, UTC), for any year. */
export function monthOf(seconds: number): number {
  // Days to civil date: eras of 400 years, years that begin in March (Howard Hinnant, chrono-compatible algorithms).
  const days = Math.floor(seconds / 86_400) + 719_468;
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const month = Math.floor((5 * dayOfYear + 2) / 153);
  return (yearOfEra + era * 400) * 12 + month + 2;
}
