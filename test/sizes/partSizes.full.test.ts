import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { makeMixedCapture } from '../captures/mixed.ts';
import { sharedCaptures, temporaryFile } from '../read/reading.ts';
import { busyParts, sizesOf, windowSize } from './busyParts.ts';

test('a busy site: bytes of a part, and the table by section sums to them', { timeout: 120_000 }, () => {
  const parts = busyParts(60);
  const sizes = sizesOf(parts);
  expect([...sizes].map(([seconds, { parts: count }]) => [seconds, count])).toEqual([
    [10, 60],
    [60, 10],
    [600, 1],
    [3600, 1],
  ]);
  for (const report of sizes.values()) {
    const sum = (of: 'plain' | 'shipped'): number => report.sections.reduce((total, row) => total + row[of], 0);
    expect(sum('shipped')).toBe(report.shipped.p95);
    expect(sum('plain')).toBeLessThanOrEqual(report.plain.max);
    expect(sum('plain')).toBeGreaterThanOrEqual(report.plain.p50 * 0.9);
  }
  expect(sizes.get(10)!.shipped.p95).toBeLessThanOrEqual(32_000);
  expect(sizes.get(60)!.shipped.p95).toBeLessThanOrEqual(40_000);
});

test('the mixed capture: 12 KB a window', { timeout: 120_000 }, async () => {
  const file = temporaryFile(makeMixedCapture({ packets: 200_000, flows: 16_000, seconds: 120 }).pcap());
  expect(await windowSize(file)).toBeLessThanOrEqual(12_000);
});

test('real captures: 12 KB a window', { timeout: 120_000 }, async (context) => {
  if (!existsSync(sharedCaptures)) context.skip('not in CI: no folder of captures beside this checkout');
  for (const name of readdirSync(sharedCaptures)) {
    const file = path.join(sharedCaptures, name);
    if (statSync(file).size < 4 << 20) expect(await windowSize(file), name).toBeLessThanOrEqual(12_000);
  }
});
