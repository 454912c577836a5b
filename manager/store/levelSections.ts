import { kindOf } from '../../core/summary/kinds.ts';
import { mergeSections } from '../../core/summary/merge.ts';
import { decodeSection } from '../../core/summary/section.ts';
import { Refusal } from '../../core/sketch/refusal.ts';
import type { WireSection } from '../../proto/partCodec.ts';
import type { Cell } from './levelCells.ts';
import { cellOf } from './levelCells.ts';

/** A section of a tap over a span, as the tables hold it. */
export interface SectionCell extends Cell {
  tap: number;
  /** 0: it answers for its cell; else a list of a longer period (`periodOf`). */
  period: number;
  /** Packets of the windows that it stands for. */
  packets: number;
  /** `identityOf` the section. */
  ident: Uint8Array;
  arrived: number;
  section: WireSection;
}

export interface MergedSections {
  cells: SectionCell[];
  /** Sections that could not be read: they are in no level. */
  damaged: number;
}

/**
 * Merges sections into the cells of a level of `length` seconds. One row answers for each kind of a cell:
 * - lists: those of the level's own period, where they stand for as many packets as the cell's windows (a sensor that was
 *   killed lost some); else those that answer for shorter spans, merged;
 * - every other kind: all of them, merged.
 * Lists of longer periods are carried; those of shorter ones have done their work in the finer level.
 *
 * `packetsOf` tells the packets of a cell's windows, or of its parts of a period.
 */
export function mergeLevelSections(
  length: number,
  rows: Iterable<SectionCell>,
  packetsOf: (tap: number, cell: Cell, period: number) => number,
): MergedSections {
  const groups = new Map<string, { cell: Cell; answers: SectionCell[]; periods: SectionCell[] }>();
  for (const row of rows) {
    if (row.period > 0 && row.period < length) continue;
    const cell = cellOf(length, row.ts, row.seconds);
    const own = row.period > length ? row.period : 0;
    const { kind, seedHash } = row.section;
    const id = `${row.tap} ${cell.ts} ${cell.seconds} ${own} ${kind} ${row.ident.join('.')} ${seedHash.join('.')}`;
    let group = groups.get(id);
    if (group === undefined) groups.set(id, (group = { cell, answers: [], periods: [] }));
    (row.period === length ? group.periods : group.answers).push(row);
  }
  const cells: SectionCell[] = [];
  let damaged = 0;
  for (const { cell, answers, periods } of groups.values()) {
    const [first] = answers.length > 0 ? answers : periods;
    if (first === undefined) continue;
    const { tap, period } = first;
    const carried = period > length;
    const packets = packetsOf(tap, cell, carried ? period : 0);
    const members = periods.length > 0 && packetsOf(tap, cell, length) === packets ? periods : answers;
    if (members.length === 0) continue;
    const merged = mergeOne(members.map(({ section }) => section));
    damaged += merged.damaged;
    if (merged.section === undefined) continue;
    const arrived = Math.max(...[...answers, ...periods].map((row) => row.arrived));
    const { ident } = first;
    cells.push({ ...cell, tap, period: carried ? period : 0, packets, ident, arrived, section: merged.section });
  }
  return { cells, damaged };
}

/** One section out of several of a group; damaged ones are left out, once it is known that there are any. */
function mergeOne(sections: readonly WireSection[]): { section: WireSection | undefined; damaged: number } {
  const merged = mergeSections(sections);
  if (!(merged instanceof Refusal)) return { section: merged[0], damaged: 0 };
  const sound = sections.filter((section) => {
    const kind = kindOf(section.kind);
    return kind !== undefined && !(decodeSection(kind, section) instanceof Refusal);
  });
  const again = mergeSections(sound);
  if (again instanceof Refusal) return { section: undefined, damaged: sections.length };
  return { section: again[0], damaged: sections.length - sound.length };
}
