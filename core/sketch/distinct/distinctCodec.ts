/**
 * A distinct count as bytes: varint (number of items of the exact set + 1, or 0 without one), the items' hashes of 16
 * bytes each as four little-endian words, sorted by word, then the HLL sketch (`hllCodec.ts`).
 */
import { ByteReader } from '../byteReader.ts';
import { ByteWriter } from '../byteWriter.ts';
import { decodeHll, encodeHll } from '../hll/hllCodec.ts';
import { Refusal } from '../refusal.ts';
import { Distinct } from './distinct.ts';
import { HashSet, SET_LIMIT } from './hashSet.ts';

export function encodeDistinct(distinct: Distinct): Uint8Array {
  const writer = new ByteWriter();
  writer.varint(distinct.set === undefined ? 0 : distinct.set.count + 1);
  if (distinct.set !== undefined) for (const word of distinct.set.toSortedWords()) writer.u32(word);
  writer.bytes(encodeHll(distinct.hll));
  return writer.finish();
}

/** `lgK`: what the section's parameters say; a sketch of another is refused. */
export function decodeDistinct(bytes: Uint8Array, lgK: number): Distinct | Refusal {
  const reader = new ByteReader(bytes);
  const items = reader.varint() - 1;
  if (reader.failed || items > SET_LIMIT) return new Refusal('distinct', 'set too large');
  if (items * 16 > reader.left) return new Refusal('distinct', 'shorter than its set');
  const set = items < 0 ? undefined : new HashSet();
  for (let i = 0; i < items; i++) set?.add(reader.u32() | 0, reader.u32() | 0, reader.u32() | 0, reader.u32() | 0);
  if (set !== undefined && set.count !== items) return new Refusal('distinct', 'an item twice');
  const hll = decodeHll(reader.bytes(reader.left));
  if (hll instanceof Refusal) return hll;
  if (hll.lgK !== lgK) return new Refusal('distinct', `lgK ${hll.lgK} is not ${lgK}`);
  return Distinct.of(hll, set);
}
