import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { createIngest } from '../../manager/ingest/ingest.ts';
import type { Ingest } from '../../manager/ingest/ingest.ts';
import { createControlStore } from '../../manager/store/sqliteControlStore.ts';
import type { Delivery, SummaryStore } from '../../manager/store/summaryStore.ts';
import { Intervals } from '../../proto/intervals.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { Clock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/log.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { createLink } from '../../sensor/link/link.ts';
import type { Link } from '../../sensor/link/link.ts';
import { ManualClock } from './manualClock.ts';

/** A store that keeps what it is given, for tests of what ingest makes of it. */
export class MemoryStore implements Pick<SummaryStore, 'append' | 'received'> {
  readonly deliveries: Omit<Delivery, 'bytes'>[] = [];
  readonly #streams = new Map<string, Intervals>();
  /** Resolves before anything is stored: a test holds it up by another one. */
  gate: Promise<void> = Promise.resolve();

  async append(delivery: Delivery): Promise<boolean> {
    await this.gate;
    const stream = this.#streams.get(delivery.stream) ?? new Intervals();
    this.#streams.set(delivery.stream, stream);
    if (stream.has(delivery.seq)) return false;
    stream.add(delivery.seq);
    const { bytes: _, ...kept } = delivery;
    this.deliveries.push(kept);
    return true;
  }

  received(stream: string): { first: number; last: number }[] {
    return this.#streams.get(stream)?.toList() ?? [];
  }
}

export interface IngestSide {
  ingest: Ingest;
  store: MemoryStore;
  metrics: Metrics;
  socket: string;
  /** Stops it; what it knew is gone but for the store. */
  stop(): Promise<void>;
}

/** The manager's end of the link without the rest of a manager, on a Unix socket, and sensors' ends. */
export function ingestBench() {
  const stops: (() => Promise<void>)[] = [];
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'picket-ingest-'));
  });
  afterEach(async () => {
    for (const stop of stops.splice(0).toReversed()) await stop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function startIngest(
    options: { clock?: Clock; store?: MemoryStore; socket?: string } = {},
  ): Promise<IngestSide> {
    const { clock = systemClock(), store = new MemoryStore() } = options;
    const socket = options.socket ?? join(directory, 'm.sock');
    const metrics = new Metrics();
    mkdirSync(join(directory, 'control'), { recursive: true });
    const control = createControlStore(join(directory, 'control'));
    await control.start();
    const ingest = createIngest({
      store: store as MemoryStore & SummaryStore,
      control,
      clock,
      log: silentLogger(),
      metrics,
    });
    const server: Server = createServer();
    server.on('upgrade', (request, duplex, head) => ingest.upgrade(request, duplex, head));
    await new Promise<void>((resolve) => void server.listen(socket, resolve));
    let stopped: Promise<void> | undefined;
    const stop = (): Promise<void> =>
      (stopped ??= (async () => {
        server.close();
        const moving = setInterval(() => clock instanceof ManualClock && clock.advance(10), 1);
        await ingest.stop(clock.elapsed() + 2000);
        clearInterval(moving);
        await control.stop(systemClock().elapsed() + 2000);
      })());
    stops.push(stop);
    return { ingest, store, metrics, socket, stop };
  }

  function makeLink(
    socket: string,
    options: { clock?: Clock; name?: string; random?: () => number; replay?: boolean } = {},
  ): { link: Link; metrics: Metrics; run: () => Promise<void> } {
    const { name = 'a', random = () => 0, replay = false, clock = systemClock() } = options;
    const metrics = new Metrics();
    const link = createLink(
      {
        url: `unix:${socket}`,
        site: 'oslo',
        name,
        software: 'test',
        replay,
        stateDir: join(directory, `sensor-${name}`),
        spoolBytes: 64 << 20,
      },
      { clock, log: silentLogger(), metrics, random },
    );
    const run = async (): Promise<void> => {
      await link.start();
      stops.push(() => link.stop(systemClock().elapsed() + 1000));
    };
    return { link, metrics, run };
  }

  return { startIngest, makeLink, inDirectory: (...names: string[]): string => join(directory, ...names) };
}

/** Waits for something that other turns of the loop bring about. */
export async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise<void>((resolve) => void setTimeout(resolve, 1));
}
