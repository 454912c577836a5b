import { ByteReader } from '../sketch/byteReader.ts';
import { ByteWriter } from '../sketch/byteWriter.ts';
import { Refusal } from '../sketch/refusal.ts';

const MAX_NAMES = 4096;
const MAX_NAME = 64;
const nameForm = /^[\x21-\x7e]{1,64}$/;

/**
 * Counters by name: `verdict.ipv4.ihl`, `flows.tcp`, `fragments.seen` ... Names that one version knows and another does
 * not add up all the same. A sum stays at 2^53-1.
 */
export class Counters {
  readonly values: Map<string, number> = new Map();

  add(name: string, count: number): void {
    if (count === 0) return;
    this.values.set(name, Math.min((this.values.get(name) ?? 0) + count, Number.MAX_SAFE_INTEGER));
  }

  get(name: string): number {
    return this.values.get(name) ?? 0;
  }

  merge(other: Counters): void {
    for (const [name, count] of other === this ? [...other.values] : other.values) this.add(name, count);
  }
}

/** As bytes: varint number of names, then each (sorted) as one byte of length, ASCII, varint count. */
export function encodeCounters(counters: Counters): Uint8Array {
  const writer = new ByteWriter();
  const names = [...counters.values.keys()].sort();
  writer.varint(names.length);
  for (const name of names) {
    if (!nameForm.test(name)) throw new RangeError(`not a counter's name: ${JSON.stringify(name)}`);
    writer.u8(name.length);
    for (let i = 0; i < name.length; i++) writer.u8(name.charCodeAt(i));
    writer.varint(counters.get(name));
  }
  return writer.finish();
}

export function decodeCounters(body: Uint8Array): Counters | Refusal {
  const reader = new ByteReader(body);
  const count = reader.varint();
  if (count > MAX_NAMES) return new Refusal('counters', `${count} names`);
  const counters = new Counters();
  let before = '';
  for (let i = 0; i < count; i++) {
    const length = reader.u8();
    if (length > MAX_NAME) return new Refusal('counters', `a name of ${length} bytes`);
    const name = String.fromCharCode(...reader.bytes(length));
    const value = reader.varint();
    if (reader.failed) break;
    if (!nameForm.test(name) || value === 0) return new Refusal('counters', 'a name or count that is none');
    if (name <= before) return new Refusal('counters', 'names are not in order');
    counters.values.set(name, value);
    before = name;
  }
  return reader.done ? counters : new Refusal('counters', reader.failed ? 'shorter than its names' : 'bytes left over');
}
