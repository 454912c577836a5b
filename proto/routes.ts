/**
 * Method and path of every route of the HTTP API, without schemas: what the CLI and the console load. What each one
 * takes and answers stands in `api.ts`, which has an entry for every name here.
 */
export const routes = {
  distinct: { method: 'GET', path: '/api/v1/distinct/:what' },
  sensors: { method: 'GET', path: '/api/v1/sensors' },
  health: { method: 'GET', path: '/api/v1/health' },
} as const;

export type RouteName = keyof typeof routes;

/** What `distinct` counts. `names` come with the DNS analyser: until then their coverage is there and the value is 0. */
export const distinctKinds = ['hosts', 'sources', 'destinations', 'pairs', 'services', 'flows', 'names'] as const;
export type DistinctKind = (typeof distinctKinds)[number];
