/** Buckets of times from a query to its answer: three an octave from 50 us on; the last takes all above 2.6 s. */
export const RTT_BUCKETS = 48;
const LEAST = 50e-6;
const PER_OCTAVE = 3;

/** The bucket of a time in seconds. Negative times (packets out of order) are in the first. */
export function rttBucket(seconds: number): number {
  if (seconds <= LEAST) return 0;
  return Math.min(RTT_BUCKETS - 1, Math.ceil(PER_OCTAVE * Math.log2(seconds / LEAST)));
}

/** The time that stands for a bucket: off by at most 12 %. */
function middle(bucket: number): number {
  return LEAST * 2 ** ((bucket - 0.5) / PER_OCTAVE);
}

/** How long answers took, mergeable: counts by bucket. */
export class RttBuckets {
  readonly counts: Float64Array = new Float64Array(RTT_BUCKETS);

  get count(): number {
    let sum = 0;
    for (const count of this.counts) sum += count;
    return sum;
  }

  add(bucket: number, count = 1): void {
    this.counts[bucket]! += count;
  }

  merge(other: RttBuckets): void {
    for (let i = 0; i < RTT_BUCKETS; i++) this.counts[i]! += other.counts[i]!;
  }

  /** Seconds that a share (0 to 1) of the answers did not exceed, within 12 %; NaN without any. */
  quantile(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.count));
    let sum = 0;
    for (let i = 0; i < RTT_BUCKETS; i++) {
      sum += this.counts[i]!;
      if (sum >= rank) return middle(i);
    }
    return Number.NaN;
  }
}
