import type { WireSection } from '../../proto/partCodec.ts';
import type { LevelName } from './schema.ts';
import type { TapCounts } from './summaryStore.ts';

/**
 * What the store needs of what answers from the engine's tables: rows as they came, and roll-ups of them. Taps go by
 * their numbers there (`tapTable.ts`).
 */
export interface LoadedRows extends LoadedSink {
  /**
   * What is loaded, as it is now: synchronous, so that with what waits in the journal beyond `upTo` it is everything. Has
   * to be closed: while it is open nothing is changed that it reads.
   */
  open(): LoadedView;
  /** Seconds that the ends of ranges in [from, to) must be multiples of, for what is loaded of the taps; 0 when nothing is. */
  grain(from: number, to: number, taps: readonly number[]): number;
  /** Rows that were read for answers since the start. */
  rowsRead(): number;
}

/** Takes note of what was loaded. */
export interface LoadedSink {
  /** Number of the last segment that `loaded` was told of, also before a restart. */
  loadedUpTo(): number;
  /** A segment's rows are in the engine. Durable when it returns; may be told again after a crash. */
  loaded(segment: number, parts: readonly LoadedPart[]): void;
}

/** A part of a loaded segment. */
export interface LoadedPart {
  tap: number;
  ts: number;
  seconds: number;
  windowSeconds: number;
}

export interface LoadedView {
  /** Segments up to this one are in it. */
  upTo: number;
  counts(query: TapQuery): Promise<LoadedCounts[]>;
  sections(query: TapQuery, kinds: ReadonlySet<number>): AsyncIterable<LoadedSection>;
  close(): void;
}

export interface TapQuery {
  cuts: readonly number[];
  taps: readonly number[];
}

/** Counts of a tap in one range, with the spans that were watched in it, and how many seconds of them were blind. */
export interface LoadedCounts extends Pick<TapCounts, 'range' | 'replay' | 'packets' | 'octets' | 'loss' | 'rows'> {
  tap: number;
  spans: [from: number, to: number][];
  darkSeconds: number;
}

export interface LoadedSection {
  tap: number;
  range: number;
  start: number;
  seconds: number;
  section: WireSection;
}

/** What retention tells before it removes rows. */
export interface RetentionSink {
  /** Rows of a level that end before `to` are gone, or are about to be. */
  dropping(level: 'raw' | LevelName, untilOfTap: Iterable<readonly [tap: number, to: number]>): void;
  /** Resolves when the views that are open now are closed: what they read was planned before `dropping`. */
  unread(): Promise<void>;
  /** Raw rows of this segment and later ones are still needed. */
  heldFrom(): number;
  /** Whether rows of a level that begin before `before` are still needed by roll-ups. */
  holds(level: LevelName, before: number): boolean;
}
