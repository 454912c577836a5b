import { Distinct } from '../../core/dnsDigest/distinct.ts';
import type { DnsDigest, DnsPair } from '../../core/dnsDigest/digest.ts';
import { encodeDigest } from '../../core/dnsDigest/digestEncoder.ts';
import { ItemHash } from '../../core/dnsDigest/itemHash.ts';
import { RttBuckets } from '../../core/dnsDigest/rttBuckets.ts';
import type { Delivery } from '../../manager/store/summaryStore.ts';
import { DurableKind } from '../../proto/link.ts';
import { streamOf } from './storeBench.ts';

/** A sketch of these names. */
export function distinctOf(...names: readonly string[]): Distinct {
  const sketch = new Distinct();
  const hash = new ItemHash();
  for (const one of names) {
    hash.name(one);
    sketch.add(hash.a, hash.b);
  }
  return sketch;
}

export function pairOf(rrname: string, rdata: string, over: Partial<DnsPair> = {}): DnsPair {
  return { rrname, rrtype: 1, rdata, first: 1000, last: 1000, count: 1, ttlMin: 60, ttlMax: 60, ...over };
}

/** A digest of a period, or of pairs told at once when `seconds` is 0. */
export function digestOf(over: Partial<DnsDigest> = {}): DnsDigest {
  const start = over.start ?? 1200;
  const none = { flows: 0, octets: 0 };
  return {
    tap: 't',
    start,
    seconds: 0,
    coveredFrom: start,
    coveredTo: start + (over.seconds ?? 0),
    pairs: [],
    queries: [],
    names: [],
    clients: [],
    other: { queries: 0, distinct: new Distinct(), unnamed: 0, clientless: 0, shed: 0, pairs: 0, unsketched: 0 },
    totals: {
      queries: 0,
      responses: 0,
      unasked: 0,
      local: 0,
      opcodes: 0,
      types: [],
      rcodes: [],
      clients: new Distinct(),
      names: new Distinct(),
      rtt: new RttBuckets(),
    },
    encrypted: { dot: none, doh: none, doq: none },
    ...over,
  };
}

/** A message of a digest as it is handed to the store. */
export function dnsDelivery(
  seq: number,
  digest: DnsDigest,
  { site = 's', sensor = 'n', arrivedMillis = Date.now(), replay = false } = {},
): Delivery {
  return {
    site,
    sensor,
    replay,
    stream: streamOf(`dns-${sensor}`),
    seq,
    kind: DurableKind.DNS,
    arrivedMillis,
    bytes: encodeDigest(digest),
    inflated: 0,
  };
}
