import { formatTime, parseTime } from '../../proto/time.ts';
import type { KnownSensor } from '../store/controlStore.ts';
import type { SpanQuery, SummaryStore, TapKey, TapSpan } from '../store/summaryStore.ts';
import { QueryError } from './queryError.ts';

/** Which sensors and which span a question names. */
export interface Asked {
  site: readonly string[];
  sensor: readonly string[];
  from?: string | undefined;
  to?: string | undefined;
  all?: boolean;
}

/** A question's scope, resolved: the span widened to whole windows. Seconds since 1970. */
export interface Scope extends SpanQuery {
  from: number;
  to: number;
  /** What `from`, `to` and all cuts are multiples of. */
  grain: number;
  sites: readonly string[];
  sensors: readonly string[];
}

/** The span without `from` and `to`: the last hour. */
const defaultSeconds = 3600;
const minute = 60;

/**
 * Resolves a question's scope. The span is widened to whole windows of the finest level that exists in it, for every
 * tap in scope: to multiples of the least common multiple of their lengths (all lengths divide a minute). `minutes`:
 * to whole minutes, for statistics that sensors make of whole minutes only.
 */
export function resolveScope(asked: Asked, store: SummaryStore, nowMillis: number, minutes = false): Scope {
  const accepts = (tap: TapKey): boolean => inScope(asked.site, asked.sensor, tap.site, tap.sensor);
  const { from, to } = spanOf(asked, () => keptSpan(store, accepts), nowMillis / 1000);
  return widen({ from, to, accepts, sites: asked.site, sensors: asked.sensor }, store, minutes);
}

/** The scope of the period before: as long as `scope`, widened by what exists there. */
export function scopeBefore(scope: Scope, store: SummaryStore, minutes = false): Scope {
  return widen({ ...scope, from: 2 * scope.from - scope.to, to: scope.from }, store, minutes);
}

function widen(span: Omit<Scope, 'cuts' | 'grain'>, store: SummaryStore, minutes: boolean): Scope {
  const { from, to, accepts, sites, sensors } = span;
  const window = store.grain(from, to, accepts);
  const grain = minutes ? Math.max(window, minute) : window;
  const [first, last] = [Math.floor(from / grain) * grain, Math.ceil(to / grain) * grain];
  return { from: first, to: last, grain, cuts: [first, last], accepts, sites, sensors };
}

function spanOf(
  asked: Asked,
  kept: () => { from: number; to: number } | undefined,
  now: number,
): { from: number; to: number } {
  if (asked.all === true) {
    if (asked.from !== undefined || asked.to !== undefined)
      throw new QueryError('query.range', 'the whole span stands alone, without from and to');
    const span = kept();
    if (span !== undefined) return span;
  }
  const to = asked.to === undefined ? now : read(asked.to);
  const from = asked.from === undefined ? to - defaultSeconds : read(asked.from);
  if (!(from < to)) throw new QueryError('query.range', 'the range is empty: from must be before to');
  return { from, to };
}

/** The span that taps have anything of. */
export function keptSpan(
  store: Pick<SummaryStore, 'taps'>,
  accepts: SpanQuery['accepts'],
): { from: number; to: number } | undefined {
  const taps = store.taps().filter((tap: TapSpan) => tap.windows > 0 && accepts(tap));
  if (taps.length === 0) return undefined;
  return {
    from: taps.reduce((least, { from }) => Math.min(least, from), Infinity),
    to: taps.reduce((most, { to }) => Math.max(most, to), -Infinity),
  };
}

/** The same scope in ranges of `step` seconds that begin at multiples of `from + n * step`; the last may be shorter. */
export function cutScope(scope: Scope, step: number, first: number = scope.from): Scope {
  const cuts = [scope.from];
  for (let at = first; at < scope.to; at += step) if (at > scope.from) cuts.push(at);
  cuts.push(scope.to);
  return { ...scope, cuts };
}

/** Whether a known sensor is asked. */
export function isAsked(scope: Scope, sensor: Pick<KnownSensor, 'site' | 'name'>): boolean {
  return inScope(scope.sites, scope.sensors, sensor.site, sensor.name);
}

/** The span of a scope as it is told. */
export function tellSpan(span: { from: number; to: number } | undefined): { from: string | null; to: string | null } {
  return span === undefined ? { from: null, to: null } : { from: formatTime(span.from), to: formatTime(span.to) };
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
