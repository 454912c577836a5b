import { inflateRawSync } from 'node:zlib';
import type { DnsDigest } from '../../core/dnsDigest/digest.ts';
import { decodeDigest } from '../../core/dnsDigest/digestDecoder.ts';
import { Refusal } from '../../core/sketch/refusal.ts';
import type { DigestRun } from './digestRun.ts';
import { CLIENTS, DnsTraffic, KINDS, NAMES } from './dnsTraffic.ts';

/** Queries from which on a row is promised. */
const PROMISED = 20;
/** A row of a name that is asked for once, for its address: it does not exist, or nobody answers. */
const MADE_UP = /^10\.20\.\d+\.\d+ [a-z]{12}\.zone\d+\.example\.net 1 (?:3|-1)$/;
/** Names of which counts and clients are promised. */
const RANKED = 1000;

/** What digests say beside what was sent. All that ends in `Off` or `Wrong` is to be 0. */
export interface Verdict {
  /** Rows that are promised, and rows that are there. */
  rows: number;
  told: number;
  /** Rows that are promised and not there, not exact, there twice, or of what nobody asked. */
  rowsWrong: number;
  inRows: number;
  others: DnsDigest['other'];
  queries: number;
  /** Of the first 1,000 names: counts that are off by more than 1 %, clients by more than 5 %. */
  nameCountsOff: number;
  nameClientsOff: number;
  /** Clients whose count or NXDOMAIN is not exact; whose names are off by more than 5 %. */
  clientCountsWrong: number;
  clientNamesOff: number;
}

/** Reads the messages of a run as a manager does, and compares. */
export function judge(run: DigestRun, traffic: DnsTraffic): Verdict {
  const digests = run.messages.map(({ bytes, inflated }) => {
    const digest = decodeDigest(inflateRawSync(bytes, { maxOutputLength: inflated }));
    if (digest instanceof Refusal) throw new Error(String(digest));
    return digest;
  });
  const whole = digests.filter(({ totals }) => totals.queries > 0);
  if (whole.length !== 1) throw new Error(`${whole.length} periods`);
  const { other, totals } = whole[0]!;
  return { ...judgeRows(digests, traffic), others: other, queries: totals.queries, ...judgeSketches(digests, traffic) };
}

function judgeRows(
  digests: readonly DnsDigest[],
  { truth, names }: DnsTraffic,
): Pick<Verdict, 'rows' | 'told' | 'rowsWrong' | 'inRows'> {
  const rows = new Map<string, number>();
  let rowsWrong = 0;
  let inRows = 0;
  for (const { client, name, qtype, rcode, count } of digests.flatMap(({ queries }) => queries)) {
    const key = `${client} ${name} ${qtype} ${rcode}`;
    if (rows.has(key)) rowsWrong++;
    rows.set(key, count);
    inRows += count;
  }
  let promised = 0;
  const told = rows.size;
  for (const [i, count] of truth.rows.entries()) {
    if (count === 0) continue;
    if (count >= PROMISED) promised++;
    const pair = Math.floor(i / KINDS);
    const name = Math.floor(pair / CLIENTS);
    const kind = i % KINDS;
    const rcode = kind % 2 === 0 ? -1 : DnsTraffic.isMissing(name) ? 3 : 0;
    const key = `${DnsTraffic.address(pair % CLIENTS)} ${names[name]!} ${kind < 2 ? 1 : 28} ${rcode}`;
    const row = rows.get(key);
    if (row === undefined ? count >= PROMISED : row !== count) rowsWrong++;
    rows.delete(key);
  }
  // What is left is of made-up names, each asked for once.
  for (const [key, count] of rows) if (count !== 1 || !MADE_UP.test(key)) rowsWrong++;
  return { rows: promised, told, rowsWrong, inRows };
}

type OfSketches = Pick<Verdict, 'nameCountsOff' | 'nameClientsOff' | 'clientCountsWrong' | 'clientNamesOff'>;

function judgeSketches(digests: readonly DnsDigest[], { truth, names }: DnsTraffic): OfSketches {
  const { asked } = truth;
  const isAsked = (name: number, client: number): boolean => {
    const bit = name * CLIENTS + client;
    return (asked[bit >> 3]! & (1 << (bit & 7))) !== 0;
  };
  const allNames = Array.from({ length: NAMES }, (_, i) => i);
  const allClients = Array.from({ length: CLIENTS }, (_, i) => i);
  const verdict = { nameCountsOff: 0, nameClientsOff: 0, clientCountsWrong: 0, clientNamesOff: 0 };
  const byName = new Map(digests.flatMap((digest) => digest.names).map((row) => [row.name, row]));
  const ranked = allNames.toSorted((a, b) => truth.names[b]! - truth.names[a]!);
  for (const name of ranked.slice(0, RANKED)) {
    const row = byName.get(names[name]!);
    if (isOff(row?.count, truth.names[name]!, 0.01)) verdict.nameCountsOff++;
    const clients = allClients.filter((client) => isAsked(name, client)).length;
    if (isOff(row?.clients.estimate, clients, 0.05)) verdict.nameClientsOff++;
  }
  const byClient = new Map(digests.flatMap((digest) => digest.clients).map((row) => [row.client, row]));
  for (const client of allClients) {
    const row = byClient.get(DnsTraffic.address(client));
    const isExact = row?.count === truth.clients[client] && row?.nxdomain === truth.nxdomain[client];
    if (!isExact) verdict.clientCountsWrong++;
    const exact = allNames.filter((name) => isAsked(name, client)).length + truth.random[client]!;
    if (isOff(row?.names.estimate, exact, 0.05)) verdict.clientNamesOff++;
  }
  return verdict;
}

function isOff(value: number | undefined, exact: number, share: number): boolean {
  return value === undefined || Math.abs(Math.round(value) - exact) > share * exact;
}
