import { z } from 'zod';
import { distinctKinds, routes } from './routes.ts';
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
}

function route<Query extends z.ZodType, Answer extends z.ZodType>(
  name: RouteName,
  rest: Omit<ApiRoute<Query, Answer>, 'method' | 'path'>,
): ApiRoute<Query, Answer> {
  return { ...routes[name], ...rest };
}

/** One or several values: a parameter that stands once comes as text, one that is repeated as a list. */
const several = (item: z.ZodType<string>, fault: string) =>
  z
    .union([item.transform((one) => [one]), z.array(item).max(1000)], { error: fault })
    .default([])
    .describe('May be repeated.');

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'is not a name');
const sensorName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}(\/[A-Za-z0-9][A-Za-z0-9._-]{0,63})?$/, 'is not NAME or SITE/NAME');
/** Whole seconds or RFC 3339; words such as `-2h` are for the command to resolve. */
const time = z
  .string()
  .regex(
    /^(-?\d{1,15}(\.\d{1,9})?|\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))$/,
    'is not seconds since 1970 or an RFC 3339 time',
  );

/** Which sensors and which span a question is about. Without `from` the last hour, without `to` until now. */
const range = {
  site: several(name, 'is not a name'),
  sensor: several(sensorName, 'is not NAME or SITE/NAME'),
  from: time.optional(),
  to: time.optional(),
};

export const estimate = z.object({ estimate: z.number(), lower: z.number(), upper: z.number(), exact: z.boolean() });

/** What an answer rests on: which sensors, which seconds, what was lost on the way. */
export const coverage = z.object({
  sensors: z.object({
    asked: z.number(),
    answered: z.number(),
    missing: z.array(z.object({ sensor: z.string(), why: z.string() })),
  }),
  /** Summed over taps. */
  seconds: z.object({ expected: z.number(), present: z.number() }),
  packets: z.object({
    seen: z.number(),
    nic: z.number(),
    kernel: z.number(),
    shed: z.number(),
    unrecorded: z.number(),
  }),
});

const instant = z.string().nullable();
const answerHead = { query: z.record(z.string(), z.unknown()), from: instant, to: instant, coverage };

const sensorRow = z.object({
  sensor: z.string(),
  site: z.string(),
  name: z.string(),
  software: z.string(),
  connected: z.boolean(),
  replay: z.boolean(),
  firstSeen: instant,
  lastSeen: instant,
  /** Seconds from the end of the newest window to now, or null when there is none. */
  lagSeconds: z.number().nullable(),
  taps: z.array(z.string()),
  windows: z.number(),
  packets: z.object({
    seen: z.number(),
    nic: z.number(),
    kernel: z.number(),
    shed: z.number(),
    unrecorded: z.number(),
  }),
  octets: z.number(),
});

/** The HTTP API. The server registers from it; console and CLI import its types; documents are printed from it. */
export const api = {
  distinct: route('distinct', {
    role: 'viewer',
    scope: 'sites',
    say: 'How many different ones there were: the union of what all sensors saw.',
    query: z.strictObject({ what: z.enum(distinctKinds), ...range }),
    answer: z.object({ ...answerHead, value: estimate }),
    since: '0.1.0',
  }),
  sensors: route('sensors', {
    role: 'viewer',
    scope: 'sites',
    say: 'The sensors that were ever seen, with lag and loss.',
    query: z.strictObject(range),
    answer: z.object({ ...answerHead, rows: z.array(sensorRow) }),
    since: '0.1.0',
  }),
  health: route('health', {
    role: 'viewer',
    scope: 'deployment',
    say: 'Whether the manager works, and its metrics.',
    query: z.strictObject({}),
    answer: z.object({
      ready: z.boolean(),
      version: z.string(),
      metrics: z.array(
        z.object({ kind: z.string(), name: z.string(), unit: z.string(), text: z.string(), value: z.number() }),
      ),
    }),
    since: '0.1.0',
  }),
} satisfies Record<RouteName, ApiRoute<z.ZodType, z.ZodType>>;

export type Api = typeof api;
/** What a route's handler gets, and what it answers. */
export type Asked<Name extends RouteName> = z.output<Api[Name]['query']>;
export type Answer<Name extends RouteName> = z.output<Api[Name]['answer']>;
export type Estimate = z.output<typeof estimate>;
export type Coverage = z.output<typeof coverage>;
export type SensorRow = z.output<typeof sensorRow>;

/** What is answered instead when something is wrong. */
export interface ApiError {
  error: { code: string; message: string };
}
