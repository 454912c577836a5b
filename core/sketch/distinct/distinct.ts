import { type Estimate, exactly, withBounds } from '../hll/estimator.ts';
import { Hll } from '../hll/hll.ts';
import { HashSet } from './hashSet.ts';

/**
 * How many distinct items: always an HLL sketch (so that any two can be merged), and while there are at most 4,096
 * items also, if wanted, the exact set.
 *
 * Merge laws: as `Hll`; the result is exact when both were and the union fits.
 */
export class Distinct {
  readonly hll: Hll;
  /** The exact set; undefined when it was not wanted or has become too large. */
  set: HashSet | undefined;

  readonly #exact: boolean;

  constructor(exact: boolean, lgK: number = 12) {
    this.#exact = exact;
    this.hll = new Hll(lgK);
    this.set = exact ? new HashSet() : undefined;
  }

  /** A count from its parts, which it takes over. */
  static of(hll: Hll, set: HashSet | undefined): Distinct {
    const distinct = new Distinct(false, hll.lgK);
    distinct.hll.merge(hll);
    distinct.set = set;
    return distinct;
  }

  /** Adds an item by the four words of its hash (`KeyHasher.h`). */
  addHash(h: Int32Array): void {
    this.hll.addHash(h[0]!, h[2]!, h[3]!);
    if (this.set !== undefined && !this.set.add(h[0]!, h[1]!, h[2]!, h[3]!)) this.set = undefined;
  }

  /** Empty again, with the memory that it has, and a set if one was wanted. */
  reset(): void {
    this.hll.reset();
    this.set = this.#exact ? new HashSet() : undefined;
  }

  /** Takes in all that `other` counted, which is left as it is. */
  merge(other: Distinct): void {
    if (other === this) return;
    // Nothing at all merged into nothing keeps the wish for a set; a count without a set makes the sum inexact.
    if (other.set !== undefined) {
      if (this.set !== undefined && !this.set.addSet(other.set)) this.set = undefined;
    } else if (!other.hll.isEmpty) {
      this.set = undefined;
    }
    if (this.hll.isEmpty && this.set === undefined && other.set !== undefined) {
      this.set = new HashSet();
      this.set.addSet(other.set);
    }
    this.hll.merge(other.hll);
  }

  copy(): Distinct {
    let set: HashSet | undefined;
    if (this.set !== undefined) {
      set = new HashSet();
      set.addSet(this.set);
    }
    return Distinct.of(this.hll, set);
  }

  /** The estimate with its bounds, whole numbers; exact while there is a set. */
  estimate(): Estimate {
    return this.set === undefined ? withBounds(this.hll.estimate()) : exactly(this.set.count);
  }
}
