import type { Answer, Asked } from '../../proto/api.ts';
import type { RouteName } from '../../proto/routes.ts';
import { formatTime } from '../../proto/time.ts';
import { packageVersion } from '../../runtime/packageVersion.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { ControlStore } from '../store/controlStore.ts';
import type { SummaryStore } from '../store/summaryStore.ts';
import { computeCoverage } from './coverage.ts';
import { countDistinct } from './distinct.ts';
import { resolveScope } from './scope.ts';
import type { Scope } from './scope.ts';
import { listSensors } from './sensors.ts';

/** A handler for every route of the API. */
export type Answers = { [Name in RouteName]: (asked: Asked<Name>) => Promise<Answer<Name>> };

export interface AnswersDeps {
  store: SummaryStore;
  control: ControlStore;
  connected: () => ReadonlySet<string>;
  metrics: Metrics;
  clock: Clock;
}

/**
 * Answers questions. What was acknowledged before a question arrived is in its answer: rows are indexed before they are
 * acknowledged. Coverage and value are of the same instant only as far as no part arrives in between.
 */
export function createAnswers(deps: AnswersDeps): Answers {
  const { store, control, clock } = deps;
  const head = async (scope: Scope) => ({
    from: formatTime(scope.from),
    to: formatTime(scope.to),
    coverage: await computeCoverage(scope, store, control, clock.now()),
  });
  return {
    async distinct(asked) {
      const scope = resolveScope(asked, store, clock.now());
      const answer = await head(scope);
      const { value, leftOut } = await countDistinct(asked.what, scope, store);
      const query = { ask: 'distinct', what: asked.what, site: asked.site, sensor: asked.sensor };
      return { query: leftOut === 0 ? query : { ...query, sectionsLeftOut: leftOut }, ...answer, value };
    },
    async sensors(asked) {
      const scope = resolveScope(asked, store, clock.now());
      const rows = await listSensors(scope, store, control, deps.connected(), clock.now());
      return { query: { ask: 'sensors', site: asked.site, sensor: asked.sensor }, ...(await head(scope)), rows };
    },
    async health() {
      return { ready: true, version: packageVersion(), metrics: deps.metrics.read() };
    },
  };
}
