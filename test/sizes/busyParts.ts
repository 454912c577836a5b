import { KeyHasher } from '../../core/sketch/hash/keyHasher.ts';
import { noLoss, type WindowPart } from '../../core/summary/part.ts';
import { readingSeed } from '../../core/summary/seed.ts';
import { Statistics } from '../../core/summary/statistics.ts';
import { PartMaker } from '../../sensor/merge/partMaker.ts';
import { PartSizes, type PartSizesReport } from '../../sensor/read/partSizes.ts';
import { BusySite, endConnections, feedWindow } from '../support/busySite.ts';
import { read } from '../read/reading.ts';

export const START = 1_700_000_000 - (1_700_000_000 % 3600);
export const WINDOW_SECONDS = 10;
export const keyed = { seed: Uint8Array.from(readingSeed), windowSeconds: WINDOW_SECONDS };

/** What a sensor ships of a busy site in so many windows: every part, health left out. */
export function busyParts(windows: number): WindowPart[] {
  const site = new BusySite(1);
  const maker = new PartMaker({ tap: 'tap0', windowSeconds: WINDOW_SECONDS, workers: 1 });
  const parts: WindowPart[] = [];
  const hasher = new KeyHasher();
  for (let n = 0; n < windows; n++) {
    const start = START + n * WINDOW_SECONDS;
    const number = start / WINDOW_SECONDS;
    const statistics = new Statistics({ exact: false, topCapacity: 1024, by: 'octets', keyed, number }, hasher);
    const window = site.next();
    feedWindow(statistics, window);
    endConnections(statistics, window);
    for (const [i, name] of ['packets', 'octets', 'capturedOctets', 'flows.tcp', 'flows.udp', 'link.arp'].entries()) {
      statistics.counters.add(name, 40_000 + 1000 * i + n);
    }
    parts.push(
      ...maker.add({
        worker: 0,
        start,
        supplement: false,
        coveredFrom: start,
        coveredTo: start + WINDOW_SECONDS,
        packets: 400_000,
        octets: 300_000_000,
        loss: noLoss,
        summary: statistics.toSummary(),
      }),
    );
  }
  return [...parts, ...maker.finish()];
}

export function sizesOf(parts: readonly WindowPart[]): Map<number, PartSizesReport> {
  const sizes = new PartSizes();
  for (const part of parts) sizes.add(part);
  return new Map(sizes.report().map((report) => [report.seconds, report]));
}

/** The p95 of what windows of a capture take. */
export async function windowSize(file: string): Promise<number> {
  const { partSizes = [] } = await read([file], { explainSize: true });
  return partSizes.find(({ seconds }) => seconds === WINDOW_SECONDS)?.shipped.p95 ?? 0;
}
