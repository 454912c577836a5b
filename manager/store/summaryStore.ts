import type { Interval } from '../../proto/linkMessages.ts';
import type { WireLoss, WireSection } from '../../proto/partCodec.ts';

/** What a summary is about. */
export interface TapKey {
  site: string;
  sensor: string;
  tap: string;
}

/** A part without its sections: one row of coverage and counts. Several may have the same window. */
export interface WindowRow extends TapKey {
  /** It came from a capture file: other windows of its tap need not exist. */
  replay: boolean;
  /** Seconds since 1970, and length. */
  start: number;
  seconds: number;
  /** Length of the tap's windows; less than `seconds` in a part of a longer period, which counts nothing anew. */
  windowSeconds: number;
  /** The span that was watched, in seconds since 1970 with fractions. */
  coveredFrom: number;
  coveredTo: number;
  packets: number;
  octets: number;
  loss: WireLoss;
}

/** One durable message of a sensor as it is stored. */
export interface Delivery {
  site: string;
  sensor: string;
  replay: boolean;
  /** 32 hexadecimal digits. */
  stream: string;
  seq: number;
  /** `DurableKind`; kinds that are not known are stored all the same. */
  kind: number;
  arrivedMillis: number;
  /** The body as it came: deflated when `inflated` is not 0. Borrowed until `append` resolves. */
  bytes: Uint8Array;
  inflated: number;
  /** The row of a part, when the body is one that could be read. */
  row?: WindowRow;
}

/**
 * Which rows: windows in [cuts[0], cuts.at(-1)), of taps that `accepts` takes. Seconds since 1970, ascending, all of them
 * multiples of `grain()`. No row that is answered with crosses a cut; range `i` is [cuts[i], cuts[i + 1]).
 */
export interface SpanQuery {
  cuts: readonly number[];
  accepts: (tap: TapKey) => boolean;
}

/** What a tap counted in one range of a query. */
export interface TapCounts extends TapKey {
  range: number;
  /** All of it came from capture files. */
  replay: boolean;
  packets: number;
  octets: number;
  loss: WireLoss;
  /** Seconds that were watched, each once, without blind time; a window of a capture file counts whole. */
  presentSeconds: number;
  /** Windows and longer rows that were added up. */
  rows: number;
}

/** A section of one tap, from a window, a longer period, or a roll-up of either, that lies within one range. */
export interface TapSection {
  tap: TapKey;
  range: number;
  start: number;
  seconds: number;
  section: WireSection;
}

/** What the store knows of a tap without reading anything. */
export interface TapSpan extends TapKey {
  /** The last stream's kind: windows of files. */
  replay: boolean;
  /** Start of the first window and end of the last that are kept. */
  from: number;
  to: number;
  /** Length of the newest window. */
  seconds: number;
  /** End of the newest window that retention removed, or undefined. */
  expiredTo: number | undefined;
  windows: number;
}

/**
 * The bulk door of the store (seam S4): what sensors ship, appended and read back by spans.
 *
 * The journal of this folder is the first implementation and answers by itself. The database comes behind the same
 * door: then the journal's closed segments become its insert files, and only the implementation of this interface
 * changes, not its users. What every implementation holds:
 * - `append` resolves when the message is durable; its number and its rows survive together or not at all;
 * - a (stream, seq) is stored once, however often it is appended;
 * - a reader sees everything whose `append` resolved before the read began;
 * - rows are never merged across taps; each carries what it covered and its loss;
 * - of each instant of a range, and each kind, one row of a tap answers, or the several parts of one window: the caller
 *   merges everything that it is given, and nothing is counted twice.
 */
export interface SummaryStore {
  /** Resolves with true when the message is durable, with false when it had been stored before. */
  append(delivery: Delivery): Promise<boolean>;
  /** The numbers of a stream that are durable. */
  received(stream: string): Interval[];
  /**
   * Seconds that the ends of a question's ranges must be multiples of: the finest windows that still exist in [from, to)
   * for the taps in scope (the least common multiple of theirs).
   */
  grain(from: number, to: number, accepts: SpanQuery['accepts']): number;
  /** What each tap counted in each range; a tap and range without a row is left out. */
  counts(query: SpanQuery): Promise<TapCounts[]>;
  /** The sections of the given kinds. Bytes belong to the caller. Kinds of a minute (`core/summary/period.ts`) come from whole minutes. */
  sections(query: SpanQuery, kinds: ReadonlySet<number>): AsyncIterable<TapSection>;
  /** Rows that were read for answers since the start: what a question cost. */
  rowsRead(): number;
  /** Calls `listener` for each window that became durable, in the order of storing. Answers with how to stop it. */
  subscribe(listener: (row: WindowRow) => void): () => void;
  /** All taps that have or had windows. */
  taps(): TapSpan[];
  /** Removes what is beyond the configured space, oldest first. Also happens by itself. */
  expire(): Promise<void>;
}
