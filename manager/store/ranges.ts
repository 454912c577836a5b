import type { WindowRow } from './summaryStore.ts';

/** The range of `cuts` that a row lies in as a whole, or -1. */
export function rangeOf(cuts: readonly number[], { start, seconds }: Pick<WindowRow, 'start' | 'seconds'>): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cuts[middle] ?? Infinity) <= start) low = middle + 1;
    else high = middle;
  }
  const end = cuts[low];
  return end !== undefined && low > 0 && start + seconds <= end ? low - 1 : -1;
}

export function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
