/**
 * The columnar batch: many rows of one log in one transferable buffer, a column a field, all text in one heap.
 *
 * Little-endian, every part on a multiple of eight octets:
 *   header   magic u32 "PKR1", signature u32 of the log (names, types, order), fields u32, rows u32, heap octets u32, 0 u32
 *   columns  one after the other, in the log's order:
 *              presence   only of optional fields: a bit a row, in ceil(rows / 32) words
 *              numbers    f64 a row;   bool   u8 a row;   text   u32 a row and one more: where each begins and ends in the heap
 *              lists      u32 a row and one more: ends in the items; then the items as a column of their own
 *   heap     UTF-8
 * Rows of absent values hold 0. Reading checks every length and end against the buffer before anything is made from it,
 * and refuses what does not fit; it allocates in proportion to the buffer, never to a number read from it.
 */
import { Refusal } from '../sketch/refusal.ts';
import {
  elementType,
  type Field,
  isList,
  isNumeric,
  type Log,
  type Row,
  type ScalarType,
  type Value,
} from './record.ts';

const MAGIC = 0x31_52_4b_50;
const HEADER = 24;

/** Identifies a log's columns: FNV-1a over its fields. Batches of another version of the log are refused. */
export function logSignature(log: Log): number {
  let hash = 0x811c9dc5;
  const text = log.fields.map((field) => `${field.name}:${field.type}:${field.optional === true}`).join('\n');
  for (const character of `${log.path}\n${text}`) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  return hash >>> 0;
}

/** The rows as one buffer. */
export function encodeColumns(log: Log, rows: readonly Row[]): ArrayBuffer {
  const heap = new Heap();
  const parts: Uint8Array[] = [];
  for (const field of log.fields) {
    if (field.optional === true) parts.push(octets(presence(rows, field.name)));
    const type = elementType(field.type);
    if (isList(field.type)) {
      const lists = rows.map((row) => (row[field.name] ?? []) as readonly Value[]);
      parts.push(octets(ends(lists.map((list) => list.length))), column(type, lists.flat(), heap));
    } else {
      parts.push(
        column(
          type,
          rows.map((row) => row[field.name]),
          heap,
        ),
      );
    }
  }
  const text = heap.bytes();
  let size = HEADER;
  for (const part of parts) size += padded(part.length);
  const out = new Uint8Array(size + text.length);
  const view = new DataView(out.buffer);
  const header = [MAGIC, logSignature(log), log.fields.length, rows.length, text.length, 0];
  for (const [i, word] of header.entries()) view.setUint32(i * 4, word, true);
  let at = HEADER;
  for (const part of parts) {
    out.set(part, at);
    at += padded(part.length);
  }
  out.set(text, at);
  return out.buffer;
}

/** The rows of a buffer, or why it was refused. */
export function decodeColumns(log: Log, buffer: ArrayBuffer): Row[] | Refusal {
  const refuse = (reason: string): Refusal => new Refusal(`records ${log.path}`, reason);
  if (buffer.byteLength < HEADER) return refuse('header is cut');
  const view = new DataView(buffer);
  const word = (i: number): number => view.getUint32(i * 4, true);
  if (word(0) !== MAGIC) return refuse('magic');
  if (word(1) !== logSignature(log) || word(2) !== log.fields.length) return refuse('fields of another version');
  const count = word(3);
  const heapStart = buffer.byteLength - word(4);
  if (heapStart < HEADER) return refuse('heap is longer than the batch');
  const reader = new ColumnReader(buffer, heapStart);
  if (count * rowOctets(log) > buffer.byteLength) return refuse('rows');
  const rows: Record<string, Value>[] = Array.from({ length: count }, () => ({}));
  for (const field of log.fields) {
    const problem = reader.readField(field, rows);
    if (problem !== undefined) return refuse(`${field.name}: ${problem}`);
  }
  return reader.at === heapStart ? rows : refuse('octets between columns and heap');
}

/** Octets that each row takes at least, text and list items not counted. */
function rowOctets(log: Log): number {
  let sum = 0;
  for (const field of log.fields) {
    const type = elementType(field.type);
    if (isList(field.type)) sum += 4;
    else if (isNumeric(type)) sum += 8;
    else sum += type === 'bool' ? 1 : 4;
  }
  return sum;
}

class ColumnReader {
  at = HEADER;
  readonly #buffer: ArrayBuffer;
  readonly #end: number;
  readonly #text: InstanceType<typeof TextDecoder> = new TextDecoder('utf-8', { ignoreBOM: true });

  constructor(buffer: ArrayBuffer, end: number) {
    this.#buffer = buffer;
    this.#end = end;
  }

  readField(field: Field, rows: Record<string, Value>[]): string | undefined {
    const isPresent = field.optional === true ? this.#words(Math.ceil(rows.length / 32)) : undefined;
    if (field.optional === true && isPresent === undefined) return 'presence is cut';
    const type = elementType(field.type);
    const has = (i: number): boolean => isPresent === undefined || (isPresent[i >> 5]! & (1 << (i & 31))) !== 0;
    if (!isList(field.type)) {
      const values = this.#column(type, rows.length);
      if (typeof values === 'string') return values;
      for (const [i, row] of rows.entries()) if (has(i)) row[field.name] = values[i]!;
      return undefined;
    }
    const stops = this.#words(rows.length + 1);
    if (stops === undefined || !isRising(stops)) return 'list ends';
    const items = this.#column(type, stops[rows.length]!);
    if (typeof items === 'string') return items;
    for (const [i, row] of rows.entries()) if (has(i)) row[field.name] = items.slice(stops[i], stops[i + 1]);
    return undefined;
  }

  #column(type: ScalarType, count: number): (string | number | boolean)[] | string {
    if (isNumeric(type)) {
      const start = this.#take(count * 8);
      return start === undefined ? 'numbers are cut' : Array.from(new Float64Array(this.#buffer, start, count));
    }
    if (type === 'bool') {
      const start = this.#take(count);
      return start === undefined
        ? 'flags are cut'
        : Array.from(new Uint8Array(this.#buffer, start, count), (v) => v !== 0);
    }
    const stops = this.#words(count + 1);
    if (stops === undefined || !isRising(stops)) return 'text ends';
    if (stops[count]! > this.#buffer.byteLength - this.#end) return 'text passes the heap';
    return Array.from({ length: count }, (_, i) =>
      this.#text.decode(new Uint8Array(this.#buffer, this.#end + stops[i]!, stops[i + 1]! - stops[i]!)),
    );
  }

  #words(count: number): Uint32Array | undefined {
    const start = this.#take(count * 4);
    return start === undefined ? undefined : new Uint32Array(this.#buffer, start, count);
  }

  #take(length: number): number | undefined {
    const start = this.at;
    if (start + padded(length) > this.#end) return undefined;
    this.at = start + padded(length);
    return start;
  }
}

/** Text of one batch. Positions are of the whole batch, so a column's first end is where the one before stopped. */
class Heap {
  readonly #parts: Uint8Array[] = [];
  readonly #encoder: InstanceType<typeof TextEncoder> = new TextEncoder();
  length = 0;

  add(text: string): number {
    const part = this.#encoder.encode(text);
    this.#parts.push(part);
    this.length += part.length;
    return this.length;
  }

  bytes(): Uint8Array {
    const all = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

function column(type: ScalarType, values: readonly (Value | undefined)[], heap: Heap): Uint8Array {
  if (isNumeric(type)) return octets(Float64Array.from(values, (value) => Number(value ?? 0)));
  if (type === 'bool') return Uint8Array.from(values, (value) => (value === true ? 1 : 0));
  const stops = new Uint32Array(values.length + 1);
  stops[0] = heap.length;
  for (const [i, value] of values.entries()) stops[i + 1] = heap.add(String(value ?? ''));
  return octets(stops);
}

function presence(rows: readonly Row[], name: string): Uint32Array {
  const words = new Uint32Array(Math.ceil(rows.length / 32));
  for (const [i, row] of rows.entries()) if (row[name] !== undefined) words[i >> 5] = words[i >> 5]! | (1 << (i & 31));
  return words;
}

function ends(lengths: readonly number[]): Uint32Array {
  const stops = new Uint32Array(lengths.length + 1);
  for (const [i, length] of lengths.entries()) stops[i + 1] = stops[i]! + length;
  return stops;
}

function isRising(stops: Uint32Array): boolean {
  for (let i = 1; i < stops.length; i++) if (stops[i]! < stops[i - 1]!) return false;
  return true;
}

function octets(array: Uint32Array | Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function padded(length: number): number {
  return Math.ceil(length / 8) * 8;
}
