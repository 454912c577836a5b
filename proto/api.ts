import { z } from 'zod';
import {
  before,
  beforeRows,
  change,
  cofLine,
  counts,
  dnsQueryRow,
  dnsTopRow,
  dnsTotal,
  estimate,
  head,
  logRows,
  hostName,
  instant,
  overlapValue,
  pairRow,
  period,
  pointValue,
  quantileNumbers,
  sensorRow,
  seriesRow,
  statusRow,
  topRow,
  totalValue,
  webTotal,
} from './apiAnswers.ts';
import type { coverage, liveMessage } from './apiAnswers.ts';
import {
  distinctKinds,
  dnsSearches,
  dnsTopKinds,
  groupings,
  metrics,
  quantileKinds,
  routes,
  seriesKinds,
  sides,
  topKinds,
} from './routes.ts';
import type { RouteName } from './routes.ts';

/** Who may ask, weakest first. */
export type Role = 'viewer' | 'operator' | 'admin';

/** What an answer is cut to: the sites that the asker may see, or nothing (it tells of the deployment as a whole). */
export type Scope = 'sites' | 'deployment';

export interface ApiRoute<Query extends z.ZodType, Answer extends z.ZodType> {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  role: Role;
  scope: Scope;
  /** One sentence. */
  say: string;
  /** Path and query parameters together; all arrive as text, or as lists of text. */
  query: Query;
  answer: Answer;
  /** The release that had it first. */
  since: string;
  /** The answer's `lines` are what is sent: a JSON object a line (application/x-ndjson). */
  isLines?: boolean;
}

function route<Query extends z.ZodType, Answer extends z.ZodType>(
  name: RouteName,
  say: string,
  query: Query,
  answer: Answer,
  rest: { role?: Role; scope?: Scope; since?: string; isLines?: boolean } = {},
): ApiRoute<Query, Answer> {
  return { ...routes[name], role: 'viewer', scope: 'sites', since: '0.1.0', ...rest, say, query, answer };
}

/** One or several values: a parameter that stands once comes as text, one that is repeated as a list. */
const several = <Item extends z.ZodType<unknown, string>>(item: Item, most: number, say: string) =>
  z
    .union([z.array(item).max(most), item.transform((one) => [one])])
    .default([])
    .describe(`${say} May be repeated.`);

const oneOf = <const Word extends string>(words: readonly Word[]) =>
  z.enum(words as readonly [Word, ...Word[]], { error: `is not one of ${words.join(' ')}` });

/** A whole number as text. */
const whole = (least: number, greatest: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'is not a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= greatest, `is not in ${least}..${greatest}`);

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'is not a name');
const sensorName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}(\/[A-Za-z0-9][A-Za-z0-9._-]{0,63})?$/, 'is not NAME or SITE/NAME');
/** Seconds or RFC 3339; words such as `-2h` are for the command to resolve. */
const time = z
  .string()
  .regex(
    /^(-?\d{1,15}(\.\d{1,9})?|\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))$/,
    'is not seconds since 1970 or an RFC 3339 time',
  );
const yes = oneOf(['true', 'false'])
  .default('false')
  .transform((word) => word === 'true');
const percent = z
  .string()
  .regex(/^\d{1,3}(\.\d{1,6})?$/, 'is not a percentage')
  .transform(Number)
  .refine((value) => value >= 0 && value <= 100, 'is not in 0..100');

const span = {
  from: time.optional().describe('Start of the range; without it the hour before `to`.'),
  to: time.optional().describe('End of the range, not in it; without it now.'),
  all: yes.describe('The whole span that there is anything of, in place of `from` and `to`.'),
  compare: oneOf(['none', 'previous'])
    .default('none')
    .describe('`previous`: also the same for the range before, of the same length.'),
};
/** Which sensors and which span a question is about. */
const range = {
  site: several(name, 1000, 'Only sensors of this site.'),
  sensor: several(sensorName, 1000, 'Only this sensor, as NAME or SITE/NAME.'),
  ...span,
};
/** The same, of what has no period before that it could be compared with. */
const place = { site: range.site, sensor: range.sensor, from: span.from, to: span.to, all: span.all };
const recordType = z.string().regex(/^[A-Za-z0-9*-]{1,20}$/, 'is not a record type');
const side = oneOf(sides)
  .default('all')
  .describe('Only addresses of the local networks, or only others; a pair or flow is local when both ends are.');
const by = oneOf(metrics).default('octets').describe('By what the list is ordered.');

/** The HTTP API. The server registers from it; console and CLI import its types; documents are printed from it. */
export const api = {
  sensors: route(
    'sensors',
    'The sensors that were ever seen, with lag and loss.',
    z.strictObject(range),
    z.object({ ...head, rows: z.array(sensorRow), previous: beforeRows }),
  ),
  distinct: route(
    'distinct',
    'How many different ones there were: the union of what all sensors saw.',
    z.strictObject({
      what: oneOf(distinctKinds),
      side,
      sketch: yes.describe('Also the merged sketch itself.'),
      ...range,
    }),
    z.object({
      ...head,
      value: estimate,
      sketch: z.base64().optional().describe('HLL_8 of lgK 12, as Apache DataSketches writes it.'),
      previous: before(estimate),
    }),
  ),
  top: route(
    'top',
    'Who had most, all sensors together.',
    z.strictObject({
      what: oneOf(topKinds),
      by,
      side,
      limit: whole(1, 1000).default(10).describe('Rows of the answer.'),
      ...range,
    }),
    z.object({
      ...head,
      rows: z.array(topRow),
      others: counts.describe('The most that any key that is not listed can have had.'),
      previous: beforeRows,
    }),
  ),
  series: route(
    'series',
    'How much or how many in each step of the range.',
    z.strictObject({
      what: oneOf(seriesKinds),
      side,
      by: oneOf(groupings).default('none').describe('One row a step for all, for each site, or for each sensor.'),
      step: whole(1, 366 * 86_400)
        .optional()
        .describe('Seconds a step; rounded up to whole windows.'),
      steps: whole(1, 2000).optional().describe('So many steps at most, of equal length but for the last.'),
      ...range,
    }),
    z.object({ ...head, step: z.number().describe('Seconds.'), rows: z.array(seriesRow), previous: beforeRows }),
  ),
  quantiles: route(
    'quantiles',
    'How sizes, durations, handshakes or retransmissions of connections are spread.',
    z.strictObject({
      what: oneOf(quantileKinds),
      p: several(percent, 100, 'Percentages; without it 50, 90 and 99.'),
      ...range,
    }),
    z.object({
      ...head,
      ...quantileNumbers,
      previous: z.object({ ...period, ...quantileNumbers, change: z.record(z.string(), change) }).optional(),
    }),
  ),
  point: route(
    'point',
    'What one address did: how much, where, when.',
    z.strictObject({
      address: z.string().min(2).max(80).describe('IPv4 or IPv6; in a realm `ADDRESS@NAME`.'),
      steps: whole(1, 200).default(24).describe('Steps that the range is told in, at most.'),
      ...range,
    }),
    z.object({
      ...head,
      name: hostName,
      value: z.object(pointValue),
      rows: z.array(z.object({ site: z.string(), sensor: z.string(), ...pointValue })),
      steps: z.array(z.object({ from: instant, to: instant, ...pointValue })),
      previous: before(z.object(pointValue)),
    }),
  ),
  total: route(
    'total',
    'Packets and octets, added up; or octets with each flow counted once.',
    z.strictObject({ dedup: yes.describe('Count once what several sensors saw.'), ...range }),
    z.object({ ...head, value: totalValue, previous: before(totalValue) }),
  ),
  overlap: route(
    'overlap',
    'What two sites both saw, of hosts and of octets.',
    z.strictObject({ a: name, b: name, side, ...span }),
    z.object({
      ...head,
      value: overlapValue,
      previous: z
        .object({ ...period, value: overlapValue, change: z.object({ hosts: change, octets: change }) })
        .optional(),
    }),
  ),
  http: route(
    'http',
    'Answers of HTTP by status and client, or by status and server; and how much of the web was encrypted.',
    z.strictObject({
      by: oneOf(['client', 'server']).default('client').describe('Whose answers are counted.'),
      status: several(
        z.string().regex(/^[1-9](\d\d|xx)$/, 'is not a status'),
        100,
        'Only this status, or class: `4xx`.',
      ),
      limit: whole(1, 1000).default(10).describe('Rows of the answer.'),
      ...place,
    }),
    z.object({
      ...head,
      rows: z.array(statusRow),
      others: z.number().describe('The most answers that what is not in the merged list can have had.'),
      total: webTotal,
    }),
    { since: '0.2.0' },
  ),
  dns: route(
    'dns',
    'Passive DNS: which names led where, and when. Without a span, all that was ever seen.',
    z.strictObject({
      q: z.string().min(1).max(4096).describe('What is looked for.'),
      by: oneOf(dnsSearches)
        .default('auto')
        .describe(
          '`auto`: an address (what leads to it, and its reverse name) or a name; `suffix`: also all below it.',
        ),
      type: several(recordType, 100, 'Only records of this type.'),
      limit: whole(1, 10_000).default(100).describe('Rows of the answer: the newest.'),
      ...place,
    }),
    z.object({ ...head, rows: z.array(pairRow), more: z.boolean().describe('There are more rows than the limit.') }),
  ),
  dnsTop: route(
    'dnsTop',
    'Names that were asked for most, or clients that asked most.',
    z.strictObject({
      what: oneOf(dnsTopKinds),
      limit: whole(1, 1000).default(10).describe('Rows of the answer.'),
      ...place,
    }),
    z.object({ ...head, rows: z.array(dnsTopRow), total: dnsTotal }),
  ),
  dnsQueries: route(
    'dnsQueries',
    'Queries of a client, or for a name, by type and by code of the answer.',
    z.strictObject({
      client: z.string().min(2).max(80).optional().describe('Its address.'),
      name: z.string().min(1).max(4096).optional(),
      limit: whole(1, 1000).default(100).describe('Rows of the answer: those with most.'),
      ...place,
    }),
    z.object({ ...head, rows: z.array(dnsQueryRow), total: dnsTotal }),
  ),
  pdns: route(
    'pdns',
    'Passive DNS in the Common Output Format, as other tools ask for it: a JSON object a line.',
    z.strictObject({ q: z.string().min(1).max(4096).describe('An address or a name.') }),
    z.object({ lines: z.array(cofLine) }),
    { isLines: true },
  ),
  logs: route(
    'logs',
    'The newest rows of a log that sensors ship, in order of `ts`, and what was lost of them.',
    z.strictObject({
      log: z.string().regex(/^[a-z0-9_]{1,64}$/, 'is not the name of a log'),
      where: z.string().max(4096).optional().describe('A filter over the fields: docs/logs.md, "Filters".'),
      fields: several(z.string().max(64), 200, 'Only this field.'),
      limit: whole(1, 10_000).default(100).describe('Rows of the answer.'),
      site: range.site,
      sensor: range.sensor,
      from: range.from,
      to: range.to,
      all: range.all,
    }),
    z.object({ ...head, ...logRows }),
    { since: '0.2.0' },
  ),
  health: route(
    'health',
    'Whether the manager works, and its metrics.',
    z.strictObject({}),
    z.object({
      ready: z.boolean(),
      version: z.string(),
      metrics: z.array(
        z.object({ kind: z.string(), name: z.string(), unit: z.string(), text: z.string(), value: z.number() }),
      ),
    }),
    { scope: 'deployment' },
  ),
  openapi: route(
    'openapi',
    'This API as an OpenAPI 3.1 document.',
    z.strictObject({}),
    z.record(z.string(), z.unknown()),
    { scope: 'deployment' },
  ),
} satisfies Record<RouteName, ApiRoute<z.ZodType, z.ZodType>>;

export type Api = typeof api;
/** What a route's handler gets, and what it answers. */
export type Asked<Name extends RouteName> = z.output<Api[Name]['query']>;
export type Answer<Name extends RouteName> = z.output<Api[Name]['answer']>;
export type Estimate = z.output<typeof estimate>;
export type Coverage = z.output<typeof coverage>;
export type SensorRow = z.output<typeof sensorRow>;
export type TopRow = z.output<typeof topRow>;
export type SeriesRow = z.output<typeof seriesRow>;
export type PointValue = Answer<'point'>['value'];
export type TotalValue = z.output<typeof totalValue>;
export type OverlapValue = z.output<typeof overlapValue>;
export type LiveMessage = z.output<typeof liveMessage>;

/** What is answered instead when something is wrong. */
export interface ApiError {
  error: { code: string; message: string };
}
