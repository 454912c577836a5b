import type { Desk } from './desk.ts';
import { cutScope } from './scope.ts';
import type { Scope } from './scope.ts';

/**
 * Ranges that samples are compared in: each has its own 256 items a tap, so more ranges make a narrower bound, and more
 * samples to hold at once.
 */
const mostRanges = 16;
const mostSamples = 400;

export function cutForSamples({ store }: Desk): (scope: Scope) => Scope {
  return (scope) => {
    const taps = store.taps().filter((tap) => scope.accepts(tap)).length;
    const ranges = Math.max(1, Math.min(mostRanges, Math.floor(mostSamples / Math.max(1, taps))));
    const step = Math.max(1, Math.ceil((scope.to - scope.from) / scope.grain / ranges)) * scope.grain;
    return cutScope(scope, step);
  };
}
