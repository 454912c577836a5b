import type { Answer, SeriesRow } from '../../proto/api.ts';
import { compareNames } from '../text/names.ts';
import { readTime } from '../text/times.ts';

/** One site's line. All lists are as long as the chart's `starts`. */
export interface SiteTraffic {
  site: string;
  /** Octets or packets of a watched second, null where nothing was watched. */
  rates: (number | null)[];
  /** Seconds that were watched of those that should have been, 0..1; null where none should have been. */
  covered: (number | null)[];
  /** Packets that were lost on the way, all layers. */
  lost: number[];
  seen: number[];
}

export interface Traffic {
  /** Seconds since 1970 of each step's start. */
  starts: number[];
  step: number;
  sites: SiteTraffic[];
}

/**
 * Turns the rows of a series into lines. A rate is of the time that was watched: a step that is not over yet, or that a
 * sensor was away for, is no dip; how much was watched is told beside it.
 */
export function toTraffic(answer: Answer<'series'>): Traffic {
  const { step } = answer;
  const starts = withGaps(
    [...new Set(answer.rows.flatMap(({ from }) => readTime(from) ?? []))].toSorted((a, b) => a - b),
    step,
  );
  const places = new Map(starts.map((start, i) => [start, i]));
  const sites = new Map<string, SiteTraffic>();
  for (const row of answer.rows) {
    const at = places.get(readTime(row.from) ?? Number.NaN);
    if (at === undefined || row.site === undefined) continue;
    const line = sites.get(row.site) ?? emptyLine(row.site, starts.length);
    sites.set(row.site, line);
    const { expected, present } = row.coverage.seconds;
    line.rates[at] = rateOf(row, step);
    line.covered[at] = expected > 0 ? Math.min(1, present / expected) : null;
    line.lost[at] = lostOf(row.coverage.packets);
    line.seen[at] = row.coverage.packets.seen;
  }
  return { starts, step, sites: [...sites.values()].toSorted((a, b) => compareNames(a.site, b.site)) };
}

/** Packets that were lost on the way, at the card, in the kernel and in the sensor. */
export function lostOf(packets: { nic: number; kernel: number; shed: number }): number {
  return packets.nic + packets.kernel + packets.shed;
}

/** A step that no row tells of gets one of nothing, or the line would be drawn across it. */
function withGaps(starts: readonly number[], step: number): number[] {
  return starts.flatMap((start, i) => {
    const before = starts[i - 1];
    return before !== undefined && start - before > step * 1.5 ? [before + step, start] : [start];
  });
}

function emptyLine(site: string, length: number): SiteTraffic {
  return {
    site,
    rates: Array<null>(length).fill(null),
    covered: Array<null>(length).fill(null),
    lost: Array<number>(length).fill(0),
    seen: Array<number>(length).fill(0),
  };
}

function rateOf(row: SeriesRow, step: number): number | null {
  const { seconds, sensors } = row.coverage;
  if (row.value === null || !(seconds.present > 0)) return null;
  // Seconds are summed over the taps of the sensors that answered; more taps than sensors must not make it less than one.
  const watched = Math.min(step, seconds.present / Math.max(1, sensors.answered));
  return row.value / watched;
}

/** The mean over a line's watched steps, or undefined without any. */
export function meanOf(rates: readonly (number | null)[]): number | undefined {
  let sum = 0;
  let count = 0;
  for (const rate of rates) {
    if (rate === null) continue;
    sum += rate;
    count += 1;
  }
  return count === 0 ? undefined : sum / count;
}

/** Runs of equal state in a line: what is drawn under the chart. `to` is exclusive. */
export function coverageRuns(line: SiteTraffic): { from: number; to: number; kind: 'whole' | 'part' | 'none' }[] {
  const runs: { from: number; to: number; kind: 'whole' | 'part' | 'none' }[] = [];
  for (const [i, covered] of line.covered.entries()) {
    const kind = covered === null || covered === 0 ? 'none' : covered >= 0.995 ? 'whole' : 'part';
    const last = runs.at(-1);
    if (last?.kind === kind) last.to = i + 1;
    else runs.push({ from: i, to: i + 1, kind });
  }
  return runs;
}
