/**
 * A count-min sketch as bytes. Our own form: that of Apache DataSketches is not portable between its languages, which
 * derive the rows' seeds each in their way. Rows and columns are parameters of the section, not in here.
 *
 * | what | meaning |
 * | --- | --- |
 * | varint | total; 0 ends it: the sketch is empty |
 * | varint, varint | rounds, grain (`CountMin`) |
 * | byte | 0..39: the shift, then a byte a counter (`octetFloat.ts`); 255: varints |
 * | counters | row after row |
 *
 * A sketch has one form: bytes where all counters have a code with the least shift that its greatest one needs, else
 * varints. Decoding and encoding gives the same bytes.
 */
import { ByteReader } from '../byteReader.ts';
import { ByteWriter } from '../byteWriter.ts';
import { Refusal } from '../refusal.ts';
import { CountMin } from './countMin.ts';
import { codeOf, MAX_SHIFT, shiftFor, valueOf } from './octetFloat.ts';

const VARINTS = 255;

export function encodeCountMin(sketch: CountMin): Uint8Array<ArrayBuffer> {
  const { counters } = sketch;
  const writer = new ByteWriter(32 + counters.length);
  writer.varint(Math.min(sketch.total, Number.MAX_SAFE_INTEGER));
  if (sketch.total === 0) return writer.finish();
  writer.varint(sketch.rounds);
  writer.varint(sketch.grain);
  const shift = shiftFor(greatestOf(counters));
  const codes = codesOf(counters, shift);
  if (codes === undefined) {
    writer.u8(VARINTS);
    for (const value of counters) writer.varint(Math.min(value, Number.MAX_SAFE_INTEGER));
  } else {
    writer.u8(shift);
    writer.bytes(codes);
  }
  return writer.finish();
}

function greatestOf(counters: Float64Array): number {
  let greatest = 0;
  for (let i = 0; i < counters.length; i++) greatest = Math.max(greatest, counters[i]!);
  return greatest;
}

/** A code for each counter; undefined when one has none. */
function codesOf(counters: Float64Array, shift: number): Uint8Array | undefined {
  const codes = new Uint8Array(counters.length);
  for (let i = 0; i < counters.length; i++) {
    const code = codeOf(counters[i]!, shift);
    if (code < 0) return undefined;
    codes[i] = code;
  }
  return codes;
}

const refuse = (reason: string): Refusal => new Refusal('countMin', reason);

/** `rows`, `columns`: what the section's parameters say, already checked; memory is taken by them. */
export function decodeCountMin(bytes: Uint8Array, rows: number, columns: number): CountMin | Refusal {
  const reader = new ByteReader(bytes);
  const total = reader.varint();
  if (reader.done && total === 0) return new CountMin(rows, columns);
  const rounds = reader.varint();
  const grain = reader.varint();
  const form = reader.u8();
  if (reader.failed || reader.left < rows * columns) return refuse('shorter than its counters');
  if (total === 0) return refuse('empty, with something in it');
  if (form !== VARINTS && form > MAX_SHIFT) return refuse(`form ${form} is unknown`);
  const sketch = new CountMin(rows, columns);
  sketch.total = total;
  sketch.rounds = rounds;
  sketch.grain = grain;
  const { counters } = sketch;
  for (let i = 0; i < counters.length; i++) {
    counters[i] = form === VARINTS ? reader.varint() : valueOf(reader.u8(), form);
  }
  if (!reader.done) return refuse(reader.failed ? 'shorter than its counters' : 'bytes left over');
  return refusalOf(sketch, form) ?? sketch;
}

/** What is wrong with a sketch that was read whole. */
function refusalOf(sketch: CountMin, form: number): Refusal | undefined {
  const { counters, columns, rows, total } = sketch;
  const greatest = greatestOf(counters);
  if (greatest > Number.MAX_SAFE_INTEGER) return refuse('a counter above 2^53-1');
  const shift = shiftFor(greatest);
  if (form !== (codesOf(counters, shift) === undefined ? VARINTS : shift)) return refuse('not in its shortest form');
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let i = row * columns; i < (row + 1) * columns; i++) sum += counters[i]!;
    // Rounding only adds; counters that reached the end of the numbers may have lost something.
    const low = sum < total && greatest < Number.MAX_SAFE_INTEGER;
    if (low || (sum > total && sketch.rounds === 0 && total < Number.MAX_SAFE_INTEGER)) {
      return refuse('a row does not fit the total');
    }
  }
  return undefined;
}
