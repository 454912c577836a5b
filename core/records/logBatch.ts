/**
 * A batch of a log as a sensor ships it: columns (`columns.ts`) behind a head that says whose they are and for which span
 * they stand. Little-endian:
 *   magic u32 "PKL1", octets of the head u32 (a multiple of eight), rows u32, lengths of log and tap u16 each,
 *   from, to, first, last, dropped f64 each; log, tap in UTF-8; zeros; then the columns.
 * Spans of one tap and log follow each other: what lies between two of them was not told, and rows that came to be in it
 * are lost.
 */
import { Refusal } from '../sketch/refusal.ts';

const MAGIC = 0x314c_4b50;
const FIXED = 56;
/** Characters of a log's and of a tap's name. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/u;

export interface LogBatch {
  /** The log's path. */
  readonly log: string;
  readonly tap: string;
  readonly rows: number;
  /** All rows that came to be in [from, to) are in here, but for those dropped: seconds since 1970 by the sensor's clock. */
  readonly from: number;
  readonly to: number;
  /** Least and greatest `ts` of the rows; 0 when there are none. */
  readonly first: number;
  readonly last: number;
  /** Rows of that span that were given up, since whoever takes them was behind. */
  readonly dropped: number;
  /** As `encodeColumns` makes them; a copy or a view of somebody's. */
  readonly columns: Uint8Array;
}

export function encodeLogBatch(batch: LogBatch): Uint8Array<ArrayBuffer> {
  const log = new TextEncoder().encode(batch.log);
  const tap = new TextEncoder().encode(batch.tap);
  const head = Math.ceil((FIXED + log.length + tap.length) / 8) * 8;
  const bytes = new Uint8Array(head + batch.columns.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, head, true);
  view.setUint32(8, batch.rows, true);
  view.setUint16(12, log.length, true);
  view.setUint16(14, tap.length, true);
  const { from, to, first, last, dropped } = batch;
  for (const [i, value] of [from, to, first, last, dropped].entries()) view.setFloat64(16 + i * 8, value, true);
  bytes.set(log, FIXED);
  bytes.set(tap, FIXED + log.length);
  bytes.set(batch.columns, head);
  return bytes;
}

/** The batch, whose columns are a view of `bytes` and not looked at; or why it was refused. */
export function decodeLogBatch(bytes: Uint8Array): LogBatch | Refusal {
  const refuse = (reason: string): Refusal => new Refusal('log batch', reason);
  if (bytes.length < FIXED) return refuse('head is cut');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) return refuse('magic');
  const head = view.getUint32(4, true);
  const logEnd = FIXED + view.getUint16(12, true);
  const tapEnd = logEnd + view.getUint16(14, true);
  if (head > bytes.length || tapEnd > head || head % 8 !== 0) return refuse('lengths');
  const text = new TextDecoder();
  const log = text.decode(bytes.subarray(FIXED, logEnd));
  const tap = text.decode(bytes.subarray(logEnd, tapEnd));
  if (!NAME.test(log) || !NAME.test(tap)) return refuse('names');
  const [from = 0, to = 0, first = 0, last = 0, dropped = 0] = [0, 1, 2, 3, 4].map((i) =>
    view.getFloat64(16 + i * 8, true),
  );
  if (!(from <= to && first <= last) || ![from, to, first, last].every(Number.isFinite)) return refuse('span');
  if (!Number.isSafeInteger(dropped) || dropped < 0) return refuse('dropped');
  const rows = view.getUint32(8, true);
  return { log, tap, rows, from, to, first, last, dropped, columns: bytes.subarray(head) };
}
