import { joinSql, sql } from './sql.ts';
import type { Sql } from './sql.ts';

/** Rows of some taps whose `ts` is in [from, to). */
export interface TapsSpan {
  from: number;
  to: number;
  taps: readonly number[];
}

/** So many spans are named one by one; more are named as sets of cells, which an engine looks up instead of comparing. */
const fewSpans = 32;
/** Lengths of cells, longest first. */
const units = [86_400, 3600, 600, 60, 10, 1];
/** Cells or taps that one condition names, about. */
const mostNamed = 10_000;
/** A span of more cells than this is named by its ends where each tap has spans of its own. */
const longSpan = 100;

/**
 * Conditions which together hold the rows of all spans. Spans that do not overlap make conditions that do not either. Each
 * has a bounded text (some 200 kB, but for a span of very many taps), however many spans there are.
 */
export function spanConditions(spans: readonly TapsSpan[]): Sql[] {
  if (spans.length === 0) return [];
  if (spans.length <= fewSpans) return [anyOf(spans.map(rangeCondition))];
  const byTaps = Map.groupBy(spans, ({ taps }) => taps.join(' '));
  if (byTaps.size > fewSpans) return tapCellConditions(spans);
  return [...byTaps.values()].flatMap((own) =>
    [...Map.groupBy(own, unitOf)].flatMap(([unit, some]) => cellConditions(some, unit)),
  );
}

/** Rows whose `ts` is in one of the spans, of its taps, as one condition. No span: no row. */
export function inSpans(spans: readonly TapsSpan[]): Sql {
  return anyOf(spanConditions(spans));
}

function anyOf(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? sql`0` : sql`(${joinSql(conditions, ' OR ')})`;
}

function rangeCondition({ from, to, taps }: TapsSpan): Sql {
  return sql`(ts >= ${from} AND ts < ${to} AND tap IN (${taps}))`;
}

/** The longest cell that both ends are multiples of. */
function unitOf({ from, to }: TapsSpan): number {
  return units.find((unit) => from % unit === 0 && to % unit === 0) ?? 1;
}

/** Spans of the same taps, in cells of `unit` seconds: those that are in, or, where they are fewer, those that are not. */
function cellConditions(spans: readonly TapsSpan[], unit: number): Sql[] {
  const sorted = spans.toSorted((a, b) => a.from - b.from);
  const made: Sql[] = [];
  for (let first = 0; first < sorted.length;) {
    const origin = sorted[first]!.from;
    const { taps } = sorted[first]!;
    let inside = 0;
    let outside = 0;
    let to = origin;
    let end = first;
    for (; end < sorted.length; end++) {
      const span = sorted[end]!;
      const more = (span.to - Math.max(span.from, to)) / unit;
      const gap = Math.max(0, span.from - to) / unit;
      if (end > first && Math.min(inside + more, outside + gap) > mostNamed) break;
      inside += Math.max(0, more);
      outside += gap;
      to = Math.max(to, span.to);
    }
    const some = sorted.slice(first, end);
    const range = rangeCondition({ from: origin, to, taps });
    const cell = sql`intDiv(ts - ${origin}, ${unit})`;
    if (outside === 0) made.push(range);
    else if (outside < inside) made.push(sql`(${range} AND ${cell} NOT IN (${cellsBetween(some, origin, unit)}))`);
    else made.push(sql`(${range} AND ${cell} IN (${some.flatMap((span) => cellsOf(span, origin, unit))}))`);
    first = end;
  }
  return made;
}

function cellsOf({ from, to }: Pick<TapsSpan, 'from' | 'to'>, origin: number, unit: number): number[] {
  return Array.from({ length: (to - from) / unit }, (_, at) => (from - origin) / unit + at);
}

function cellsBetween(sorted: readonly TapsSpan[], origin: number, unit: number): number[] {
  const cells: number[] = [];
  let at = origin;
  for (const { from, to } of sorted) {
    if (from > at) for (const cell of cellsOf({ from: at, to: from }, origin, unit)) cells.push(cell);
    at = Math.max(at, to);
  }
  return cells;
}

/** Spans of many different taps: pairs of a tap and a cell, and ranges where those would be too many. */
function tapCellConditions(spans: readonly TapsSpan[]): Sql[] {
  const long = spans.filter((span) => (span.to - span.from) / unitOf(span) > longSpan);
  const short = spans.filter((span) => (span.to - span.from) / unitOf(span) <= longSpan);
  const made: Sql[] = [];
  for (let at = 0; at < long.length; at += fewSpans)
    made.push(anyOf(long.slice(at, at + fewSpans).map(rangeCondition)));
  for (const [unit, own] of Map.groupBy(short, unitOf)) {
    const sorted = own.toSorted((a, b) => a.from - b.from);
    for (let first = 0; first < sorted.length;) {
      const origin = sorted[first]!.from;
      const pairs: Sql[] = [];
      let to = origin;
      for (; first < sorted.length && pairs.length < mostNamed; first++) {
        const span = sorted[first]!;
        for (const cell of cellsOf(span, origin, unit)) for (const tap of span.taps) pairs.push(sql`(${tap}, ${cell})`);
        to = Math.max(to, span.to);
      }
      const cells = sql`(tap, intDiv(ts - ${origin}, ${unit})) IN (${joinSql(pairs, ', ')})`;
      made.push(sql`(ts >= ${origin} AND ts < ${to} AND ${cells})`);
    }
  }
  return made;
}
