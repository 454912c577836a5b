import { Refusal } from '../../../core/sketch/refusal.ts';
import { DEFAULT_K } from '../../../core/sketch/kll/kll.ts';
import { kinds } from '../../../core/summary/kinds.ts';
import { decodeSection } from '../../../core/summary/section.ts';
import type { QuantileKind } from '../../../proto/routes.ts';
import type { Fold, LeftOut } from './fold.ts';

export interface QuantilesPlan {
  fold: 'quantiles';
  what: QuantileKind;
  /** Shares, 0..1. */
  shares: readonly number[];
}

interface Told {
  value: number | null;
  lower: number | null;
  upper: number | null;
}

export interface QuantilesResult extends LeftOut {
  count: number;
  least: number | null;
  greatest: number | null;
  /** In the order of the plan's shares. */
  quantiles: Told[];
}

export function createQuantilesFold({ what, shares }: QuantilesPlan): Fold<QuantilesResult> {
  const kind = kinds[what];
  const union = kind.empty([DEFAULT_K]);
  let leftOut = 0;
  return {
    take({ section }) {
      const kll = decodeSection(kind, section);
      if (kll instanceof Refusal) leftOut += 1;
      else union.merge(kll);
    },
    finish() {
      const { n, min, max, minK, levelCount } = union;
      const error = levelCount === 1 ? 0 : rankError(minK);
      const at = (share: number): number | null => union.quantile(share) ?? null;
      return {
        count: n,
        least: n === 0 ? null : min,
        greatest: n === 0 ? null : max,
        quantiles: shares.map((share) => ({
          value: at(share),
          lower: at(share - error),
          upper: at(share + error),
        })),
        leftOut,
      };
    },
  };
}

/** The share of all values by which the rank of one answer is off, 99 times in a hundred at most (Apache DataSketches' fit). */
function rankError(k: number): number {
  return 2.296 / k ** 0.9723;
}
