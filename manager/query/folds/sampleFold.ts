import { Refusal } from '../../../core/sketch/refusal.ts';
import type { FlowSample } from '../../../core/sketch/sample/flowSample.ts';
import { overlap } from '../../../core/sketch/sample/overlap.ts';
import { kinds } from '../../../core/summary/kinds.ts';
import { decodeParameters, decodeSection } from '../../../core/summary/section.ts';
import type { Fold, LeftOut } from './fold.ts';

/**
 * Octets counted once. The samples of a tap in a range are joined; over taps equal items count once. Only samples of one
 * length of windows and one seed are compared: the answer is of those that have the most octets.
 */
export interface SamplePlan {
  fold: 'sample';
  /** The side that a tap is on, by the tap's number: 0 or 1. Without an overlap all are on side 0. */
  sides: readonly number[];
}

export interface Bounded {
  estimate: number;
  lower: number;
  upper: number;
  exact: boolean;
}

export interface SampleResult extends LeftOut {
  sides: [Bounded, Bounded];
  union: Bounded;
  overlap: Bounded;
  /** Taps whose samples were compared. */
  compared: number[];
  /** Taps that have samples of another length of windows or another seed than the compared ones, and which. */
  others: { tap: number; why: string }[];
}

export const sampleSections = [kinds.flowSample.kind];

interface Identity {
  windowSeconds: number;
  seed: string;
  octets: number;
  /** By range, then by tap. */
  samples: Map<number, Map<number, FlowSample>>;
}

export function createSampleFold({ sides }: SamplePlan): Fold<SampleResult> {
  const identities = new Map<string, Identity>();
  let leftOut = 0;
  return {
    take({ tap, range, section }) {
      const parameters = decodeParameters(kinds.flowSample, section);
      const sample = decodeSection(kinds.flowSample, section);
      if (parameters instanceof Refusal || sample instanceof Refusal) {
        leftOut += 1;
        return;
      }
      const [windowSeconds = 0] = parameters;
      const seed = Buffer.from(section.seedHash).toString('hex');
      const id = `${windowSeconds} ${seed}`;
      let identity = identities.get(id);
      if (identity === undefined)
        identities.set(id, (identity = { windowSeconds, seed, octets: 0, samples: new Map() }));
      identity.octets += sample.total().octets;
      let taps = identity.samples.get(range);
      if (taps === undefined) identity.samples.set(range, (taps = new Map()));
      const joined = taps.get(tap);
      if (joined === undefined) taps.set(tap, sample);
      else joined.join(sample);
    },
    finish() {
      const [main, ...others] = [...identities.values()].sort((a, b) => b.octets - a.octets);
      const sums = [new Sum(), new Sum(), new Sum(), new Sum()] as const;
      for (const taps of main?.samples.values() ?? []) addRange(sums, taps, sides);
      return {
        sides: [sums[0].told(), sums[1].told()],
        union: sums[2].told(),
        overlap: sums[3].told(),
        compared: [...tapsOf(main)].sort((a, b) => a - b),
        others: others.flatMap((other) => {
          const why =
            other.windowSeconds === main?.windowSeconds ? 'another seed' : `windows of ${other.windowSeconds} s`;
          return [...tapsOf(other)].map((tap) => ({ tap, why }));
        }),
        leftOut,
      };
    },
  };
}

function tapsOf(identity: Identity | undefined): Set<number> {
  return new Set([...(identity?.samples.values() ?? [])].flatMap((taps) => [...taps.keys()]));
}

/** Adds one range: what each side had, both together, and what both saw. */
function addRange(
  [one, other, union, shared]: readonly [Sum, Sum, Sum, Sum],
  taps: ReadonlyMap<number, FlowSample>,
  sides: readonly number[],
): void {
  const [a, b] = [0, 1].map((side) => {
    let sample: FlowSample | undefined;
    for (const [tap, own] of taps) {
      if ((sides[tap] ?? 0) !== side) continue;
      if (sample === undefined) sample = own.copy();
      else sample.dedup(own);
    }
    return sample;
  });
  if (a !== undefined) one.add(totalOf(a));
  if (b !== undefined) other.add(totalOf(b));
  if (a !== undefined && b !== undefined) {
    const { octets, lower, upper } = overlap(a, b);
    shared.add({ estimate: octets, lower, upper, exact: lower === upper });
    a.dedup(b);
  }
  const both = a ?? b;
  if (both !== undefined) union.add(totalOf(both));
}

function totalOf(sample: FlowSample): Bounded {
  const { octets, bound } = sample.total();
  const spread = octets * bound;
  return {
    estimate: octets,
    lower: Math.floor(octets - spread),
    upper: Math.ceil(octets + spread),
    exact: bound === 0,
  };
}

/** A sum over ranges. Their errors do not depend on each other, so they add as squares. */
class Sum {
  #estimate = 0;
  #below = 0;
  #above = 0;
  #exact = true;

  add({ estimate, lower, upper, exact }: Bounded): void {
    this.#estimate += estimate;
    this.#below += (estimate - lower) ** 2;
    this.#above += (upper - estimate) ** 2;
    this.#exact &&= exact;
  }

  told(): Bounded {
    const estimate = Math.round(this.#estimate);
    return {
      estimate,
      lower: Math.max(0, Math.floor(estimate - Math.sqrt(this.#below))),
      upper: Math.ceil(estimate + Math.sqrt(this.#above)),
      exact: this.#exact,
    };
  }
}
