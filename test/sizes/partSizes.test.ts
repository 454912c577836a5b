import { expect, test } from 'vitest';
import { Refusal } from '../../core/sketch/refusal.ts';
import { kinds } from '../../core/summary/kinds.ts';
import { noLoss } from '../../core/summary/part.ts';
import { decodeSection } from '../../core/summary/section.ts';
import { Statistics } from '../../core/summary/statistics.ts';
import { PartMaker } from '../../sensor/merge/partMaker.ts';
import { makeMixedCapture } from '../captures/mixed.ts';
import { temporaryFile } from '../read/reading.ts';
import { busyParts, keyed, sizesOf, START, WINDOW_SECONDS, windowSize } from './busyParts.ts';

test('every list of a busy window is full', () => {
  const [first] = busyParts(1);
  for (const kind of [kinds.topHosts, kinds.topSources, kinds.topDestinations, kinds.topPairs]) {
    const lists = decodeSection(
      kind,
      first!.sections.find((section) => section.kind === kind.kind)!,
    );
    if (lists instanceof Refusal) throw new Error(lists.toString());
    for (const rows of [lists.local, lists.remote]) {
      expect(rows.count).toBeGreaterThanOrEqual(64);
      expect(rows.floorOctets).toBeGreaterThan(0);
    }
  }
});

test('a window without a packet takes 64 octets at most', () => {
  const statistics = new Statistics({ exact: false, topCapacity: 1024, by: 'octets', keyed, number: 1 });
  const maker = new PartMaker({ tap: 'tap0', windowSeconds: WINDOW_SECONDS, workers: 1 });
  const window = {
    worker: 0,
    start: START,
    supplement: false,
    coveredFrom: START + 0.123456,
    coveredTo: START + WINDOW_SECONDS,
    packets: 0,
    octets: 0,
    loss: noLoss,
    summary: statistics.toSummary(),
  };
  const sizes = sizesOf([...maker.add(window), ...maker.finish()]);
  expect([...sizes.keys()]).toEqual([10, 60, 600, 3600]);
  for (const { shipped } of sizes.values()) expect(shipped.max).toBeLessThanOrEqual(64);
});

test('the mixed capture: 12 KB a window', async () => {
  const file = temporaryFile(makeMixedCapture({ packets: 40_000, flows: 4000, seconds: 30 }).pcap());
  expect(await windowSize(file)).toBeLessThanOrEqual(12_000);
});
