import type { WindowRow } from '../store/summaryStore.ts';

/** A live window may begin so far ahead of this host's clock, beside what is known of the sensor's clock. */
const aheadSeconds = 600;
/** A sensor that says its clock is uncertain by more is not believed. */
const mostUncertainty = 60;

/**
 * Whether a part claims to be from the future: a live window that begins more than 10 minutes, and the uncertainty of the
 * clocks' offset, ahead of this host's clock. It is stored and acknowledged, and is in no answer (docs/link.md).
 * Windows of capture files have the times of their packets, whatever they are.
 */
export function isFromFuture(
  row: Pick<WindowRow, 'replay' | 'start'>,
  nowMillis: number,
  uncertainty: number | undefined,
): boolean {
  if (row.replay) return false;
  return row.start > nowMillis / 1000 + aheadSeconds + Math.min(mostUncertainty, uncertainty ?? 0);
}
