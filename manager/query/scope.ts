import { parseTime } from '../../proto/time.ts';
import type { KnownSensor } from '../store/controlStore.ts';
import type { SpanQuery, SummaryStore, TapKey } from '../store/summaryStore.ts';
import { QueryError } from './queryError.ts';

/** Which sensors and which span a question names. */
export interface Asked {
  site: readonly string[];
  sensor: readonly string[];
  from?: string | undefined;
  to?: string | undefined;
}

/** A question's scope, resolved: the span widened to whole windows. Seconds since 1970. */
export interface Scope extends SpanQuery {
  from: number;
  to: number;
  sites: readonly string[];
  sensors: readonly string[];
}

/** The span without `from` and `to`: the last hour. */
const defaultSeconds = 3600;

/**
 * Resolves a question's scope. The span is widened to whole windows of the finest level that exists in it, for every
 * tap in scope: to multiples of the least common multiple of their lengths (all lengths divide a minute).
 */
export function resolveScope(asked: Asked, store: SummaryStore, nowMillis: number): Scope {
  const now = nowMillis / 1000;
  const to = asked.to === undefined ? now : read(asked.to);
  const from = asked.from === undefined ? to - defaultSeconds : read(asked.from);
  if (!(from < to)) throw new QueryError('query.range', 'the range is empty: from must be before to');
  const accepts = (tap: TapKey): boolean => inScope(asked.site, asked.sensor, tap.site, tap.sensor);
  const window = store.grain(from, to, accepts);
  const [first, last] = [Math.floor(from / window) * window, Math.ceil(to / window) * window];
  return {
    from: first,
    to: last,
    cuts: [first, last],
    accepts,
    sites: asked.site,
    sensors: asked.sensor,
  };
}

/** Whether a known sensor is asked. */
export function isAsked(scope: Scope, sensor: Pick<KnownSensor, 'site' | 'name'>): boolean {
  return inScope(scope.sites, scope.sensors, sensor.site, sensor.name);
}

function inScope(sites: readonly string[], sensors: readonly string[], site: string, name: string): boolean {
  return (
    (sites.length === 0 || sites.includes(site)) &&
    (sensors.length === 0 || sensors.includes(name) || sensors.includes(`${site}/${name}`))
  );
}

function read(text: string): number {
  const value = parseTime(text);
  if (value === undefined) throw new QueryError('query.time', `${text}: not a time`);
  return value;
}
