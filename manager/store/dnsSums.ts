import { Distinct } from '../../core/dnsDigest/distinct.ts';
import type { DnsCount } from '../../core/dnsDigest/digest.ts';
import { RttBuckets } from '../../core/dnsDigest/rttBuckets.ts';
import type { Waiting } from './dnsCounts.ts';
import { addRtt, unpackDistinct } from './dnsSketch.ts';
import type { DnsSums } from './dnsStore.ts';
import { dnsTotals } from './dnsTables.ts';
import type { Engine } from './engine.ts';
import { name, sql } from './sql.ts';

const encryptedKinds = ['dot', 'doh', 'doq'] as const;

/** Adds up what periods counted in all. */
export async function readSums(engine: Engine, { digests, loaded }: Waiting): Promise<DnsSums> {
  const sums = emptySums();
  for (const { start, seconds, totals, other, encrypted } of digests) {
    widen(sums, start, start + seconds);
    for (const key of ['queries', 'responses', 'unasked', 'local'] as const) sums[key] += totals[key];
    for (const key of ['unnamed', 'clientless', 'shed'] as const) sums[key] += other[key];
    sums.otherQueries += other.queries;
    for (const kind of encryptedKinds) {
      sums.encrypted[kind].flows += encrypted[kind].flows;
      sums.encrypted[kind].octets += encrypted[kind].octets;
    }
    addCounts(sums.types, totals.types);
    addCounts(sums.rcodes, totals.rcodes);
    sums.clients.merge(totals.clients);
    sums.names.merge(totals.names);
    sums.rtt.merge(totals.rtt);
  }
  const rows = await engine.select(sql`SELECT ts, seconds, queries, responses, unasked, local, other_queries, unnamed,
    clientless, shed, dot_flows, dot_octets, doh_flows, doh_octets, doq_flows, doq_octets, types, rcodes, clients, names, rtt
    FROM ${name(dnsTotals.name)} WHERE ${loaded}`);
  for (let i = 0; i < rows.count; i++) {
    const value = (column: string): number => rows.numbers(column)[i]!;
    widen(sums, value('ts'), value('ts') + value('seconds'));
    for (const key of ['queries', 'responses', 'unasked', 'local', 'unnamed', 'clientless', 'shed'] as const)
      sums[key] += value(key);
    sums.otherQueries += value('other_queries');
    for (const kind of encryptedKinds) {
      sums.encrypted[kind].flows += value(`${kind}_flows`);
      sums.encrypted[kind].octets += value(`${kind}_octets`);
    }
    const bytes = (column: string): Uint8Array => rows.bytes(column)[i] ?? new Uint8Array(0);
    addCounts(sums.types, readCounts(bytes('types')));
    addCounts(sums.rcodes, readCounts(bytes('rcodes')));
    for (const key of ['clients', 'names'] as const) {
      const sketch = unpackDistinct(bytes(key));
      if (sketch !== undefined) sums[key].merge(sketch);
    }
    addRtt(sums.rtt, bytes('rtt'));
    if (i % 256 === 255) await new Promise<void>((resolve) => void setImmediate(resolve));
  }
  return sums;
}

/** Of nothing. */
export function emptySums(): DnsSums {
  const none = () => ({ flows: 0, octets: 0 });
  return {
    span: undefined,
    queries: 0,
    responses: 0,
    unasked: 0,
    local: 0,
    otherQueries: 0,
    unnamed: 0,
    clientless: 0,
    shed: 0,
    encrypted: { dot: none(), doh: none(), doq: none() },
    types: new Map(),
    rcodes: new Map(),
    clients: new Distinct(),
    names: new Distinct(),
    rtt: new RttBuckets(),
  };
}

function widen(sums: DnsSums, from: number, to: number): void {
  const { span } = sums;
  sums.span = span === undefined ? { from, to } : { from: Math.min(span.from, from), to: Math.max(span.to, to) };
}

function addCounts(into: Map<number, number>, counts: Iterable<DnsCount>): void {
  for (const { value, count } of counts) into.set(value, (into.get(value) ?? 0) + count);
}

/** Reads what `dnsRows.ts` wrote. */
function* readCounts(bytes: Uint8Array): Iterable<DnsCount> {
  const counts = JSON.parse(Buffer.from(bytes).toString()) as Record<string, number>;
  for (const [value, count] of Object.entries(counts)) yield { value: Number(value), count };
}
