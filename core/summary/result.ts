import { formatAddress } from '../packet/address.ts';
import type { Estimate } from '../sketch/hll/estimator.ts';
import type { Kll } from '../sketch/kll/kll.ts';
import type { Metric } from '../sketch/top/topList.ts';
import type { TopRows } from '../sketch/top/topRows.ts';
import { HOST_WORDS } from './flowKeys.ts';
import type { Summary } from './summary.ts';

/** A line of a top list: the truth lies within `octets` +- `error.octets`, and so for packets. */
export interface ResultRow {
  key: string;
  packets: number;
  octets: number;
  error: { packets: number; octets: number };
}

export interface Quantiles {
  p50: number | null;
  p90: number | null;
  p99: number | null;
}

/** A summary as people and programs are shown it: `distinct`, `top`, `sizes`, `durations` of `picket read --json`. */
export interface SummaryResult {
  distinct: Record<'hosts' | 'sources' | 'destinations' | 'pairs' | 'services' | 'flows', Estimate>;
  top: Record<'hosts' | 'sources' | 'destinations' | 'pairs' | 'services', ResultRow[]>;
  sizes: Quantiles;
  durations: Quantiles;
}

/** `count` lines of each list, sorted by `by`. */
export function resultOf(summary: Summary, count: number, by: Metric): SummaryResult {
  const { values } = summary;
  const list = (rows: TopRows, text: (key: Uint32Array) => string): ResultRow[] =>
    rows
      .top(count, by)
      .map(({ key, packets, octets, error }) => ({ key: text(key), packets, octets, error: { ...error } }));
  return {
    distinct: {
      hosts: summary.hosts().estimate(),
      sources: values.sources.estimate(),
      destinations: values.destinations.estimate(),
      pairs: values.pairs.estimate(),
      services: values.services.estimate(),
      flows: values.flows.estimate(),
    },
    top: {
      hosts: list(values.topHosts, hostText),
      sources: list(values.topSources, hostText),
      destinations: list(values.topDestinations, hostText),
      pairs: list(values.topPairs, (key) => `${hostText(key)} ${hostText(key.subarray(HOST_WORDS))}`),
      services: list(values.topServices, serviceText),
    },
    sizes: quantilesOf(values.sizes),
    durations: quantilesOf(values.durations),
  };
}

function quantilesOf(kll: Kll): Quantiles {
  const at = (p: number): number | null => kll.quantile(p) ?? null;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}

/** An address; with `@` and the realm's word in hexadecimal where it has one. */
function hostText(key: Uint32Array): string {
  const realm = key[4]!;
  const address = formatAddress(key, 0);
  return realm === 0 ? address : `${address}@${realm.toString(16).padStart(8, '0')}`;
}

const protocols: readonly (readonly [number, string])[] = [
  [6, 'tcp'],
  [17, 'udp'],
  [132, 'sctp'],
];

/** `443/tcp`; a protocol without a name of its own by its number. */
function serviceText(key: Uint32Array): string {
  const service = key[0]!;
  const protocol = service >>> 16;
  const name = protocols.find(([number]) => number === protocol)?.[1] ?? String(protocol);
  return `${service & 0xffff}/${name}`;
}
