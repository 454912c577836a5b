import type { Logger } from '../../runtime/log.ts';
import type { RecordPlace } from '../../runtime/segmentFile.ts';
import type { JournalSegment } from './journalSegment.ts';
import { periodOf } from './levelCells.ts';
import { rangeOf } from './ranges.ts';
import type { TapSection, WindowRow } from './summaryStore.ts';

interface Entry {
  row: WindowRow;
  place: { segment: JournalSegment; record: RecordPlace };
}

/** Rows of the journal as they were at one moment. Their files stay until it is closed. */
export class JournalView {
  readonly #entries: readonly Entry[];
  readonly #segments: ReadonlySet<JournalSegment>;
  readonly #log: Logger;

  constructor(entries: readonly Entry[], log: Logger) {
    this.#entries = entries;
    this.#segments = new Set(entries.map(({ place }) => place.segment));
    this.#log = log;
    for (const segment of this.#segments) segment.enter();
  }

  get rows(): WindowRow[] {
    return this.#entries.map(({ row }) => row);
  }

  /**
   * The sections of the given kinds that answer for their part's span (`periodOf`), as in the levels: those of windows, also of
   * long ones that a full spool made, and kinds of a minute. Lists of longer periods say again what windows said.
   */
  async *sections(cuts: readonly number[], kinds: ReadonlySet<number>): AsyncIterable<TapSection> {
    for (const { row, place } of this.#entries) {
      const range = rangeOf(cuts, row);
      const { start, seconds, windowSeconds } = row;
      const wanted = new Set([...kinds].filter((kind) => periodOf(kind, seconds, windowSeconds) === 0));
      if (range < 0 || wanted.size === 0) continue;
      const sections = await place.segment.sections(place.record);
      if (sections === undefined) {
        const { number } = place.segment;
        this.#log.error('a record is damaged on the disk', { segment: number, offset: place.record.offset });
        continue;
      }
      for (const section of sections) if (wanted.has(section.kind)) yield { tap: row, range, start, seconds, section };
    }
  }

  async close(): Promise<void> {
    for (const segment of this.#segments) await segment.leave();
  }
}
