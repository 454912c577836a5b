import { z } from 'zod';

/** Bounds at two standard errors. */
export const estimate = z.object({
  estimate: z.number(),
  lower: z.number(),
  upper: z.number(),
  exact: z.boolean().describe('True when nothing is estimated.'),
});

export const packetCounts = z.object({
  seen: z.number(),
  nic: z.number(),
  kernel: z.number(),
  shed: z.number(),
  unrecorded: z.number(),
});
export const seconds = z.object({ expected: z.number(), present: z.number() }).describe('Summed over taps.');

/** What an answer rests on: which sensors, which seconds, what was lost on the way. */
export const coverage = z.object({
  sensors: z.object({
    asked: z.number(),
    answered: z.number(),
    missing: z.array(z.object({ sensor: z.string(), why: z.string() })),
  }),
  seconds,
  packets: packetCounts,
});

export const instant = z.string().nullable().describe('RFC 3339, UTC; null: there is none.');
export const counts = z.object({ packets: z.number(), octets: z.number() });
export const change = z
  .number()
  .nullable()
  .describe('Share that it grew by since the period before; null: from nothing.');

export const head = {
  query: z.record(z.string(), z.unknown()).describe('What was asked.'),
  from: instant.describe('Start of the range that was used: whole windows.'),
  to: instant,
  coverage,
  data: z.object({ from: instant, to: instant }).describe('The span that the sensors in scope have anything of.'),
  notes: z.array(z.string()).describe('What was left out of the answer and why, one sentence each.'),
};

/** The period before: same length, its own coverage. */
export const period = {
  from: instant,
  to: instant,
  coverage,
  comparable: z.boolean().describe('Whether the two periods were watched about equally.'),
  why: z.string().nullable().describe('Why they are not comparable.'),
};
export const before = <Value extends z.ZodType>(value: Value) => z.object({ ...period, value, change }).optional();
export const beforeRows = z.object(period).optional();

export const sensorRow = z.object({
  sensor: z.string(),
  site: z.string(),
  name: z.string(),
  software: z.string(),
  connected: z.boolean(),
  replay: z.boolean(),
  firstSeen: instant,
  lastSeen: instant,
  lagSeconds: z.number().nullable().describe('From the end of the newest window to now; null: there is no window.'),
  windowSeconds: z.number().nullable().describe('Length of its newest window.'),
  clockOffsetSeconds: z
    .number()
    .nullable()
    .describe(
      "By how much its clock is ahead of the manager's, as it measured; null: not measured since the manager started.",
    ),
  clockUncertaintySeconds: z.number().nullable().describe('The offset is that +- this.'),
  refused: z.number().describe('Links of it that were closed for a fault since the manager started.'),
  unreadable: z.number().describe('Parts since then that could not be read: stored, but in no answer.'),
  quarantined: z.number().describe('Parts since then that claimed to be from the future: stored, but in no answer.'),
  data: z.object({ from: instant, to: instant }).describe('The span of its windows that are kept.'),
  taps: z.array(z.string()),
  windows: z.number().describe('Rows of the range, windows or longer ones.'),
  packets: packetCounts,
  octets: z.number(),
  before: z.object({ packets: packetCounts, octets: z.number() }).optional(),
  change: change.optional().describe('Of the octets.'),
});

/** The newest name that DNS gave for an address. */
export const hostName = z
  .string()
  .nullable()
  .optional()
  .describe('The newest name that DNS answers gave for the address; null: none was seen. Told by whoever names it.');

export const topRow = z.object({
  key: z.string().describe('An address, `SENDER RECEIVER`, or `PORT/PROTOCOL`; `address@realm` in a realm.'),
  name: hostName,
  packets: z.number(),
  octets: z.number(),
  error: counts.describe('The truth lies within packets and octets +- this.'),
  before: z
    .object({ rank: z.number(), packets: z.number(), octets: z.number(), error: counts })
    .nullable()
    .optional()
    .describe('Null: it was not listed.'),
  change: change.optional().describe('Of what the list is ordered by.'),
});

export const seriesRow = z.object({
  from: instant,
  to: instant,
  site: z.string().optional(),
  sensor: z.string().optional().describe('SITE/NAME.'),
  value: z.number().nullable().describe('Null: nothing of the step was watched.'),
  lower: z.number().nullable(),
  upper: z.number().nullable(),
  coverage: z.object({
    sensors: z.object({ asked: z.number(), answered: z.number() }),
    seconds,
    packets: packetCounts,
  }),
  before: z.number().nullable().optional(),
  change: change.optional(),
});

export const quantileNumbers = {
  value: z.record(z.string(), z.number().nullable()).describe('By `p50`, `p99.9` ...; null: nothing was counted.'),
  bounds: z
    .record(z.string(), z.object({ lower: z.number().nullable(), upper: z.number().nullable() }))
    .describe('The truth is between them 99 times in a hundred.'),
  count: z.number().describe('Connections that are told of.'),
  unit: z.enum(['octets', 'seconds', 'share']),
  least: z.number().nullable(),
  greatest: z.number().nullable(),
};

/** How much of something there was: the truth is in [lower, upper]. */
const amount = estimate.describe('The truth is in [lower, upper]; of a sketch, `lower` holds 97.5 times in a hundred.');
export const told = z
  .enum(['list', 'sketch', 'none'])
  .describe(
    'What tells of the octets: the lists of top hosts, the count-min sketch, or nothing. Packets are told of by lists.',
  );
export const pointValue = { octets: amount, packets: amount, told };

export const totalValue = z.object({
  ...counts.shape,
  dedup: z
    .object({
      octets: estimate.describe('Octets of flows, each counted once though several sensors saw it.'),
      plain: z
        .number()
        .describe('What adding up says of the octets, of the same sensors: all frames, as often as seen.'),
      sensors: z.array(z.string()).describe('Who was compared.'),
      leftOut: z.array(z.object({ sensor: z.string(), octets: z.number(), why: z.string() })),
    })
    .optional(),
});

const shared = z.object({
  a: estimate,
  b: estimate,
  union: estimate.describe('What at least one of them saw.'),
  overlap: estimate.describe('What both saw.'),
});
export const overlapValue = z.object({ hosts: shared, octets: shared.describe('Of flows.') });

/** A name with what a record said of it. */
export const pairRow = z.object({
  rrname: z.string().describe('In lower case, without a final dot; what is no printable ASCII as `\\DDD`.'),
  rrtype: z.string().describe('`A`, `AAAA` ...; `TYPE65280` where it has no name.'),
  rdata: z.string().describe('As `dns.log` prints it.'),
  first: instant,
  last: instant,
  count: z.number().describe('Times that it was seen in answers.'),
  ttlMin: z.number().describe('Seconds.'),
  ttlMax: z.number(),
  sites: z.array(z.string()).describe('Where it was seen.'),
  sensors: z.array(z.string()).describe('SITE/NAME.'),
});

/** A line of the Passive DNS Common Output Format (draft-dulaunoy-dnsop-passive-dns-cof). */
export const cofLine = z.object({
  rrname: z.string(),
  rrtype: z.string(),
  rdata: z.string(),
  time_first: z.number().describe('Seconds since 1970.'),
  time_last: z.number(),
  count: z.number(),
  sensor_id: z.string().describe('SITE/NAME; several with commas between.'),
});

export const dnsTopRow = z.object({
  key: z.string().describe('A name, or the address of a client.'),
  name: hostName,
  count: z.number().describe('Queries.'),
  nxdomain: z.number().describe('Those of them that were answered so.'),
  clients: estimate.optional().describe('Different clients that asked for the name.'),
  names: estimate.optional().describe('Different names that the client asked for.'),
});

const rtt = z
  .object({ p50: z.number().nullable(), p90: z.number().nullable(), p99: z.number().nullable() })
  .describe('Seconds from query to answer, within 12 %; null: none was answered.');

export const dnsQueryRow = z.object({
  client: z.string(),
  name: z.string(),
  qtype: z.string(),
  rcode: z.string().nullable().describe('Null: no answer was seen.'),
  count: z.number(),
  rtt,
});

const traffic = z.object({ flows: z.number(), octets: z.number() });

/** What the periods of a span counted in all. */
export const dnsTotal = z.object({
  queries: z.number(),
  responses: z.number(),
  clients: estimate,
  names: estimate,
  types: z.record(z.string(), z.number()).describe('Queries by type.'),
  rcodes: z.record(z.string(), z.number()).describe("Queries by the answer's code; `none`: no answer was seen."),
  rtt,
  unlisted: z.number().describe('Queries that are in no row, listed or not: their keys had no room in a period.'),
  shed: z
    .number()
    .describe('Queries that could not be followed for want of room: counts of rows are too low by at most these.'),
  encrypted: z
    .object({ dot: traffic, doh: traffic, doq: traffic })
    .describe('DNS that was encrypted: what is in no other number here.'),
});

export const statusRow = z.object({
  status: z.number(),
  client: z.string().optional().describe('Its address; `address@realm` in a realm.'),
  server: z.string().optional().describe('Likewise.'),
  count: z.number().describe('Answers.'),
  error: z.number().describe('The truth lies within `count` +- this.'),
  octets: z.number().describe('Of their bodies.'),
});

export const webTotal = z.object({
  requests: z.number(),
  responses: z.number(),
  octets: z
    .object({ clear: z.number(), encrypted: z.number() })
    .describe('Of web connections that ended: HTTP; TLS and QUIC.'),
  unseen: z
    .number()
    .nullable()
    .describe('Share of them that was encrypted, and so is in no row; null: there were none.'),
});

/** Rows of a log, and what was lost of them. */
export const logRows = {
  rows: z
    .array(z.record(z.string(), z.unknown()))
    .describe("Fields by Zeek's names, those that are absent left out; `sensor` is SITE/NAME."),
  more: z.boolean().describe('There are more rows in the span, older than these.'),
  lost: z.object({
    rows: z.number().describe('Rows that sensors gave up since they were behind.'),
    spans: z
      .array(z.object({ sensor: z.string(), tap: z.string(), from: instant, to: instant }))
      .describe('Rows that came to be in these spans may be lost: a sensor was killed or its spool was full.'),
  }),
};

/** A message of the live stream. */
export const liveMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), version: z.string(), now: z.string() }),
  z
    .object({
      type: z.literal('window'),
      site: z.string(),
      sensor: z.string().describe('Its name, without the site.'),
      tap: z.string(),
      replay: z.boolean(),
      start: z.string(),
      seconds: z.number(),
      packets: z.number(),
      octets: z.number(),
      loss: packetCounts.omit({ seen: true }),
    })
    .describe('A window became durable. Several may be of one window: they add.'),
  z
    .object({
      type: z.literal('rows'),
      log: z.string(),
      site: z.string(),
      sensor: z.string().describe('Its name, without the site.'),
      tap: z.string(),
      rows: z.array(z.record(z.string(), z.unknown())),
    })
    .describe('Rows of a log became durable: of a stream that was opened with `log`, in place of windows.'),
  z
    .object({ type: z.literal('dropped'), windows: z.number(), rows: z.number().optional() })
    .describe('So many were not sent: the reader is slow.'),
]);
