/**
 * A flow sample as bytes, little-endian. k is a parameter of the section, not in here.
 *
 * | what | meaning |
 * | --- | --- |
 * | varint | number of items |
 * | 8 bytes | threshold, a double: Infinity while nothing was left out |
 * | a byte an item | first byte of its hash less that of the item before: items are in the order of their hashes |
 * | seven bytes an item | the hash's other bytes, most significant first |
 * | a varint an item | octets |
 *
 * The first bytes stand apart because they deflate to almost nothing, and the others not at all.
 */
import { ByteReader } from '../byteReader.ts';
import { ByteWriter } from '../byteWriter.ts';
import { Refusal } from '../refusal.ts';
import { FlowSample } from './flowSample.ts';
import { uniform } from './sampleTable.ts';

export function encodeFlowSample(sample: FlowSample): Uint8Array<ArrayBuffer> {
  const { high, low, octets } = sample.items();
  const writer = new ByteWriter(16 + 12 * octets.length);
  writer.varint(octets.length);
  writer.f64(sample.threshold);
  let before = 0;
  for (const word of high) {
    writer.u8((word >>> 24) - before);
    before = word >>> 24;
  }
  for (let i = 0; i < octets.length; i++) {
    for (const shift of [16, 8, 0]) writer.u8((high[i]! >>> shift) & 0xff);
    for (const shift of [24, 16, 8, 0]) writer.u8((low[i]! >>> shift) & 0xff);
  }
  for (const value of octets) writer.varint(Math.min(value, Number.MAX_SAFE_INTEGER));
  return writer.finish();
}

const refuse = (reason: string): Refusal => new Refusal('flowSample', reason);

/** `k`: what the section's parameters say. */
export function decodeFlowSample(bytes: Uint8Array, k: number): FlowSample | Refusal {
  const reader = new ByteReader(bytes);
  const count = reader.varint();
  const threshold = reader.f64();
  if (reader.failed || count > k) return refuse(`more than ${k} items`);
  if (!(threshold > 0)) return refuse('the threshold is not above zero');
  if (reader.left < count * 9) return refuse('shorter than its items');
  const first = reader.bytes(count);
  const rest = reader.bytes(count * 7);
  const sample = new FlowSample(k);
  let top = 0;
  let [high, low] = [0, 0];
  for (let i = 0; i < count; i++) {
    const [lastHigh, lastLow] = [high, low];
    top += first[i]!;
    const at = 7 * i;
    high = ((top << 24) | (rest[at]! << 16) | (rest[at + 1]! << 8) | rest[at + 2]!) >>> 0;
    low = ((rest[at + 3]! << 24) | (rest[at + 4]! << 16) | (rest[at + 5]! << 8) | rest[at + 6]!) >>> 0;
    if (top > 255 || (i > 0 && (high < lastHigh || (high === lastHigh && low <= lastLow)))) {
      return refuse('items are not in order');
    }
    const octets = reader.varint();
    if (octets === 0) return refuse(reader.failed ? 'shorter than its items' : 'an item without octets');
    if (!(uniform(high, low) / octets < threshold)) return refuse('an item above the threshold');
    sample.add(high, low, octets);
  }
  if (!reader.done) return refuse(reader.failed ? 'shorter than its items' : 'bytes left over');
  sample.lowerThreshold(threshold);
  return sample;
}
