import type { Range } from './range.ts';

/** Answers may take this share of the time between them. */
const share = 5;

/**
 * Milliseconds between two times that everything is asked, at least: longer spans change less with each window and cost
 * the manager more, and a manager that takes long is asked less often.
 */
export function refreshGap(range: Range, lastTookMillis: number): number {
  const span = range.kind === 'last' ? range.seconds : Number.POSITIVE_INFINITY;
  const base = span <= 3600 ? 2000 : span <= 86_400 ? 10_000 : 20_000;
  return Math.max(base, Math.min(120_000, lastTookMillis * share));
}
