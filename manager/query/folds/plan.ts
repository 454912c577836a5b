import { createCountersFold } from './countersFold.ts';
import type { CountersPlan, CountersResult } from './countersFold.ts';
import { createDistinctFold } from './distinctFold.ts';
import type { DistinctPlan, DistinctResult } from './distinctFold.ts';
import type { Fold } from './fold.ts';
import { createPointFold } from './pointFold.ts';
import type { PointPlan, PointResult } from './pointFold.ts';
import { createQuantilesFold } from './quantilesFold.ts';
import type { QuantilesPlan, QuantilesResult } from './quantilesFold.ts';
import { createSampleFold } from './sampleFold.ts';
import type { SamplePlan, SampleResult } from './sampleFold.ts';
import { createTopFold } from './topFold.ts';
import type { TopPlan, TopResult } from './topFold.ts';

/** What to make of sections. */
export type Plan = CountersPlan | DistinctPlan | TopPlan | QuantilesPlan | PointPlan | SamplePlan;

interface Results {
  counters: CountersResult;
  distinct: DistinctResult;
  top: TopResult;
  quantiles: QuantilesResult;
  point: PointResult;
  sample: SampleResult;
}

/** What comes of a plan. */
export type ResultOf<P extends Plan> = Results[P['fold']];

export function createFold(plan: Plan): Fold<ResultOf<Plan>> {
  switch (plan.fold) {
    case 'counters':
      return createCountersFold(plan);
    case 'distinct':
      return createDistinctFold(plan);
    case 'top':
      return createTopFold(plan);
    case 'quantiles':
      return createQuantilesFold(plan);
    case 'point':
      return createPointFold(plan);
    case 'sample':
      return createSampleFold(plan);
  }
}
