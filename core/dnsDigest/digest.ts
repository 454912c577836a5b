import type { Distinct } from './distinct.ts';
import type { RttBuckets } from './rttBuckets.ts';

/**
 * What a sensor ships of DNS in place of rows: one message of a period, or of pairs that are told at once. All counts are
 * of what was not told before, so what is summed over messages is true; sketches merge over messages, taps and sensors.
 * docs/dns.md, "What is shipped of DNS".
 */
export interface DnsDigest {
  readonly tap: string;
  /** Seconds since 1970: where the period begins. */
  readonly start: number;
  /** Length of the period; 0 = pairs that are told at once, and nothing else. */
  readonly seconds: number;
  /** The span that was looked at, in seconds with fraction; within the period. */
  readonly coveredFrom: number;
  readonly coveredTo: number;
  readonly pairs: readonly DnsPair[];
  readonly queries: readonly DnsQueries[];
  readonly names: readonly DnsName[];
  readonly clients: readonly DnsClient[];
  readonly other: DnsOther;
  readonly totals: DnsTotals;
  readonly encrypted: DnsEncrypted;
}

/** A record that was seen in an answer section. Names are in lower case, without a final dot, labels escaped as `\DDD`. */
export interface DnsPair {
  readonly rrname: string;
  readonly rrtype: number;
  /** As `dns.log` prints it. */
  readonly rdata: string;
  /** Whole seconds since 1970: first and last sight of those in `count`. */
  readonly first: number;
  readonly last: number;
  readonly count: number;
  /** Seconds. */
  readonly ttlMin: number;
  readonly ttlMax: number;
}

/** `rcode` of queries that no answer was seen to. */
export const NO_ANSWER = -1;

/** All queries of the period that are alike. */
export interface DnsQueries {
  readonly client: string;
  readonly name: string;
  readonly qtype: number;
  readonly rcode: number;
  readonly count: number;
  /** Of those that were answered since the row had room for it; undefined where there was none. */
  readonly rtt: RttBuckets | undefined;
}

export interface DnsName {
  readonly name: string;
  readonly count: number;
  readonly nxdomain: number;
  readonly clients: Distinct;
}

export interface DnsClient {
  readonly client: string;
  readonly count: number;
  readonly nxdomain: number;
  readonly names: Distinct;
}

/** Queries that are in no row of `queries`, and what had no room. */
export interface DnsOther {
  /** With those in `queries` they are all queries of the period. */
  readonly queries: number;
  /** Different (client, name, type, rcode) among them. */
  readonly distinct: Distinct;
  /** Queries whose name has no row in `names`. */
  readonly unnamed: number;
  /** Queries whose client has no row in `clients`. */
  readonly clientless: number;
  /** Queries that could not be followed for want of room: only these make a row, a name's or a client's count too low. */
  readonly shed: number;
  /** Sights of pairs that were not kept for want of room. */
  readonly pairs: number;
  /** Items that sketches had no room for: only these make an estimate too low. */
  readonly unsketched: number;
}

export interface DnsTotals {
  /** Exchanges with a question to a name server. */
  readonly queries: number;
  /** Those of them to which an answer was seen. */
  readonly responses: number;
  /** Those of which only the answer was seen. */
  readonly unasked: number;
  /** Exchanges of mDNS, LLMNR and NetBIOS, and of other kinds than queries: in nothing else here. */
  readonly local: number;
  readonly opcodes: number;
  /** Queries by type, and by rcode (`NO_ANSWER` too). The type `OTHER_TYPE` are types beyond the bound. */
  readonly types: readonly DnsCount[];
  readonly rcodes: readonly DnsCount[];
  /** Different clients and names of all queries, those in "other" included. */
  readonly clients: Distinct;
  readonly names: Distinct;
  readonly rtt: RttBuckets;
}

/** Types of questions beyond those that a period tells apart. Type 0 is never asked for. */
export const OTHER_TYPE = 0;

export interface DnsCount {
  readonly value: number;
  readonly count: number;
}

/** Encrypted DNS that was seen by its shape: flows and octets. */
export interface DnsEncrypted {
  readonly dot: DnsTraffic;
  readonly doh: DnsTraffic;
  readonly doq: DnsTraffic;
}

export interface DnsTraffic {
  readonly flows: number;
  readonly octets: number;
}

/** Bounds of one message, held by both ends; what is longer is shipped as several. */
export const digestLimits = {
  /** Octets of an encoded digest before it is deflated. */
  octets: 4 * 2 ** 20,
  /** Octets of a text: a name, or what a record says. */
  text: 4096,
  /** Octets of all different texts, each as long as it reads. */
  texts: 16 * 2 ** 20,
  /** Rows of each table. */
  rows: 2 ** 16,
  /** Sketches in their dense form. */
  dense: 4096,
  /** Different types or rcodes. */
  values: 4096,
  seconds: 86_400,
} as const;
