import { tapId } from './journalEntry.ts';
import { spanSeconds, uniteSpans } from './levelSpans.ts';
import type { Span } from './levelSpans.ts';
import type { LoadedCounts } from './loadedRows.ts';
import { rangeOf } from './ranges.ts';
import type { TapCounts, TapKey, WindowRow } from './summaryStore.ts';

interface Group {
  counts: TapCounts;
  spans: Span[];
  darkSeconds: number;
}

/**
 * Adds up what each tap counted in each range: rows that wait in the journal, and sums of what is loaded. Each second that
 * was watched is present once, whichever of them tells it; blind time of each part counts against it. Parts of longer
 * periods count nothing anew.
 */
export function addUp(
  cuts: readonly number[],
  waiting: Iterable<WindowRow>,
  loaded: Iterable<{ tap: TapKey; counts: LoadedCounts }>,
): TapCounts[] {
  const groups = new Map<string, Group>();
  for (const row of waiting) {
    const range = rangeOf(cuts, row);
    if (range < 0 || row.seconds !== row.windowSeconds) continue;
    const { start, seconds, replay, coveredFrom, coveredTo } = row;
    const span: Span = replay ? [start, start + seconds] : [coveredFrom, coveredTo];
    const group = groupOf(groups, row, range);
    add(group.counts, { ...row, rows: 1 });
    group.spans.push(span);
    group.darkSeconds += Math.min(row.loss.blindMillis / 1000, span[1] - span[0]);
  }
  for (const { tap, counts } of loaded) {
    const group = groupOf(groups, tap, counts.range);
    add(group.counts, counts);
    group.spans.push(...counts.spans);
    group.darkSeconds += counts.darkSeconds;
  }
  return [...groups.values()].map(({ counts, spans, darkSeconds }) => ({
    ...counts,
    presentSeconds: Math.max(0, spanSeconds(uniteSpans(spans)) - darkSeconds),
  }));
}

function groupOf(groups: Map<string, Group>, { site, sensor, tap }: TapKey, range: number): Group {
  const id = `${tapId({ site, sensor, tap })} ${range}`;
  let group = groups.get(id);
  if (group === undefined) {
    const loss = { kernel: 0, nic: 0, shed: 0, unrecorded: 0, freezes: 0, blindMillis: 0 };
    const sums = { replay: true, packets: 0, octets: 0, loss, presentSeconds: 0, rows: 0 };
    group = { counts: { site, sensor, tap, range, ...sums }, spans: [], darkSeconds: 0 };
    groups.set(id, group);
  }
  return group;
}

function add(into: TapCounts, one: Pick<TapCounts, 'replay' | 'packets' | 'octets' | 'loss' | 'rows'>): void {
  into.replay &&= one.replay;
  into.packets += one.packets;
  into.octets += one.octets;
  into.rows += one.rows;
  for (const key of Object.keys(into.loss) as (keyof TapCounts['loss'])[]) into.loss[key] += one.loss[key];
}
