import type { DirtyRanges } from './dirtyRanges.ts';
import { rawLevel, rangeStart } from './dirtyRanges.ts';
import { levelSeconds } from './levelCells.ts';
import { leastCommonMultiple } from './ranges.ts';
import { levels } from './schema.ts';

/**
 * Where the rows of some taps for [from, to) are read from. `level`: cells of a level (an index in `levels`), which hold
 * everything that was loaded. `raw`: raw parts. `behind`: cells of a level, and those raw parts of the same cells that came
 * in segments after the row's `ver`.
 */
export interface Piece {
  source: 'level' | 'raw' | 'behind';
  /** -1 of raw parts. */
  level: number;
  from: number;
  to: number;
  taps: number[];
}

type Knowledge = Pick<DirtyRanges, 'horizon' | 'ranges' | 'widths' | 'extent'>;
type TapPiece = Omit<Piece, 'taps'>;

/** Longest grain: rows that lie across such cuts are in no answer. */
export const longestGrain = 86_400;

/**
 * Which rows answer for the ranges between `cuts`: of each tap the fewest that are whole. A row belongs to the piece that its
 * `ts` is in, and to an answer when it ends within its range; so each part is in exactly one of them.
 *
 * A range is covered by the longest aligned cells that lie in it; where a cell lacks something that was loaded, by shorter
 * ones; where the shortest that are still kept lack something too, by raw parts.
 */
export function planPieces(all: readonly number[], taps: readonly number[], knowledge: Knowledge): Piece[] {
  const cuts = cutsWithin(all, taps, knowledge);
  const byPiece = new Map<string, Piece>();
  const plain = new Map<string, TapPiece[]>();
  const from = cuts[0] ?? 0;
  const to = cuts.at(-1) ?? 0;
  for (const tap of taps) {
    for (const piece of planOf(tap)) {
      const id = `${piece.source} ${piece.level} ${piece.from} ${piece.to}`;
      const known = byPiece.get(id);
      if (known === undefined) byPiece.set(id, { ...piece, taps: [tap] });
      else known.taps.push(tap);
    }
  }
  return [...byPiece.values()];

  /** Taps without anything special in the span have one plan together. */
  function planOf(tap: number): TapPiece[] {
    const special = levels.some((_, level) => knowledge.ranges(level, tap, rangeStart(level, from), to).length > 0);
    if (special) return planTap(cuts, tap, knowledge);
    const id = levels.map((_, level) => Math.max(from, Math.min(knowledge.horizon(level, tap), to))).join(' ');
    let pieces = plain.get(id);
    if (pieces === undefined) plain.set(id, (pieces = planTap(cuts, tap, knowledge)));
    return pieces;
  }
}

/** Those cuts between which there can be something: a question may be of any length. */
function cutsWithin(cuts: readonly number[], taps: readonly number[], knowledge: Knowledge): readonly number[] {
  let first = Infinity;
  let until = -Infinity;
  for (const tap of taps) {
    const extent = knowledge.extent(tap);
    first = Math.min(first, extent.first);
    until = Math.max(until, extent.until);
  }
  return cuts.filter((cut, at) => (cuts[at + 1] ?? cut) > first && (cuts[at - 1] ?? cut) < until);
}

function planTap(cuts: readonly number[], tap: number, knowledge: Knowledge): TapPiece[] {
  const pieces: TapPiece[] = [];
  for (let at = 0; at + 1 < cuts.length; at++) descend(levels.length - 1, cuts[at]!, cuts[at + 1]!);
  return pieces;

  function emit(source: Piece['source'], level: number, from: number, to: number): void {
    const last = pieces.at(-1);
    if (last !== undefined && last.source === source && last.level === level && last.to === from) last.to = to;
    else pieces.push({ source, level, from, to });
  }

  /** Covers [from, to) by cells of `level` and shorter ones. */
  function descend(level: number, from: number, to: number): void {
    if (from >= to) return;
    if (level === rawLevel) return emit('raw', rawLevel, from, to);
    const length = levelSeconds(level);
    const first = Math.ceil(from / length) * length;
    const last = Math.floor(to / length) * length;
    if (first >= last) return descend(level - 1, from, to);
    descend(level - 1, from, first);
    const kept = Math.max(first, Math.min(last, Math.ceil(knowledge.horizon(level, tap) / length) * length));
    // What this level has no more, no finer one has.
    if (kept > first && level === 0) emit('raw', rawLevel, first, kept);
    else descend(level - 1, first, kept);
    let at = kept;
    for (const range of knowledge.ranges(level, tap, kept, last)) {
      if (range > at) emit('level', level, at, range);
      if (range >= knowledge.horizon(level - 1, tap)) descend(level - 1, range, range + length);
      else emit('behind', level, range, range + length);
      at = range + length;
    }
    if (last > at) emit('level', level, at, last);
    return descend(level - 1, last, to);
  }
}

/**
 * Seconds that cuts in [from, to) must be multiples of, so that every row lies between two of them: the least common
 * multiple of the lengths of the windows there, and of the shortest level that is still kept where raw parts are gone.
 * Undefined where the taps have nothing in the span.
 */
export function grainOf(from: number, to: number, taps: Iterable<number>, knowledge: Knowledge): number | undefined {
  let grain: number | undefined;
  for (const tap of taps) {
    const lengths = knowledge.widths(tap, from, to);
    if (lengths.length === 0) continue;
    for (let level = rawLevel; level + 1 < levels.length; level++)
      if (knowledge.horizon(level, tap) > from) lengths.push(levelSeconds(level + 1));
    for (const length of lengths) grain = Math.min(longestGrain, leastCommonMultiple(grain ?? 1, length));
  }
  return grain;
}
