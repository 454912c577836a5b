import type { CountMin } from '../sketch/countMin/countMin.ts';
import type { Distinct } from '../sketch/distinct/distinct.ts';
import type { Kll } from '../sketch/kll/kll.ts';
import { Refusal } from '../sketch/refusal.ts';
import type { FlowSample } from '../sketch/sample/flowSample.ts';
import type { TopRows } from '../sketch/top/topRows.ts';
import type { Counters } from './counters.ts';
import type { Health } from './health.ts';
import { kinds, LG_K } from './kinds.ts';
import type { Section } from './part.ts';
import { isShipped, listRows } from './period.ts';
import { decodeParameters, decodeSection, encodeSection, readsVersion, type SectionKind } from './section.ts';
import { type Split, unionOf } from './split.ts';

/** One value of every kind without a key. */
export interface SummaryValues {
  counters: Counters;
  health: Health;
  sources: Split<Distinct>;
  destinations: Split<Distinct>;
  pairs: Split<Distinct>;
  flows: Split<Distinct>;
  services: Distinct;
  names: Distinct;
  serverNames: Distinct;
  topHosts: Split<TopRows>;
  topSources: Split<TopRows>;
  topDestinations: Split<TopRows>;
  topPairs: Split<TopRows>;
  topServices: TopRows;
  statusClients: TopRows;
  statusServers: TopRows;
  sizes: Kll;
  durations: Kll;
  handshakes: Kll;
  retransmits: Kll;
}

/** The values that are keyed by the deployment's seed, and which seed that was. */
export interface KeyedValues {
  readonly seedHash: Uint8Array;
  /** Length of the windows that the sample's items are of. */
  readonly windowSeconds: number;
  readonly pointOctets: CountMin;
  readonly flowSample: FlowSample;
}

type Name = keyof SummaryValues;
type Value = SummaryValues[Name];

const { pointOctets, flowSample, ...plainKinds } = kinds;
/** The kinds by the name of their value: says to the compiler that every value has one, and the right one. */
const kindsByName: { readonly [N in Name]: SectionKind<SummaryValues[N]> } = plainKinds;
const names = Object.keys(kindsByName) as Name[];

/** The part that sections are for. */
export interface PartLength {
  readonly seconds: number;
  readonly windowSeconds: number;
}

/** The statistics of a window, a run, or of many merged: decoded, ready to be merged, encoded or shown. */
export class Summary {
  readonly values: SummaryValues;
  /** Undefined without a seed. */
  keyed: KeyedValues | undefined;

  constructor(values: SummaryValues, keyed?: KeyedValues) {
    this.values = values;
    this.keyed = keyed;
  }

  /** Takes in `other`, which is left as it is. Keyed values of another seed or window length are the caller's fault. */
  merge(other: Summary): void {
    for (const name of names) mergeOne(kindsByName[name], this.values[name], other.values[name]);
    if (other.keyed === undefined) return;
    this.keyed ??= {
      ...other.keyed,
      pointOctets: pointOctets.empty([other.keyed.pointOctets.rows, other.keyed.pointOctets.columns]),
      flowSample: flowSample.empty([other.keyed.windowSeconds, other.keyed.flowSample.k]),
    };
    const { seedHash, windowSeconds } = this.keyed;
    if (windowSeconds !== other.keyed.windowSeconds || !other.keyed.seedHash.every((byte, i) => byte === seedHash[i])) {
      throw new RangeError('keyed values of different seeds or windows');
    }
    pointOctets.merge(this.keyed.pointOctets, other.keyed.pointOctets);
    flowSample.merge(this.keyed.flowSample, other.keyed.flowSample);
  }

  /** The addresses that sent or were sent a packet: a union, never stored. */
  hosts(): Distinct {
    const hosts = unionOf(this.values.sources);
    hosts.merge(unionOf(this.values.destinations));
    return hosts;
  }

  /** Cuts every top list to the first `n` by octets and the first `n` by packets. */
  cutLists(n: number): void {
    for (const rows of this.lists()) rows.cutToUnion(n);
  }

  /** Every list. */
  lists(): TopRows[] {
    const { topHosts, topSources, topDestinations, topPairs, topServices, statusClients, statusServers } = this.values;
    const split = [topHosts, topSources, topDestinations, topPairs];
    return [...split.flatMap(({ local, remote }) => [local, remote]), topServices, statusClients, statusServers];
  }

  /**
   * As sections, each in memory of its own, in the order of their kinds. With a part's length those only that such a part
   * ships (`period.ts`) and that are not empty.
   */
  toSections(part?: PartLength): Section[] {
    const sections: Section[] = [];
    for (const name of names) {
      const kind: SectionKind<Value> = kindsByName[name];
      const value = this.values[name];
      if (isWanted(kind, value, part)) sections.push(encodeSection(kind, parametersOf(value), value));
    }
    if (this.keyed === undefined) return sections;
    const { seedHash, windowSeconds, pointOctets: points, flowSample: sample } = this.keyed;
    if (isWanted(pointOctets, points, part)) {
      sections.push(encodeSection(pointOctets, [points.rows, points.columns], points, seedHash));
    }
    if (isWanted(flowSample, sample, part)) {
      sections.push(encodeSection(flowSample, [windowSeconds, sample.k], sample, seedHash));
    }
    return sections;
  }

  /** As the sections that a part ships: lists cut to what its length has, values rounded to what is sent. */
  toPartSections(part: PartLength): Section[] {
    this.cutLists(listRows(part.seconds));
    for (const rows of this.lists()) rows.roundMissed();
    if (isShipped(pointOctets.cadence, part.seconds, part.windowSeconds)) this.keyed?.pointOctets.quantize();
    return this.toSections(part);
  }

  /**
   * From the sections of a part. Kinds and versions that are unknown here are left out; a known kind that is missing is
   * empty; of several that cannot be merged (other identity parameters, other seeds) the first counts.
   */
  static fromSections(sections: readonly Section[]): Summary | Refusal {
    const values: Partial<Record<Name, Value>> = {};
    for (const name of names) {
      const kind: SectionKind<Value> = kindsByName[name];
      const section = findSection(kind, sections);
      const value = section === undefined ? kind.empty(defaults(kind)) : decodeSection(kind, section);
      if (value instanceof Refusal) return value;
      values[name] = value;
    }
    const keyed = keyedOf(sections);
    return keyed instanceof Refusal ? keyed : new Summary(values as SummaryValues, keyed);
  }
}

function isWanted<T>(kind: SectionKind<T>, value: T, part: PartLength | undefined): boolean {
  if (part === undefined) return true;
  return isShipped(kind.cadence, part.seconds, part.windowSeconds) && !kind.isEmpty(value);
}

function findSection(kind: SectionKind<unknown>, sections: readonly Section[]): Section | undefined {
  return sections.find((one) => one.kind === kind.kind && readsVersion(kind, one.version));
}

/** The keyed values of a part; of one seed, that of the sample where the two differ. */
function keyedOf(sections: readonly Section[]): KeyedValues | undefined | Refusal {
  const sampled = findSection(flowSample, sections);
  const point = findSection(pointOctets, sections);
  const first = sampled ?? point;
  if (first === undefined) return undefined;
  const { seedHash } = first;
  const parameters = sampled === undefined ? [] : decodeParameters(flowSample, sampled);
  if (parameters instanceof Refusal) return parameters;
  const sample = sampled === undefined ? flowSample.empty([]) : decodeSection(flowSample, sampled);
  if (sample instanceof Refusal) return sample;
  const isOfSeed = point !== undefined && point.seedHash.every((byte, i) => byte === seedHash[i]);
  const points = isOfSeed ? decodeSection(pointOctets, point) : pointOctets.empty([]);
  if (points instanceof Refusal) return points;
  return { seedHash, windowSeconds: parameters[0] ?? 1, pointOctets: points, flowSample: sample };
}

function mergeOne<T>(kind: SectionKind<T>, into: T, other: T): void {
  kind.merge(into, other);
}

/** A value's parameters, in its kind's order: lgK, capacity or k. */
function parametersOf(value: Value): number[] {
  if ('local' in value) {
    const [local, remote] = [parametersOf(value.local), parametersOf(value.remote)];
    return local.map((parameter, i) => Math.min(parameter, remote[i] ?? parameter));
  }
  if ('hll' in value) return [value.hll.lgK];
  if ('capacity' in value) return [value.capacity];
  return 'k' in value ? [value.k] : [];
}

/** For an empty value: the common lgK, and the largest capacity, so that merging changes nothing. */
function defaults(kind: SectionKind<Value>): number[] {
  return kind.parameters.map((parameter) => (parameter.role === 'identity' ? LG_K : parameter.greatest));
}
