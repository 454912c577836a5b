import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NicCounters } from './nicCounters.ts';

test('counts what was added, of the right interface only', () => {
  const root = mkdtempSync(join(tmpdir(), 'picket-nic-'));
  try {
    const write = (file: string, value: number): void => writeFileSync(join(root, 'eth9', file), `${value}\n`);
    mkdirSync(join(root, 'eth9/statistics'), { recursive: true });
    write('ifindex', 7);
    write('statistics/rx_missed_errors', 100);
    write('statistics/rx_dropped', 10);
    const counters = new NicCounters(root, 'eth9');
    counters.reset(7);
    expect(counters.take(7)).toBe(0);
    write('statistics/rx_missed_errors', 105);
    write('statistics/rx_dropped', 12);
    write('statistics/rx_fifo_errors', 1);
    expect(counters.take(7)).toBe(8);
    expect(counters.take(7)).toBe(0);
    // The driver began anew.
    write('statistics/rx_missed_errors', 2);
    expect(counters.take(7)).toBe(2);
    // Another interface of that name.
    write('statistics/rx_missed_errors', 1000);
    expect(counters.take(8)).toBe(0);
    expect(new NicCounters(root, 'none').take(7)).toBe(0);
  } finally {
    rmSync(root, { recursive: true });
  }
});
