/**
 * The link: one outbound WebSocket from a sensor to its manager, at `linkPath`, binary messages, each one `Envelope`
 * (picket.proto). No compression by the WebSocket layer; bodies are deflated by us and inflated with a limit.
 *
 * The life of a session:
 * 1. The sensor connects and sends `hello`: the versions it speaks, who it is, the stream of its spool.
 * 2. The manager answers `welcome`: the version for both, the deployment's seed, what it has of the stream, the credit.
 *    Or it closes with one of `closeCodes`.
 * 3. The sensor sends `durable` messages, live ones before the backlog, at most the credit of them unacknowledged.
 * 4. The manager sends `ack` when they are on its disk, together with the numbers it has received: either both survive
 *    or neither. The acknowledgement is the flow control. A number received twice is acknowledged twice, stored once.
 * 5. Version 2: the sensor sends `clockQuestion`, the manager answers by `clockAnswer`: what their clocks differ by.
 * 6. Version 2: `request` and `response` are the downstream form for everything that a manager asks; unknown kinds are
 *    refused by the code `unknown-kind`. The manager asks nothing before it has answered the first `clockQuestion`, so
 *    that the sensor can tell when a deadline is over.
 * Either side may close at any time; the sensor connects again and goes on with what is not acknowledged. Either side
 * pings each `pingMillis`, and gives up a link on which no byte came between three of its pings.
 * docs/link.md tells all of it to somebody who writes another end.
 */
export const linkPath = '/link';

/** The version of the link that this release speaks, and the oldest that it still speaks: always the one before. */
export const linkVersion = 2;
export const oldestLinkVersion = Math.max(1, linkVersion - 1);

/** The first version with `clockQuestion`, `clockAnswer`, and requests that are sent. An older peer gets none of them. */
export const clockVersion = 2;
export const requestVersion = 2;

/** What may be unacknowledged on one link. */
export const linkCredit = { messages: 32, bytes: 4 * 2 ** 20 } as const;

/** Bounds that both ends hold; a message beyond one is a fault of its sender. */
export const linkLimits = {
  /** Bytes of a WebSocket message. */
  message: 2 ** 20 + 4096,
  /** Bytes of a durable message's body, as sent and after inflating. */
  body: 2 ** 20,
  inflated: 8 * 2 ** 20,
  sections: 256,
  intervals: 4096,
  /** Characters of a site, sensor or tap name, and of a release's. */
  name: 64,
  /** Bytes of a stream's name and of the seed. */
  stream: 16,
  seed: 16,
  /** Milliseconds from the connection to `hello`, and from `hello` to `welcome`. */
  helloMillis: 10_000,
  /** Bytes of a request's id. */
  id: 64,
  /** Requests of one manager that a sensor works on at a time. */
  requestsAtOnce: 8,
} as const;

/** Milliseconds between two pings of either side. A link on which no byte came for two of these spans is dead: after 28 to 42 s. */
export const pingMillis = 14_000;

/**
 * Kinds of durable messages. A manager stores kinds that it does not know, and acknowledges them. Hits, alerts and logs
 * have their numbers and their lanes; what is in them is told when there are any. DNS: a digest (core/dnsDigest/).
 */
export const DurableKind = { PART: 1, HIT: 2, ALERT: 3, LOG: 4, DNS: 5 } as const;

/** Why a link was closed: WebSocket close codes with the reason that is sent along. `retry`: whether trying soon may help. */
export const closeCodes = {
  goingAway: { code: 1001, reason: 'going away', retry: true },
  malformed: { code: 4000, reason: 'malformed message', retry: false },
  version: { code: 4001, reason: 'no common version', retry: false },
  hello: { code: 4002, reason: 'hello missing or unfit', retry: false },
  limit: { code: 4003, reason: 'a limit was passed', retry: false },
  credit: { code: 4004, reason: 'more unacknowledged than the credit', retry: true },
  stream: { code: 4005, reason: 'the stream belongs to another sensor', retry: false },
  replaced: { code: 4006, reason: 'another connection of the same stream took over', retry: false },
  busy: { code: 4007, reason: 'the store cannot keep up or failed', retry: true },
} as const;

export type CloseReason = keyof typeof closeCodes;

/** Codes of a refused or failed request. */
export const requestCodes = [
  /** By the sensor: no handler of the kind; more at once than the limit; against its local policy. */
  'unknown-kind',
  'busy',
  'policy',
  /** The deadline is over. */
  'deadline',
  /** A request or a piece of an answer is larger than a message takes. */
  'too-large',
  /** The id is known, what was answered is not remembered any more. */
  'forgotten',
  /** The handler failed. */
  'failed',
  /** By the manager: no such sensor; the sensor speaks a version without requests; nobody read the answer. */
  'no-sensor',
  'version',
  'slow',
] as const;
export type RequestCode = (typeof requestCodes)[number];

/** The version two sides use: the highest that both speak, or undefined when there is none. */
export function commonVersion(theirMin: number, theirMax: number): number | undefined {
  const version = Math.min(theirMax, linkVersion);
  return version >= theirMin && version >= oldestLinkVersion ? version : undefined;
}

/** Whether a text can be the name of a site, sensor or tap. */
export function isName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text);
}
