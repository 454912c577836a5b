import type { Coverage } from '../../proto/api.ts';
import { formatTime } from '../../proto/time.ts';
import type { ControlStore, KnownSensor } from '../store/controlStore.ts';
import type { SummaryStore, TapCounts, TapKey, TapSpan } from '../store/summaryStore.ts';
import { isAsked } from './scope.ts';
import type { Scope } from './scope.ts';

/** A part is sealed this long after its window's end: what is younger can't be expected yet. */
const sealSeconds = 2;
/** Windows of a sensor that has none yet. */
const defaultWindow = 10;

/** What coverage is computed from, as it is when a question arrives. */
export interface CoverageView {
  spans: readonly TapSpan[];
  known: readonly KnownSensor[];
  /** Seconds since 1970. */
  now: number;
}

export function viewOf(store: SummaryStore, control: ControlStore, nowMillis: number): CoverageView {
  return { spans: store.taps(), known: control.sensors(), now: nowMillis / 1000 };
}

/** What an answer over `scope` rests on. */
export async function computeCoverage(
  scope: Scope,
  store: SummaryStore,
  control: ControlStore,
  nowMillis: number,
): Promise<Coverage> {
  return coverageOf(scope, await store.counts(scope), viewOf(store, control, nowMillis));
}

/**
 * What counts of a span rest on.
 *
 * - asked: the sensors ever seen that are in scope, and those named by the question that never were.
 * - answered: those with a part in the span; missing: the others, with why.
 * - seconds, summed over taps. Live: expected is the whole span up to the last window that could be sealed by now,
 *   present the union of the covered spans without the time an interface was blind. A tap is expected when it has a
 *   part in the span; a sensor without any counts as one tap. Replayed: windows that have parts, no others.
 * - packets: seen by the sensors, and what each layer lost.
 *
 * `counts` may be of several ranges that make up the span.
 */
export function coverageOf(scope: Scope, counts: readonly TapCounts[], view: CoverageView): Coverage {
  const { now } = view;
  const spans = view.spans.filter((tap) => scope.accepts(tap));
  const packets = { seen: 0, nic: 0, kernel: 0, shed: 0, unrecorded: 0 };
  const seconds = { expected: 0, present: 0 };
  const answered = new Set<string>();
  for (const tap of sumRanges(counts)) {
    addLoss(packets, tap);
    answered.add(`${tap.site}/${tap.sensor}`);
    const { presentSeconds } = tap;
    seconds.present += presentSeconds;
    const span = spans.find((one) => one.site === tap.site && one.sensor === tap.sensor && one.tap === tap.tap);
    seconds.expected += Math.max(
      presentSeconds,
      tap.replay ? presentSeconds : expectedSeconds(scope, span?.seconds ?? defaultWindow, now),
    );
  }
  const missing: { sensor: string; why: string }[] = [];
  const known = view.known.filter((sensor) => isAsked(scope, sensor));
  for (const { site, name, replay } of known) {
    const sensor = `${site}/${name}`;
    if (answered.has(sensor)) continue;
    const own = spans.filter((tap) => tap.site === site && tap.sensor === name);
    missing.push({ sensor, why: whyMissing(own, scope) });
    if (!replay) seconds.expected += expectedSeconds(scope, own[0]?.seconds ?? defaultWindow, now);
  }
  for (const sensor of scope.sensors) {
    if (!known.some(({ site, name }) => sensor === name || sensor === `${site}/${name}`))
      missing.push({ sensor, why: 'never seen' });
  }
  for (const site of scope.sites)
    if (!known.some((sensor) => sensor.site === site)) missing.push({ sensor: `${site}/*`, why: 'never seen' });
  return {
    sensors: { asked: answered.size + missing.length, answered: answered.size, missing },
    seconds: { expected: toMillis(seconds.expected), present: toMillis(seconds.present) },
    packets,
  };
}

/** Adds a part's packets and losses. */
export function addLoss(into: Coverage['packets'], row: Pick<TapCounts, 'packets' | 'loss'>): void {
  into.seen += row.packets;
  into.nic += row.loss.nic;
  into.kernel += row.loss.kernel;
  into.shed += row.loss.shed;
  into.unrecorded += row.loss.unrecorded;
}

/** A tap as one word. */
export function tapId({ site, sensor, tap }: TapKey): string {
  return `${site}/${sensor}/${tap}`;
}

/** One row a tap, whatever the ranges. */
function sumRanges(counts: readonly TapCounts[]): Iterable<TapCounts> {
  const sums = new Map<string, TapCounts>();
  for (const count of counts) {
    const sum = sums.get(tapId(count));
    if (sum === undefined) {
      sums.set(tapId(count), { ...count, loss: { ...count.loss } });
      continue;
    }
    sum.replay &&= count.replay;
    sum.packets += count.packets;
    sum.octets += count.octets;
    sum.presentSeconds += count.presentSeconds;
    sum.rows += count.rows;
    for (const layer of Object.keys(sum.loss) as (keyof TapCounts['loss'])[]) sum.loss[layer] += count.loss[layer];
  }
  return sums.values();
}

function expectedSeconds(scope: Scope, window: number, now: number): number {
  const sealed = Math.floor((now - sealSeconds) / window) * window;
  return Math.max(0, Math.min(scope.to, sealed) - scope.from);
}

function whyMissing(taps: readonly TapSpan[], scope: Scope): string {
  if (taps.some((tap) => tap.expiredTo !== undefined && tap.expiredTo > scope.from)) return 'expired';
  const last = Math.max(...taps.filter((tap) => !tap.replay).map((tap) => tap.to));
  return Number.isFinite(last) && last <= scope.from ? `silent since ${formatTime(last)}` : 'no data';
}

function toMillis(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
