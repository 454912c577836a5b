import type { MessagePort } from 'node:worker_threads';
import type { SpoolMessage } from '../link/spoolRecord.ts';
import type { LogFormat } from './logFile.ts';

/** Bytes of columns on their way from all workers to the thread of logs; beyond them rows are given up (live) or wait. */
export const MOST_ON_THE_WAY: number = 4 << 20;

/** Counters that workers and the thread of logs share: an Int32Array. */
export const LogsShared = { BYTES_ON_THE_WAY: 0, ROWS_DROPPED: 1 } as const;
export const LOGS_SHARED_BYTES = 8;

/** What a capture worker needs to make rows. */
export interface RowsOrder {
  port: MessagePort;
  /** Paths of the logs that somebody wants. */
  logs: readonly string[];
  shared: SharedArrayBuffer;
  /** Part of what names of connections are made of. */
  sensor: string;
}

/** What a worker says to the thread of logs. */
export type RowsInput =
  /** Rows of a log, as `encodeColumns` makes them. */
  | { type: 'rows'; log: string; columns: ArrayBuffer; rows: number }
  /**
   * All rows that came to be before `at` (seconds since 1970) were given, and so many were given up since the last time.
   * The first one says since when there may be any.
   */
  | { type: 'mark'; at: number; dropped: readonly (readonly [log: string, rows: number])[] }
  | { type: 'end' };

/** Where logs are written on this host. */
export interface LocalLogsOptions {
  directory: string;
  format: LogFormat;
  /** Paths of the logs that are written. */
  logs: readonly string[];
  rotateSeconds: number;
  maxBytes: number;
}

/** What the thread of logs is started with. */
export interface LogsOrder {
  tap: string;
  ports: readonly MessagePort[];
  shared: SharedArrayBuffer;
  /** Packets come from interfaces: nothing waits. */
  live: boolean;
  /** Paths of the logs that are shipped. */
  ship: readonly string[];
  local: LocalLogsOptions | undefined;
}

/** What is said to it: one of its messages is on the disk, or given up. */
export interface LogsCommand {
  type: 'stored';
}

/** What it says. */
export type LogsReport =
  | { type: 'message'; message: Required<SpoolMessage> }
  /** Since the last one: rows written to files and files removed, rows given up, and why the disk takes none. */
  | { type: 'told'; written: number; removed: number; unwritten: number; why: string | undefined }
  | { type: 'end' }
  | { type: 'failed'; message: string };
