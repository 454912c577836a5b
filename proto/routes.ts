/**
 * Method and path of every route of the HTTP API, without schemas: what the CLI and the console load. What each one
 * takes and answers stands in `api.ts`, which has an entry for every name here.
 */
export const routes = {
  sensors: { method: 'GET', path: '/api/v1/sensors' },
  distinct: { method: 'GET', path: '/api/v1/distinct/:what' },
  top: { method: 'GET', path: '/api/v1/top/:what' },
  series: { method: 'GET', path: '/api/v1/series/:what' },
  quantiles: { method: 'GET', path: '/api/v1/quantiles/:what' },
  point: { method: 'GET', path: '/api/v1/point/:address' },
  total: { method: 'GET', path: '/api/v1/total' },
  overlap: { method: 'GET', path: '/api/v1/overlap/:a/:b' },
  http: { method: 'GET', path: '/api/v1/http' },
  dns: { method: 'GET', path: '/api/v1/dns' },
  dnsTop: { method: 'GET', path: '/api/v1/dns/top/:what' },
  dnsQueries: { method: 'GET', path: '/api/v1/dns/queries' },
  pdns: { method: 'GET', path: '/pdns/query/:q' },
  logs: { method: 'GET', path: '/api/v1/logs/:log' },
  health: { method: 'GET', path: '/api/v1/health' },
  openapi: { method: 'GET', path: '/api/v1/openapi' },
} as const;

export type RouteName = keyof typeof routes;

/** Where a WebSocket gets the stream of arriving windows, or of rows of a log: one `LiveMessage` of `api.ts` a text frame. */
export const livePath = '/api/v1/live';

/** What `distinct` counts. */
export const distinctKinds = ['hosts', 'sources', 'destinations', 'pairs', 'services', 'flows', 'names'] as const;
export type DistinctKind = (typeof distinctKinds)[number];

/** What `top` lists. */
export const topKinds = ['hosts', 'sources', 'destinations', 'pairs', 'services'] as const;
export type TopKind = (typeof topKinds)[number];

/** What `dnsTop` lists. */
export const dnsTopKinds = ['names', 'clients'] as const;
export type DnsTopKind = (typeof dnsTopKinds)[number];

/** What `dns` looks for: an address or a name, as it reads; a name; a name and all below it; what a record says. */
export const dnsSearches = ['auto', 'name', 'suffix', 'data'] as const;
export type DnsSearch = (typeof dnsSearches)[number];

/** What `series` tells of each step: two counts, or how many different ones. */
export const seriesKinds = ['packets', 'octets', ...distinctKinds] as const;
export type SeriesKind = 'packets' | 'octets' | DistinctKind;

/** What `quantiles` tells of: octets and seconds of connections, seconds of TCP handshakes, shares of segments. */
export const quantileKinds = ['sizes', 'durations', 'handshakes', 'retransmits'] as const;
export type QuantileKind = (typeof quantileKinds)[number];

export const metrics = ['octets', 'packets'] as const;
export type Metric = (typeof metrics)[number];

/** Addresses of `networks.local`, the others, or both. A pair or flow is local when both of its ends are. */
export const sides = ['all', 'local', 'remote'] as const;
export type Side = (typeof sides)[number];

/** What a series has one row a step for: all sensors together, each site, each sensor. */
export const groupings = ['none', 'site', 'sensor'] as const;
export type Grouping = (typeof groupings)[number];
