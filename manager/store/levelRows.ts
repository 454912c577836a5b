import type { Cell } from './levelCells.ts';
import { formatSpans, parseSpans } from './levelSpans.ts';
import type { RawSection, RawWindow, Versioned } from './levelMerge.ts';
import type { SectionCell } from './levelSections.ts';
import { countColumns } from './levelWindows.ts';
import type { WindowCell } from './levelWindows.ts';
import type { TableValues } from './engine.ts';
import type { Rows } from './nativeBlock.ts';
import { monthOf } from './schema.ts';
import { joinSql, name, sql } from './sql.ts';

/** An answer's columns: the engine's own, or those that came through a thread's port. */
export type Columns = Pick<Rows, 'count' | 'numbers' | 'bytes'>;

const countNames = joinSql(countColumns.map(name), ', ');

/** Columns of `win_raw` that `readRawWindows` reads, and so on. */
export const rawWindowColumns = sql`tap, ts, seconds, window_seconds, replay, covered_from, covered_to, ${countNames}, arrived, seg`;
export const rawSectionColumns = sql`tap, kind, version, ts, seconds, window_seconds, params, seed, data, arrived, seg`;
export const windowColumns = sql`tap, ts, seconds, replay, ${countNames}, spans, dark_ms, windows, arrived, ver`;
export const sectionColumns = sql`tap, kind, version, ts, seconds, period, packets, ident, params, seed, data, arrived, ver`;

/** Spans that hold the cells, of as few conditions as it takes: cells that follow each other of the same taps are one. */
export function spansOf(cells: Iterable<Cell & { tap: number }>): { from: number; to: number; taps: number[] }[] {
  const byCell = new Map<string, { from: number; to: number; taps: number[] }>();
  for (const { tap, ts, seconds } of cells) {
    const id = `${ts} ${seconds}`;
    const span = byCell.get(id);
    if (span === undefined) byCell.set(id, { from: ts, to: ts + seconds, taps: [tap] });
    else span.taps.push(tap);
  }
  const joined: { from: number; to: number; taps: number[] }[] = [];
  const open = new Map<string, { from: number; to: number; taps: number[] }>();
  for (const span of [...byCell.values()].sort((a, b) => a.from - b.from)) {
    const id = `${span.from} ${span.taps.join(' ')}`;
    const before = open.get(id);
    open.delete(id);
    if (before === undefined) joined.push(span);
    else before.to = span.to;
    const whole = before ?? span;
    open.set(`${whole.to} ${span.taps.join(' ')}`, whole);
  }
  return joined;
}

export function readRawWindows(rows: Columns): RawWindow[] {
  const at = numbersOf(rows);
  return list(rows, (i) => ({
    tap: at('tap', i),
    ts: at('ts', i),
    seconds: at('seconds', i),
    windowSeconds: at('window_seconds', i),
    replay: at('replay', i) !== 0,
    coveredFrom: at('covered_from', i),
    coveredTo: at('covered_to', i),
    counts: countColumns.map((column) => at(column, i)),
    arrived: at('arrived', i),
    seg: at('seg', i),
  }));
}

export function readRawSections(rows: Columns): RawSection[] {
  const at = numbersOf(rows);
  const sectionAt = sectionsOf(rows);
  return list(rows, (i) => ({
    tap: at('tap', i),
    ts: at('ts', i),
    seconds: at('seconds', i),
    windowSeconds: at('window_seconds', i),
    arrived: at('arrived', i),
    seg: at('seg', i),
    section: sectionAt(i),
  }));
}

export function readWindowCells(rows: Columns): Versioned<WindowCell>[] {
  const at = numbersOf(rows);
  const spans = rows.bytes('spans');
  return list(rows, (i) => ({
    tap: at('tap', i),
    ts: at('ts', i),
    seconds: at('seconds', i),
    replay: at('replay', i) !== 0,
    counts: countColumns.map((column) => at(column, i)),
    spans: parseSpans(textOf(spans[i])),
    darkMillis: at('dark_ms', i),
    windows: at('windows', i),
    arrived: at('arrived', i),
    ver: at('ver', i),
  }));
}

export function readSectionCells(rows: Columns): Versioned<SectionCell>[] {
  const at = numbersOf(rows);
  const sectionAt = sectionsOf(rows);
  const ident = rows.bytes('ident');
  return list(rows, (i) => ({
    tap: at('tap', i),
    ts: at('ts', i),
    seconds: at('seconds', i),
    period: at('period', i),
    packets: at('packets', i),
    ident: ident[i]!,
    arrived: at('arrived', i),
    ver: at('ver', i),
    section: sectionAt(i),
  }));
}

/** Columns of a level's windows table. */
export function windowValues(cells: readonly WindowCell[], ver: number): TableValues {
  return {
    tap: cells.map(({ tap }) => tap),
    ts: cells.map(({ ts }) => ts),
    seconds: cells.map(({ seconds }) => seconds),
    replay: cells.map(({ replay }) => Number(replay)),
    ...Object.fromEntries(countColumns.map((column, at) => [column, cells.map(({ counts }) => counts[at]!)])),
    spans: cells.map(({ spans }) => formatSpans(spans)),
    dark_ms: cells.map(({ darkMillis }) => darkMillis),
    windows: cells.map(({ windows }) => windows),
    arrived: cells.map(({ arrived }) => arrived),
    month: cells.map(({ ts }) => monthOf(ts)),
    ver: cells.map(() => ver),
  };
}

/** Columns of a level's sections table. */
export function sectionValues(cells: readonly SectionCell[], ver: number): TableValues {
  return {
    tap: cells.map(({ tap }) => tap),
    kind: cells.map(({ section }) => section.kind),
    version: cells.map(({ section }) => section.version),
    ts: cells.map(({ ts }) => ts),
    seconds: cells.map(({ seconds }) => seconds),
    period: cells.map(({ period }) => period),
    packets: cells.map(({ packets }) => packets),
    ident: cells.map(({ ident }) => ident),
    params: cells.map(({ section }) => section.parameters),
    seed: cells.map(({ section }) => section.seedHash),
    data: cells.map(({ section }) => section.body),
    arrived: cells.map(({ arrived }) => arrived),
    month: cells.map(({ ts }) => monthOf(ts)),
    ver: cells.map(() => ver),
  };
}

/** The section of a row; its bytes are views of the answer's memory. */
export function sectionsOf(rows: Columns): (row: number) => RawSection['section'] {
  const at = numbersOf(rows);
  const [params, seed, data] = [rows.bytes('params'), rows.bytes('seed'), rows.bytes('data')];
  return (i) => ({
    kind: at('kind', i),
    version: at('version', i),
    parameters: params[i]!,
    seedHash: seed[i]!,
    body: data[i]!,
  });
}

export function numbersOf(rows: Columns): (column: string, row: number) => number {
  const columns = new Map<string, Float64Array>();
  return (column, row) => {
    let values = columns.get(column);
    if (values === undefined) columns.set(column, (values = rows.numbers(column)));
    return values[row]!;
  };
}

export function textOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function list<T>(rows: Columns, make: (row: number) => T): T[] {
  return Array.from({ length: rows.count }, (_, i) => make(i));
}
