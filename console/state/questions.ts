import type { Answer, Estimate } from '../../proto/api.ts';
import type { DistinctKind, Metric, Side } from '../../proto/routes.ts';
import { isFailure } from './client.ts';
import type { Client, Failure, Parameters } from './client.ts';
import type { Range } from './range.ts';
import { pairsOf } from './union.ts';
import type { SiteCount } from './union.ts';

/** What two sites both saw. */
export interface Overlap {
  sites: [string, string];
  value: Estimate;
}

export interface DistinctAnswer {
  answer: Answer<'distinct'>;
  sites: SiteCount[];
  overlaps: Overlap[];
}

/** Rows of the list of top hosts. */
export const topRows = 15;

/** Points of a chart at most. */
const chartSteps = 180;

/** Sites that are asked one by one; of more only the merged number is told. */
const mostSites = 8;

/** A range as parameters of a question that is asked at `now` (seconds since 1970, the manager's clock). */
export function rangeParameters(range: Range, now: number): Parameters {
  if (range.kind === 'all') return { all: 'true' };
  if (range.kind === 'last') return { from: String(Math.floor(now) - range.seconds) };
  return { from: String(range.from), to: String(range.to) };
}

/** The union over all sites, each site's own, and what each two of a few sites share. All of them are of one span. */
export async function askDistinct(
  client: Client,
  asked: { what: DistinctKind; span: Parameters; sites: readonly string[]; compare: boolean },
  signal: AbortSignal,
): Promise<DistinctAnswer | Failure> {
  const { what, span, sites } = asked;
  const compare = asked.compare ? { compare: 'previous' } : {};
  const single = sites.length > mostSites ? [] : sites;
  const [answer, counts, overlaps] = await Promise.all([
    client.ask('distinct', { what, ...span, ...compare }, signal),
    Promise.all(single.map((site) => client.ask('distinct', { what, site, ...span }, signal))),
    askOverlaps(client, what, span, single, signal),
  ]);
  if (isFailure(answer)) return answer;
  const failed = counts.find((one) => isFailure(one));
  if (failed !== undefined) return failed;
  const own = counts.flatMap((one, i) => (isFailure(one) ? [] : [{ site: single[i] ?? '', value: one.value }]));
  return { answer, sites: own, overlaps };
}

/** Hosts only: of other kinds the manager knows no overlap. An overlap that fails is left out; the rest stands. */
async function askOverlaps(
  client: Client,
  what: DistinctKind,
  span: Parameters,
  sites: readonly string[],
  signal: AbortSignal,
): Promise<Overlap[]> {
  if (what !== 'hosts') return [];
  const answers = await Promise.all(
    pairsOf(sites).map(async ([one, other]): Promise<Overlap | undefined> => {
      const answer = await client.ask('overlap', { a: one, b: other, ...span }, signal);
      return isFailure(answer) ? undefined : { sites: [one, other], value: answer.value.hosts.overlap };
    }),
  );
  return answers.filter((one) => one !== undefined);
}

export function askTraffic(
  client: Client,
  asked: { metric: Metric; span: Parameters },
  signal: AbortSignal,
): Promise<Answer<'series'> | Failure> {
  return client.ask('series', { what: asked.metric, by: 'site', steps: String(chartSteps), ...asked.span }, signal);
}

export function askTop(
  client: Client,
  asked: { by: Metric; side: Side; span: Parameters },
  signal: AbortSignal,
): Promise<Answer<'top'> | Failure> {
  const { by, side, span } = asked;
  return client.ask('top', { what: 'hosts', by, side, limit: String(topRows), ...span }, signal);
}
