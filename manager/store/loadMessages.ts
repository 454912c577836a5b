import type { SegmentOrigin } from './growingRows.ts';

/** What the thread that prepares segments is asked. */
export interface PrepareSegment {
  id: number;
  path: string;
  origin: SegmentOrigin;
  taps: ReadonlyMap<string, number>;
  /** Paths of the files to write, by the table's name (`rawTables`). */
  files: Readonly<Record<string, string>>;
}

/** What it answers: rows by table, or why not. */
export type PreparedSegment =
  | {
      id: number;
      /** Rows by the table's name; none of a table without any. */
      rows: Readonly<Record<string, number>>;
      unreadable: number;
      /** Bytes at the end of the file that are damaged. */
      damaged: number;
    }
  | { id: number; error: string };
