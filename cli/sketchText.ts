import type { AnySketch } from '../core/sketch/exchange/anySketch.ts';
import type { FrequentItems } from '../core/sketch/frequent/frequentItems.ts';
import { withBounds } from '../core/sketch/hll/estimator.ts';
import type { Hll } from '../core/sketch/hll/hll.ts';
import type { Kll } from '../core/sketch/kll/kll.ts';
import { printable } from '../runtime/error.ts';

/** Lines of frequent items that people are shown; JSON has all. */
const LINES = 20;

/** What `picket sketch show --json` prints. */
export type SketchFacts = HllFacts | KllFacts | FrequentFacts;

interface HllFacts {
  family: 'hll';
  mode: 'list' | 'set' | 'hll';
  lgK: number;
  estimate: number;
  lower: number;
  upper: number;
}

interface KllFacts {
  family: 'kll';
  mode: 'double' | 'float';
  k: number;
  n: number;
  min: number | null;
  max: number | null;
  /** The rank of each quantile is within this share of n, 99 % of the time. */
  rankError: number;
  quantiles: Record<'p1' | 'p5' | 'p25' | 'p50' | 'p75' | 'p90' | 'p95' | 'p99', number | null>;
}

interface FrequentFacts {
  family: 'frequent';
  mode: 'long' | 'string';
  lgMax: number;
  weight: number;
  /** The most that an item that is not listed can have had. */
  error: number;
  rows: { item: string; estimate: number; lower: number; upper: number }[];
}

export function factsOf({ family, items, sketch }: AnySketch): SketchFacts {
  if (family === 'hll') return hllFacts(sketch);
  return family === 'kll' ? kllFacts(sketch, items) : frequentFacts(sketch, items);
}

function hllFacts(sketch: Hll): HllFacts {
  const { estimate, lower, upper } = withBounds(sketch.estimate(), sketch.lgK);
  return { family: 'hll', mode: sketch.mode, lgK: sketch.lgK, estimate, lower, upper };
}

function kllFacts(sketch: Kll, mode: 'double' | 'float'): KllFacts {
  const at = (p: number): number | null => sketch.quantile(p / 100) ?? null;
  return {
    family: 'kll',
    mode,
    k: sketch.k,
    n: sketch.n,
    min: sketch.n === 0 ? null : sketch.min,
    max: sketch.n === 0 ? null : sketch.max,
    rankError: sketch.rankError,
    quantiles: { p1: at(1), p5: at(5), p25: at(25), p50: at(50), p75: at(75), p90: at(90), p95: at(95), p99: at(99) },
  };
}

function frequentFacts(sketch: FrequentItems, mode: 'long' | 'string'): FrequentFacts {
  const rows = sketch
    .rows()
    .map(({ item, estimate, lower, upper }) => ({ item: String(item), estimate, lower, upper }));
  return { family: 'frequent', mode, lgMax: sketch.lgMax, weight: sketch.weight, error: sketch.offset, rows };
}

const count = (value: number): string => value.toLocaleString('en-US');

export function describeSketch(facts: SketchFacts): string {
  if (facts.family === 'hll') {
    const { mode, lgK, estimate, lower, upper } = facts;
    return `HLL, lgK ${lgK}, mode ${mode}\n${count(estimate)} different items (${count(lower)} to ${count(upper)})\n`;
  }
  if (facts.family === 'kll') {
    const quantiles = Object.entries(facts.quantiles).map(([name, value]) => `${name} ${value ?? '-'}`);
    return `KLL of ${facts.mode}s, k ${facts.k}, ${count(facts.n)} values from ${facts.min ?? '-'} to ${facts.max ?? '-'}
${quantiles.join('  ')}
ranks are within ${(100 * facts.rankError).toFixed(2)} %\n`;
  }
  const rows = facts.rows.slice(0, LINES).map((row) => {
    return `${count(row.lower).padStart(16)} to ${count(row.upper).padEnd(16)} ${printable(row.item)}\n`;
  });
  const more = facts.rows.length - rows.length;
  return `frequent items (${facts.mode}s), table of at most 2^${facts.lgMax}, weight ${count(facts.weight)}, others at most ${count(facts.error)}
${rows.join('')}${more > 0 ? `and ${count(more)} more\n` : ''}`;
}
