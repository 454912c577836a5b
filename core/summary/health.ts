import { ByteReader } from '../sketch/byteReader.ts';
import { ByteWriter } from '../sketch/byteWriter.ts';
import { Refusal } from '../sketch/refusal.ts';

const MAX_NAMES = 256;
const MAX_NAME = 64;
const nameForm = /^[\x21-\x7e]{1,64}$/;

/** Readings of one gauge: how many, their sum, the least and the greatest. */
export interface Gauge {
  count: number;
  sum: number;
  least: number;
  greatest: number;
}

/**
 * How a sensor was, by gauge: `cpu.millis`, `memory.bytes`, `spool.parts` ... Whole numbers, negative ones too (a clock's
 * offset); the unit is the last part of the name. Names that one version knows and another does not stand side by side.
 * A sum stays at +-(2^53-1).
 */
export class Health {
  readonly gauges: Map<string, Gauge> = new Map();

  /** Takes in one reading, rounded to a whole number; one that is none (an unknown offset) is left out. */
  note(name: string, reading: number): void {
    if (!Number.isFinite(reading)) return;
    const value = clamp(Math.round(reading));
    this.#add(name, { count: 1, sum: value, least: value, greatest: value });
  }

  merge(other: Health): void {
    for (const [name, gauge] of other === this ? [...other.gauges] : other.gauges) this.#add(name, gauge);
  }

  #add(name: string, { count, sum, least, greatest }: Gauge): void {
    const gauge = this.gauges.get(name);
    if (gauge === undefined) {
      this.gauges.set(name, { count, sum, least, greatest });
      return;
    }
    gauge.count = clamp(gauge.count + count);
    gauge.sum = clamp(gauge.sum + sum);
    gauge.least = Math.min(gauge.least, least);
    gauge.greatest = Math.max(gauge.greatest, greatest);
  }
}

function clamp(value: number): number {
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(value, Number.MAX_SAFE_INTEGER)) + 0;
}

/**
 * As bytes: varint number of names, then each (sorted) as one byte of length, ASCII, varint count, and sum, least and
 * greatest each as a byte 0 or 1 (negative) and a varint of the amount.
 */
export function encodeHealth(health: Health): Uint8Array {
  const writer = new ByteWriter();
  const names = [...health.gauges.keys()].sort();
  writer.varint(names.length);
  for (const name of names) {
    if (!nameForm.test(name)) throw new RangeError(`not a gauge's name: ${JSON.stringify(name)}`);
    writer.u8(name.length);
    for (let i = 0; i < name.length; i++) writer.u8(name.charCodeAt(i));
    const { count, sum, least, greatest } = health.gauges.get(name)!;
    writer.varint(count);
    for (const value of [sum, least, greatest]) {
      writer.u8(value < 0 ? 1 : 0);
      writer.varint(Math.abs(value));
    }
  }
  return writer.finish();
}

export function decodeHealth(body: Uint8Array): Health | Refusal {
  const reader = new ByteReader(body);
  const names = reader.varint();
  if (names > MAX_NAMES) return new Refusal('health', `${names} names`);
  const health = new Health();
  let before = '';
  for (let i = 0; i < names; i++) {
    const length = reader.u8();
    if (length > MAX_NAME) return new Refusal('health', `a name of ${length} bytes`);
    const name = String.fromCharCode(...reader.bytes(length));
    const count = reader.varint();
    const sum = readSigned(reader);
    const least = readSigned(reader);
    const greatest = readSigned(reader);
    if (reader.failed) break;
    if (!nameForm.test(name) || name <= before) return new Refusal('health', 'names that are none, or not in order');
    if (count === 0 || least > greatest) return new Refusal('health', 'readings that contradict each other');
    if (Number.isNaN(sum + least + greatest)) return new Refusal('health', 'a number with no sign');
    health.gauges.set(name, { count, sum, least, greatest });
    before = name;
  }
  return reader.done ? health : new Refusal('health', reader.failed ? 'shorter than its names' : 'bytes left over');
}

/** NaN when the sign is none, or that of zero is negative. */
function readSigned(reader: ByteReader): number {
  const sign = reader.u8();
  const amount = reader.varint();
  if (sign === 0) return amount;
  return sign === 1 && amount > 0 ? -amount : Number.NaN;
}
