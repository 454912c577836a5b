import { AppError } from '../../runtime/error.ts';
import type { DirtyCell, DirtyRanges } from './dirtyRanges.ts';
import { levelSeconds } from './levelCells.ts';
import type { WantedCell } from './levelMerge.ts';
import type { LevelTables, RowsOf } from './levelTables.ts';

/** What a merge is made of, encoded as the engine answered, and where it writes the rows. */
export interface MergeOrder {
  level: number;
  upTo: number;
  wanted: readonly WantedCell[];
  inputs: { [Source in 'raw' | 'finer' | 'own']?: Record<RowsOf, Uint8Array> };
  paths: Record<RowsOf, string>;
}

/** What a merge read and wrote. */
export interface MergeResult {
  read: number;
  windows: number;
  sections: number;
  /** Sections that are in no level: damaged, or of a kind that is not known here. */
  left: number;
}

export interface JobDeps {
  tables: LevelTables;
  queue: Pick<DirtyRanges, 'horizon' | 'clean'>;
  /** Merges, in another thread, and writes the files. It may take the memory of the inputs over. */
  readonly merge: (order: MergeOrder) => Promise<MergeResult>;
}

/**
 * Rolls cells of one level up to segment `upTo`, and takes them out of the queue; answers with what it took, and the bytes
 * that were read. At any time that this stops, doing it again (up to this segment or a later one) gives the same rows:
 * - a cell whose finer level still is there is made of the finer rows alone, as a whole;
 * - any other is made of its own row, which says up to which segment raw rows are in it, and the raw rows after that.
 * Rows replace those of a lesser `ver`, and only when they are there the cell leaves the queue.
 */
export async function rollUp(
  cells: readonly DirtyCell[],
  upTo: number,
  { tables, queue, merge }: JobDeps,
): Promise<MergeResult & { bytes: number }> {
  const level = cells[0]?.level ?? 0;
  const wanted = cells.map(({ tap, ts, seconds }) => ({
    tap,
    ts,
    seconds,
    fresh: ts >= queue.horizon(level - 1, tap),
  }));
  const fresh = wanted.filter((cell) => cell.fresh);
  const patched = wanted.filter((cell) => !cell.fresh);
  const inputs: MergeOrder['inputs'] = {};
  if (level > 0 && fresh.length > 0) inputs.finer = await both((what) => tables.readLevel(what, level - 1, fresh));
  if (patched.length > 0) inputs.own = await both((what) => tables.readLevel(what, level, patched));
  const raw = level === 0 ? wanted : patched;
  if (raw.length > 0) inputs.raw = await both((what) => tables.readRaw(what, raw, upTo));
  // Rows of the finer level may have been removed meanwhile: then they were not all there, and it is begun again.
  if (fresh.some(({ tap, ts }) => ts < queue.horizon(level - 1, tap)))
    throw new AppError('rollup.expired', 'rows were removed while they were rolled up', { context: { level } });
  const bytes = Object.values(inputs).reduce((sum, { windows, sections }) => sum + windows.length + sections.length, 0);
  const paths = { windows: tables.pathOf('windows', level), sections: tables.pathOf('sections', level) };
  const result = await merge({ level, upTo, wanted, inputs, paths });
  for (const what of ['windows', 'sections'] as const)
    if (result[what] > 0) await tables.insert(what, level, paths[what]);
  queue.clean(cells, upTo);
  return { ...result, bytes };
}

async function both(read: (what: RowsOf) => Promise<Uint8Array>): Promise<Record<RowsOf, Uint8Array>> {
  const [windows, sections] = await Promise.all([read('windows'), read('sections')]);
  return { windows, sections };
}

/** Whether a cell can be rolled now: what it is made of is rolled. */
export function isFed(cell: DirtyCell, queue: Pick<DirtyRanges, 'horizon' | 'ranges'>): boolean {
  const { level, tap, ts, seconds } = cell;
  if (level === 0 || ts < queue.horizon(level - 1, tap)) return true;
  const length = levelSeconds(level - 1);
  return queue.ranges(level - 1, tap, Math.floor(ts / length) * length, ts + seconds).length === 0;
}
