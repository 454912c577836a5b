import { cellOf, identityOf, levelSeconds, periodOf } from './levelCells.ts';
import type { Cell } from './levelCells.ts';
import { mergeLevelSections } from './levelSections.ts';
import type { SectionCell } from './levelSections.ts';
import { mergeWindows, windowCell } from './levelWindows.ts';
import type { WindowCell } from './levelWindows.ts';
import type { WireSection } from '../../proto/partCodec.ts';

/** A raw part's row. */
export interface RawWindow extends Cell {
  tap: number;
  windowSeconds: number;
  replay: boolean;
  coveredFrom: number;
  coveredTo: number;
  counts: readonly number[];
  arrived: number;
  seg: number;
}

/** A section of a raw part. */
export interface RawSection extends Cell {
  tap: number;
  windowSeconds: number;
  arrived: number;
  seg: number;
  section: WireSection;
}

/** A row of a level, and the segment up to which raw rows are in it. */
export type Versioned<T> = T & { ver: number };

/** A cell of a tap that a job writes. `fresh`: out of the finer rows alone; else out of its own row and later raw rows. */
export interface WantedCell extends Cell {
  tap: number;
  fresh: boolean;
}

/** What a job merges. Rows of cells that are not wanted may be among them. */
export interface MergeInput {
  level: number;
  wanted: readonly WantedCell[];
  /** Raw rows: what fresh cells of the finest level, and all that are not fresh, are made of. */
  rawWindows: readonly RawWindow[];
  rawSections: readonly RawSection[];
  /** Rows of the next finer level, for fresh cells. */
  finerWindows: readonly WindowCell[];
  finerSections: readonly SectionCell[];
  /** Rows of this level, for cells that are not fresh. */
  ownWindows: readonly Versioned<WindowCell>[];
  ownSections: readonly Versioned<SectionCell>[];
}

export interface MergeOutput {
  windows: WindowCell[];
  sections: SectionCell[];
  /** Sections that can't be read, or whose kind is not known: they are in no level. */
  left: number;
}

/** The rows of the wanted cells. A cell without windows has sections of longer periods only. */
export function mergeCells(input: MergeInput): MergeOutput {
  const length = levelSeconds(input.level);
  const wanted = new Map(input.wanted.map((cell) => [idOf(cell.tap, cell), cell.fresh]));
  const stateOf = (tap: number, ts: number, seconds: number): boolean | undefined =>
    wanted.get(idOf(tap, cellOf(length, ts, seconds)));

  const windowVersions = versions(input.ownWindows);
  const sectionVersions = versions(input.ownSections);
  const fromRaw = (row: Cell & { tap: number; seg: number }, rowVersions: ReadonlyMap<string, number>): boolean => {
    const fresh = stateOf(row.tap, row.ts, row.seconds);
    if (fresh === undefined) return false;
    if (fresh) return input.level === 0;
    return row.seg > (rowVersions.get(idOf(row.tap, cellOf(length, row.ts, row.seconds))) ?? 0);
  };
  const fromFiner = (row: Cell & { tap: number }): boolean => stateOf(row.tap, row.ts, row.seconds) === true;
  const fromOwn = (row: Cell & { tap: number }): boolean => wanted.get(idOf(row.tap, row)) === false;

  const windows = mergeWindows(length, [
    ...input.rawWindows
      .filter((row) => row.seconds === row.windowSeconds && fromRaw(row, windowVersions))
      .map((row) => windowCell(row)),
    ...input.finerWindows.filter(fromFiner),
    ...input.ownWindows.filter(fromOwn),
  ]);

  const packets = new Map<string, number>();
  for (const cell of windows) packets.set(`${idOf(cell.tap, cell)} 0`, cell.counts[0]!);
  // All lists of a part of a longer period stand for the packets of the part, also those that were empty and not sent.
  const periods = new Map<string, number>();
  for (const row of [...input.finerSections.filter(fromFiner), ...input.ownSections.filter(fromOwn)])
    if (row.period > 0) periods.set(`${idOf(row.tap, row)} ${row.period}`, row.packets);
  for (const row of input.rawWindows) {
    if (row.seconds === row.windowSeconds || !fromRaw(row, sectionVersions)) continue;
    const id = `${idOf(row.tap, row)} ${row.seconds}`;
    periods.set(id, (periods.get(id) ?? 0) + row.counts[0]!);
  }
  for (const [id, count] of periods) packets.set(id, count);

  let left = 0;
  const rows: SectionCell[] = [];
  for (const row of input.rawSections) {
    if (!fromRaw(row, sectionVersions)) continue;
    const { tap, ts, seconds, arrived, section } = row;
    const period = periodOf(section.kind, seconds, row.windowSeconds);
    const ident = identityOf(section);
    if (ident === undefined) left += 1;
    else if (period !== undefined) rows.push({ tap, ts, seconds, period, packets: 0, ident, arrived, section });
  }
  rows.push(...input.finerSections.filter(fromFiner), ...input.ownSections.filter(fromOwn));
  const { cells, damaged } = mergeLevelSections(
    length,
    rows,
    (tap, cell, period) => packets.get(`${idOf(tap, cell)} ${period}`) ?? 0,
  );
  return { windows, sections: cells, left: left + damaged };
}

function idOf(tap: number, { ts, seconds }: Cell): string {
  return `${tap} ${ts} ${seconds}`;
}

/** The newest `ver` of each cell's rows: they are written together. */
function versions(rows: readonly Versioned<Cell & { tap: number }>[]): Map<string, number> {
  const newest = new Map<string, number>();
  for (const row of rows) {
    const id = idOf(row.tap, row);
    newest.set(id, Math.max(row.ver, newest.get(id) ?? 0));
  }
  return newest;
}
