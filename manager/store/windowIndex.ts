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
  expiredTo: number | undefined;
}

/** Rows by tap and time, in memory; `Place` tells where the body lies. */
export class WindowIndex<Place> {
  readonly #taps = new Map<string, Tap<Place>>();
  readonly #expired = new Map<string, number>();

  add(row: WindowRow, place: Place): void {
    const id = tapId(row);
    let tap = this.#taps.get(id);
    if (tap === undefined) {
      tap = { rows: [], longest: row.seconds, newest: row, expiredTo: this.#expired.get(id) };
      this.#taps.set(id, tap);
    }
    tap.longest = Math.max(tap.longest, row.seconds);
    if (row.start >= tap.newest.start) tap.newest = row;
    // Rows come nearly in order, so the place is looked for from the end.
    let at = tap.rows.length;
    while (at > 0 && (tap.rows[at - 1]?.row.start ?? 0) > row.start) at -= 1;
    tap.rows.splice(at, 0, { row, place });
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

  /** Forgets rows whose place is gone, and remembers until when. */
  expire(gone: (place: Place) => boolean): void {
    for (const [id, tap] of this.#taps) {
      const kept: Indexed<Place>[] = [];
      for (const entry of tap.rows) {
        if (!gone(entry.place)) kept.push(entry);
        else tap.expiredTo = Math.max(tap.expiredTo ?? -Infinity, entry.row.start + entry.row.seconds);
      }
      tap.rows = kept;
      if (tap.expiredTo !== undefined) this.#expired.set(id, tap.expiredTo);
    }
  }

  /** What retention took, to be remembered. */
  expired(): [string, number][] {
    return [...this.#expired];
  }

  remember(expired: readonly [string, number][]): void {
    for (const [id, to] of expired) {
      this.#expired.set(id, to);
      const tap = this.#taps.get(id);
      if (tap !== undefined) tap.expiredTo = to;
    }
  }

  taps(): TapSpan[] {
    return [...this.#taps.values()].map(({ rows, newest, expiredTo }) => ({
      site: newest.site,
      sensor: newest.sensor,
      tap: newest.tap,
      replay: newest.replay,
      from: rows[0]?.row.start ?? newest.start,
      to: newest.start + newest.seconds,
      seconds: newest.windowSeconds,
      expiredTo,
      windows: rows.length,
    }));
  }
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
