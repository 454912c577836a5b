import type { WireSection } from '../../../proto/partCodec.ts';

/** A section on its way into a fold. `tap` and `range` are numbers that the question gave out. */
export interface FoldItem {
  readonly tap: number;
  readonly range: number;
  /** Seconds since 1970, and length, of what the section is about. */
  readonly start: number;
  readonly seconds: number;
  readonly section: WireSection;
}

/**
 * What a question makes of the sections that it needs: pure, and the same in the merging thread and in a test. Sections
 * that cannot be merged (damaged, of another identity) are counted and left out.
 */
export interface Fold<Result> {
  take(item: FoldItem): void;
  /** The result, as structured clone carries it. Called once. */
  finish(): Result;
}

/** How many sections were left out. */
export interface LeftOut {
  leftOut: number;
}
