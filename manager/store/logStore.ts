import type { Log, Row } from '../../core/records/record.ts';
import type { RowTest } from '../../core/records/rowFilter.ts';
import type { Delivery, TapKey } from './summaryStore.ts';

/** Which rows of a log: those with `ts` in [from, to), in seconds since 1970. */
export interface LogQuery {
  log: Log;
  from: number;
  to: number;
  /** Which sensors: sites, and sensors as NAME or SITE/NAME; without any, all. */
  sites: readonly string[];
  sensors: readonly string[];
}

export interface LogRowsQuery extends LogQuery {
  test: RowTest | undefined;
  /** Names of the fields that are wanted; all if absent. */
  fields?: readonly string[] | undefined;
  /** Rows at most: the newest. */
  limit: number;
}

/** A row with whose it is. */
export interface LogRow extends TapKey {
  ts: number;
  row: Row;
}

/** Where rows are lost: in that span some may have come to be that nobody has. Seconds since 1970 by the sensor's clock. */
export interface LogGap extends TapKey {
  from: number;
  to: number;
}

export interface LogLosses {
  gaps: LogGap[];
  /** Rows that sensors gave up since they were behind. */
  dropped: number;
  /** There are more spans than are looked at: gaps are of the first. */
  cut: boolean;
}

/** Rows of a message that was just made durable. */
export interface LogArrival extends TapKey {
  log: Log;
  rows: readonly Row[];
}

/**
 * Rows of logs that sensors shipped. Everything that was acknowledged before a question is in its answer, each row once:
 * messages that wait in the journal are looked up first, and then the engine, without what comes from the same segments.
 */
export interface LogStore {
  /** In order of `ts`; `more`: there are more than the limit. */
  rows(query: LogRowsQuery): Promise<{ rows: LogRow[]; more: boolean }>;
  losses(query: LogQuery): Promise<LogLosses>;
  /** Calls `listener` for each message with rows that became durable. Answers with how to stop it. */
  subscribe(listener: (arrival: LogArrival) => void): () => void;
  /** A message became durable. */
  arrived(delivery: Delivery): void;
}
