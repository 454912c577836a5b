import type { SegmentOrigin } from './segmentRows.ts';

/** What the thread that prepares segments is asked. */
export interface PrepareSegment {
  id: number;
  path: string;
  origin: SegmentOrigin;
  taps: ReadonlyMap<string, number>;
  /** Paths of the files to write, by table. */
  files: Readonly<Record<'win_raw' | 'sk_raw' | 'msg_raw', string>>;
}

/** What it answers: rows by table, or why not. */
export type PreparedSegment =
  | {
      id: number;
      rows: Readonly<Record<'win_raw' | 'sk_raw' | 'msg_raw', number>>;
      unreadable: number;
      /** Bytes at the end of the file that are damaged. */
      damaged: number;
    }
  | { id: number; error: string };
