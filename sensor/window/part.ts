import type { WindowPart } from '../../core/summary/part.ts';
import type { Summary } from '../../core/summary/summary.ts';
import { Count } from './counters.ts';
import type { Window } from './window.ts';

/** Entries that a shipped list keeps: the union of the first so many by octets and by packets. */
const LIST = 64;

export interface PartOptions {
  tap: string;
  windowSeconds: number;
  /** The span in which the source was watched, epoch seconds; infinite where nothing could be missed (files). */
  covered: { from: number; to: number };
}

/** The summary of a window, its counters included; of each list the first `rows` by octets and by packets. */
export function summaryOf(window: Window, rows?: number): Summary {
  const { statistics } = window;
  for (const [name, value] of window.counters.toEntries()) statistics.counters.add(name, value);
  return statistics.toSummary(rows);
}

/** A closed window as the part that is shipped. A supplement adds packets, and no covered time. */
export function partOf(window: Window, options: PartOptions): WindowPart {
  const { tap, windowSeconds: seconds, covered } = options;
  const start = window.number * seconds;
  const from = Math.min(Math.max(covered.from, start), start + seconds);
  const to = window.supplement ? from : Math.max(Math.min(covered.to, start + seconds), from);
  const { values } = window.counters;
  const { kernel, nic, freezes, blindMillis } = window.loss;
  const summary = summaryOf(window, LIST);
  return {
    tap,
    start,
    seconds,
    windowSeconds: seconds,
    coveredFrom: from,
    coveredTo: to,
    packets: values[Count.PACKETS]!,
    octets: values[Count.OCTETS]!,
    loss: { kernel, nic, freezes, blindMillis: Math.round(blindMillis), shed: 0, unrecorded: 0 },
    sections: summary.toSections(),
  };
}
