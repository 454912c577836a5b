import { spread } from './pairs.ts';
import type { Spread } from './pairs.ts';

/** Something that is done once an item, many items a call. */
export interface Work {
  name: string;
  /** Items of one call of `run`. */
  items: number;
  run(): void;
}

export interface WorkCost {
  name: string;
  items: number;
  blocks: number;
  /** CPU of this thread a item, over the blocks. */
  nanos: Spread;
}

/**
 * CPU time an item, by blocks: a function is optimised while it runs, and one long call would measure the slow start.
 * So it runs for `warmMillis` unmeasured, then in blocks of at least `blockMillis`, each a figure of its own.
 */
export function timeBlocks(work: Work, { blocks = 15, blockMillis = 20, warmMillis = 300 } = {}): WorkCost {
  const perBlock = Math.max(1, Math.ceil(blockMillis / warm(work, warmMillis)));
  const figures: number[] = [];
  for (let block = 0; block < blocks; block++) {
    const from = process.threadCpuUsage();
    for (let i = 0; i < perBlock; i++) work.run();
    const { user, system } = process.threadCpuUsage(from);
    figures.push(((user + system) * 1000) / (perBlock * work.items));
  }
  return { name: work.name, items: work.items, blocks, nanos: spread(figures) };
}

/** Runs the work for some time; returns the milliseconds that one call took in the second half of it. */
function warm(work: Work, millis: number): number {
  const start = performance.now();
  let calls = 0;
  let half = start;
  for (let now = start; now - start < millis || calls < 2; now = performance.now()) {
    if (now - start < millis / 2) {
      half = now;
      calls = 0;
    }
    work.run();
    calls += 1;
  }
  return Math.max((performance.now() - half) / calls, 1e-4);
}
