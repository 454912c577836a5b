import type { Coverage } from '../../proto/api.ts';
import { formatTime } from '../../proto/time.ts';
import type { SensorLink } from '../ingest/sensorLinks.ts';
import type { ControlStore } from '../store/controlStore.ts';
import type { DnsStore } from '../store/dnsStore.ts';
import type { SummaryStore, TapCounts, TapKey } from '../store/summaryStore.ts';
import { coverageOf, tapId, viewOf } from './coverage.ts';
import type { CoverageView } from './coverage.ts';
import type { FoldItem } from './folds/fold.ts';
import type { Plan, ResultOf } from './folds/plan.ts';
import type { Merging } from './merging.ts';
import { ScopeMoved } from './queryError.ts';
import { keptSpan, resolveScope, scopeBefore, tellSpan } from './scope.ts';
import type { Asked, Scope } from './scope.ts';

/** What questions are answered with. */
export interface Desk {
  store: SummaryStore;
  dns: DnsStore;
  control: ControlStore;
  merging: Merging;
  /** Milliseconds since 1970. */
  now: () => number;
  connected: () => ReadonlySet<string>;
  /** What was seen of each sensor's links since the start. */
  links: () => readonly SensorLink[];
}

/** A question's scope with what was counted in it. */
export interface Frame {
  scope: Scope;
  counts: readonly TapCounts[];
  view: CoverageView;
  coverage: Coverage;
  /** All taps in scope, with a number for each. */
  taps: readonly TapKey[];
  signal: AbortSignal | undefined;
}

/** What the handlers of all questions are given. */
export type Ranged = Asked & { compare: 'none' | 'previous' };

export interface FrameOptions {
  /** Whole minutes, for statistics that sensors make of whole minutes. */
  minutes?: boolean;
  /** Cuts the scope into ranges. */
  cut?: (scope: Scope) => Scope;
  signal?: AbortSignal | undefined;
}

/** Resolves what is asked and counts it. */
export async function openFrame(desk: Desk, asked: Asked, options: FrameOptions = {}): Promise<Frame> {
  const scope = resolveScope(asked, desk.store, desk.now(), options.minutes);
  return await frameOf(desk, options.cut?.(scope) ?? scope, options.signal);
}

async function frameOf(desk: Desk, scope: Scope, signal: AbortSignal | undefined): Promise<Frame> {
  const view = viewOf(desk.store, desk.control, desk.now());
  const counts = await desk.store.counts(scope);
  const taps = new Map<string, TapKey>();
  for (const tap of [...view.spans, ...counts]) if (scope.accepts(tap)) taps.set(tapId(tap), tap);
  return { scope, counts, view, coverage: coverageOf(scope, counts, view), taps: [...taps.values()], signal };
}

/** Merges the sections of a frame; `kinds` one after the other when they are in several lists. */
export async function mergeFrame<P extends Plan>(
  desk: Desk,
  frame: Frame,
  plan: P,
  ...kinds: readonly (readonly number[])[]
): Promise<ResultOf<P>> {
  return await desk.merging.merge(plan, itemsOf(desk, frame, kinds), frame.signal);
}

/** Whether rows of the span are longer than when it was cut, so that some would lie across its cuts. */
function isCoarser(store: SummaryStore, { from, to, grain, accepts }: Scope): boolean {
  return grain % store.grain(from, to, accepts) !== 0;
}

async function* itemsOf(
  { store }: Desk,
  { scope, taps }: Frame,
  kinds: readonly (readonly number[])[],
): AsyncIterable<FoldItem> {
  const numbers = new Map(taps.map((tap, number) => [tapId(tap), number]));
  for (const some of kinds) {
    if (some.length === 0) continue;
    if (isCoarser(store, scope)) throw new ScopeMoved();
    for await (const { tap, range, start, seconds, section } of store.sections(scope, new Set(some))) {
      const number = numbers.get(tapId(tap));
      // A tap that was first seen after the question arrived.
      if (number !== undefined) yield { tap: number, range, start, seconds, section };
    }
  }
}

/** What all answers begin with. */
export function headOf(desk: Desk, ask: string, asked: object, frame: Frame, notes: readonly string[] = []) {
  const { scope, coverage } = frame;
  return {
    query: { ask, ...asked },
    from: formatTime(scope.from),
    to: formatTime(scope.to),
    coverage,
    data: tellSpan(keptSpan(desk.store, scope.accepts)),
    notes: [...notes],
  };
}

/** The period before and whether it can be compared with this one. */
export interface Period {
  from: string;
  to: string;
  coverage: Coverage;
  comparable: boolean;
  why: string | null;
}

/** Asks the same of the period before, when the question is to compare with it. */
export async function lookBack<Told>(
  desk: Desk,
  asked: Ranged,
  frame: Frame,
  tell: (frame: Frame) => Promise<Told>,
  options: Pick<FrameOptions, 'minutes' | 'cut'> = {},
): Promise<{ period: Period; told: Told } | undefined> {
  if (asked.compare !== 'previous') return undefined;
  const scope = scopeBefore(frame.scope, desk.store, options.minutes);
  const earlier = await frameOf(desk, options.cut?.(scope) ?? scope, frame.signal);
  const why = differenceOf(frame, earlier);
  const period = {
    from: formatTime(scope.from),
    to: formatTime(scope.to),
    coverage: earlier.coverage,
    comparable: why === null,
    why,
  };
  return { period, told: await tell(earlier) };
}

/** Shares of watched time that differ by more are not compared. */
const greatestDifference = 0.1;

function differenceOf(now: Frame, earlier: Frame): string | null {
  const [present, before] = [now.coverage.seconds.present, earlier.coverage.seconds.present];
  if (before === 0) return 'nothing was watched in the period before';
  if (present === 0) return 'nothing was watched in this period';
  if (Math.abs(present - before) > greatestDifference * Math.max(present, before))
    return `watched ${Math.round(before)} s then and ${Math.round(present)} s now`;
  if (now.scope.to - now.scope.from !== earlier.scope.to - earlier.scope.from)
    return `the period before exists in steps of ${earlier.scope.grain} s only`;
  return null;
}

/** The share that something grew by; null when it came from nothing. */
export function changeOf(now: number | null, before: number | null): number | null {
  if (now === null || before === null || before === 0) return null;
  return Math.round(((now - before) / before) * 1e6) / 1e6;
}

/** What is said of sections that could not be merged. */
export function tellLeftOut(leftOut: number): string[] {
  if (leftOut === 0) return [];
  const sections = leftOut === 1 ? '1 section was' : `${leftOut} sections were`;
  return [`${sections} left out: damaged, or of a size or seed that cannot be merged`];
}
