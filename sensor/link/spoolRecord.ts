import { linkLimits } from '../../proto/link.ts';
import type { Interval } from '../../proto/linkMessages.ts';

/** A durable message as it lies in the spool. `inflated` 0 = the bytes are plain. */
export interface SpoolMessage {
  kind: number;
  inflated: number;
  bytes: Uint8Array;
  /** A part of a longer period than the tap's windows. */
  longer?: boolean;
}

/** Of a message that others were merged into: the numbers that it stands for, which are never sent any more. */
export type Replaced = readonly Interval[];

/**
 * Kind u16, flags u8 (1 = of a longer period), number of replaced intervals u8, inflated length u32, sequence number f64;
 * then the intervals, first and last as f64; then the bytes. All little-endian. Spools of the first build have zeros for
 * flags and number.
 */
const fixedHead = 16;
const intervalSize = 16;
export const mostIntervals = 255;

/** The longest record of a spool. */
export const maxRecord = linkLimits.body + fixedHead + mostIntervals * intervalSize;

export function encodeHead(message: SpoolMessage, seq: number, replaced: Replaced = []): Uint8Array {
  const head = new Uint8Array(fixedHead + replaced.length * intervalSize);
  const view = new DataView(head.buffer);
  view.setUint16(0, message.kind, true);
  view.setUint8(2, message.longer === true ? 1 : 0);
  view.setUint8(3, replaced.length);
  view.setUint32(4, message.inflated, true);
  view.setFloat64(8, seq, true);
  for (const [i, { first, last }] of replaced.entries()) {
    view.setFloat64(fixedHead + i * intervalSize, first, true);
    view.setFloat64(fixedHead + i * intervalSize + 8, last, true);
  }
  return head;
}

/** One for all: there are many messages. */
const none: Interval[] = [];

/** Reads a record; undefined when it is none of ours. The bytes share its memory. */
export function decodeRecord(
  record: Uint8Array,
): { seq: number; message: Required<SpoolMessage>; replaced: Interval[] } | undefined {
  if (record.length < fixedHead) return undefined;
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  const count = view.getUint8(3);
  const start = fixedHead + count * intervalSize;
  const seq = view.getFloat64(8, true);
  if (record.length < start || !Number.isSafeInteger(seq) || seq < 1) return undefined;
  const replaced =
    count === 0
      ? none
      : Array.from({ length: count }, (_, i) => ({
          first: view.getFloat64(fixedHead + i * intervalSize, true),
          last: view.getFloat64(fixedHead + i * intervalSize + 8, true),
        }));
  const message = {
    kind: view.getUint16(0, true),
    inflated: view.getUint32(4, true),
    longer: (view.getUint8(2) & 1) === 1,
    bytes: record.subarray(start),
  };
  return { seq, message, replaced };
}
