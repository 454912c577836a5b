/**
 * Apache DataSketches frequent items, binary form, little-endian. The form does not say whether items are integers or
 * strings; the reader has to know.
 *
 * | byte | meaning |
 * | --- | --- |
 * | 0 | 8-byte words of preamble: 1 when empty, else 4 |
 * | 1, 2 | serial version 1, family 10 |
 * | 3, 4 | log2 of the largest table (3..20 here), of the table as it is |
 * | 5 | flags: 4 empty (C++ sets 1 too) |
 * | 6 | 2 bytes, unused |
 * | 8 | number of items A (4 bytes), 4 unused |
 * | 16, 24 | weight of the stream, offset (8 bytes each) |
 * | 32 | A counts of 8 bytes, then A items in the order of the table: 8-byte signed integers, or strings (length of 4 bytes, UTF-8) |
 *
 * One difference from Java: when a purge left no item, Java writes the 8 bytes of an empty sketch and forgets weight and
 * offset. Here they are kept (four words, A = 0), which Java and C++ read.
 */
import { ByteReader } from '../byteReader.ts';
import { ByteWriter } from '../byteWriter.ts';
import { Refusal } from '../refusal.ts';
import { FrequentItems, type ItemKind, MAX_LG_SLOTS, MIN_LG_SLOTS } from './frequentItems.ts';
import type { FrequentItem } from './itemTable.ts';

const SERIAL_VERSION = 1;
const FAMILY = 10;
const FLAG_EMPTY = 4;
const WORDS = 4;

export function encodeFrequent(sketch: FrequentItems): Uint8Array<ArrayBuffer> {
  const { items, counts } = sketch.pack();
  const writer = new ByteWriter(32 + 24 * items.length);
  writer.u8(sketch.isEmpty ? 1 : WORDS);
  writer.u8(SERIAL_VERSION);
  writer.u8(FAMILY);
  writer.u8(sketch.lgMax);
  writer.u8(sketch.lgSlots);
  writer.u8(sketch.isEmpty ? FLAG_EMPTY : 0);
  writer.u16(0);
  if (sketch.isEmpty) return writer.finish();
  writer.u64(items.length);
  writer.u64(sketch.weight);
  writer.u64(sketch.offset);
  for (const count of counts) writer.u64(count);
  const encoder = new TextEncoder();
  for (const item of items) {
    if (typeof item === 'bigint') {
      writer.u32(Number(BigInt.asUintN(32, item)));
      writer.u32(Number(BigInt.asUintN(32, item >> 32n)));
    } else {
      const text = encoder.encode(item);
      writer.u32(text.length);
      writer.bytes(text);
    }
  }
  return writer.finish();
}

const refuse = (reason: string): Refusal => new Refusal('frequent', reason);

/** Reads a sketch of Java, C++ or ours whose items are of this kind. */
export function decodeFrequent(bytes: Uint8Array, kind: ItemKind): FrequentItems | Refusal {
  const reader = new ByteReader(bytes);
  const words = reader.u8();
  const version = reader.u8();
  const family = reader.u8();
  const lgMax = reader.u8();
  const lgSlots = reader.u8();
  const flags = reader.u8();
  reader.u16();
  if (reader.failed) return refuse('shorter than its preamble');
  if (family !== FAMILY) return refuse(`family ${family} is not ${FAMILY}`);
  if (version !== SERIAL_VERSION) return refuse(`version ${version} is unknown`);
  if (lgMax < MIN_LG_SLOTS || lgMax > MAX_LG_SLOTS) return refuse(`a table of 2^${lgMax}`);
  if (lgSlots < MIN_LG_SLOTS || lgSlots > lgMax) return refuse(`a table of 2^${lgSlots} where 2^${lgMax} is the most`);
  const empty = (flags & FLAG_EMPTY) !== 0;
  if (words !== (empty ? 1 : WORDS)) return refuse(`a preamble of ${words} words`);
  const head = { kind, lgMax, lgSlots };
  if (empty) {
    return reader.done ? FrequentItems.of(head, { items: [], counts: new Float64Array(0) }) : refuse('bytes left over');
  }
  return readItems(reader, head);
}

function readItems(
  reader: ByteReader,
  head: { readonly kind: ItemKind; readonly lgMax: number; readonly lgSlots: number },
): FrequentItems | Refusal {
  const count = reader.u32();
  reader.u32();
  const weight = reader.u64();
  const offset = reader.u64();
  const least = head.kind === 'long' ? 16 : 12;
  if (count * least > reader.left) return refuse('shorter than its items');
  if (count > 0.75 * 2 ** head.lgSlots) return refuse(`${count} items in a table of 2^${head.lgSlots}`);
  const counts = new Float64Array(count);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    counts[i] = reader.u64();
    if (counts[i] === 0) return refuse('an item without a count');
    sum += counts[i]!;
  }
  if (weight === 0 || sum > weight) return refuse('the weight does not fit the counts');
  const items = head.kind === 'long' ? readLongs(reader, count) : readStrings(reader, count);
  if (items instanceof Refusal) return items;
  if (!reader.done) return refuse(reader.failed ? 'shorter than its items' : 'bytes left over');
  if (new Set(items).size !== count) return refuse('an item twice');
  const sketch = FrequentItems.of(head, { items, counts });
  sketch.weight = weight;
  sketch.offset = offset;
  return sketch;
}

function readLongs(reader: ByteReader, count: number): FrequentItem[] {
  const items: FrequentItem[] = [];
  for (let i = 0; i < count; i++) {
    const low = BigInt(reader.u32());
    items.push(BigInt.asIntN(64, low | (BigInt(reader.u32()) << 32n)));
  }
  return items;
}

function readStrings(reader: ByteReader, count: number): FrequentItem[] | Refusal {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const items: FrequentItem[] = [];
  for (let i = 0; i < count; i++) {
    const bytes = reader.bytes(reader.u32());
    if (reader.failed) return refuse('shorter than its items');
    try {
      items.push(decoder.decode(bytes));
    } catch {
      return refuse('a string that is not UTF-8');
    }
  }
  return items;
}
