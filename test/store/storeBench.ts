import type { Engine } from '../../manager/store/engine.ts';
import { createStoreStages } from '../../manager/store/storeStages.ts';
import type { StoreParts } from '../../manager/store/storeStages.ts';
import type { Delivery } from '../../manager/store/summaryStore.ts';
import { DurableKind } from '../../proto/link.ts';
import { encodePart } from '../../proto/partCodec.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { Clock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/log.ts';
import type { Logger } from '../../runtime/log.ts';
import { Metrics } from '../../runtime/metrics.ts';

const hours = 3600;

export interface OpenStore extends StoreParts {
  metrics: Metrics;
  value: (metric: string) => number;
  /** Stops it in an orderly way. */
  close: () => Promise<void>;
}

export interface StoreOptions {
  journal?: { bytes?: number; segmentBytes?: number; segmentSeconds?: number };
  bytes?: number;
  clock?: Clock;
  log?: Logger;
  engine?: Engine;
}

/** The whole store over a directory, as a manager has it, without anything around it. */
export async function openStore(stateDir: string, options: StoreOptions = {}): Promise<OpenStore> {
  const { clock = systemClock(), log = silentLogger(), journal, bytes = 2 ** 40, engine } = options;
  const metrics = new Metrics();
  const parts = createStoreStages(
    {
      stateDir,
      journal: { bytes: 2 ** 30, segmentBytes: 32 << 20, segmentSeconds: 5, ...journal },
      store: {
        bytes,
        logBytes: 2 ** 40,
        memoryBytes: 1 << 30,
        queryBytes: 300 << 20,
        queryMillis: 30_000,
        sessions: 3,
      },
      retention: {
        window: 6 * hours,
        minute: 7 * 24 * hours,
        tenMinutes: 90 * 24 * hours,
        hour: 2 * 8760 * hours,
        logs: 7 * 24 * hours,
        dns: 90 * 24 * hours,
        passiveDns: 10 * 8760 * hours,
      },
    },
    {
      clock,
      log,
      metrics,
      ...(engine === undefined ? {} : { engine }),
      fail: (error) => {
        throw error;
      },
    },
  );
  for (const stage of parts.stages) await stage.start();
  return {
    ...parts,
    metrics,
    value: (metric) => metrics.read().find(({ name }) => name === metric)?.value ?? Number.NaN,
    async close() {
      for (const stage of parts.stages.toReversed()) await stage.stop(clock.elapsed() + 8000);
    },
  };
}

export interface DeliveryOptions {
  sensor?: string;
  start?: number;
  packets?: number;
  arrivedMillis?: number;
  sections?: number;
  bodyBytes?: number;
  replay?: boolean;
}

/** A part of 10 s as it is handed to the store. Its window, packets and section bodies tell its number. */
export function delivery(seq: number, options: DeliveryOptions = {}): Delivery {
  const { sensor = 'n', start = seq * 10, packets = seq, arrivedMillis = Date.now(), replay = false } = options;
  const { sections = 2, bodyBytes = 40 } = options;
  const loss = { kernel: 1, nic: 0, shed: 0, unrecorded: 0, freezes: 0, blindMillis: 0 };
  const counts = {
    start,
    seconds: 10,
    windowSeconds: 10,
    coveredFrom: start,
    coveredTo: start + 10,
    packets,
    octets: 100,
    loss,
  };
  const owner = { site: 's', sensor, replay };
  const bytes = encodePart({
    tap: 't',
    ...counts,
    sections: Array.from({ length: sections }, (_, i) => ({
      // A kind of this test's own: levels leave it alone, raw rows keep it.
      kind: 900 + i,
      version: 1,
      parameters: Uint8Array.of(i),
      seedHash: new Uint8Array(0),
      body: bodyOf(seq, bodyBytes),
    })),
  });
  return {
    ...owner,
    stream: streamOf(sensor),
    seq,
    kind: DurableKind.PART,
    arrivedMillis,
    bytes,
    inflated: 0,
    row: { ...owner, tap: 't', ...counts },
  };
}

export const streamOf = (sensor: string): string => Buffer.from(sensor.padEnd(16)).toString('hex');

/** Bytes that tell a number, with some that are special to text formats. */
export function bodyOf(seq: number, length: number): Uint8Array {
  const body = new Uint8Array(length);
  new DataView(body.buffer).setUint32(0, seq, true);
  for (let i = 4; i < length; i++) body[i] = [0, 10, 39, 92, 255, seq & 255][i % 6]!;
  return body;
}
