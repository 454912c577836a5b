import { rcodeName } from '../../../core/dns/numbers.ts';
import { NO_ANSWER, OTHER_TYPE } from '../../../core/dnsDigest/digest.ts';
import type { Distinct } from '../../../core/dnsDigest/distinct.ts';
import type { RttBuckets } from '../../../core/dnsDigest/rttBuckets.ts';
import type { Answer, Asked, Estimate } from '../../../proto/api.ts';
import { formatTime } from '../../../proto/time.ts';
import type { DnsScope } from '../../store/dnsScope.ts';
import type { DnsSums } from '../../store/dnsStore.ts';
import { namesOf } from '../addressNames.ts';
import { headOf, openFrame } from '../desk.ts';
import type { Desk, Frame } from '../desk.ts';
import { readAddress, readName, recordTypeName } from '../dnsNames.ts';
import { QueryError } from '../queryError.ts';

/** Relative standard errors of a merged sketch: sparse, and dense (`Distinct`). */
const sparseError = 0.006;
const denseError = 0.012;

/** Names that were asked for most, or clients that asked most. */
export async function answerDnsTop(
  desk: Desk,
  asked: Asked<'dnsTop'>,
  signal?: AbortSignal,
): Promise<Answer<'dnsTop'>> {
  const frame = await openFrame(desk, asked, { signal });
  const scope = scopeOf(frame);
  const sums = await desk.dns.sums(scope);
  const rows =
    asked.what === 'names' ? await topNames(desk, scope, asked.limit) : await topClients(desk, frame, asked.limit);
  const unlisted = asked.what === 'names' ? sums.unnamed : sums.clientless;
  return { ...headOfPeriods(desk, 'dnsTop', asked, frame, sums), rows, total: tellSums(sums, unlisted) };
}

/** Queries of a client, or for a name. */
export async function answerDnsQueries(
  desk: Desk,
  asked: Asked<'dnsQueries'>,
  signal?: AbortSignal,
): Promise<Answer<'dnsQueries'>> {
  if (asked.client === undefined && asked.name === undefined)
    throw new QueryError('query.dns', 'queries of which client, or for which name?');
  const client = asked.client === undefined ? undefined : readAddress(asked.client);
  if (asked.client !== undefined && client === undefined)
    throw new QueryError('query.address', `${asked.client}: not an address`);
  const name = asked.name === undefined ? undefined : readName(asked.name);
  const frame = await openFrame(desk, asked, { signal });
  const scope = scopeOf(frame);
  const sums = await desk.dns.sums(scope);
  const rows = await desk.dns.queries(scope, { client, name }, asked.limit);
  return {
    ...headOfPeriods(desk, 'dnsQueries', asked, frame, sums),
    rows: rows.map(({ qtype, rcode, rtt, ...row }) => ({
      ...row,
      qtype: recordTypeName(qtype),
      rcode: rcode === NO_ANSWER ? null : rcodeName(rcode),
      rtt: tellRtt(rtt),
    })),
    total: tellSums(sums, sums.otherQueries),
  };
}

async function topNames({ dns }: Desk, scope: DnsScope, limit: number): Promise<Answer<'dnsTop'>['rows']> {
  const rows = await dns.names(scope, limit);
  return rows.map(({ name, count, nxdomain, clients }) => ({
    key: name,
    count,
    nxdomain,
    clients: estimateOf(clients),
  }));
}

async function topClients(desk: Desk, frame: Frame, limit: number): Promise<Answer<'dnsTop'>['rows']> {
  const rows = await desk.dns.clients(scopeOf(frame), limit);
  const names = await namesOf(
    desk,
    frame.scope,
    rows.map(({ client }) => client),
  );
  return rows.map(({ client, count, nxdomain, names: asked }) => ({
    key: client,
    name: names.get(client) ?? null,
    count,
    nxdomain,
    names: estimateOf(asked),
  }));
}

function scopeOf({ scope: { sites, sensors, from, to } }: Frame): DnsScope {
  return { sites, sensors, span: { from, to } };
}

/** The span is widened to the periods that were added up: they count as a whole. */
function headOfPeriods(desk: Desk, ask: string, asked: object, frame: Frame, { span }: DnsSums) {
  const { from, to } = frame.scope;
  return {
    ...headOf(desk, ask, asked, frame),
    from: formatTime(Math.min(from, span?.from ?? from)),
    to: formatTime(Math.max(to, span?.to ?? to)),
  };
}

function tellSums(sums: DnsSums, unlisted: number): Answer<'dnsTop'>['total'] {
  const { queries, responses, clients, names, types, rcodes, rtt, shed, encrypted } = sums;
  const typeName = (type: number): string => (type === OTHER_TYPE ? 'other' : recordTypeName(type));
  const codeName = (rcode: number): string => (rcode === NO_ANSWER ? 'none' : rcodeName(rcode));
  return {
    queries,
    responses,
    clients: estimateOf(clients),
    names: estimateOf(names),
    types: byName(types, typeName),
    rcodes: byName(rcodes, codeName),
    rtt: tellRtt(rtt),
    unlisted,
    shed,
    encrypted,
  };
}

/** Those with most first. */
function byName(counts: ReadonlyMap<number, number>, nameOf: (value: number) => string): Record<string, number> {
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1]).map(([value, count]) => [nameOf(value), count]));
}

/** Bounds at two standard errors, as all estimates have them. */
export function estimateOf(sketch: Distinct): Estimate {
  const { estimate } = sketch;
  const twice = 2 * (sketch.registers === undefined ? sparseError : denseError);
  const isExact = estimate < 1.5;
  return {
    estimate: Math.round(estimate),
    lower: isExact ? Math.round(estimate) : Math.floor(estimate / (1 + twice)),
    upper: isExact ? Math.round(estimate) : Math.ceil(estimate / (1 - twice)),
    exact: isExact,
  };
}

function tellRtt(rtt: RttBuckets): Answer<'dnsTop'>['total']['rtt'] {
  const at = (share: number): number | null => {
    const seconds = rtt.quantile(share);
    return Number.isNaN(seconds) ? null : Math.round(seconds * 1e6) / 1e6;
  };
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}
