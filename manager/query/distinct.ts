import { Distinct } from '../../core/sketch/distinct/distinct.ts';
import { Refusal } from '../../core/sketch/refusal.ts';
import { LG_K } from '../../core/summary/kinds.ts';
import type { Estimate } from '../../proto/api.ts';
import type { DistinctKind } from '../../proto/routes.ts';
import type { SpanQuery, SummaryStore } from '../store/summaryStore.ts';
import { readDistinct, sectionsAnswering } from './distinctSections.ts';

/**
 * The union of what all sections of a span counted. `leftOut`: sections that could not be merged, damaged ones and
 * those of another lgK, which is identity.
 */
export async function countDistinct(
  what: DistinctKind,
  span: SpanQuery,
  store: SummaryStore,
): Promise<{ value: Estimate; leftOut: number }> {
  const union = new Distinct(false, LG_K);
  let leftOut = 0;
  for await (const { section } of store.sections(span, sectionsAnswering(what))) {
    const count = readDistinct(what, section);
    if (count instanceof Refusal || count.hll.lgK !== LG_K) leftOut += 1;
    else union.merge(count);
  }
  return { value: union.estimate(), leftOut };
}
