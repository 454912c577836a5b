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

/** Which rows: windows that overlap [from, to), of taps that `accepts` takes. Seconds since 1970. */
export interface SpanQuery {
  from: number;
  to: number;
  accepts: (tap: TapKey) => boolean;
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
 * - rows are never summed across taps; each carries its covered span and its loss.
 */
export interface SummaryStore {
  /** Resolves with true when the message is durable, with false when it had been stored before. */
  append(delivery: Delivery): Promise<boolean>;
  /** The numbers of a stream that are durable. */
  received(stream: string): Interval[];
  /** The rows of a span, by tap, then by time. */
  coverage(query: SpanQuery): Iterable<WindowRow>;
  /** The sections of the given kinds of a span. Bytes belong to the caller. */
  sections(query: SpanQuery, kinds: ReadonlySet<number>): AsyncIterable<{ row: WindowRow; section: WireSection }>;
  /** All taps that have or had windows. */
  taps(): TapSpan[];
  /** Removes what is beyond the configured space, oldest first. Also happens by itself. */
  expire(): Promise<void>;
}
