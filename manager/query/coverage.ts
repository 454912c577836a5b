import type { Coverage } from '../../proto/api.ts';
import { formatTime } from '../../proto/time.ts';
import type { ControlStore } from '../store/controlStore.ts';
import type { SummaryStore, TapCounts, TapSpan } from '../store/summaryStore.ts';
import { isAsked } from './scope.ts';
import type { Scope } from './scope.ts';

/** A part is sealed this long after its window's end: what is younger can't be expected yet. */
const sealSeconds = 2;

/**
 * What an answer over `scope` rests on.
 *
 * - asked: the sensors ever seen that are in scope, and those named by the question that never were.
 * - answered: those with a part in the span; missing: the others, with why.
 * - seconds, summed over taps. Live: expected is the whole span up to the last window that could be sealed by now,
 *   present the union of the covered spans without the time an interface was blind. A tap is expected when it has a
 *   part in the span; a sensor without any counts as one tap. Replayed: windows that have parts, no others.
 * - packets: seen by the sensors, and what each layer lost.
 */
export async function computeCoverage(
  scope: Scope,
  store: SummaryStore,
  control: ControlStore,
  nowMillis: number,
): Promise<Coverage> {
  const counts = await store.counts(scope);
  const spans = store.taps().filter((tap) => scope.accepts(tap));
  const packets = { seen: 0, nic: 0, kernel: 0, shed: 0, unrecorded: 0 };
  const seconds = { expected: 0, present: 0 };
  const answered = new Set<string>();
  const now = nowMillis / 1000;
  for (const tap of counts) {
    addLoss(packets, tap);
    answered.add(`${tap.site}/${tap.sensor}`);
    const { presentSeconds } = tap;
    seconds.present += presentSeconds;
    const span = spans.find((one) => one.site === tap.site && one.sensor === tap.sensor && one.tap === tap.tap);
    seconds.expected += Math.max(
      presentSeconds,
      tap.replay ? presentSeconds : expectedSeconds(scope, span?.seconds ?? 10, now),
    );
  }
  const missing: { sensor: string; why: string }[] = [];
  const known = control.sensors().filter((sensor) => isAsked(scope, sensor));
  for (const { site, name, replay } of known) {
    const sensor = `${site}/${name}`;
    if (answered.has(sensor)) continue;
    const own = spans.filter((tap) => tap.site === site && tap.sensor === name);
    missing.push({ sensor, why: whyMissing(own, scope) });
    if (!replay) seconds.expected += expectedSeconds(scope, own[0]?.seconds ?? 10, now);
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
