import { tapId } from './journalEntry.ts';
import type { LogGap } from './logStore.ts';
import type { TapKey } from './summaryStore.ts';

/** A span that a message told all rows of. */
export interface ToldSpan extends TapKey {
  from: number;
  to: number;
  dropped: number;
}

/** Spans closer than this are one. */
const LEAST_GAP = 0.001;
/** Workers of a tap hand over their rows so far apart at most: a gap is told with as much on both sides. */
const SLACK = 1;

/** What lies between the spans of each tap, in no order of taps. Before the first span and behind the last nothing is known. */
export function gapsOf(spans: readonly ToldSpan[]): LogGap[] {
  const gaps: LogGap[] = [];
  for (const own of Map.groupBy(spans, tapId).values()) {
    own.sort((a, b) => a.from - b.from);
    let until = own[0]?.to ?? 0;
    for (const { site, sensor, tap, from, to } of own) {
      if (from - until > LEAST_GAP) gaps.push({ site, sensor, tap, from: until - SLACK, to: from + SLACK });
      until = Math.max(until, to);
    }
  }
  return gaps;
}
