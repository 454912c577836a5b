import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatAddress } from '../packet/address.ts';
import { Refusal } from '../sketch/refusal.ts';
import { type DnsDigest, NO_ANSWER } from './digest.ts';
import { decodeDigest } from './digestDecoder.ts';
import { encodeDigest } from './digestEncoder.ts';
import { Distinct } from './distinct.ts';
import { RTT_BUCKETS, RttBuckets } from './rttBuckets.ts';

const count = fc.nat(1e9);
const word = fc.integer({ min: 0, max: 0xffffffff });
const address = fc.oneof(
  word.map((low) => formatAddress(Uint32Array.of(0, 0, 0xffff, low))),
  fc.tuple(word, word, word, word).map((words) => formatAddress(Uint32Array.from(words))),
);
const name = fc.oneof(fc.constantFrom('', 'example.com', 'www.example.com', 'a\\.b.example'), fc.domain());
const distinct = fc.tuple(fc.nat(2000), fc.nat()).map(([items, seed]) => sketchOf(items, seed));
const rtt = fc
  .array(fc.tuple(fc.nat(RTT_BUCKETS - 1), fc.integer({ min: 1, max: 1e6 })), { maxLength: 9 })
  .map((rows) => {
    const buckets = new RttBuckets();
    for (const [bucket, times] of rows) buckets.add(bucket, times);
    return buckets;
  });
const pair = fc
  .record({
    rrname: name,
    rrtype: fc.nat(0xffff),
    rdata: fc.oneof(address, name, fc.string(), fc.constantFrom('1.2.3.04', '::ffff:1.2.3.4', 'FE80::1', '::')),
    first: fc.nat(2e9),
    span: fc.nat(600),
    count,
    ttlMin: word,
    ttlMax: word,
  })
  .map(({ span, ttlMin, ttlMax, ...row }) => ({
    ...row,
    last: row.first + span,
    ttlMin: Math.min(ttlMin, ttlMax),
    ttlMax: Math.max(ttlMin, ttlMax),
  }));
const counted = fc.tuple(count, count).map(([a, b]) => ({ count: Math.max(a, b), nxdomain: Math.min(a, b) }));
const values = fc.array(fc.record({ value: fc.integer({ min: NO_ANSWER, max: 0xffff }), count }), { maxLength: 5 });
const traffic = fc.record({ flows: count, octets: fc.maxSafeNat() });

const digests: fc.Arbitrary<DnsDigest> = fc.record({
  tap: fc.constantFrom('tap0', 'a.b-c_D'),
  start: fc.constant(1.7e9),
  seconds: fc.constantFrom(0, 600),
  coveredFrom: fc.constant(1.7e9 + 0.25),
  coveredTo: fc.constant(1.7e9 + 599.75),
  pairs: fc.array(pair, { maxLength: 8 }),
  queries: fc.array(
    fc.record({
      client: address,
      name,
      qtype: fc.nat(0xffff),
      rcode: fc.integer({ min: NO_ANSWER, max: 0xffff }),
      count,
      rtt: fc.option(
        rtt.filter((one) => one.count > 0),
        { nil: undefined },
      ),
    }),
    { maxLength: 8 },
  ),
  names: fc
    .array(fc.tuple(name, counted, distinct), { maxLength: 6 })
    .map((rows) => rows.map(([key, counts, clients]) => ({ name: key, ...counts, clients }))),
  clients: fc
    .array(fc.tuple(address, counted, distinct), { maxLength: 6 })
    .map((rows) => rows.map(([key, counts, names]) => ({ client: key, ...counts, names }))),
  other: fc.record({
    queries: count,
    distinct,
    unnamed: count,
    clientless: count,
    shed: count,
    pairs: count,
    unsketched: count,
  }),
  totals: fc.record({
    queries: count,
    responses: count,
    unasked: count,
    local: count,
    opcodes: count,
    types: values,
    rcodes: values,
    clients: distinct,
    names: distinct,
    rtt,
  }),
  encrypted: fc.record({ dot: traffic, doh: traffic, doq: traffic }),
});

/** A sketch of pseudo-random items. */
function sketchOf(items: number, seed: number): Distinct {
  const sketch = new Distinct();
  let state = seed >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) >>> 0;
  };
  for (let i = 0; i < items; i++) sketch.add(next(), next());
  return sketch;
}

/** Rows in an order that does not depend on how they were shipped. */
function inOrder(digest: DnsDigest): unknown {
  const sorted = (rows: readonly unknown[]): string[] =>
    rows.map((row) => JSON.stringify(row, (_, value: unknown) => plain(value))).sort();
  const { queries, names, clients, pairs, ...rest } = digest;
  return {
    rest: sorted([rest]),
    queries: sorted(queries),
    names: sorted(names),
    clients: sorted(clients),
    pairs: sorted(pairs),
  };
}

function plain(value: unknown): unknown {
  if (value instanceof Distinct) return [...(value.cells ?? value.registers!)].join();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function decoded(bytes: Uint8Array): DnsDigest {
  const digest = decodeDigest(bytes);
  if (digest instanceof Refusal) throw new Error(String(digest));
  return digest;
}

test('what is encoded comes back', () => {
  fc.assert(
    fc.property(digests, (digest) => {
      expect(inOrder(decoded(encodeDigest(digest)))).toEqual(inOrder(digest));
    }),
    { numRuns: 150 },
  );
});

test('what was decoded encodes to the same octets', () => {
  fc.assert(
    fc.property(digests, (digest) => {
      const bytes = encodeDigest(decoded(encodeDigest(digest)));
      expect(encodeDigest(decoded(bytes))).toEqual(bytes);
    }),
    { numRuns: 50 },
  );
});

test('every cut of a digest is refused', () => {
  const [digest] = fc.sample(digests, { numRuns: 1, seed: 7 });
  const bytes = encodeDigest(digest!);
  for (let length = 0; length < bytes.length; length++)
    expect(decodeDigest(bytes.subarray(0, length))).toBeInstanceOf(Refusal);
});

test('changed and random octets are a digest or refused', () => {
  const originals = fc.sample(digests, { numRuns: 20, seed: 11 }).map((digest) => encodeDigest(digest));
  let refused = 0;
  let state = 1;
  const chance = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let run = 0; run < 3000; run++) {
    const bytes = originals[run % originals.length]!.slice();
    for (let i = chance(4); i >= 0; i--) bytes[chance(bytes.length)] = chance(256);
    if (decodeDigest(bytes) instanceof Refusal) refused++;
    const random = Uint8Array.from({ length: chance(200) }, (_, i) => (i === 0 ? 1 : chance(256)));
    expect(decodeDigest(random)).toBeInstanceOf(Refusal);
  }
  expect(refused).toBeGreaterThan(500);
});
