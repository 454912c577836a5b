import { formatTime } from '../../core/packet/timeText.ts';
import { resultOf, type SummaryResult } from '../../core/summary/result.ts';
import { mergeSections } from '../../core/summary/merge.ts';
import { Summary } from '../../core/summary/summary.ts';
import type { Metric } from '../../core/sketch/top/topList.ts';
import { Refusal } from '../../core/sketch/refusal.ts';
import type { Section } from '../../core/summary/part.ts';
import { AppError } from '../../runtime/error.ts';
import type { RunTimes } from '../window/runTimes.ts';
import type { ReadReport, WindowReport } from './report.ts';

/** One window (or the whole run) of one worker: its start in seconds and what was added up. */
export interface RunWindow {
  start: number;
  summary: Summary;
}

/** What a worker's run comes to, as it travels between threads. */
export interface EncodedRun {
  total: readonly Section[];
  times: { seconds: Float64Array; nanos: Uint32Array };
  windows: { start: number; sections: readonly Section[] }[];
}

/**
 * Adds windows of one start together; the order of what comes in does not matter. Kept as encoded sections: a quiet
 * window is then a kilobyte, and a day has thousands.
 */
export class RunWindows {
  readonly #byStart: Map<number, readonly Section[]> = new Map();

  add(start: number, sections: readonly Section[]): void {
    const known = this.#byStart.get(start);
    this.#byStart.set(start, known === undefined ? sections : accepted(mergeSections([...known, ...sections])));
  }

  addEncoded(windows: EncodedRun['windows']): void {
    for (const { start, sections } of windows) this.add(start, sections);
  }

  /** In order of time, each decoded when its turn comes. */
  *list(): Generator<RunWindow> {
    for (const [start, sections] of [...this.#byStart].sort((a, b) => a[0] - b[0])) {
      yield { start, summary: accepted(Summary.fromSections(sections)) };
    }
  }

  encode(): EncodedRun['windows'] {
    return [...this.#byStart].map(([start, sections]) => ({ start, sections }));
  }
}

export function accepted<T>(value: T | Refusal): T {
  if (value instanceof Refusal) throw new AppError('summary.refused', `a summary of a worker: ${String(value)}`);
  return value;
}

export interface ReportOptions {
  top: number;
  by: Metric;
  windowSeconds: number;
}

/** The counters of a run as the fields of the report. */
export function countersOf(
  summary: Summary,
  times: RunTimes,
): Omit<ReadReport, 'version' | 'files' | keyof SummaryResult> {
  const { counters } = summary.values;
  const get = (name: string): number => counters.get(name);
  const under = (prefix: string): Record<string, number> =>
    Object.fromEntries(
      [...counters.values]
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, value]) => [name.slice(prefix.length), value]),
    );
  const flows = {
    tcp: get('flows.tcp'),
    udp: get('flows.udp'),
    sctp: get('flows.sctp'),
    icmp: get('flows.icmp'),
    other: get('flows.other'),
  };
  const time = (i: 0 | 1): string | null =>
    Number.isNaN(times.seconds[i]!) ? null : formatTime(times.seconds[i]!, times.nanos[i]!);
  return {
    packets: get('packets'),
    octets: get('octets'),
    capturedOctets: get('capturedOctets'),
    firstTime: time(0),
    lastTime: time(1),
    late: get('late'),
    verdicts: {
      truncated: get('truncated'),
      malformed: get('malformed'),
      unsupported: get('unsupported'),
      reasons: under('reason.'),
    },
    fragments: {
      seen: get('fragments.seen'),
      reassembled: get('fragments.reassembled'),
      unmatched: get('fragments.unmatched'),
      overlaps: get('fragments.overlaps'),
    },
    tunnelled: get('tunnelled'),
    flows: {
      total: flows.tcp + flows.udp + flows.sctp + flows.icmp + flows.other,
      ...flows,
      evicted: get('flows.evicted'),
    },
    links: under('link.'),
  };
}

/** One window as the report lists it. */
export function windowReport({ start, summary }: RunWindow, options: ReportOptions): WindowReport {
  const { distinct, top, local, remote } = resultOf(summary, options.top, options.by);
  const { counters } = summary.values;
  return {
    start: formatTime(start, 0),
    seconds: options.windowSeconds,
    packets: counters.get('packets'),
    octets: counters.get('octets'),
    distinct,
    top,
    local,
    remote,
  };
}
