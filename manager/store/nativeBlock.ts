import { AppError } from '../../runtime/error.ts';

/**
 * ClickHouse's Native format, for the types that our tables have. A block: number of columns and of rows as varints, then
 * each column: name and type as length and bytes, then its values one after the other, little-endian; a String is a
 * varint of its length and its bytes. A file holds any number of blocks.
 */
export type PlainType = 'UInt8' | 'UInt16' | 'UInt32' | 'UInt64' | 'Int32' | 'Int64' | 'Float64' | 'String';

/**
 * What the engine adds up by itself while it merges rows of equal keys. Written as states of one value: of `min` and `max` a
 * byte 1 and the value, of `sum` the value. They are not read: a question merges them (`minMerge(first)`).
 */
export type StateType =
  | 'AggregateFunction(min, Float64)'
  | 'AggregateFunction(max, Float64)'
  | 'AggregateFunction(min, UInt32)'
  | 'AggregateFunction(max, UInt32)'
  | 'AggregateFunction(sum, UInt64)';

export type ColumnType = PlainType | StateType;

/** Values of a column: numbers (whole ones within +-(2^53 - 1)), or bytes; text in a String column is written as UTF-8. */
export type ColumnValues = ArrayLike<number | Uint8Array | string>;

export interface Column {
  name: string;
  type: ColumnType;
  values: ColumnValues;
}

const widths: Readonly<Record<Exclude<PlainType, 'String'>, number>> = {
  UInt8: 1,
  UInt16: 2,
  UInt32: 4,
  UInt64: 8,
  Int32: 4,
  Int64: 8,
  Float64: 8,
};

/** One block as pieces of bytes that follow each other: one insert of one block makes one part of a table's partition. */
export function encodeBlock(columns: readonly Column[]): Uint8Array[] {
  const rows = columns[0]?.values.length ?? 0;
  const pieces: Uint8Array[] = [varint(columns.length), varint(rows)];
  for (const { name, type, values } of columns) {
    if (values.length !== rows) throw new TypeError(`columns of unequal length: ${name}`);
    pieces.push(text(name), text(type));
    if (type === 'String') for (let i = 0; i < rows; i++) pieces.push(...stringValue(values[i]!));
    else
      pieces.push(
        isState(type) ? states(type, values as ArrayLike<number>) : numbers(type, values as ArrayLike<number>),
      );
  }
  return pieces;
}

/** An answer of the engine: its columns by name. Bytes are views of the answer's own memory. */
export class Rows {
  readonly count: number;
  /** Bytes of the answer. */
  readonly byteLength: number;
  readonly #columns: ReadonlyMap<string, Float64Array | readonly Uint8Array[]>;

  constructor(count: number, byteLength: number, columns: ReadonlyMap<string, Float64Array | readonly Uint8Array[]>) {
    this.count = count;
    this.byteLength = byteLength;
    this.#columns = columns;
  }

  /** A column of any numeric type. Whole numbers beyond 2^53 are rounded. */
  numbers(name: string): Float64Array {
    const column = this.#columns.get(name);
    if (!(column instanceof Float64Array)) {
      if (this.count === 0) return new Float64Array(0);
      throw new TypeError(`no such column of numbers: ${name}`);
    }
    return column;
  }

  /** A column of type String. */
  bytes(name: string): readonly Uint8Array[] {
    const column = this.#columns.get(name);
    if (column === undefined || column instanceof Float64Array) {
      if (this.count === 0) return [];
      throw new TypeError(`no such column of strings: ${name}`);
    }
    return column;
  }

  /** Whether there is a column of type String of that name. */
  isBytes(name: string): boolean {
    return Array.isArray(this.#columns.get(name));
  }

  /** The only value of an answer of one row, such as a count. */
  single(name: string): number {
    return this.numbers(name)[0] ?? 0;
  }
}

/** Reads all blocks of an answer. Throws on types that we do not have and on bytes that end too early. */
export function decodeBlocks(bytes: Uint8Array): Rows {
  const reader = new Reader(bytes);
  const names: string[] = [];
  const parts = new Map<string, (Float64Array | Uint8Array[])[]>();
  let total = 0;
  while (reader.left > 0) {
    const columns = reader.varint();
    const rows = reader.varint();
    total += rows;
    for (let i = 0; i < columns; i++) {
      const name = reader.text();
      const type = reader.text();
      let list = parts.get(name);
      if (list === undefined) {
        parts.set(name, (list = []));
        names.push(name);
      }
      list.push(type === 'String' ? reader.strings(rows) : reader.numbers(type, rows));
    }
  }
  return new Rows(total, bytes.length, new Map(names.map((name) => [name, join(parts.get(name) ?? [])])));
}

function join(parts: readonly (Float64Array | Uint8Array[])[]): Float64Array | readonly Uint8Array[] {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  const strings = parts.filter((part) => Array.isArray(part));
  if (strings.length > 0) return strings.flat();
  const numeric = parts.filter((part) => part instanceof Float64Array);
  const all = new Float64Array(numeric.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of numeric) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  varint(): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.#bytes[this.#take(1)]!;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
    throw new AppError('block.damaged', 'a length beyond measure in a block');
  }

  text(): string {
    const length = this.varint();
    const at = this.#take(length);
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + at, length).toString();
  }

  strings(rows: number): Uint8Array[] {
    if (rows > this.left) throw early();
    const values: Uint8Array[] = [];
    for (let i = 0; i < rows; i++) {
      const length = this.varint();
      const at = this.#take(length);
      values.push(this.#bytes.subarray(at, at + length));
    }
    return values;
  }

  numbers(type: string, rows: number): Float64Array {
    const width = widths[type as keyof typeof widths] as number | undefined;
    if (width === undefined) throw new AppError('block.damaged', 'a column of an unknown type', { context: { type } });
    let at = this.#take(width * rows);
    const values = new Float64Array(rows);
    const view = this.#view;
    for (let i = 0; i < rows; i++, at += width) values[i] = readNumber(view, at, type as keyof typeof widths);
    return values;
  }

  #take(length: number): number {
    if (length > this.left) throw early();
    const at = this.#at;
    this.#at += length;
    return at;
  }
}

function early(): AppError {
  return new AppError('block.damaged', 'a block ends too early');
}

function readNumber(view: DataView, at: number, type: keyof typeof widths): number {
  switch (type) {
    case 'UInt8':
      return view.getUint8(at);
    case 'UInt16':
      return view.getUint16(at, true);
    case 'UInt32':
      return view.getUint32(at, true);
    case 'Int32':
      return view.getInt32(at, true);
    case 'Float64':
      return view.getFloat64(at, true);
    case 'UInt64':
      return view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
    case 'Int64':
      return view.getInt32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
  }
}

export function isState(type: ColumnType): type is StateType {
  return type.startsWith('AggregateFunction(');
}

function states(type: StateType, values: ArrayLike<number>): Uint8Array {
  const [, merge = '', plain = ''] = /^AggregateFunction\((min|max|sum), (Float64|UInt32|UInt64)\)$/.exec(type) ?? [];
  const bytes = numbers(plain as Exclude<PlainType, 'String'>, values);
  if (merge === 'sum') return bytes;
  const width = bytes.length / Math.max(1, values.length);
  const marked = new Uint8Array((width + 1) * values.length);
  for (let i = 0; i < values.length; i++) {
    marked[i * (width + 1)] = 1;
    marked.set(bytes.subarray(i * width, (i + 1) * width), i * (width + 1) + 1);
  }
  return marked;
}

function numbers(type: Exclude<PlainType, 'String'>, values: ArrayLike<number>): Uint8Array {
  const width = widths[type];
  const bytes = new Uint8Array(width * values.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0, at = 0; i < values.length; i++, at += width) {
    const value = values[i]!;
    if (type === 'Float64') view.setFloat64(at, value, true);
    else if (width === 1) view.setUint8(at, value);
    else if (width === 2) view.setUint16(at, value, true);
    else if (width === 4) view.setInt32(at, value, true);
    else {
      view.setInt32(at, value % 2 ** 32, true);
      view.setInt32(at + 4, Math.floor(value / 2 ** 32), true);
    }
  }
  return bytes;
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

function stringValue(value: number | Uint8Array | string): Uint8Array[] {
  if (typeof value === 'number') throw new TypeError('a number in a column of strings');
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return [varint(bytes.length), bytes];
}

function text(value: string): Uint8Array {
  const bytes = Buffer.from(value);
  return Buffer.concat([varint(bytes.length), bytes]);
}
