import type { Distinct } from '../../core/dnsDigest/distinct.ts';
import type { RttBuckets } from '../../core/dnsDigest/rttBuckets.ts';
import type { DnsScope } from './dnsScope.ts';

/** What pairs are looked for by: their name, a suffix of it (itself and all below), or what the record says. */
export type PairWanted =
  | { by: 'name'; names: readonly string[] }
  | { by: 'suffix'; suffix: string }
  | { by: 'data'; data: readonly string[] };

export interface PairQuery {
  wanted: PairWanted;
  /** Numbers of record types; empty: all. */
  types: readonly number[];
  scope: DnsScope;
  /** Rows at most: the newest. */
  limit: number;
}

/** A name with what a record said of it, all sensors and all of the time together. */
export interface PairRow {
  rrname: string;
  rrtype: number;
  rdata: string;
  /** Seconds since 1970. */
  first: number;
  last: number;
  count: number;
  ttlMin: number;
  ttlMax: number;
  /** SITE/NAME of those who saw it, sorted. */
  sensors: string[];
}

export interface CountedName {
  name: string;
  count: number;
  nxdomain: number;
  clients: Distinct;
}

export interface CountedClient {
  client: string;
  count: number;
  nxdomain: number;
  names: Distinct;
}

export interface CountedQueries {
  client: string;
  name: string;
  qtype: number;
  /** -1: no answer was seen. */
  rcode: number;
  count: number;
  rtt: RttBuckets;
}

/** What the periods of a span counted in all, and what their rows leave out (`DnsOther` of core/dnsDigest). */
export interface DnsSums {
  /** Start of the first period and end of the last; undefined: there is none. */
  span: { from: number; to: number } | undefined;
  queries: number;
  responses: number;
  unasked: number;
  local: number;
  otherQueries: number;
  unnamed: number;
  clientless: number;
  shed: number;
  encrypted: Record<'dot' | 'doh' | 'doq', { flows: number; octets: number }>;
  types: Map<number, number>;
  rcodes: Map<number, number>;
  clients: Distinct;
  names: Distinct;
  rtt: RttBuckets;
}

/** Names beside an address: the newest, and when it was last seen. */
export interface NewestName {
  name: string;
  last: number;
}

/**
 * What sensors told of DNS. Everything that was acknowledged before a question is in its answer, each digest once: the
 * messages that wait in the journal are looked up first, then the engine, of which is left out what comes from the same
 * segments (by their numbers or, where rows are merged, by the segments' marks in the very read that the rows are from).
 */
export interface DnsStore {
  /** Pairs, the newest first; `more`: there are more than the limit. */
  pairs(query: PairQuery): Promise<{ rows: PairRow[]; more: boolean }>;
  /** The newest names of A and AAAA records that lead to the addresses, by address as DNS logs print it. */
  namesOf(addresses: readonly string[], scope: DnsScope): Promise<Map<string, NewestName>>;
  /** Names with most queries. Periods that overlap the span count as a whole. */
  names(scope: DnsScope, limit: number): Promise<CountedName[]>;
  clients(scope: DnsScope, limit: number): Promise<CountedClient[]>;
  /** Queries of a client, or for a name, or both; those with most first. */
  queries(
    scope: DnsScope,
    wanted: { client?: string | undefined; name?: string | undefined },
    limit: number,
  ): Promise<CountedQueries[]>;
  sums(scope: DnsScope): Promise<DnsSums>;
}
