import { DurableKind } from '../../proto/link.ts';
import type { RecordPlace } from '../../runtime/segmentFile.ts';
import type { JournalEntry } from './journalEntry.ts';
import type { JournalSegment } from './journalSegment.ts';

/** Where a message of the journal stands. */
export interface MessagePlace {
  segment: JournalSegment;
  record: RecordPlace;
}

/** Kinds of messages that are no parts and that questions read. */
const readKinds: readonly number[] = [DurableKind.LOG, DurableKind.DNS];

/** Messages that wait in the journal and are no parts, in order of arrival, by kind. */
export class MessageIndex {
  #places = new Map<number, MessagePlace[]>();

  add(kind: number, place: MessagePlace): void {
    if (!readKinds.includes(kind)) return;
    const places = this.#places.get(kind);
    if (places === undefined) this.#places.set(kind, [place]);
    else places.push(place);
  }

  drop(gone: (place: MessagePlace) => boolean): void {
    for (const [kind, places] of this.#places)
      this.#places.set(
        kind,
        places.filter((place) => !gone(place)),
      );
  }

  get size(): number {
    let size = 0;
    for (const places of this.#places.values()) size += places.length;
    return size;
  }

  /** Those of a kind, as they are now. To be closed by the caller. */
  view(kind: number): MessageView {
    return new MessageView([...(this.#places.get(kind) ?? [])]);
  }
}

/** Messages as they were at one moment. Their files stay until it is closed. */
export class MessageView {
  readonly #places: readonly MessagePlace[];
  readonly #segments: ReadonlySet<JournalSegment>;

  constructor(places: readonly MessagePlace[]) {
    this.#places = places;
    this.#segments = new Set(places.map(({ segment }) => segment));
    for (const segment of this.#segments) segment.enter();
  }

  /** Numbers of the segments that they stand in. */
  get segments(): number[] {
    return Array.from(this.#segments, ({ number }) => number);
  }

  /** The messages with the number of their segment, or the newest of them. What is damaged on the disk is left out. */
  async *read(newest = Infinity): AsyncIterable<JournalEntry & { segment: number }> {
    const places = newest >= this.#places.length ? this.#places : this.#places.slice(-newest);
    for (const { segment, record } of places) {
      const entry = await segment.read(record);
      if (entry !== undefined) yield { ...entry, segment: segment.number };
    }
  }

  async close(): Promise<void> {
    for (const segment of this.#segments) await segment.leave();
  }
}
