import type { DirtyCell } from '../store/dirtyRanges.ts';

/** A cell is over when nothing can come for it in time any more: windows are sealed, sent and loaded by then. */
const graceMillis = 20_000;
/** What was touched just now is likely to be touched again; but nothing waits longer than this since it was first touched. */
const quietMillis = 10_000;
const patienceMillis = 120_000;
/** Bytes that a job reads, about: its memory is a few times that. */
const jobBytes = 16 << 20;
const largestBatch = 1024;

/** Those of `cells` that are due, in the order of time, then of taps. Without a time all of them are. */
export function dueCells(cells: readonly DirtyCell[], time?: { now: number; elapsed: number }): DirtyCell[] {
  const due = time === undefined ? [...cells] : cells.filter((cell) => isDue(cell, time));
  return due.sort((a, b) => a.ts - b.ts || a.seconds - b.seconds || a.tap - b.tap);
}

function isDue(cell: DirtyCell, { now, elapsed }: { now: number; elapsed: number }): boolean {
  if ((cell.ts + cell.seconds) * 1000 + graceMillis > now) return false;
  return elapsed - cell.touched >= quietMillis || elapsed - cell.firstTouched >= patienceMillis;
}

/** Cells of the next job, when one of `cells` read `bytes`. */
export function resizeBatch(cells: number, bytes: number): number {
  const fitting = Math.floor((cells * jobBytes) / Math.max(1, bytes));
  return Math.max(1, Math.min(fitting, cells * 4, largestBatch));
}

/**
 * Rows of one insert lie in few months: the engine refuses more than 100 partitions. A span of 28 days is in two months at
 * most, so these are 80 at most.
 */
const spanSeconds = 28 * 86_400;
const mostSpans = 40;

/** The cells of one job: of `cells`, which are in the order of time, at most `size` from number `at` on. */
export function takeBatch(cells: readonly DirtyCell[], at: number, size: number): DirtyCell[] {
  const spans = new Set<number>();
  const batch: DirtyCell[] = [];
  for (let i = at; i < cells.length && batch.length < size; i++) {
    const cell = cells[i]!;
    spans.add(Math.floor(cell.ts / spanSeconds));
    if (spans.size > mostSpans) break;
    batch.push(cell);
  }
  return batch;
}
