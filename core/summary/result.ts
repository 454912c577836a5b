import { formatAddress } from '../packet/address.ts';
import { type ApplicationResult, applicationsOf } from './applicationResult.ts';
import type { Distinct } from '../sketch/distinct/distinct.ts';
import type { Estimate } from '../sketch/hll/estimator.ts';
import type { Kll } from '../sketch/kll/kll.ts';
import type { Metric } from '../sketch/top/topList.ts';
import type { TopRows } from '../sketch/top/topRows.ts';
import { HOST_WORDS } from './flowKeys.ts';
import { rowsOf, type Split, unionOf } from './split.ts';
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

/** Distinct counts that are told apart by where their items are; services are not. */
export type SplitCounts = Record<'hosts' | 'sources' | 'destinations' | 'pairs' | 'flows', Estimate>;
export type SplitLists = Record<'hosts' | 'sources' | 'destinations' | 'pairs', ResultRow[]>;

/** What is known of one side: of local addresses (pairs and flows: both ends local), or of all others. */
export interface SideResult {
  distinct: SplitCounts;
  top: SplitLists;
}

/**
 * A summary as people and programs are shown it: part of `picket read --json`. `distinct` and `top` are of both sides
 * together.
 */
export interface SummaryResult extends ApplicationResult {
  distinct: SplitCounts & { services: Estimate };
  top: SplitLists & { services: ResultRow[] };
  local: SideResult;
  remote: SideResult;
  sizes: Quantiles;
  durations: Quantiles;
  handshakes: Quantiles;
  retransmits: Quantiles;
}

type Side = <T>(split: Split<T>) => T;

/** `count` lines of each list, sorted by `by`. */
export function resultOf(summary: Summary, count: number, by: Metric): SummaryResult {
  const { values } = summary;
  const counts = (side: (split: Split<Distinct>) => Distinct): SplitCounts => {
    const hosts = side(values.sources).copy();
    hosts.merge(side(values.destinations));
    return {
      hosts: hosts.estimate(),
      sources: side(values.sources).estimate(),
      destinations: side(values.destinations).estimate(),
      pairs: side(values.pairs).estimate(),
      flows: side(values.flows).estimate(),
    };
  };
  const list = (rows: TopRows, text: (key: Uint32Array) => string): ResultRow[] =>
    rows
      .top(count, by)
      .map(({ key, packets, octets, error }) => ({ key: text(key), packets, octets, error: { ...error } }));
  const lists = (side: (split: Split<TopRows>) => TopRows): SplitLists => ({
    hosts: list(side(values.topHosts), hostText),
    sources: list(side(values.topSources), hostText),
    destinations: list(side(values.topDestinations), hostText),
    pairs: list(side(values.topPairs), pairText),
  });
  const sideOf = (side: Side): SideResult => ({ distinct: counts(side), top: lists(side) });
  return {
    distinct: { ...counts(unionOf), services: values.services.estimate() },
    top: { ...lists(rowsOf), services: list(values.topServices, serviceText) },
    local: sideOf(({ local }) => local),
    remote: sideOf(({ remote }) => remote),
    sizes: quantilesOf(values.sizes),
    durations: quantilesOf(values.durations),
    handshakes: quantilesOf(values.handshakes),
    retransmits: quantilesOf(values.retransmits),
    ...applicationsOf(summary, count),
  };
}

function quantilesOf(kll: Kll): Quantiles {
  const at = (p: number): number | null => kll.quantile(p) ?? null;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}

/** An address; with `@` and the realm's word in hexadecimal where it has one. */
export function hostText(key: Uint32Array): string {
  const realm = key[4]!;
  const address = formatAddress(key, 0);
  return realm === 0 ? address : `${address}@${realm.toString(16).padStart(8, '0')}`;
}

/** Sender and receiver. */
export function pairText(key: Uint32Array): string {
  return `${hostText(key)} ${hostText(key.subarray(HOST_WORDS))}`;
}

const protocols: readonly (readonly [number, string])[] = [
  [6, 'tcp'],
  [17, 'udp'],
  [132, 'sctp'],
];

/** `443/tcp`; a protocol without a name of its own by its number. */
export function serviceText(key: Uint32Array): string {
  const service = key[0]!;
  const protocol = service >>> 16;
  const name = protocols.find(([number]) => number === protocol)?.[1] ?? String(protocol);
  return `${service & 0xffff}/${name}`;
}
