import type { Stage } from '../../runtime/lifecycle.ts';
import type { ColumnValues, Rows } from './nativeBlock.ts';
import type { Profile, Table } from './schema.ts';
import type { Sql } from './sql.ts';

/** Limits of one statement. */
export interface StatementLimits {
  /** Milliseconds that it may take; else `queryMillis` of the configuration. */
  millis?: number;
  /** Memory that it may take in the engine; else `queryBytes` of the configuration. */
  bytes?: number;
}

/**
 * The database behind the bulk door: chDB in a process of its own (`chdbEngine.ts`), or a ClickHouse server
 * (`serverEngine.ts`). One SQL dialect; values come into statements by `sql` only, payload by files of ours only.
 *
 * All calls wait until the engine has started and the tables are there. When it dies it is started again: what was
 * running fails with `engine.died`, but for `select` and `answer`, which are asked again.
 */
export interface Engine extends Stage {
  readonly profile: Profile;
  /** Resolves when statements can run. */
  ready(): Promise<void>;
  /** Runs a statement that answers nothing. Not asked again when the engine dies under it. */
  exec(statement: Sql, limits?: StatementLimits): Promise<void>;
  /** Asks. The answer's memory is the caller's. */
  select(statement: Sql, limits?: StatementLimits): Promise<Rows>;
  /** Asks as `select` does; the answer is still encoded (`decodeBlocks`), for another thread to read. */
  answer(statement: Sql, limits?: StatementLimits): Promise<Uint8Array>;
  /** Resolves when a table that is made when it is needed (`grows`) is there; before its rows are asked for. */
  make(table: Table): Promise<void>;
  /**
   * Inserts a file in Native format with all columns of the table: one block in it makes one part a partition, so it is
   * there as a whole or not at all. It has no time limit: it either resolves, or the rows can't come later any more.
   * `path` is one that `insertPath` gave.
   */
  insertFile(table: Table, path: string): Promise<void>;
  /** Inserts rows as `insertFile` does, by a file of its own. */
  insert(table: Table, values: TableValues): Promise<void>;
  /** A path for a file to insert; names are letters, digits, '.', '_' and '-'. */
  insertPath(fileName: string): string;
}

/** Columns to insert, by name: all of the table's, of equal length. */
export type TableValues = Readonly<Record<string, ColumnValues>>;
