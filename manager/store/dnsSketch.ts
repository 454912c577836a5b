import { BitReader, BitWriter } from '../../core/dnsDigest/bits.ts';
import type { Distinct } from '../../core/dnsDigest/distinct.ts';
import { readDistinct, writeDistinct } from '../../core/dnsDigest/distinctCodec.ts';
import { RTT_BUCKETS, RttBuckets } from '../../core/dnsDigest/rttBuckets.ts';
import { ByteReader } from '../../core/sketch/byteReader.ts';
import { ByteWriter } from '../../core/sketch/byteWriter.ts';

/** Sketches of DNS digests as columns of the store's tables hold them. */

export function packDistinct(sketch: Distinct): Uint8Array {
  const out = new BitWriter();
  writeDistinct(out, sketch);
  return out.finish();
}

/** Undefined when the bytes are no sketch. */
export function unpackDistinct(bytes: Uint8Array): Distinct | undefined {
  return readDistinct(new BitReader(bytes));
}

/** Buckets that are not empty: a byte of its number and a varint of its count, each. */
export function packRtt(buckets: RttBuckets | undefined): Uint8Array {
  const out = new ByteWriter(16);
  for (const [bucket, count] of buckets?.counts.entries() ?? [])
    if (count > 0) {
      out.u8(bucket);
      out.varint(count);
    }
  return out.finish();
}

/** Adds what `packRtt` made. What is damaged adds nothing. */
export function addRtt(into: RttBuckets, bytes: Uint8Array): void {
  const reader = new ByteReader(bytes);
  const read = new RttBuckets();
  while (reader.left > 0) {
    const bucket = reader.u8();
    if (bucket >= RTT_BUCKETS) return;
    read.add(bucket, reader.varint());
  }
  if (!reader.failed) into.merge(read);
}
