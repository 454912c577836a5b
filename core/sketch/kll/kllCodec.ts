/**
 * Apache DataSketches KLL, binary form, little-endian. The form does not say whether items are floats or doubles; the
 * reader has to know. Ours are doubles.
 *
 * | byte | meaning |
 * | --- | --- |
 * | 0 | integers of preamble: 2 when empty or of a single item, else 5 |
 * | 1, 2 | serial version (2 for a single item, else 1), family 15 |
 * | 3 | flags: 1 empty, 2 level 0 is sorted, 4 single item |
 * | 4, 6 | k (2 bytes), m = 8; a single item stands at 8 |
 * | 8, 16 | n (8 bytes), least k (2 bytes) |
 * | 18, 20 | number of levels L, then L offsets of 4 bytes: where each level begins in the array of items |
 * | then | least, greatest, items from the first level's beginning to the end |
 */
import { ByteReader } from '../byteReader.ts';
import { ByteWriter } from '../byteWriter.ts';
import { Refusal } from '../refusal.ts';
import { MAX_LEVELS, MIN_LEVEL, totalCapacity } from './capacity.ts';
import { Kll } from './kll.ts';

const FAMILY = 15;
const FLAG_EMPTY = 1;
const FLAG_SORTED = 2;
const FLAG_SINGLE = 4;

export type KllItem = 'float' | 'double';

export function encodeKll(kll: Kll, item: KllItem = 'double'): Uint8Array {
  const writer = new ByteWriter(64 + 8 * kll.retained);
  const put = (value: number): void => (item === 'double' ? writer.f64(value) : writer.f32(value));
  const single = kll.n === 1;
  writer.u8(kll.n <= 1 ? 2 : 5);
  writer.u8(single ? 2 : 1);
  writer.u8(FAMILY);
  writer.u8(kll.n === 0 ? FLAG_EMPTY : single ? FLAG_SINGLE : 0);
  writer.u16(kll.k);
  writer.u8(MIN_LEVEL);
  writer.u8(0);
  if (kll.n > 1) {
    writer.u64(kll.n);
    writer.u16(kll.minK);
    writer.u8(kll.levelCount);
    writer.u8(0);
    for (const at of kll.levels.slice(0, -1)) writer.u32(at);
    put(kll.min);
    put(kll.max);
  }
  for (const value of kll.items.subarray(kll.levels[0])) put(value);
  return writer.finish();
}

const refuse = (reason: string): Refusal => new Refusal('kll', reason);

/**
 * Reads a sketch of Java, C++ or ours. `seed` decides the coins of what is added later. A k above `maxK` is refused before
 * memory is taken: some 24 bytes for each of k, whatever the length of the input.
 */
export function decodeKll(
  bytes: Uint8Array,
  item: KllItem = 'double',
  seed: number = 0,
  maxK: number = 65_535,
): Kll | Refusal {
  const reader = new ByteReader(bytes);
  const preamble = reader.u8();
  const version = reader.u8();
  const family = reader.u8();
  const flags = reader.u8();
  const k = reader.u16();
  const m = reader.u8();
  reader.u8();
  if (reader.failed) return refuse('shorter than its preamble');
  if (family !== FAMILY) return refuse(`family ${family} is not ${FAMILY}`);
  if (m !== MIN_LEVEL || k < MIN_LEVEL || k > maxK) return refuse(`k ${k}, m ${m}`);
  const kll = new Kll(seed, k);
  const get = (): number => (item === 'double' ? reader.f64() : reader.f32());
  if ((flags & FLAG_EMPTY) !== 0) {
    return preamble === 2 && version === 1 && reader.done ? kll : refuse('empty, with something in it');
  }
  if ((flags & FLAG_SINGLE) !== 0) {
    kll.update(get());
    return preamble === 2 && version === 2 && reader.done && kll.n === 1 ? kll : refuse('not a single item');
  }
  if (preamble !== 5 || version !== 1) return refuse(`version ${version} with a preamble of ${preamble}`);
  return readFull(reader, kll, flags, get, item === 'double' ? 8 : 4);
}

function readFull(reader: ByteReader, kll: Kll, flags: number, get: () => number, itemBytes: number): Kll | Refusal {
  const n = reader.u64();
  const minK = reader.u16();
  const levelCount = reader.u8();
  reader.u8();
  if (minK < MIN_LEVEL || minK > kll.k) return refuse(`least k ${minK}`);
  if (levelCount < 1 || levelCount > MAX_LEVELS) return refuse(`${levelCount} levels`);
  const total = totalCapacity(kll.k, levelCount);
  const levels = Array.from({ length: levelCount }, () => reader.u32());
  levels.push(total);
  if (reader.left !== (2 + total - levels[0]!) * itemBytes) return refuse('length does not fit the levels');
  let weight = 0;
  for (let level = 0; level < levelCount; level++) {
    if (levels[level]! > levels[level + 1]!) return refuse('levels are not in order');
    weight += (levels[level + 1]! - levels[level]!) * 2 ** level;
  }
  if (weight !== n || n === 0) return refuse('n does not fit the levels');
  const min = get();
  const max = get();
  const items = new Float64Array(total);
  for (let at = levels[0]!; at < total; at++) {
    const value = get();
    if (!(value >= min && value <= max)) return refuse('an item outside least and greatest');
    items[at] = value;
  }
  for (let level = (flags & FLAG_SORTED) !== 0 ? 0 : 1; level < levelCount; level++) {
    for (let at = levels[level]! + 1; at < levels[level + 1]!; at++) {
      if (items[at - 1]! > items[at]!) return refuse('a level is not sorted');
    }
  }
  kll.n = n;
  kll.minK = minK;
  kll.min = min;
  kll.max = max;
  kll.levels = levels;
  kll.items = items;
  return kll;
}
