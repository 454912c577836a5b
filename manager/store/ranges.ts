import type { TapCounts, WindowRow } from './summaryStore.ts';

/** The range of `cuts` that a row lies in as a whole, or -1. */
export function rangeOf(cuts: readonly number[], { start, seconds }: Pick<WindowRow, 'start' | 'seconds'>): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cuts[middle] ?? Infinity) <= start) low = middle + 1;
    else high = middle;
  }
  const end = cuts[low];
  return end !== undefined && low > 0 && start + seconds <= end ? low - 1 : -1;
}

/** Adds up windows by tap and range. Parts of longer periods count nothing anew and are left out. */
export function countRows(cuts: readonly number[], rows: Iterable<WindowRow>): TapCounts[] {
  const groups = new Map<string, { counts: TapCounts; windows: Map<number, Watched> }>();
  for (const row of rows) {
    const range = rangeOf(cuts, row);
    if (range < 0 || row.seconds !== row.windowSeconds) continue;
    const { site, sensor, tap } = row;
    const id = `${site}/${sensor}/${tap} ${range}`;
    let group = groups.get(id);
    if (group === undefined) {
      const loss = { kernel: 0, nic: 0, shed: 0, unrecorded: 0, freezes: 0, blindMillis: 0 };
      const counts = {
        site,
        sensor,
        tap,
        range,
        replay: true,
        packets: 0,
        octets: 0,
        loss,
        presentSeconds: 0,
        rows: 0,
      };
      groups.set(id, (group = { counts, windows: new Map() }));
    }
    const { counts, windows } = group;
    counts.replay &&= row.replay;
    counts.packets += row.packets;
    counts.octets += row.octets;
    counts.rows += 1;
    for (const key of Object.keys(counts.loss) as (keyof WindowRow['loss'])[]) counts.loss[key] += row.loss[key];
    const watched = windows.get(row.start) ?? { spans: [], blind: 0 };
    windows.set(row.start, watched);
    watched.spans.push(row.replay ? [row.start, row.start + row.seconds] : [row.coveredFrom, row.coveredTo]);
    watched.blind += row.loss.blindMillis / 1000;
  }
  return [...groups.values()].map(({ counts, windows }) => ({ ...counts, presentSeconds: presentSeconds(windows) }));
}

interface Watched {
  spans: [number, number][];
  blind: number;
}

/**
 * Seconds that windows cover, each second once, without the blind time of each. Several parts of a window cover the
 * union of their spans; one worker of a tap tells of blind time, so theirs add.
 */
function presentSeconds(windows: ReadonlyMap<number, Watched>): number {
  let blind = 0;
  for (const window of windows.values()) blind += Math.min(window.blind, unionLength(window.spans));
  // Windows of two lengths may overlap, where the length was changed.
  const all = unionLength([...windows.values()].flatMap(({ spans }) => spans));
  return Math.max(0, all - blind);
}

function unionLength(spans: [number, number][]): number {
  spans.sort(([a], [b]) => a - b);
  let sum = 0;
  let until = -Infinity;
  for (const [begin, end] of spans) {
    if (end <= until) continue;
    sum += end - Math.max(begin, until);
    until = end;
  }
  return sum;
}

export function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
