import { Refusal } from '../sketch/refusal.ts';
import { kindOf } from './kinds.ts';
import { mergeSections } from './merge.ts';
import type { Loss, Section, WindowPart } from './part.ts';

/** Part of a millisecond that rounding of the times may make of nothing. */
const rounding = 0.01;

/**
 * One longer window out of parts of one tap that lie in [start, start + seconds): what a full spool keeps of them. The
 * result is a window of that length: packets, octets and loss are the sums of its windows.
 *
 * Covered time is not overstated: the span reaches from the first watched instant to the last, and what was not watched
 * between is added to `blindMillis`.
 *
 * Parts of the period `seconds` may be among them: they are folded in. Where their packets and octets equal those of the
 * windows, they replace the windows' sections of the kinds that they have (their lists are longer). Else something is
 * missing here that they count (it was shipped already, say): then only what windows never hold, the kinds of a minute,
 * is taken from them.
 *
 * Refuses when a section that has to be merged is damaged. Parts that do not fit in are the caller's fault.
 */
export function coarsen(parts: readonly WindowPart[], start: number, seconds: number): WindowPart | Refusal {
  const first = parts[0];
  if (first === undefined) throw new RangeError('no parts to make one of');
  for (const part of parts) {
    const inside = part.start >= start && part.start + part.seconds <= start + seconds;
    const fits = isWindow(part) || part.seconds === seconds;
    if (part.tap !== first.tap || !inside || !fits)
      throw new RangeError(`a part of ${part.tap} ${part.start}+${part.seconds} in ${first.tap} ${start}+${seconds}`);
  }
  const windows = parts.filter(isWindow);
  const sections = joinSections(
    windows,
    parts.filter((part) => !isWindow(part)),
  );
  if (sections instanceof Refusal) return sections;
  const { coveredFrom, coveredTo, gapMillis } = cover(windows.length > 0 ? windows : parts);
  return {
    tap: first.tap,
    start,
    seconds,
    windowSeconds: seconds,
    coveredFrom,
    coveredTo,
    packets: sum(windows, ({ packets }) => packets),
    octets: sum(windows, ({ octets }) => octets),
    loss: addLosses(
      windows.map(({ loss }) => loss),
      gapMillis,
    ),
    sections,
  };
}

function isWindow({ seconds, windowSeconds }: WindowPart): boolean {
  return seconds === windowSeconds;
}

function joinSections(windows: readonly WindowPart[], longer: readonly WindowPart[]): Section[] | Refusal {
  const whole =
    longer.length > 0 &&
    sum(windows, ({ packets }) => packets) === sum(longer, ({ packets }) => packets) &&
    sum(windows, ({ octets }) => octets) === sum(longer, ({ octets }) => octets);
  const restated = longer.flatMap(({ sections }) => sections);
  const told = windows.flatMap(({ sections }) => sections);
  if (!whole) return mergeSections([...told, ...restated.filter(({ kind }) => kindOf(kind)?.cadence === 'minute')]);
  const replaced = new Set(restated.map(({ kind }) => kind).filter((kind) => kindOf(kind)?.cadence !== 'minute'));
  return mergeSections([...told.filter(({ kind }) => !replaced.has(kind)), ...restated]);
}

/** The least span that holds all covered ones, and the milliseconds in it that none of them covers. */
function cover(parts: readonly WindowPart[]): { coveredFrom: number; coveredTo: number; gapMillis: number } {
  const spans = parts
    .map(({ coveredFrom, coveredTo }) => ({ from: coveredFrom, to: coveredTo }))
    .filter(({ from, to }) => to > from)
    .sort((a, b) => a.from - b.from);
  const [earliest] = spans;
  if (earliest === undefined) {
    const at = Math.min(...parts.map(({ coveredFrom }) => coveredFrom));
    return { coveredFrom: at, coveredTo: at, gapMillis: 0 };
  }
  let until = earliest.to;
  let gap = 0;
  for (const { from, to } of spans) {
    gap += Math.max(0, from - until);
    until = Math.max(until, to);
  }
  return { coveredFrom: earliest.from, coveredTo: until, gapMillis: Math.max(0, Math.ceil(gap * 1000 - rounding)) };
}

function addLosses(losses: readonly Loss[], gapMillis: number): Loss {
  return {
    kernel: sum(losses, ({ kernel }) => kernel),
    nic: sum(losses, ({ nic }) => nic),
    shed: sum(losses, ({ shed }) => shed),
    unrecorded: sum(losses, ({ unrecorded }) => unrecorded),
    freezes: sum(losses, ({ freezes }) => freezes),
    blindMillis: Math.min(sum(losses, ({ blindMillis }) => blindMillis) + gapMillis, Number.MAX_SAFE_INTEGER),
  };
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return Math.min(
    items.reduce((total, item) => total + of(item), 0),
    Number.MAX_SAFE_INTEGER,
  );
}
