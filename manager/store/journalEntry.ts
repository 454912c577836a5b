import type { Interval } from '../../proto/linkMessages.ts';
import type { Delivery, WindowRow } from './summaryStore.ts';

/** What a journal record says before its body. */
export type JournalHead =
  | ({ type: 'message' } & Omit<Delivery, 'bytes'>)
  /** What is remembered when older segments are gone: stands first in every segment. */
  | { type: 'memory'; streams: [stream: string, received: Interval[]][]; expired: [tap: string, to: number][] };

/** A record that was read; the body shares the record's memory. */
export interface JournalEntry {
  head: JournalHead;
  body: Uint8Array;
}

/** A record: length of the head u32, the head as JSON, the body. */
export function encodeEntry(head: JournalHead, body: Uint8Array = new Uint8Array(0)): Uint8Array[] {
  const json = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return [length, json, body];
}

/** Reads a record that passed its checksum; undefined when it is not one of ours. `body` shares its memory. */
export function decodeEntry(record: Uint8Array): JournalEntry | undefined {
  const length = record.length < 4 ? 0 : new DataView(record.buffer, record.byteOffset).getUint32(0, true);
  if (length < 2 || length > record.length - 4) return undefined;
  try {
    const text = Buffer.from(record.buffer, record.byteOffset + 4, length).toString('utf8');
    const head = JSON.parse(text) as JournalHead;
    if (head.type !== 'message' && head.type !== 'memory') return undefined;
    // The first build knew windows only, and did not say so.
    if (head.type === 'message' && head.row !== undefined) head.row = { ...windowsOnly(head.row), ...head.row };
    return { head, body: record.subarray(4 + length) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Bytes that a message takes when it is loaded. */
export function sizeOf({ bytes, inflated }: Delivery): number {
  return Math.max(bytes.length, inflated);
}

/** A tap as one text, for maps. */
export function tapId(tap: Pick<WindowRow, 'site' | 'sensor' | 'tap'>): string {
  return `${tap.site}/${tap.sensor}/${tap.tap}`;
}

function windowsOnly({ seconds }: WindowRow): Pick<WindowRow, 'windowSeconds'> {
  return { windowSeconds: seconds };
}
