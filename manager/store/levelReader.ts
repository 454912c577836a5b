import { kindOf, kinds as kindsByName } from '../../core/summary/kinds.ts';
import type { DirtyRanges } from './dirtyRanges.ts';
import type { Engine } from './engine.ts';
import { cellOf, levelSeconds } from './levelCells.ts';
import { countBehind, countsStatements, readCounts } from './levelCounts.ts';
import {
  numbersOf,
  rawSectionColumns,
  rawWindowColumns,
  readRawWindows,
  readWindowCells,
  sectionColumns,
  sectionsOf,
  windowColumns,
} from './levelRows.ts';
import { tableOf } from './levelTables.ts';
import type { LoadedCounts, LoadedSection, TapQuery } from './loadedRows.ts';
import type { Rows } from './nativeBlock.ts';
import { planPieces } from './planPieces.ts';
import type { Piece } from './planPieces.ts';
import { rangeOf } from './ranges.ts';
import { skRaw, winRaw } from './schema.ts';
import { inSpans, spanConditions } from './spanConditions.ts';
import { name, sql } from './sql.ts';
import type { Sql } from './sql.ts';

/** Sections that one statement answers with, by their usual sizes: what is in memory at a time, twice. */
const statementBytes = 8 << 20;
const listBytes = 16_384;
const pointBytes = 32_768;
const otherBytes = 6144;
/** Times as many cells as usual that one statement reads at most. */
const mostScale = 8;
/** Statements that a piece may take before it is asked where its rows are. */
const mostSteps = 32;
/** Length of windows by which raw rows are guessed. */
const usualWindow = 10;

interface ReaderDeps {
  engine: Pick<Engine, 'select'>;
  queue: DirtyRanges;
  /** Told of every answer's rows. */
  count: (rows: number) => void;
}

/** Reads what was loaded up to segment `upTo`, from the levels and, where they lack something, from raw rows. */
export class LevelReader {
  readonly #deps: ReaderDeps;
  readonly #upTo: number;

  constructor(upTo: number, deps: ReaderDeps) {
    this.#upTo = upTo;
    this.#deps = deps;
  }

  async counts({ cuts, taps }: TapQuery): Promise<LoadedCounts[]> {
    const pieces = planPieces(cuts, taps, this.#deps.queue);
    const [behind, whole] = partition(pieces);
    const found: LoadedCounts[] = [];
    for (const statement of countsStatements(cuts, whole, this.#upTo))
      for (const one of readCounts(await this.#select(statement))) found.push(one);
    for (const [level, spans] of Map.groupBy(behind, (piece) => piece.level)) {
      const from = name(tableOf('windows', level).name);
      for (const condition of spanConditions(spans)) {
        const own = readWindowCells(
          await this.#select(sql`SELECT ${windowColumns} FROM ${from} FINAL WHERE ${condition}`),
        );
        const raw = readRawWindows(await this.#select(this.#rawStatement(rawWindowColumns, winRaw.name, condition)));
        for (const one of countBehind(cuts, level, own, raw)) found.push(one);
      }
    }
    return found;
  }

  async *sections({ cuts, taps }: TapQuery, kinds: ReadonlySet<number>): AsyncIterable<LoadedSection> {
    if (kinds.size === 0) return;
    const [behind, planned] = partition(planPieces(cuts, taps, this.#deps.queue));
    const whole = await this.#withoutGaps(planned, kinds);
    // Cells may be empty, and sections short: then more of them are asked for at once.
    let scale = 1;
    const queue = portions(whole, kinds, () => scale);
    const ask = (): { cells: number; rows: Promise<Rows> } | undefined => {
      const { value } = queue.next();
      if (value === undefined) return undefined;
      const rows = this.#select(this.#sectionsStatement(value.level, value.spans, kinds));
      // Who stops reading early does not wait for it, and need not know how it ended.
      rows.catch(() => undefined);
      return { cells: value.cells, rows };
    };
    for (let asked = ask(); asked !== undefined;) {
      const rows = await asked.rows;
      const bytes = rows.bytes('data').reduce((sum, { length }) => sum + length, 0);
      const usual = cellsAtOnce(kinds) / asked.cells;
      scale = Math.max(1, Math.min(statementBytes / Math.max(1, bytes * usual), 2 * scale, mostScale));
      asked = ask();
      yield* sectionsIn(rows, cuts);
    }
    for (const piece of portions(behind, kinds, () => 1)) yield* this.#behind(piece, cuts, kinds);
  }

  /** Long pieces as what of them has rows: a span may be of any length, and so may be the gaps of captures. */
  async #withoutGaps(pieces: readonly Piece[], kinds: ReadonlySet<number>): Promise<Piece[]> {
    const isLong = ({ level, from, to }: Piece): boolean => to - from > longestSpan(level, kinds) * mostSteps;
    const made = pieces.filter((piece) => !isLong(piece));
    for (const [level, long] of Map.groupBy(pieces.filter(isLong), (piece) => piece.level)) {
      const length = longestSpan(level, kinds);
      const origin = long.reduce((least, { from }) => Math.min(least, from), Infinity);
      const end = long.reduce((most, { to }) => Math.max(most, to), -Infinity);
      const taps = [...new Set(long.flatMap((piece) => piece.taps))];
      const table = name(level < 0 ? skRaw.name : tableOf('sections', level).name);
      const where = sql`kind IN (${[...kinds]}) AND ${inSpans([{ from: origin, to: end, taps }])}`;
      const found = await this.#select(
        sql`SELECT DISTINCT intDiv(ts - ${origin}, ${length}) AS step FROM ${table} WHERE ${where} ORDER BY step`,
      );
      const steps = found.numbers('step');
      for (const piece of long) made.push(...partsOf(piece, steps, origin, length));
    }
    return made;
  }

  /** Rows of cells, and the raw rows that they lack. The rows first: what is in them is left out by their `ver`. */
  async *#behind(
    { level, spans }: Portion,
    cuts: readonly number[],
    kinds: ReadonlySet<number>,
  ): AsyncIterable<LoadedSection> {
    const from = name(tableOf('sections', level).name);
    const own = await this.#select(
      sql`SELECT ${sectionColumns} FROM ${from} FINAL WHERE kind IN (${[...kinds]}) AND period = 0 AND ${inSpans(spans)}`,
    );
    const length = levelSeconds(level);
    const at = numbersOf(own);
    const versions = new Map<string, number>();
    for (let i = 0; i < own.count; i++) {
      const id = `${at('tap', i)} ${at('kind', i)} ${at('ts', i)} ${at('seconds', i)}`;
      versions.set(id, Math.max(at('ver', i), versions.get(id) ?? 0));
    }
    yield* sectionsIn(own, cuts);
    const raw = await this.#select(
      sql`${this.#rawStatement(rawSectionColumns, skRaw.name, inSpans(spans))} AND ${rawKinds(kinds)}`,
    );
    const rawAt = numbersOf(raw);
    yield* sectionsIn(raw, cuts, (i) => {
      const { ts, seconds } = cellOf(length, rawAt('ts', i), rawAt('seconds', i));
      const version = versions.get(`${rawAt('tap', i)} ${rawAt('kind', i)} ${ts} ${seconds}`) ?? 0;
      return rawAt('seg', i) > version;
    });
  }

  #rawStatement(columns: Sql, table: string, condition: Sql): Sql {
    return sql`SELECT ${columns} FROM ${name(table)} WHERE seg <= ${this.#upTo} AND ${condition}`;
  }

  #sectionsStatement(level: number, spans: readonly Span[], kinds: ReadonlySet<number>): Sql {
    const columns = sql`tap, kind, version, ts, seconds, params, seed, data`;
    if (level < 0) return sql`${this.#rawStatement(columns, skRaw.name, inSpans(spans))} AND ${rawKinds(kinds)}`;
    const from = name(tableOf('sections', level).name);
    return sql`SELECT ${columns} FROM ${from} FINAL WHERE kind IN (${[...kinds]}) AND period = 0 AND ${inSpans(spans)}`;
  }

  async #select(statement: Sql): Promise<Rows> {
    const rows = await this.#deps.engine.select(statement);
    this.#deps.count(rows.count);
    return rows;
  }
}

interface Span {
  from: number;
  to: number;
  taps: number[];
}

/** What one statement reads. */
interface Portion {
  level: number;
  spans: Span[];
  /** Cells of the spans, by the level's length. */
  cells: number;
}

function partition(pieces: readonly Piece[]): [behind: Piece[], whole: Piece[]] {
  return [pieces.filter(({ source }) => source === 'behind'), pieces.filter(({ source }) => source !== 'behind')];
}

/** Raw sections that answer: those of windows, and of kinds that are in whole minutes only. */
function rawKinds(kinds: ReadonlySet<number>): Sql {
  const minute = [...kinds].filter((kind) => kindOf(kind)?.cadence === 'minute');
  return sql`kind IN (${[...kinds]}) AND (seconds = window_seconds OR kind IN (${minute}))`;
}

/** What of a piece lies in steps: `length` seconds each, counted from `origin`, ascending. */
function partsOf(piece: Piece, steps: Float64Array, origin: number, length: number): Piece[] {
  const first = Math.floor((piece.from - origin) / length);
  let low = 0;
  for (let high = steps.length; low < high;) {
    const middle = (low + high) >>> 1;
    if (steps[middle]! < first) low = middle + 1;
    else high = middle;
  }
  const made: Piece[] = [];
  for (; low < steps.length; low++) {
    const at = origin + steps[low]! * length;
    if (at >= piece.to) break;
    const last = made.at(-1);
    const to = Math.min(piece.to, at + length);
    if (last?.to === at) last.to = to;
    else made.push({ ...piece, from: Math.max(piece.from, at), to });
  }
  return made;
}

/** Cells whose sections of the kinds are about `statementBytes`, at their usual sizes. */
function cellsAtOnce(kinds: ReadonlySet<number>): number {
  const bytes = [...kinds].reduce((sum, kind) => sum + usualBytes(kind), 0);
  return Math.max(1, Math.floor(statementBytes / bytes));
}

function usualBytes(kind: number): number {
  if (kind === kindsByName.pointOctets.kind) return pointBytes;
  return kindOf(kind)?.cadence === 'lists' ? listBytes : otherBytes;
}

/** Seconds of a level that one tap's rows fit into a statement of. */
function longestSpan(level: number, kinds: ReadonlySet<number>): number {
  return cellsAtOnce(kinds) * (level < 0 ? usualWindow : levelSeconds(level));
}

/** Pieces of each level as portions of about `statementBytes`, times the scale as it is when a portion is begun. */
function* portions(
  pieces: readonly Piece[],
  kinds: ReadonlySet<number>,
  scale: () => number,
): Generator<Portion, undefined> {
  const most = cellsAtOnce(kinds);
  for (const [level, own] of Map.groupBy(pieces, (piece) => piece.level)) {
    const length = level < 0 ? usualWindow : levelSeconds(level);
    let portion: Portion | undefined;
    let room = 0;
    for (const { from, to, taps } of own) {
      // At most so long that one tap's rows fit, then as many taps as fit. A row is read by the second that it begins in.
      const longest = longestSpan(level, kinds);
      for (let at = from; at < to; at += longest) {
        const until = Math.min(to, at + longest);
        const cells = Math.max(1, (until - at) / length);
        for (let first = 0; first < taps.length;) {
          if (portion === undefined || room < cells) {
            if (portion !== undefined) yield portion;
            portion = { level, spans: [], cells: 0 };
            room = most * scale();
          }
          const some = taps.slice(first, first + Math.max(1, Math.floor(room / cells)));
          portion.spans.push({ from: at, to: until, taps: some });
          room -= some.length * cells;
          portion.cells += some.length * cells;
          first += some.length;
        }
      }
    }
    if (portion !== undefined) yield portion;
  }
  return undefined;
}

function* sectionsIn(
  rows: Rows,
  cuts: readonly number[],
  accepts: (row: number) => boolean = () => true,
): Iterable<LoadedSection> {
  const at = numbersOf(rows);
  const sectionAt = sectionsOf(rows);
  for (let i = 0; i < rows.count; i++) {
    const [start, seconds] = [at('ts', i), at('seconds', i)];
    const range = rangeOf(cuts, { start, seconds });
    if (range >= 0 && accepts(i)) yield { tap: at('tap', i), range, start, seconds, section: sectionAt(i) };
  }
}
