import { Distinct } from '../../../core/sketch/distinct/distinct.ts';
import type { Estimate } from '../../../core/sketch/hll/estimator.ts';
import { encodeHll } from '../../../core/sketch/hll/hllCodec.ts';
import { Refusal } from '../../../core/sketch/refusal.ts';
import { LG_K, kinds } from '../../../core/summary/kinds.ts';
import { decodeSection } from '../../../core/summary/section.ts';
import type { SectionKind } from '../../../core/summary/section.ts';
import type { Split } from '../../../core/summary/split.ts';
import type { WireSection } from '../../../proto/partCodec.ts';
import type { DistinctKind, Side } from '../../../proto/routes.ts';
import type { Fold, FoldItem, LeftOut } from './fold.ts';

/** Counts what is different: for each group of taps and range, and for all of it. */
export interface DistinctPlan {
  fold: 'distinct';
  what: DistinctKind;
  side: Side;
  /** The group that a tap's sections go to, by the tap's number. */
  groups: readonly number[];
  ranges: number;
}

export interface DistinctResult extends LeftOut {
  /** By group * ranges + range; those without a section are left out. */
  cells: Map<number, Estimate>;
  union: Estimate;
  /** The union as DataSketches writes it. */
  sketch: Uint8Array;
}

const splitKinds: Readonly<Record<DistinctKind, readonly SectionKind<Split<Distinct>>[]>> = {
  hosts: [kinds.sources, kinds.destinations],
  sources: [kinds.sources],
  destinations: [kinds.destinations],
  pairs: [kinds.pairs],
  flows: [kinds.flows],
  services: [],
  names: [],
};

/** What is not told apart by where it is. */
const plainKinds: Readonly<Partial<Record<DistinctKind, SectionKind<Distinct>>>> = {
  services: kinds.services,
  names: kinds.names,
};

/** Numbers of the kinds of section whose union answers. */
export function sectionsOfDistinct(what: DistinctKind): number[] {
  const plain = plainKinds[what];
  return plain === undefined ? splitKinds[what].map(({ kind }) => kind) : [plain.kind];
}

export function createDistinctFold(plan: DistinctPlan): Fold<DistinctResult> {
  const cells = new Map<number, Distinct>();
  let leftOut = 0;
  return {
    take({ tap, range, section }: FoldItem) {
      const counts = readCounts(plan, section);
      if (counts === undefined || counts.some(({ hll }) => hll.lgK !== LG_K)) {
        leftOut += 1;
        return;
      }
      const cell = (plan.groups[tap] ?? 0) * plan.ranges + range;
      let union = cells.get(cell);
      if (union === undefined) cells.set(cell, (union = new Distinct(false, LG_K)));
      for (const count of counts) union.merge(count);
    },
    finish() {
      const union = new Distinct(false, LG_K);
      for (const cell of cells.values()) union.merge(cell);
      const estimates = new Map([...cells].map(([cell, count]) => [cell, count.estimate()] as const));
      return { cells: estimates, union: union.estimate(), sketch: encodeHll(union.hll), leftOut };
    },
  };
}

/** The counts of a section that are of the side which is asked for. */
function readCounts({ what, side }: DistinctPlan, section: WireSection): Distinct[] | undefined {
  const plain = plainKinds[what];
  if (plain !== undefined) {
    const count = decodeSection(plain, section);
    return count instanceof Refusal ? undefined : [count];
  }
  const kind = splitKinds[what].find((one) => one.kind === section.kind);
  const split = kind === undefined ? undefined : decodeSection(kind, section);
  if (split === undefined || split instanceof Refusal) return undefined;
  return side === 'all' ? [split.local, split.remote] : [split[side]];
}
