import { getRandomValues } from 'node:crypto';
import { NetworkSet, nonGlobalNetworks } from '../../core/packet/networkSet.ts';
import type { Metric } from '../../core/sketch/top/topList.ts';
import type { PacketFilter } from '../capture/filter.ts';
import { Statistics } from '../../core/summary/statistics.ts';
import type { Summary } from '../../core/summary/summary.ts';
import type { ProtocolStage } from '../protocolStage.ts';
import type { DnsPlaces } from '../protocols/dns/dns.ts';
import { Pipeline } from '../pipeline.ts';
import { summaryOf } from '../window/part.ts';
import { RunWindows } from './runResult.ts';

/** Different keys up to which a list of `picket read` is exact; well above the 1,024 that are promised. */
const LIST_CAPACITY = 2048;
export const FLOW_SLOTS = 262_144;
/** Length of a window while none is asked for: only used to tell which packets are late. */
export const WINDOW_SECONDS = 10;

/** What every worker of a run is told; plain data, it travels to threads. */
export interface RunOptions {
  filter: string;
  checksums: boolean;
  windows: boolean;
  windowSeconds: number;
  by: Metric;
  flowSlots?: number;
  /** Where DNS is looked for beside its usual ports. */
  dnsPlaces?: DnsPlaces;
  /** Networks that are local; the non-global blocks if absent. */
  local?: readonly string[];
}

/** A pipeline over files and what it has added up so far. */
export interface PipelineRun {
  pipeline: Pipeline;
  /** The windows, if they were asked for. */
  windows: RunWindows;
  /** The run as a whole, once the pipeline has finished. */
  total: () => Summary;
  filter: PacketFilter | undefined;
}

/** The filter of an expression, none for an empty one: libpcap is then not loaded. */
export async function createFilter(expression: string): Promise<PacketFilter | undefined> {
  if (expression === '') return undefined;
  const { PacketFilter } = await import('../capture/filter.ts');
  return new PacketFilter(expression);
}

/** Application protocols for the counts alone: no log is written. */
async function createStage({ local, dnsPlaces }: RunOptions): Promise<ProtocolStage> {
  const { ProtocolStage: Stage } = await import('../protocolStage.ts');
  const nothing = { sensor: 'file', emit: () => {}, wants: new Set<string>() };
  return new Stage({
    ...nothing,
    ...(local === undefined ? {} : { local }),
    ...(dnsPlaces === undefined ? {} : { dnsPlaces }),
  });
}

/** A pipeline of one worker. `stage`: its application protocols, if rows are wanted of them. */
export async function createRun(
  options: RunOptions,
  worker: number,
  workers: number,
  stage?: ProtocolStage,
): Promise<PipelineRun> {
  const windows = new RunWindows();
  const protocols = stage ?? (await createStage(options));
  const filter = await createFilter(options.filter);
  const statistics = {
    exact: true,
    topCapacity: LIST_CAPACITY,
    by: options.by,
    local: new NetworkSet(options.local ?? nonGlobalNetworks),
  };
  const total = new Statistics(statistics);
  let only: Summary | undefined;
  const pipeline = new Pipeline({
    windowSeconds: options.windows ? options.windowSeconds : 0,
    live: false,
    flowSlots: options.flowSlots ?? FLOW_SLOTS,
    seed: getRandomValues(new Uint32Array(20)),
    statistics,
    worker,
    workers,
    checksums: options.checksums,
    recycle: options.windows,
    ...(options.windows ? { total } : {}),
    ...(filter === undefined ? {} : { filter }),
    ...protocols.hooks,
    onWindow: (window) => {
      if (!options.windows) {
        only = summaryOf(window);
        return;
      }
      for (const [name, value] of window.counters.toEntries()) total.counters.add(name, value);
      windows.add(window.number * options.windowSeconds, summaryOf(window).toSections());
    },
  });
  protocols.attach(pipeline);
  return { pipeline, windows, filter, total: () => only ?? total.toSummary() };
}
