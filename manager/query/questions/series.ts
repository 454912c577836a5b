import type { Answer, Asked, SeriesRow } from '../../../proto/api.ts';
import { formatTime } from '../../../proto/time.ts';
import type { TapCounts, TapKey } from '../../store/summaryStore.ts';
import { coverageOf } from '../coverage.ts';
import { changeOf, headOf, lookBack, mergeFrame, openFrame, tellLeftOut } from '../desk.ts';
import type { Desk, Frame } from '../desk.ts';
import { sectionsOfDistinct } from '../folds/distinctFold.ts';
import { QueryError } from '../queryError.ts';
import { cutScope } from '../scope.ts';
import type { Scope } from '../scope.ts';
import { checkSide } from '../side.ts';

/** Steps that people find readable, in seconds: the least of them that makes no more than `usualSteps`. */
const readable = [
  1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 604_800,
];
const usualSteps = 60;
const mostSteps = 2000;
/** Rows of an answer: each has its coverage, and of a distinct count a sketch while it is made. */
const mostRows = 10_000;

/** How much or how many in each step. */
export async function answerSeries(
  desk: Desk,
  asked: Asked<'series'>,
  signal?: AbortSignal,
): Promise<Answer<'series'>> {
  const { what, side, by } = asked;
  checkSide(what, side);
  if (side !== 'all' && (what === 'packets' || what === 'octets'))
    throw new QueryError('query.side', `${what} are counted of all frames, not by side`);
  let step = 0;
  const frame = await openFrame(desk, asked, {
    signal,
    cut: (scope) => {
      step = stepOf(scope, asked);
      return cutBySteps(scope, step, asked);
    },
  });
  const groups = groupsOf(frame, by);
  const ranges = frame.scope.cuts.length - 1;
  if (groups.names.length * ranges > mostRows)
    throw new QueryError(
      'query.large',
      `that are ${groups.names.length * ranges} rows, and at most ${mostRows} are answered: ask for longer steps or fewer sensors`,
    );
  const { values, leftOut } = await tellCells(desk, frame, asked, groups);
  const back = await lookBack(
    desk,
    asked,
    frame,
    async (one) => ({ ...(await tellCells(desk, one, asked, groups)), cuts: one.scope.cuts.length }),
    { cut: (scope) => shiftCuts(frame.scope, scope) },
  );
  const isLike = back?.told.cuts === frame.scope.cuts.length;
  const rows: SeriesRow[] = [];
  for (const [group, name] of groups.names.entries()) {
    const byRange = Map.groupBy(
      frame.counts.filter((count) => groups.of(count) === group),
      ({ range }) => range,
    );
    for (let range = 0; range < ranges; range++) {
      const cell = values.get(group * ranges + range);
      const row = rowOf(frame, byRange.get(range) ?? [], range, name, cell);
      const before = isLike ? (back.told.values.get(group * ranges + range)?.value ?? null) : null;
      rows.push(back === undefined ? row : { ...row, before, change: changeOf(row.value, before) });
    }
  }
  const notes = tellLeftOut(leftOut);
  if (asked.step !== undefined && asked.step !== step) notes.push(`steps are of ${step} s: whole windows`);
  if (back !== undefined && !isLike)
    notes.push(`the period before can't be cut into the same steps: it exists in longer rows only`);
  return {
    ...headOf(desk, 'series', asked, frame, notes),
    step,
    rows,
    ...(back === undefined ? {} : { previous: back.period }),
  };
}

/** Seconds a step, a multiple of the grain. */
function stepOf({ from, to, grain }: Scope, asked: Asked<'series'>): number {
  if (asked.step !== undefined && asked.steps !== undefined)
    throw new QueryError('query.step', 'a step or a number of steps, not both');
  const whole = (seconds: number): number => Math.max(grain, Math.ceil(seconds / grain) * grain);
  const length = to - from;
  if (asked.steps !== undefined) return whole(length / asked.steps);
  const step =
    asked.step ?? readable.find((one) => one % grain === 0 && length / one <= usualSteps) ?? whole(length / usualSteps);
  const used = whole(step);
  if (length / used > mostSteps)
    throw new QueryError(
      'query.step',
      `that are ${Math.ceil(length / used)} steps, and at most ${mostSteps} are answered: choose a longer step`,
    );
  return used;
}

/** A number of steps is counted from the start; steps of a length begin at multiples of it, where roll-ups do too. */
function cutBySteps(scope: Scope, step: number, asked: Asked<'series'>): Scope {
  return asked.steps === undefined
    ? cutScope(scope, step, Math.floor(scope.from / step) * step)
    : cutScope(scope, step);
}

/** The cuts of `scope`, as far back as the period before is, if what exists there can be cut so. */
function shiftCuts(scope: Scope, before: Scope): Scope {
  const cuts = scope.cuts.map((cut) => cut - (scope.to - scope.from));
  return cuts.every((cut) => cut % before.grain === 0) ? { ...before, cuts } : before;
}

interface Groups {
  names: { site?: string; sensor?: string }[];
  of: (tap: TapKey) => number;
}

function groupsOf(frame: Frame, by: Asked<'series'>['by']): Groups {
  if (by === 'none') return { names: [{}], of: () => 0 };
  const word = (tap: TapKey): string => (by === 'site' ? tap.site : `${tap.site}/${tap.sensor}`);
  const words = [...new Set(frame.taps.map(word))].sort();
  const names = words.map((one) =>
    by === 'site' ? { site: one } : { site: one.slice(0, one.indexOf('/')), sensor: one },
  );
  const numbers = new Map(words.map((one, number) => [one, number]));
  return { names, of: (tap) => numbers.get(word(tap)) ?? 0 };
}

interface Cell {
  value: number;
  lower: number;
  upper: number;
}

/** Values by group * ranges + range. */
async function tellCells(
  desk: Desk,
  frame: Frame,
  { what, side }: Asked<'series'>,
  groups: Groups,
): Promise<{ values: Map<number, Cell>; leftOut: number }> {
  const ranges = frame.scope.cuts.length - 1;
  const values = new Map<number, Cell>();
  for (const count of frame.counts) {
    const cell = groups.of(count) * ranges + count.range;
    const value = (values.get(cell)?.value ?? 0) + (what === 'packets' || what === 'octets' ? count[what] : 0);
    values.set(cell, { value, lower: value, upper: value });
  }
  if (what === 'packets' || what === 'octets') return { values, leftOut: 0 };
  const plan = { fold: 'distinct' as const, what, side, groups: frame.taps.map((tap) => groups.of(tap)), ranges };
  const { cells, leftOut } = await mergeFrame(desk, frame, plan, sectionsOfDistinct(what));
  for (const [cell, { estimate, lower, upper }] of cells) values.set(cell, { value: estimate, lower, upper });
  return { values, leftOut };
}

function rowOf(
  { scope, view }: Frame,
  counts: readonly TapCounts[],
  range: number,
  name: Groups['names'][number],
  cell: Cell | undefined,
): SeriesRow {
  const [from = scope.from, to = scope.to] = scope.cuts.slice(range, range + 2);
  const only = (tap: Pick<TapKey, 'site' | 'sensor'>): boolean =>
    (name.site === undefined || name.site === tap.site) &&
    (name.sensor === undefined || name.sensor === `${tap.site}/${tap.sensor}`);
  const { sensors, seconds, packets } = coverageOf(
    { ...scope, from, to, cuts: [from, to], accepts: (tap) => scope.accepts(tap) && only(tap) },
    counts,
    { ...view, known: view.known.filter((known) => only({ site: known.site, sensor: known.name })) },
  );
  return {
    from: formatTime(from),
    to: formatTime(to),
    ...name,
    value: cell?.value ?? null,
    lower: cell?.lower ?? null,
    upper: cell?.upper ?? null,
    coverage: { sensors: { asked: sensors.asked, answered: sensors.answered }, seconds, packets },
  };
}
