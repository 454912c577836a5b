import { Refusal } from '../../../core/sketch/refusal.ts';
import { Counters } from '../../../core/summary/counters.ts';
import { kinds } from '../../../core/summary/kinds.ts';
import { decodeSection } from '../../../core/summary/section.ts';
import type { Fold, LeftOut } from './fold.ts';

/** Adds up counters whose names begin with one of the prefixes. */
export interface CountersPlan {
  fold: 'counters';
  prefixes: readonly string[];
}

export interface CountersResult extends LeftOut {
  /** By name. */
  counts: Map<string, number>;
}

export const sectionsOfCounters: readonly number[] = [kinds.counters.kind];

export function createCountersFold({ prefixes }: CountersPlan): Fold<CountersResult> {
  const sum = new Counters();
  let leftOut = 0;
  return {
    take({ section }) {
      const counters = decodeSection(kinds.counters, section);
      if (counters instanceof Refusal) {
        leftOut += 1;
        return;
      }
      for (const [name, count] of counters.values) {
        if (prefixes.some((prefix) => name.startsWith(prefix))) sum.add(name, count);
      }
    },
    finish: () => ({ counts: sum.values, leftOut }),
  };
}
