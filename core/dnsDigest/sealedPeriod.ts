import { formatAddress } from '../packet/address.ts';
import {
  type DnsClient,
  type DnsCount,
  type DnsDigest,
  type DnsName,
  type DnsPair,
  type DnsQueries,
  type DnsTotals,
  NO_ANSWER,
} from './digest.ts';
import { Distinct } from './distinct.ts';
import type { PairColumns } from './pairTable.ts';
import { RTT_BUCKETS, RttBuckets } from './rttBuckets.ts';
import { type ArenaContents, sketchOf } from './sketchArena.ts';

/** Words of a row in `SealedPeriod.rows`: name, client, kind, count, number of its times + 1 (0 = none). */
export const ROW_WORDS = 5;
/** Sketches of the totals, before those of names and clients. */
export const TOTAL_SKETCHES = 3;
export const TotalSketch = { OTHER: 0, CLIENTS: 1, NAMES: 2 } as const;

/**
 * A period as it was counted, in plain arrays and texts: what a capture worker hands over at little cost, and another
 * thread makes a digest of.
 */
export interface SealedPeriod {
  readonly names: readonly string[];
  readonly nameCounts: Float64Array;
  readonly nameNxdomain: Float64Array;
  /** Four words a client. */
  readonly clients: Uint32Array;
  readonly clientCounts: Float64Array;
  readonly clientNxdomain: Float64Array;
  /** Of totals, then of names by number from `TOTAL_SKETCHES`, of clients from `clientSketches`. */
  readonly sketches: ArenaContents;
  readonly clientSketches: number;
  readonly rows: Uint32Array;
  /** `RTT_BUCKETS` counts for each of the rows' times. */
  readonly times: Uint16Array;
  /** Type and rcode of each kind: two numbers. */
  readonly kinds: Int32Array;
  readonly rtt: Float64Array;
  readonly counts: SealedCounts;
  readonly types: readonly DnsCount[];
  readonly rcodes: readonly DnsCount[];
}

export interface SealedCounts {
  readonly queries: number;
  readonly responses: number;
  readonly unasked: number;
  readonly local: number;
  readonly opcodes: number;
  readonly shed: number;
  readonly pairs: number;
  readonly unsketched: number;
}

/** Where and when it was counted. */
export type DigestSpan = Pick<DnsDigest, 'tap' | 'start' | 'seconds' | 'coveredFrom' | 'coveredTo'>;

/** What a capture worker hands over: new pairs, or a period with all pairs. */
export interface SealedDigest {
  readonly span: DigestSpan;
  readonly pairs: PairColumns;
  readonly period: SealedPeriod | undefined;
  readonly encrypted: DnsDigest['encrypted'];
}

export function openSealed({ span, pairs, period, encrypted }: SealedDigest): DnsDigest {
  const rows = pairsOf(pairs);
  if (period === undefined) {
    return {
      ...span,
      pairs: rows,
      queries: [],
      names: [],
      clients: [],
      other: noOther(),
      totals: noTotals(),
      encrypted,
    };
  }
  const { counts, sketches } = period;
  const clients = clientsOf(period);
  const names = namesOf(period);
  const queries = queriesOf(period, clients);
  const other = {
    queries: counts.queries - sum(queries),
    distinct: sketchOf(sketches, TotalSketch.OTHER),
    unnamed: counts.queries - sum(names),
    clientless: counts.queries - sum(clients),
    shed: counts.shed,
    pairs: counts.pairs,
    unsketched: counts.unsketched,
  };
  return { ...span, pairs: rows, queries, names, clients, other, totals: totalsOf(period), encrypted };
}

export function noOther(): DnsDigest['other'] {
  return { queries: 0, distinct: new Distinct(), unnamed: 0, clientless: 0, shed: 0, pairs: 0, unsketched: 0 };
}

export function noTotals(): DnsTotals {
  const counts = { queries: 0, responses: 0, unasked: 0, local: 0, opcodes: 0 };
  const sketches = { clients: new Distinct(), names: new Distinct(), rtt: new RttBuckets() };
  return { ...counts, types: [], rcodes: [], ...sketches };
}

export function noEncrypted(): DnsDigest['encrypted'] {
  const none = { flows: 0, octets: 0 };
  return { dot: none, doh: none, doq: none };
}

function totalsOf({ counts, types, rcodes, sketches, rtt }: SealedPeriod): DnsTotals {
  const { queries, responses, unasked, local, opcodes } = counts;
  const buckets = new RttBuckets();
  buckets.counts.set(rtt);
  return {
    queries,
    responses,
    unasked,
    local,
    opcodes,
    types,
    rcodes,
    clients: sketchOf(sketches, TotalSketch.CLIENTS),
    names: sketchOf(sketches, TotalSketch.NAMES),
    rtt: buckets,
  };
}

function namesOf({ names, nameCounts, nameNxdomain, sketches }: SealedPeriod): DnsName[] {
  return names.map((name, i) => ({
    name,
    count: nameCounts[i]!,
    nxdomain: nameNxdomain[i]!,
    clients: sketchOf(sketches, TOTAL_SKETCHES + i),
  }));
}

function clientsOf({ clients, clientCounts, clientNxdomain, sketches, clientSketches }: SealedPeriod): DnsClient[] {
  return Array.from(clientCounts, (count, i) => ({
    client: formatAddress(clients, i * 4),
    count,
    nxdomain: clientNxdomain[i]!,
    names: sketchOf(sketches, clientSketches + i),
  }));
}

function queriesOf({ rows, names, kinds, times }: SealedPeriod, clients: readonly DnsClient[]): DnsQueries[] {
  const queries: DnsQueries[] = [];
  for (let at = 0; at < rows.length; at += ROW_WORDS) {
    const kind = rows[at + 2]! * 2;
    queries.push({
      client: clients[rows[at + 1]!]!.client,
      name: names[rows[at]!]!,
      qtype: kinds[kind]!,
      rcode: kinds[kind + 1] ?? NO_ANSWER,
      count: rows[at + 3]!,
      rtt: timesOf(times, rows[at + 4]! - 1),
    });
  }
  return queries;
}

function timesOf(times: Uint16Array, number: number): RttBuckets | undefined {
  if (number < 0) return undefined;
  const rtt = new RttBuckets();
  rtt.counts.set(times.subarray(number * RTT_BUCKETS, (number + 1) * RTT_BUCKETS));
  return rtt.count > 0 ? rtt : undefined;
}

function pairsOf({ rrnames, rdata, numbers }: PairColumns): DnsPair[] {
  return rrnames.map((rrname, i) => {
    const [rrtype = 0, first = 0, last = 0, count = 0, ttlMin = 0, ttlMax = 0] = numbers.subarray(i * 6, i * 6 + 6);
    return { rrname, rrtype, rdata: rdata[i]!, first, last, count, ttlMin, ttlMax };
  });
}

function sum(rows: readonly { count: number }[]): number {
  return rows.reduce((total, { count }) => total + count, 0);
}
