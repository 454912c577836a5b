import { expect } from 'vitest';
import { MemoryStore } from './ingestBench.ts';
import type { ingestBench, IngestSide } from './ingestBench.ts';
import { part, start, value } from './linkBench.ts';
import { fuzzLink, refusalCodes } from './linkFuzz.ts';

/** Keeps what a good sensor sent; of the others nothing, so that whatever grows is ours. */
export class GoodStore extends MemoryStore {
  override async append(delivery: Parameters<MemoryStore['append']>[0]): Promise<boolean> {
    return delivery.site === 'oslo' ? super.append(delivery) : true;
  }
}

/** `count` messages of hostile sensors beside `windows` of a good one, and everything that must hold afterwards. */
export async function runFuzz(
  side: IngestSide,
  makeLink: ReturnType<typeof ingestBench>['makeLink'],
  count: number,
  windows: number,
): Promise<void> {
  const { link, metrics, run } = makeLink(side.socket);
  await run();
  const shipping = (async () => {
    for (let i = 0; i < windows; i++) {
      await link.offer(part(start + 10 * i, i));
      await new Promise<void>((resolve) => void setImmediate(resolve));
    }
    await link.drained();
  })();
  const result = await fuzzLink(side.socket, count, 1);
  await shipping;
  expect(result.sent).toBe(count);
  for (const [code] of result.closed) expect(refusalCodes).toContain(code);
  expect([...result.closed.values()].reduce((sum, times) => sum + times, 0)).toBeGreaterThan(count / 20);
  expect(value(side.metrics, 'ingest_unreadable_parts')).toBeGreaterThan(count / 10);
  expect(result.all - result.tenth).toBeLessThan(24 << 20);
  // The good sensor did not notice: one connection, each window once, exactly as it was.
  expect(value(metrics, 'link_connections')).toBe(1);
  const rows = side.store.deliveries
    .map(({ seq, row }) => [seq, row?.start, row?.packets, row?.octets] as const)
    .sort(([a], [b]) => a - b);
  expect(rows).toEqual(Array.from({ length: windows }, (_, i) => [i + 1, start + 10 * i, 10, 1000]));
  expect(side.ingest.sensors().find(({ site }) => site === 'oslo')).toMatchObject({ refused: 0, unreadable: 0 });
}
