import type { Cell } from './levelCells.ts';
import { cellOf } from './levelCells.ts';
import { formatSpans, limitSpans, uniteSpans } from './levelSpans.ts';
import type { Span } from './levelSpans.ts';

/** Counts of a row, in the order of the columns. */
export const countColumns = [
  'packets',
  'octets',
  'kernel',
  'nic',
  'shed',
  'unrecorded',
  'freezes',
  'blind_ms',
] as const;

/** Counts of a tap over a span: a raw part, or a cell of a level. */
export interface WindowCell extends Cell {
  tap: number;
  /** All of it came from capture files. */
  replay: boolean;
  /** By `countColumns`. */
  counts: readonly number[];
  spans: readonly Span[];
  /** Milliseconds of the spans in which nothing could be seen. */
  darkMillis: number;
  windows: number;
  /** Hour of the newest arrival. */
  arrived: number;
}

/** A part of a tap as counts: a window of a file covers itself; blind time is at most what it covers. */
export function windowCell(part: {
  tap: number;
  ts: number;
  seconds: number;
  replay: boolean;
  coveredFrom: number;
  coveredTo: number;
  counts: readonly number[];
  arrived: number;
}): WindowCell {
  const { tap, ts, seconds, replay, coveredFrom, coveredTo, counts, arrived } = part;
  const span: Span = replay ? [ts, ts + seconds] : [coveredFrom, coveredTo];
  const blind = counts[countColumns.indexOf('blind_ms')] ?? 0;
  const darkMillis = Math.min(blind, (span[1] - span[0]) * 1000);
  return { tap, ts, seconds, replay, counts, spans: [span], darkMillis, windows: 1, arrived };
}

/** Merges rows into the cells of a level of `length` seconds. Rows of all taps; each window must be in one of them only. */
export function mergeWindows(length: number, rows: Iterable<WindowCell>): WindowCell[] {
  const groups = new Map<string, { cell: Cell; rows: WindowCell[] }>();
  for (const row of rows) {
    const cell = cellOf(length, row.ts, row.seconds);
    const id = `${row.tap} ${cell.ts} ${cell.seconds}`;
    const group = groups.get(id);
    if (group === undefined) groups.set(id, { cell, rows: [row] });
    else group.rows.push(row);
  }
  return Array.from(groups.values(), ({ cell, rows: members }) => {
    const { spans, darkMillis } = limitSpans(uniteSpans(members.flatMap((row) => row.spans)));
    return {
      ...cell,
      tap: members[0]!.tap,
      replay: members.every(({ replay }) => replay),
      counts: countColumns.map((_, at) => members.reduce((sum, { counts }) => sum + counts[at]!, 0)),
      spans,
      darkMillis: members.reduce((sum, row) => sum + row.darkMillis, darkMillis),
      windows: members.reduce((sum, { windows }) => sum + windows, 0),
      arrived: Math.max(...members.map(({ arrived }) => arrived)),
    };
  });
}

/** Spans of a cell as its row holds them. */
export function spansText(cell: WindowCell): string {
  return formatSpans(cell.spans);
}
