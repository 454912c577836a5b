import { OctetBlock } from './octetBlock.ts';
import { elementType, isReal, type Log, type Row } from './record.ts';

const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const POINT = 0x2e;
const ZERO = 0x30;

/** Octets of a UTF-16 unit in UTF-8, at most. */
const MOST_UTF8 = 3;
/** Octets of a number that is written here and not by the runtime. */
const MOST_NUMBER = 20;
/** Whole numbers below are written by their digits. */
const DIGITS_BOUND = 0x8000_0000;
/**
 * Below, doubles lie closer than a microsecond: one that is a number of microseconds is that of no other, so that its
 * shortest text is that number, and need not be looked for.
 */
const MICROS_BOUND = 4e9;
const MICROS = 1e6;
const BILLION = 1e9;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A field that is written: its name as the row has it, what stands before its value, and whether its numbers have a fraction. */
interface Column {
  readonly name: string;
  readonly prefix: Uint8Array;
  readonly isReal: boolean;
}

/**
 * Prints rows of a log as Zeek's JSON writer does: fields in the log's order, names with dots, optional fields left out
 * when absent, times and intervals as plain numbers that always have a fraction, one line without its end, as UTF-8
 * behind what the block holds. `only` chooses fields by name. One a log: what can be known of it beforehand is.
 *
 * Octets are written one by one: texts that are joined cost several times as much, and the garbage collector too.
 */
export function jsonOctets(log: Log, only?: ReadonlySet<string>): (row: Row, block: OctetBlock) => void {
  const columns = log.fields
    .filter((field) => only === undefined || only.has(field.name))
    .map((field): Column => ({
      name: field.name,
      prefix: encoder.encode(`,${JSON.stringify(field.name)}:`),
      isReal: isReal(elementType(field.type)),
    }));
  return (row, block) => {
    const start = block.used;
    for (const column of columns) {
      const value = row[column.name];
      if (value === undefined) continue;
      putOctets(column.prefix, block);
      if (typeof value === 'object') putList(column.isReal, value, block);
      else putScalar(column.isReal, value, block);
    }
    block.reserve(2);
    // What stands before the first field is no comma.
    if (block.used === start) block.used++;
    block.bytes[start] = 0x7b;
    block.bytes[block.used++] = 0x7d;
  };
}

/** The same as texts. */
export function jsonWriter(log: Log, only?: ReadonlySet<string>): (row: Row) => string {
  const put = jsonOctets(log, only);
  const block = new OctetBlock(1024);
  return (row) => {
    block.used = 0;
    put(row, block);
    return decoder.decode(block.bytes.subarray(0, block.used));
  };
}

/** One row of a log, where there are few. */
export function jsonLine(log: Log, row: Row, only?: ReadonlySet<string>): string {
  return jsonWriter(log, only)(row);
}

function putOctets(octets: Uint8Array, block: OctetBlock): void {
  const { length } = octets;
  block.reserve(length);
  const { bytes } = block;
  let at = block.used;
  for (let i = 0; i < length; i++) bytes[at++] = octets[i]!;
  block.used = at;
}

function putList(isReal: boolean, values: readonly (string | number | boolean)[], block: OctetBlock): void {
  block.reserve(2);
  block.bytes[block.used++] = 0x5b;
  for (let i = 0; i < values.length; i++) {
    if (i > 0) block.bytes[block.used++] = COMMA;
    putScalar(isReal, values[i]!, block);
    block.reserve(2);
  }
  block.bytes[block.used++] = 0x5d;
}

function putScalar(isReal: boolean, value: string | number | boolean, block: OctetBlock): void {
  if (typeof value === 'string') putString(value, block);
  else if (typeof value === 'number') putNumber(isReal, value, block);
  else putAscii(value ? 'true' : 'false', block);
}

function putString(value: string, block: OctetBlock): void {
  const { length } = value;
  block.reserve(length + 2);
  const { bytes } = block;
  let at = block.used;
  bytes[at++] = QUOTE;
  for (let i = 0; i < length; i++) {
    const code = value.charCodeAt(i);
    if (code < 0x20 || code > 0x7e || code === QUOTE || code === BACKSLASH) {
      putOther(value, block);
      return;
    }
    bytes[at++] = code;
  }
  bytes[at++] = QUOTE;
  block.used = at;
}

/** A string that JSON can't have as it is (RFC 8259, 7), or that is more than ASCII. */
function putOther(value: string, block: OctetBlock): void {
  const text = JSON.stringify(value);
  block.reserve(text.length * MOST_UTF8);
  block.used += encoder.encodeInto(text, block.bytes.subarray(block.used)).written;
}

function putAscii(text: string, block: OctetBlock): void {
  const { length } = text;
  block.reserve(length);
  const { bytes } = block;
  let at = block.used;
  for (let i = 0; i < length; i++) bytes[at++] = text.charCodeAt(i);
  block.used = at;
}

function putNumber(real: boolean, value: number, block: OctetBlock): void {
  block.reserve(MOST_NUMBER);
  if (value >= 0 && value < DIGITS_BOUND && (value | 0) === value) {
    putDigits(value | 0, 1, block);
    if (!real) return;
    block.bytes[block.used++] = POINT;
    block.bytes[block.used++] = ZERO;
    return;
  }
  if (real && value > 0 && value < MICROS_BOUND) {
    const micros = Math.round(value * MICROS);
    if (micros / MICROS === value) {
      putMicros(value, micros, block);
      return;
    }
  }
  if (!Number.isFinite(value)) putAscii('null', block);
  else putAscii(real && Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : `${value}`, block);
}

/** `value` is that number of microseconds. */
function putMicros(value: number, micros: number, block: OctetBlock): void {
  const seconds = Math.floor(value);
  putDigits(seconds, 1, block);
  const { bytes } = block;
  bytes[block.used++] = POINT;
  const first = block.used;
  putDigits(micros - seconds * MICROS, 6, block);
  while (block.used > first + 1 && bytes[block.used - 1] === ZERO) block.used--;
}

/** A whole number below ten thousand millions, with at least so many digits. Room is there. */
function putDigits(value: number, least: number, block: OctetBlock): void {
  const { bytes } = block;
  let rest = value;
  let count = least;
  if (rest >= BILLION) {
    const high = Math.floor(rest / BILLION);
    bytes[block.used++] = ZERO + high;
    rest -= high * BILLION;
    count = 9;
  }
  for (let bound = 10 ** count; rest >= bound; bound *= 10) count++;
  for (let at = block.used + count - 1; at >= block.used; at--) {
    const tenth = (rest / 10) | 0;
    bytes[at] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
  block.used += count;
}
