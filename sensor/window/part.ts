import type { Loss } from '../../core/summary/part.ts';
import type { Summary } from '../../core/summary/summary.ts';
import { Count } from './counters.ts';
import type { Window } from './window.ts';

export interface PartOptions {
  windowSeconds: number;
  /** The span in which the source was watched, epoch seconds; infinite where nothing could be missed (files). */
  covered: { from: number; to: number };
  /** The worker's number, from 0. */
  worker: number;
}

/** What one capture worker says of one window, beside its statistics. */
export interface WindowEnvelope {
  readonly worker: number;
  /** Epoch seconds. */
  readonly start: number;
  /** Of packets that came after the window was closed: it adds packets, and no covered time. */
  readonly supplement: boolean;
  /** The span in which the source was watched, within the window, epoch seconds with fraction. */
  readonly coveredFrom: number;
  readonly coveredTo: number;
  readonly packets: number;
  readonly octets: number;
  readonly loss: Loss;
}

/** What one capture worker saw in one window: what parts are made of (`sensor/merge/partMaker.ts`). */
export interface WindowSummary extends WindowEnvelope {
  /** Taken over by whoever gets it. Lists are sorted by key and not cut; health is empty. */
  readonly summary: Summary;
}

/** The summary of a window, its counters included; lists are sorted by key and not cut. */
export function summaryOf(window: Window): Summary {
  addCounters(window);
  return window.statistics.toSummary();
}

/** A closed window, to be made a part of in the same thread. */
export function windowSummaryOf(window: Window, options: PartOptions): WindowSummary {
  return { ...envelopeOf(window, options), summary: summaryOf(window) };
}

/** Adds the plain counters of a window to those of its statistics. */
export function addCounters({ counters, statistics }: Window): void {
  for (const [name, value] of counters.toEntries()) statistics.counters.add(name, value);
}

export function envelopeOf(window: Window, { windowSeconds, covered, worker }: PartOptions): WindowEnvelope {
  const start = window.number * windowSeconds;
  const end = start + windowSeconds;
  const coveredFrom = Math.min(Math.max(covered.from, start), end);
  const { values } = window.counters;
  const { kernel, nic, freezes, blindMillis } = window.loss;
  return {
    worker,
    start,
    supplement: window.supplement,
    coveredFrom,
    coveredTo: window.supplement ? coveredFrom : Math.max(Math.min(covered.to, end), coveredFrom),
    packets: values[Count.PACKETS]!,
    octets: values[Count.OCTETS]!,
    loss: { kernel, nic, freezes, blindMillis: Math.round(blindMillis), shed: 0, unrecorded: 0 },
  };
}
