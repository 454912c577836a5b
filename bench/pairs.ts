import type { ProcessTime } from './processTime.ts';

export interface Spread {
  min: number;
  median: number;
  max: number;
}

export interface PairResult {
  runs: { ours: ProcessTime; theirs: ProcessTime }[];
  ours: { wallSeconds: Spread; cpuSeconds: Spread };
  theirs: { wallSeconds: Spread; cpuSeconds: Spread };
  /** Ours divided by theirs, pair by pair: the machine's speed drifts, a ratio within a pair does not. */
  ratio: { wall: Spread; cpu: Spread };
}

/** Runs two things in turn, the first of a pair changing each time, and compares them pair by pair. */
export function comparePairs(count: number, ours: () => ProcessTime, theirs: () => ProcessTime): PairResult {
  const runs: PairResult['runs'] = [];
  for (let i = 0; i < count; i++) {
    if (i % 2 === 0) {
      const first = ours();
      runs.push({ ours: first, theirs: theirs() });
    } else {
      const first = theirs();
      runs.push({ ours: ours(), theirs: first });
    }
  }
  const of = (value: (run: (typeof runs)[number]) => number): Spread => spread(runs.map(value));
  return {
    runs,
    ours: { wallSeconds: of((run) => run.ours.wallSeconds), cpuSeconds: of((run) => run.ours.cpuSeconds) },
    theirs: { wallSeconds: of((run) => run.theirs.wallSeconds), cpuSeconds: of((run) => run.theirs.cpuSeconds) },
    ratio: {
      wall: of((run) => run.ours.wallSeconds / run.theirs.wallSeconds),
      cpu: of((run) => run.ours.cpuSeconds / run.theirs.cpuSeconds),
    },
  };
}

/** Least, middle and greatest of some values; of an even number the middle is the mean of the two. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
  return { min: sorted[0] ?? Number.NaN, median, max: sorted.at(-1) ?? Number.NaN };
}

/** `1.23 (1.10 - 1.40)`: the median, then least and greatest. */
export function spreadText({ min, median, max }: Spread, digits = 2): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)} - ${max.toFixed(digits)})`;
}
