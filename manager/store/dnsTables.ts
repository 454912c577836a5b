import { origin } from './schema.ts';
import type { Table } from './schema.ts';

/**
 * Tables of what sensors tell of DNS (docs/passiveDns.md). Two hold the history of pairs, for years: the same rows in two
 * orders. The others hold what was counted in each period, as it came.
 */

const history = [
  // Labels from the right, each with a dot behind it ("org.example.www."): a suffix is a range. The root is ".".
  ['rname', 'String'],
  ['rrtype', 'UInt16'],
  ['rdata', 'String'],
  ['site', 'String'],
  ['sensor', 'String'],
  ['tap', 'String'],
  // Whole days since 1970 of `last`.
  ['day', 'Int64'],
  ['first', 'AggregateFunction(min, Float64)'],
  ['last', 'AggregateFunction(max, Float64)'],
  ['count', 'AggregateFunction(sum, UInt64)'],
  ['ttl_min', 'AggregateFunction(min, UInt32)'],
  ['ttl_max', 'AggregateFunction(max, UInt32)'],
  // Month of arrival (`monthOf`): the same in all rows of a segment.
  ['month', 'Int32'],
] as const;

/**
 * A pair of a name and its data, of one tap and day. The engine merges rows of equal keys, so no row tells which segment it
 * is from. Each segment therefore has one row more, its mark, in the same insert: no name, no data, `rrtype` the manager's
 * number, `day` the segment's. The mark is there exactly when the segment's rows are.
 */
export const pdns: Table = {
  name: 'pdns',
  columns: history,
  partition: 'month',
  order: ['rname', 'rrtype', 'rdata', 'site', 'sensor', 'tap', 'day'],
  marked: true,
  granularity: 8192,
  packed: ['rname', 'rdata'],
};

/** The same rows by their data. */
export const pdnsData: Table = {
  ...pdns,
  name: 'pdns_data',
  order: ['rdata', 'rname', 'rrtype', 'site', 'sensor', 'tap', 'day'],
};

/** The period of a tap that a row counts: its start and length in seconds. */
const period = [
  ['site', 'String'],
  ['sensor', 'String'],
  ['tap', 'String'],
  ['ts', 'Int64'],
  ['seconds', 'UInt32'],
] as const;

/** Queries of one client, name, type and answer's code. */
export const dnsQueries: Table = {
  name: 'dns_queries',
  columns: [
    ...period,
    ['client', 'String'],
    ['name', 'String'],
    ['qtype', 'UInt16'],
    ['rcode', 'Int32'],
    ['count', 'UInt64'],
    ['rtt', 'String'],
    ...origin,
  ],
  partition: 'intDiv(arrived, 24)',
  order: ['client', 'name', 'ts'],
  granularity: 8192,
  packed: ['client', 'name', 'rtt'],
};

/** Queries of a name, and a sketch of its clients. */
export const dnsNames: Table = {
  name: 'dns_names',
  columns: [
    ...period,
    ['name', 'String'],
    ['count', 'UInt64'],
    ['nxdomain', 'UInt64'],
    ['clients', 'String'],
    ...origin,
  ],
  partition: 'intDiv(arrived, 24)',
  order: ['name', 'ts'],
  granularity: 2048,
  packed: ['name', 'clients'],
};

/** Queries of a client, and a sketch of the names that it asked for. */
export const dnsClients: Table = {
  name: 'dns_clients',
  columns: [
    ...period,
    ['client', 'String'],
    ['count', 'UInt64'],
    ['nxdomain', 'UInt64'],
    ['names', 'String'],
    ...origin,
  ],
  partition: 'intDiv(arrived, 24)',
  order: ['client', 'ts'],
  granularity: 2048,
  packed: ['client', 'names'],
};

/** What a period counted in all, and what no row of it tells (`other`). Names are those of `core/dnsDigest`. */
export const dnsTotals: Table = {
  name: 'dns_totals',
  columns: [
    ...period,
    ['covered_from', 'Float64'],
    ['covered_to', 'Float64'],
    ['queries', 'UInt64'],
    ['responses', 'UInt64'],
    ['unasked', 'UInt64'],
    ['local', 'UInt64'],
    ['other_queries', 'UInt64'],
    ['unnamed', 'UInt64'],
    ['clientless', 'UInt64'],
    ['shed', 'UInt64'],
    ['shed_pairs', 'UInt64'],
    ['unsketched', 'UInt64'],
    ['dot_flows', 'UInt64'],
    ['dot_octets', 'UInt64'],
    ['doh_flows', 'UInt64'],
    ['doh_octets', 'UInt64'],
    ['doq_flows', 'UInt64'],
    ['doq_octets', 'UInt64'],
    // Counts by number: {"1": 5, ...}.
    ['types', 'String'],
    ['rcodes', 'String'],
    ['clients', 'String'],
    ['names', 'String'],
    ['rtt', 'String'],
    ...origin,
  ],
  partition: 'intDiv(arrived, 24)',
  order: ['ts'],
  granularity: 2048,
  packed: ['types', 'rcodes', 'clients', 'names', 'rtt'],
};

/** All of them, which segments of the journal are loaded into. */
export function dnsTables(): Table[] {
  return [pdns, pdnsData, dnsQueries, dnsNames, dnsClients, dnsTotals];
}
