import type { Loss } from '../../core/summary/part.ts';
import type { Summary } from '../../core/summary/summary.ts';

/** What one capture worker saw in one window, with its lists uncut: what parts are made of. */
export interface WindowSummary {
  /** The worker's number, from 0. */
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
  /** Taken over by whoever gets it. Lists are sorted by key and not cut; health is empty. */
  readonly summary: Summary;
}
