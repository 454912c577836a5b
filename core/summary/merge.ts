import { Refusal } from '../sketch/refusal.ts';
import { kindOf } from './kinds.ts';
import type { Section, WindowPart } from './part.ts';
import { decodeParameters, decodeSection, encodeParameters, readsVersion, type SectionKind } from './section.ts';

/**
 * One part from two of the same tap and window. Counts and loss add; the covered span is the least that holds both.
 * Sections of a known kind and version, equal identity parameters and equal seed become one, of the newest version where
 * they are of several; all others stay side by side. The result does not depend on the order (top lists and quantiles: within their bounds).
 *
 * A damaged section that has to be merged is refused. Two parts of different windows are the caller's fault.
 */
export function mergeParts(a: WindowPart, b: WindowPart): WindowPart | Refusal {
  if (a.tap !== b.tap || a.start !== b.start || a.seconds !== b.seconds || a.windowSeconds !== b.windowSeconds) {
    throw new RangeError(`parts of ${a.tap} ${a.start}+${a.seconds} and ${b.tap} ${b.start}+${b.seconds}`);
  }
  const sections = mergeSections([...a.sections, ...b.sections]);
  if (sections instanceof Refusal) return sections;
  return {
    tap: a.tap,
    start: a.start,
    seconds: a.seconds,
    windowSeconds: a.windowSeconds,
    ...coverage(a, b),
    packets: add(a.packets, b.packets),
    octets: add(a.octets, b.octets),
    loss: {
      kernel: add(a.loss.kernel, b.loss.kernel),
      nic: add(a.loss.nic, b.loss.nic),
      shed: add(a.loss.shed, b.loss.shed),
      unrecorded: add(a.loss.unrecorded, b.loss.unrecorded),
      freezes: add(a.loss.freezes, b.loss.freezes),
      blindMillis: add(a.loss.blindMillis, b.loss.blindMillis),
    },
    sections,
  };
}

function add(a: number, b: number): number {
  return Math.min(a + b, Number.MAX_SAFE_INTEGER);
}

function coverage(a: WindowPart, b: WindowPart): { coveredFrom: number; coveredTo: number } {
  const covering = [a, b].filter((part) => part.coveredTo > part.coveredFrom);
  if (covering.length === 0) {
    const at = Math.min(a.coveredFrom, b.coveredFrom);
    return { coveredFrom: at, coveredTo: at };
  }
  return {
    coveredFrom: Math.min(...covering.map((part) => part.coveredFrom)),
    coveredTo: Math.max(...covering.map((part) => part.coveredTo)),
  };
}

/** Merges what can be merged among sections; sorted by kind, version, parameters, seed and, of unknown ones, body. */
export function mergeSections(sections: readonly Section[]): Section[] | Refusal {
  const merged: Section[] = [];
  const groups = new Map<string, Section[]>();
  for (const section of sections) {
    const group = groupOf(section);
    if (group instanceof Refusal) return group;
    if (group === undefined) {
      merged.push(section);
      continue;
    }
    const members = groups.get(group);
    if (members === undefined) groups.set(group, [section]);
    else members.push(section);
  }
  for (const members of groups.values()) {
    const kind = kindOf(members[0]!.kind);
    const section = kind === undefined || members.length === 1 ? members[0]! : mergeGroup(kind, members);
    if (section instanceof Refusal) return section;
    merged.push(section);
  }
  return merged.sort(compareSections);
}

/** What sections that merge have in common, as a key; undefined for those that never merge. */
function groupOf(section: Section): string | undefined | Refusal {
  const kind = kindOf(section.kind);
  if (kind === undefined || !readsVersion(kind, section.version)) return undefined;
  const parameters = decodeParameters(kind, section);
  if (parameters instanceof Refusal) return parameters;
  const identity = parameters.filter((_, i) => kind.parameters[i]?.role === 'identity');
  return [section.kind, ...identity, '', ...section.seedHash].join(' ');
}

function mergeGroup<T>(kind: SectionKind<T>, members: readonly Section[]): Section | Refusal {
  let least: number[] | undefined;
  let into: T | undefined;
  for (const section of members) {
    const parameters = decodeParameters(kind, section);
    if (parameters instanceof Refusal) return parameters;
    const value = decodeSection(kind, section);
    if (value instanceof Refusal) return value;
    least = parameters.map((parameter, i) => Math.min(parameter, least?.[i] ?? parameter));
    if (into === undefined) into = value;
    else kind.merge(into, value);
  }
  if (into === undefined || least === undefined) throw new RangeError('no sections to merge');
  const first = members[0]!;
  return { ...first, version: kind.version, parameters: encodeParameters(least), body: kind.encode(into) };
}

function compareSections(a: Section, b: Section): number {
  return (
    a.kind - b.kind ||
    a.version - b.version ||
    compareBytes(a.parameters, b.parameters) ||
    compareBytes(a.seedHash, b.seedHash) ||
    compareBytes(a.body, b.body)
  );
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}
