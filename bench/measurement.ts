/** One part of the bench: a name to ask for it by, and what it measures. */
export interface Measurement {
  name: string;
  text: string;
  run(bench: BenchContext): Promise<unknown>;
}

/** What a part is given. What it returns goes into the JSON under its name. */
export interface BenchContext {
  /** The checkout. */
  root: string;
  /** For files that are kept from one bench to the next, outside of the checkout. */
  cache: string;
  /** Pairs of runs that were asked for, or undefined. */
  pairs: number | undefined;
  /** Prints text for people. */
  say: (text: string) => void;
}
