import type { DnsCount, DnsDigest } from '../../core/dnsDigest/digest.ts';
import { readDnsMessage } from './dnsMessage.ts';
import type { DnsMessage } from './dnsMessage.ts';
import { packDistinct, packRtt } from './dnsSketch.ts';
import { dnsClients, dnsNames, dnsQueries, dnsTotals, pdns, pdnsData } from './dnsTables.ts';
import { GrowingRows } from './growingRows.ts';
import type { SegmentOrigin } from './growingRows.ts';
import type { JournalEntry } from './journalEntry.ts';
import { nameKey } from './nameKey.ts';
import { monthOf } from './schema.ts';

/** Rows of a table that one segment may have: they are one block of an insert. */
const mostRows = 1_000_000;
const daySeconds = 86_400;

/** The mark of a segment: the row by which a table that merges rows knows that the segment's are in it. */
export function markOf(segment: number): string {
  return String(segment);
}

/** Turns the digests of a segment into rows. */
export class DnsRows {
  readonly #pairs = new GrowingRows(pdns);
  readonly #queries = new GrowingRows(dnsQueries);
  readonly #names = new GrowingRows(dnsNames);
  readonly #clients = new GrowingRows(dnsClients);
  readonly #totals = new GrowingRows(dnsTotals);
  readonly #origin: Readonly<Record<'arrived' | 'mgr' | 'seg', number>>;
  readonly #month: number;

  constructor({ arrived, manager, number }: SegmentOrigin) {
    this.#origin = { arrived, mgr: manager, seg: number };
    this.#month = monthOf(arrived * 3600);
  }

  /** The rows by table. The history is written in both of its orders. */
  get tables(): readonly Pick<GrowingRows, 'table' | 'values' | 'count'>[] {
    const { values, count } = this.#pairs;
    return [this.#pairs, { table: pdnsData, values, count }, this.#queries, this.#names, this.#clients, this.#totals];
  }

  /** False when the message is no digest, or one that cannot be read or would be too much of one segment. */
  add(entry: JournalEntry): boolean {
    const message = readDnsMessage(entry);
    if (message === undefined) return false;
    const { pairs, queries, names, clients, seconds } = message.digest;
    const fits =
      this.#pairs.count + pairs.length < mostRows &&
      this.#queries.count + queries.length <= mostRows &&
      this.#names.count + names.length <= mostRows &&
      this.#clients.count + clients.length <= mostRows;
    if (!fits) return false;
    if (pairs.length > 0) this.#addPairs(message);
    if (seconds > 0) this.#addPeriod(message);
    return true;
  }

  #addPairs({ site, sensor, digest }: DnsMessage): void {
    if (this.#pairs.count === 0) this.#addMark();
    const { tap } = digest;
    const owner = { site, sensor, tap, month: this.#month };
    for (const { rrname, rrtype, rdata, first, last, count, ttlMin, ttlMax } of digest.pairs)
      this.#pairs.add({
        rname: nameKey(rrname),
        rrtype,
        rdata,
        ...owner,
        day: Math.floor(last / daySeconds),
        first,
        last,
        count,
        ttl_min: ttlMin,
        ttl_max: ttlMax,
      });
  }

  #addMark(): void {
    const { mgr, seg } = this.#origin;
    this.#pairs.add({
      rname: '',
      rrtype: mgr,
      rdata: markOf(seg),
      site: '',
      sensor: '',
      tap: '',
      day: 0,
      first: 0,
      last: 0,
      count: 0,
      ttl_min: 0,
      ttl_max: 0,
      month: this.#month,
    });
  }

  #addPeriod({ site, sensor, digest }: DnsMessage): void {
    const { tap, start: ts, seconds } = digest;
    const period = { site, sensor, tap, ts, seconds, ...this.#origin };
    for (const { rtt, ...row } of digest.queries) this.#queries.add({ ...period, ...row, rtt: packRtt(rtt) });
    for (const { clients, ...row } of digest.names)
      this.#names.add({ ...period, ...row, clients: packDistinct(clients) });
    for (const { names, ...row } of digest.clients)
      this.#clients.add({ ...period, ...row, names: packDistinct(names) });
    this.#totals.add({ ...period, ...totalsOf(digest) });
  }
}

function totalsOf({ coveredFrom, coveredTo, totals, other, encrypted }: DnsDigest) {
  const { dot, doh, doq } = encrypted;
  return {
    covered_from: coveredFrom,
    covered_to: coveredTo,
    queries: totals.queries,
    responses: totals.responses,
    unasked: totals.unasked,
    local: totals.local,
    other_queries: other.queries,
    unnamed: other.unnamed,
    clientless: other.clientless,
    shed: other.shed,
    shed_pairs: other.pairs,
    unsketched: other.unsketched,
    dot_flows: dot.flows,
    dot_octets: dot.octets,
    doh_flows: doh.flows,
    doh_octets: doh.octets,
    doq_flows: doq.flows,
    doq_octets: doq.octets,
    types: countsText(totals.types),
    rcodes: countsText(totals.rcodes),
    clients: packDistinct(totals.clients),
    names: packDistinct(totals.names),
    rtt: packRtt(totals.rtt),
  };
}

function countsText(counts: readonly DnsCount[]): string {
  return JSON.stringify(Object.fromEntries(counts.map(({ value, count }) => [value, count])));
}
