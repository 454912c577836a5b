import type { Distinct } from '../sketch/distinct/distinct.ts';
import type { Kll } from '../sketch/kll/kll.ts';
import { Refusal } from '../sketch/refusal.ts';
import type { TopRows } from '../sketch/top/topRows.ts';
import type { Counters } from './counters.ts';
import { kinds, LG_K } from './kinds.ts';
import type { Section } from './part.ts';
import { decodeSection, encodeSection, type SectionKind } from './section.ts';

/** One value of every kind. */
export interface SummaryValues {
  counters: Counters;
  sources: Distinct;
  destinations: Distinct;
  pairs: Distinct;
  flows: Distinct;
  services: Distinct;
  topHosts: TopRows;
  topSources: TopRows;
  topDestinations: TopRows;
  topPairs: TopRows;
  topServices: TopRows;
  sizes: Kll;
  durations: Kll;
}

type Name = keyof SummaryValues;

/** The kinds by the name of their value: says to the compiler that every value has one, and the right one. */
const kindsByName: { readonly [N in Name]: SectionKind<SummaryValues[N]> } = kinds;
const names = Object.keys(kindsByName) as Name[];

/** The statistics of a window, a run, or of many merged: decoded, ready to be merged, encoded or shown. */
export class Summary {
  readonly values: SummaryValues;

  constructor(values: SummaryValues) {
    this.values = values;
  }

  /** Takes in `other`, which is left as it is. */
  merge(other: Summary): void {
    for (const name of names) mergeOne(kindsByName[name], this.values[name], other.values[name]);
  }

  /** The addresses that sent or were sent a packet: a union, never stored. */
  hosts(): Distinct {
    const hosts = this.values.sources.copy();
    hosts.merge(this.values.destinations);
    return hosts;
  }

  /** Cuts every top list to the first `n` by octets and the first `n` by packets. */
  cutLists(n: number): void {
    const { topHosts, topSources, topDestinations, topPairs, topServices } = this.values;
    for (const rows of [topHosts, topSources, topDestinations, topPairs, topServices]) rows.cutToUnion(n);
  }

  /** As sections of a window part, each in memory of its own, in the order of their kinds. */
  toSections(): Section[] {
    return names.map((name) => encodeOne(kindsByName[name], parametersOf(this.values[name]), this.values[name]));
  }

  /**
   * From the sections of a part. Kinds and versions that are unknown here are left out; a known kind that is missing is
   * empty; of several that cannot be merged (other identity parameters) the first counts.
   */
  static fromSections(sections: readonly Section[]): Summary | Refusal {
    const values: Partial<Record<Name, SummaryValues[Name]>> = {};
    for (const name of names) {
      const kind: SectionKind<SummaryValues[Name]> = kindsByName[name];
      const section = sections.find((one) => one.kind === kind.kind && one.version === kind.version);
      const value = section === undefined ? kind.empty(defaults(kind)) : decodeSection(kind, section);
      if (value instanceof Refusal) return value;
      values[name] = value;
    }
    return new Summary(values as SummaryValues);
  }
}

function mergeOne<T>(kind: SectionKind<T>, into: T, other: T): void {
  kind.merge(into, other);
}

function encodeOne<T>(kind: SectionKind<T>, parameters: readonly number[], value: T): Section {
  return encodeSection(kind, parameters, value);
}

/** A value's parameters, in its kind's order: lgK, capacity or k. */
function parametersOf(value: SummaryValues[Name]): number[] {
  if ('hll' in value) return [value.hll.lgK];
  if ('capacity' in value) return [value.capacity];
  return 'k' in value ? [value.k] : [];
}

/** For an empty value: the common lgK, and the largest capacity, so that merging changes nothing. */
function defaults(kind: SectionKind<SummaryValues[Name]>): number[] {
  return kind.parameters.map((parameter) => (parameter.role === 'identity' ? LG_K : parameter.greatest));
}
