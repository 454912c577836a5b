import type { LoadedCounts } from './loadedRows.ts';
import { cellOf, levelSeconds } from './levelCells.ts';
import { mergeCells } from './levelMerge.ts';
import type { RawWindow, Versioned } from './levelMerge.ts';
import { numbersOf, textOf } from './levelRows.ts';
import type { Columns } from './levelRows.ts';
import { parseSpans } from './levelSpans.ts';
import { tableOf } from './levelTables.ts';
import { countColumns } from './levelWindows.ts';
import type { WindowCell } from './levelWindows.ts';
import type { Piece } from './planPieces.ts';
import { rangeOf } from './ranges.ts';
import { winRaw } from './schema.ts';
import { spanConditions } from './spanConditions.ts';
import { joinSql, name, sql } from './sql.ts';
import type { Sql } from './sql.ts';

const counts = joinSql(countColumns.map(name), ', ');
const sums = joinSql(
  countColumns.map((column) => sql`sum(${name(column)}) AS sum_${name(column)}`),
  ', ',
);

/** Characters of a statement, about: more conditions are another statement. */
const statementLength = 300_000;

/**
 * Adds up the rows of pieces by tap and range, in the engine: each statement answers with one row for each that it has
 * something of. Pieces that are `behind` have to be read otherwise.
 */
export function countsStatements(cuts: readonly number[], pieces: readonly Piece[], upTo: number): Sql[] {
  const [range, inside] = rangeSql(cuts);
  const byLevel = Map.groupBy(pieces, ({ level }) => level);
  const selects = Array.from(byLevel, ([level, spans]) =>
    spanConditions(spans).map((condition) =>
      level < 0
        ? sql`SELECT tap, ${range} AS span, replay, ${counts}, concat(toString(if(replay = 1, toFloat64(ts), covered_from)), ':', toString(if(replay = 1, toFloat64(ts + seconds), covered_to)), ',') AS spans, least(toFloat64(blind_ms), 1000 * if(replay = 1, toFloat64(seconds), covered_to - covered_from)) AS dark_ms, toUInt64(1) AS windows FROM ${name(winRaw.name)} WHERE seg <= ${upTo} AND seconds = window_seconds AND ${inside} AND ${condition}`
        : sql`SELECT tap, ${range} AS span, replay, ${counts}, spans, dark_ms, windows FROM ${name(tableOf('windows', level).name)} FINAL WHERE ${inside} AND ${condition}`,
    ),
  ).flat();
  return portionsOf(selects).map(
    (some) =>
      sql`SELECT tap, span, min(replay) AS all_replay, ${sums}, arrayStringConcat(groupArray(spans), '') AS all_spans, sum(dark_ms) AS sum_dark, sum(windows) AS sum_windows FROM (${joinSql(some, ' UNION ALL ')}) GROUP BY tap, span`,
  );
}

/** Selects that fit into one statement each. */
function portionsOf(selects: readonly Sql[]): Sql[][] {
  const portions: Sql[][] = [];
  let room = 0;
  for (const select of selects) {
    if (room < select.text.length) {
      portions.push([]);
      room = statementLength;
    }
    portions.at(-1)!.push(select);
    room -= select.text.length;
  }
  return portions;
}

/** The range of a row by its `ts`, and whether it ends in it. Rows begin at the first cut or later. */
function rangeSql(cuts: readonly number[]): [range: Sql, inside: Sql] {
  const to = cuts.at(-1) ?? 0;
  const even = evenSteps(cuts);
  if (even === undefined) {
    // Without a lambda: ClickHouse 18.16 does not find the columns in one that stands in a condition.
    const begun = sumOf(cuts.map((cut) => sql`(ts >= ${cut})`));
    const passed = sumOf(cuts.map((cut) => sql`(ts + seconds > ${cut})`));
    return [sql`toInt64(${begun}) - 1`, sql`${passed} = ${begun}`];
  }
  const { origin, step } = even;
  const range = (of: Sql): Sql =>
    cuts.length <= 2 ? sql`toInt64(0)` : sql`toInt64(intDiv(${of} - ${origin}, ${step}))`;
  const inside = sql`ts + seconds <= ${to}`;
  return [
    range(sql`ts`),
    cuts.length <= 2 ? inside : sql`${inside} AND ${range(sql`ts + seconds - 1`)} = ${range(sql`ts`)}`,
  ];
}

/** Where ranges of equal length would begin that the cuts are the ends of: the first and the last range may be shorter. */
function evenSteps(cuts: readonly number[]): { origin: number; step: number } | undefined {
  const lengths = cuts.slice(1).map((cut, at) => cut - cuts[at]!);
  const step = lengths.length > 2 ? lengths[1]! : Math.max(...lengths, 1);
  const isEven = lengths.every((length, at) =>
    at === 0 || at === lengths.length - 1 ? length <= step : length === step,
  );
  return isEven ? { origin: (cuts[1] ?? 0) - step, step } : undefined;
}

/** A sum whose syntax tree is not deep: engines limit that. */
function sumOf(terms: readonly Sql[]): Sql {
  if (terms.length < 2) return terms[0] ?? sql`0`;
  const half = terms.length >> 1;
  return sql`(${sumOf(terms.slice(0, half))} + ${sumOf(terms.slice(half))})`;
}

export function readCounts(rows: Columns): LoadedCounts[] {
  const at = numbersOf(rows);
  const spans = rows.bytes('all_spans');
  return Array.from({ length: rows.count }, (_, i) =>
    countsOf(
      at('tap', i),
      at('span', i),
      at('all_replay', i) !== 0,
      countColumns.map((column) => at(`sum_${column}`, i)),
      parseSpans(textOf(spans[i])),
      at('sum_dark', i),
      at('sum_windows', i),
    ),
  );
}

/** What cells of a level that are behind count together with the raw rows that they lack. */
export function countBehind(
  cuts: readonly number[],
  level: number,
  ownWindows: readonly Versioned<WindowCell>[],
  rawWindows: readonly RawWindow[],
): LoadedCounts[] {
  const length = levelSeconds(level);
  const wanted = [...ownWindows, ...rawWindows].map(({ tap, ts, seconds }) => ({
    tap,
    ...cellOf(length, ts, seconds),
    fresh: false,
  }));
  const none = { rawSections: [], finerWindows: [], finerSections: [], ownSections: [] };
  return mergeCells({ level, wanted, ownWindows, rawWindows, ...none }).windows.flatMap((cell) => {
    const range = rangeOf(cuts, { start: cell.ts, seconds: cell.seconds });
    if (range < 0) return [];
    return [countsOf(cell.tap, range, cell.replay, cell.counts, cell.spans, cell.darkMillis, cell.windows)];
  });
}

function countsOf(
  tap: number,
  range: number,
  replay: boolean,
  values: readonly number[],
  spans: readonly (readonly [number, number])[],
  darkMillis: number,
  rows: number,
): LoadedCounts {
  const [packets = 0, octets = 0, kernel = 0, nic = 0, shed = 0, unrecorded = 0, freezes = 0, blindMillis = 0] = values;
  const loss = { kernel, nic, shed, unrecorded, freezes, blindMillis };
  const own = spans.map(([from, to]): [number, number] => [from, to]);
  return { tap, range, replay, packets, octets, loss, spans: own, darkSeconds: darkMillis / 1000, rows };
}
