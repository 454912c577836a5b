import { tapId } from './journalEntry.ts';
import type { TapKey, TapSpan, WindowRow } from './summaryStore.ts';

interface Indexed<Place> {
  row: WindowRow;
  place: Place;
}

interface Tap<Place> {
  rows: Indexed<Place>[];
  longest: number;
  newest: WindowRow;
  /** Rows that are windows; the others are of longer periods. */
  windows: number;
  /** Where there are windows of each length: start of the first, end of the last. */
  widths: Map<number, { first: number; until: number }>;
}

/** Rows by tap and time, in memory; `Place` tells where the body lies. */
export class WindowIndex<Place> {
  readonly #taps = new Map<string, Tap<Place>>();
  #size = 0;

  add(row: WindowRow, place: Place): void {
    const id = tapId(row);
    let tap = this.#taps.get(id);
    if (tap === undefined) {
      tap = { rows: [], longest: row.seconds, newest: row, windows: 0, widths: new Map() };
      this.#taps.set(id, tap);
    }
    tap.longest = Math.max(tap.longest, row.seconds);
    // A part of a longer period begins before what it tells of was seen, and ends after it: it is no tap's newest window.
    if (isWindow(row)) {
      if (!isWindow(tap.newest) || row.start >= tap.newest.start) tap.newest = row;
      tap.windows += 1;
    }
    widen(tap.widths, row);
    // Rows come nearly in order, so the place is looked for from the end.
    let at = tap.rows.length;
    while (at > 0 && (tap.rows[at - 1]?.row.start ?? 0) > row.start) at -= 1;
    tap.rows.splice(at, 0, { row, place });
    this.#size += 1;
  }

  /** Rows that overlap [from, to), by tap, then by time. */
  *find(query: { from: number; to: number; accepts: (tap: TapKey) => boolean }): Iterable<Indexed<Place>> {
    for (const tap of this.#taps.values()) {
      if (!query.accepts(tap.newest)) continue;
      const { rows } = tap;
      for (let at = firstFrom(rows, query.from - tap.longest + 1); at < rows.length; at++) {
        const entry = rows[at];
        if (entry === undefined || entry.row.start >= query.to) break;
        if (entry.row.start + entry.row.seconds > query.from) yield entry;
      }
    }
  }

  /** Forgets rows by their place. */
  drop(gone: (place: Place) => boolean): void {
    for (const [id, tap] of this.#taps) {
      const kept = tap.rows.filter(({ place }) => !gone(place));
      this.#size -= tap.rows.length - kept.length;
      tap.rows = kept;
      tap.windows = kept.filter(({ row }) => isWindow(row)).length;
      tap.widths = new Map();
      for (const { row } of kept) widen(tap.widths, row);
      if (tap.rows.length === 0) this.#taps.delete(id);
    }
  }

  /** Rows by their place. */
  all(wanted: (place: Place) => boolean): WindowRow[] {
    const rows: WindowRow[] = [];
    for (const tap of this.#taps.values()) for (const { row, place } of tap.rows) if (wanted(place)) rows.push(row);
    return rows;
  }

  /** Lengths of windows that exist in [from, to), of the taps that `accepts` takes. */
  widths({ from, to, accepts }: { from: number; to: number; accepts: (tap: TapKey) => boolean }): Set<number> {
    const lengths = new Set<number>();
    for (const { newest, widths } of this.#taps.values())
      if (accepts(newest))
        for (const [seconds, { first, until }] of widths) if (first < to && until > from) lengths.add(seconds);
    return lengths;
  }

  /** Number of rows. */
  get size(): number {
    return this.#size;
  }

  /** The taps that have windows here, and the span of these. */
  taps(): TapSpan[] {
    const taps = [...this.#taps.values()].filter(({ windows }) => windows > 0);
    return taps.map(({ rows, newest, windows }) => ({
      site: newest.site,
      sensor: newest.sensor,
      tap: newest.tap,
      replay: newest.replay,
      from: rows.find(({ row }) => isWindow(row))?.row.start ?? newest.start,
      to: newest.start + newest.seconds,
      seconds: newest.windowSeconds,
      expiredTo: undefined,
      windows,
    }));
  }
}

function widen(widths: Tap<unknown>['widths'], { start, seconds, windowSeconds }: WindowRow): void {
  const known = widths.get(windowSeconds);
  if (known === undefined) widths.set(windowSeconds, { first: start, until: start + seconds });
  else {
    known.first = Math.min(known.first, start);
    known.until = Math.max(known.until, start + seconds);
  }
}

function isWindow({ seconds, windowSeconds }: WindowRow): boolean {
  return seconds === windowSeconds;
}

/** Index of the first row that starts at `start` or later. */
function firstFrom(rows: readonly Indexed<unknown>[], start: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.row.start ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  return low;
}
