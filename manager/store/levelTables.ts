import type { Engine } from './engine.ts';
import type { Cell } from './levelCells.ts';
import { rawSectionColumns, rawWindowColumns, sectionColumns, spansOf, windowColumns } from './levelRows.ts';
import { levels, skLevel, skRaw, winLevel, winRaw } from './schema.ts';
import type { Table } from './schema.ts';
import { inSpans } from './spanConditions.ts';
import { name, sql } from './sql.ts';

/** Counts of windows, or their sections: each has a table of raw rows and one a level. */
export type RowsOf = 'windows' | 'sections';

/** The tables as roll-ups use them. Answers are blocks in Native format, whose memory is the caller's. */
export interface LevelTables {
  /** Rows of a level that lie in the cells, and maybe others; of several versions the newest. */
  readLevel(what: RowsOf, level: number, cells: readonly TapCell[]): Promise<Uint8Array>;
  /** Raw rows of segments up to `upTo` that lie in the cells, and maybe others. */
  readRaw(what: RowsOf, cells: readonly TapCell[], upTo: number): Promise<Uint8Array>;
  /** Where to write the rows that are to be inserted. */
  pathOf(what: RowsOf, level: number): string;
  /** Inserts that file: all rows or none. */
  insert(what: RowsOf, level: number, path: string): Promise<void>;
}

export interface TapCell extends Cell {
  tap: number;
}

/** Milliseconds that a roll-up's reading may take. */
const readMillis = 120_000;

/** The table of a level, by its index in `levels`. */
export function tableOf(what: RowsOf, level: number): Table {
  const { name: of } = levels[level] ?? {};
  if (of === undefined) throw new RangeError(`no level ${level}`);
  return what === 'windows' ? winLevel(of) : skLevel(of);
}

export function createLevelTables(engine: Pick<Engine, 'answer' | 'insertFile' | 'insertPath'>): LevelTables {
  const limits = { millis: readMillis };
  return {
    readLevel(what, level, cells) {
      const columns = what === 'windows' ? windowColumns : sectionColumns;
      const from = name(tableOf(what, level).name);
      return engine.answer(sql`SELECT ${columns} FROM ${from} FINAL WHERE ${inSpans(spansOf(cells))}`, limits);
    },
    readRaw(what, cells, upTo) {
      const columns = what === 'windows' ? rawWindowColumns : rawSectionColumns;
      const from = name((what === 'windows' ? winRaw : skRaw).name);
      return engine.answer(
        sql`SELECT ${columns} FROM ${from} WHERE seg <= ${upTo} AND ${inSpans(spansOf(cells))}`,
        limits,
      );
    },
    pathOf: (what, level) => engine.insertPath(`rollup-${tableOf(what, level).name}.native`),
    insert: (what, level, path) => engine.insertFile(tableOf(what, level), path),
  };
}
