import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Distinct } from '../sketch/distinct/distinct.ts';
import { KeyHasher } from '../sketch/hash/keyHasher.ts';
import { Kll } from '../sketch/kll/kll.ts';
import { Refusal } from '../sketch/refusal.ts';
import { CountMin } from '../sketch/countMin/countMin.ts';
import { FlowSample } from '../sketch/sample/flowSample.ts';
import { TopList } from '../sketch/top/topList.ts';
import type { TopRows } from '../sketch/top/topRows.ts';
import { Counters } from './counters.ts';
import { HOST_WORDS, PAIR_WORDS, SERVICE_WORDS, STATUS_WORDS } from './flowKeys.ts';
import { Health } from './health.ts';
import { kindOf, kinds } from './kinds.ts';
import { decodeParameters, decodeSection, encodeSection, type SectionKind } from './section.ts';
import { MIXED_SCOPE, NO_SCOPE, scopeOf, Split } from './split.ts';

/** A kind with values to try it on, and what two values have in common when merging went another way. */
interface Case<T> {
  readonly kind: SectionKind<T>;
  readonly parameters: readonly number[];
  readonly arbitrary: fc.Arbitrary<T>;
  /** Everything that the order of merging must not change. */
  facts(this: void, value: T): unknown;
}

const hasher = new KeyHasher();

function distinctOf(from: number, count: number, exact: boolean): Distinct {
  const distinct = new Distinct(exact);
  for (let i = from; i < from + count; i++) {
    hasher.words[0] = i;
    hasher.hash(4);
    distinct.addHash(hasher.h);
  }
  return distinct;
}

const distinct = fc
  .tuple(fc.nat(3000), fc.constantFrom(0, 1, 7, 8, 200, 400, 5000), fc.boolean())
  .map(([from, count, exact]) => distinctOf(from, count, exact));

/** Registers, coupons and set; not the running estimate, which a merge gives up. */
function distinctFacts({ hll, set }: Distinct): unknown {
  return {
    mode: hll.mode,
    registers: hll.toRegisterArray(),
    coupons: hll.coupons.filter((coupon) => coupon !== 0).sort(),
    sums: [hll.kxq0, hll.kxq1, hll.zeros],
    set: set?.toSortedWords(),
  };
}

/** Lists that were full and cut, so that no column is zero; merged they still fit. */
function top(width: number): fc.Arbitrary<TopRows> {
  const event = fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 1500 }));
  return fc.array(event, { maxLength: 150, size: 'max' }).map((events) => {
    const list = new TopList(width, 8, 'octets');
    for (const [key, octets] of events) list.add(new Uint32Array(width).fill(key * 0x01010101), 0, 1, octets);
    const rows = list.toRows();
    rows.cutToUnion(5);
    rows.capacity = 1000;
    return rows;
  });
}

const kll = fc.tuple(fc.constantFrom(0, 1, 2, 50, 200, 201, 900), fc.integer({ min: -5, max: 5 })).map(([n, step]) => {
  const value = new Kll(n);
  for (let i = 0; i < n; i++) value.update(i * step + 0.5);
  return value;
});

const counters = fc.array(fc.tuple(fc.stringMatching(/^[a-z.]{1,20}$/), fc.maxSafeNat())).map((entries) => {
  const value = new Counters();
  for (const [name, count] of entries) value.add(name, count);
  return value;
});

const health = fc
  .array(fc.tuple(fc.stringMatching(/^[a-z.]{1,20}$/), fc.integer({ min: -1e9, max: 1e12 })))
  .map((readings) => {
    const value = new Health();
    for (const [name, reading] of readings) value.note(name, reading);
    return value;
  });

/** Rounded or not, over few keys, so that counters meet. */
const countMin = fc
  .tuple(fc.array(fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 1e9 })), { maxLength: 60 }), fc.boolean())
  .map(([events, quantized]) => {
    const value = new CountMin(4, 16);
    for (const [key, octets] of events) {
      hasher.words[0] = key;
      hasher.hash(4);
      value.addHash(hasher.h, octets);
    }
    if (quantized) value.quantize();
    return value;
  });

/** Of windows that differ: equal items in several samples are what the kind does not promise anything of. */
const flowSample = fc
  .tuple(fc.noBias(fc.nat()), fc.array(fc.integer({ min: 1, max: 1e9 }), { maxLength: 120, size: 'max' }))
  .map(([window, octets]) => {
    const value = new FlowSample(16);
    for (const [i, weight] of octets.entries()) {
      hasher.words[0] = i;
      hasher.words[1] = window;
      hasher.hash(8);
      value.add(hasher.h[1]!, hasher.h[0]!, weight);
    }
    return value;
  });

const scope = fc.constantFrom(NO_SCOPE, MIXED_SCOPE, scopeOf(1), scopeOf(2));

function split<T>(side: fc.Arbitrary<T>): fc.Arbitrary<Split<T>> {
  return fc.tuple(side, side, scope).map(([local, remote, of]) => new Split(local, remote, of));
}

const distinctCase = (kind: SectionKind<Split<Distinct>>): Case<Split<Distinct>> => ({
  kind,
  parameters: [12],
  arbitrary: split(distinct),
  facts: ({ local, remote, scope: of }) => [distinctFacts(local), distinctFacts(remote), of],
});
const topCase = (kind: SectionKind<Split<TopRows>>, width: number): Case<Split<TopRows>> => ({
  kind,
  parameters: [1000],
  arbitrary: split(top(width)),
  facts: (rows) => rows,
});
const kllCase = (kind: SectionKind<Kll>): Case<Kll> => ({
  kind,
  parameters: [200],
  arbitrary: kll,
  facts: ({ n, min, max }) => ({ n, min, max }),
});

const cases: { readonly [N in keyof typeof kinds]: Case<unknown> } = {
  counters: {
    kind: kinds.counters,
    parameters: [],
    arbitrary: counters,
    facts: (value) => Object.fromEntries((value as Counters).values),
  },
  health: {
    kind: kinds.health,
    parameters: [],
    arbitrary: health,
    facts: (value) => Object.fromEntries((value as Health).gauges),
  },
  sources: distinctCase(kinds.sources),
  destinations: distinctCase(kinds.destinations),
  pairs: distinctCase(kinds.pairs),
  flows: distinctCase(kinds.flows),
  services: {
    kind: kinds.services,
    parameters: [12],
    arbitrary: distinct,
    facts: (value) => distinctFacts(value as Distinct),
  },
  names: {
    kind: kinds.names,
    parameters: [12],
    arbitrary: distinct,
    facts: (value) => distinctFacts(value as Distinct),
  },
  serverNames: {
    kind: kinds.serverNames,
    parameters: [12],
    arbitrary: distinct,
    facts: (value) => distinctFacts(value as Distinct),
  },
  topHosts: topCase(kinds.topHosts, HOST_WORDS),
  topSources: topCase(kinds.topSources, HOST_WORDS),
  topDestinations: topCase(kinds.topDestinations, HOST_WORDS),
  topPairs: topCase(kinds.topPairs, PAIR_WORDS),
  topServices: { kind: kinds.topServices, parameters: [1000], arbitrary: top(SERVICE_WORDS), facts: (rows) => rows },
  statusClients: {
    kind: kinds.statusClients,
    parameters: [1000],
    arbitrary: top(STATUS_WORDS),
    facts: (rows) => rows,
  },
  statusServers: {
    kind: kinds.statusServers,
    parameters: [1000],
    arbitrary: top(STATUS_WORDS),
    facts: (rows) => rows,
  },
  sizes: kllCase(kinds.sizes),
  durations: kllCase(kinds.durations),
  handshakes: kllCase(kinds.handshakes),
  retransmits: kllCase(kinds.retransmits),
  pointOctets: {
    kind: kinds.pointOctets,
    parameters: [4, 16],
    arbitrary: countMin,
    facts: (value) => value,
  },
  flowSample: {
    kind: kinds.flowSample,
    parameters: [10, 16],
    arbitrary: flowSample,
    facts: (value) => [(value as FlowSample).threshold, (value as FlowSample).items()],
  },
};

function seedOf(kind: SectionKind<unknown>): Uint8Array {
  return kind.keyed ? Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) : new Uint8Array(0);
}

/** Through bytes, so that no two values share memory. */
function copyOf({ kind, parameters }: Case<unknown>, value: unknown): unknown {
  const copy = kind.decode(kind.encode(value), parameters);
  if (copy instanceof Refusal) throw new Error(copy.toString());
  return copy;
}

function union(one: Case<unknown>, ...values: readonly unknown[]): unknown {
  const into = one.kind.empty(one.parameters);
  for (const value of values) one.kind.merge(into, value);
  return into;
}

test('numbers and names are given once', () => {
  const all = Object.values(kinds);
  expect(new Set(all.map((kind) => kind.kind)).size).toBe(all.length);
  expect(new Set(all.map((kind) => kind.name)).size).toBe(all.length);
  for (const kind of all) expect(kindOf(kind.kind)).toBe(kind);
  expect(kindOf(65_000)).toBeUndefined();
});

test.each(Object.entries(cases))('%s: the laws of a section', (_, one) => {
  const { kind, arbitrary, parameters, facts } = one;
  fc.assert(
    fc.property(arbitrary, arbitrary, arbitrary, (a, b, c) => {
      const bytes = kind.encode(a);
      expect(facts(copyOf(one, a))).toEqual(facts(a));
      expect(kind.encode(copyOf(one, a))).toEqual(bytes);
      const section = encodeSection(kind, parameters, a, seedOf(kind));
      expect(facts(decodeSection(kind, section))).toEqual(facts(a));

      expect(facts(union(one, a, b))).toEqual(facts(union(one, b, a)));
      expect(facts(union(one, union(one, a, b), c))).toEqual(facts(union(one, a, union(one, b, c))));
      expect(facts(union(one, a, kind.empty(parameters)))).toEqual(facts(a));
      expect(facts(union(one, kind.empty(parameters), a))).toEqual(facts(a));
      // What was merged in is left as it was.
      expect(kind.encode(a)).toEqual(bytes);
    }),
    { numRuns: 40 },
  );
});

test('distinct counts are idempotent: the same part twice changes nothing', () => {
  fc.assert(
    fc.property(distinct, (value) => {
      const one = cases.services;
      expect(distinctFacts(union(one, value, copyOf(one, value)) as Distinct)).toEqual(distinctFacts(value));
    }),
    { numRuns: 30 },
  );
});

test('bodies, mutated: refused by value, never by an exception', () => {
  let state = 3;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const seeds = Object.values(cases).flatMap((one) =>
    fc.sample(one.arbitrary, { numRuns: 6, seed: 11 }).map((value) => ({ one, bytes: one.kind.encode(value) })),
  );
  let refused = 0;
  for (let i = 0; i < 100_000; i++) {
    const { one, bytes } = seeds[next(seeds.length)]!;
    const mutated = next(3) === 0 ? bytes.slice(0, next(bytes.length + 1)) : bytes.slice();
    for (let n = next(3); n >= 0; n--) if (mutated.length > 0) mutated[next(Math.min(mutated.length, 64))] = next(256);
    if (one.kind.decode(mutated, one.parameters) instanceof Refusal) refused++;
  }
  expect(refused).toBeGreaterThan(30_000);
});

test('parameters, mutated: refused by value, and in range or not at all', () => {
  for (const one of Object.values(cases)) {
    const section = encodeSection(one.kind, one.parameters, one.kind.empty(one.parameters), seedOf(one.kind));
    expect(decodeParameters(one.kind, section)).toEqual([...one.parameters]);
    expect(one.kind.isEmpty(one.kind.empty(one.parameters))).toBe(true);
    expect(decodeParameters(one.kind, { ...section, version: 3 })).toBeInstanceOf(Refusal);
    expect(decodeParameters(one.kind, { ...section, kind: 999 })).toBeInstanceOf(Refusal);
    for (const bytes of [[], [0], [1, 1, 1], [0xff, 0xff, 0xff, 0x7f], [0x80]]) {
      const parameters = Uint8Array.from(bytes);
      if (bytes.length === 0 && one.parameters.length === 0) continue;
      expect(decodeParameters(one.kind, { ...section, parameters })).toBeInstanceOf(Refusal);
    }
  }
});

test('bodies of the build that did not split are read as remote', () => {
  const plain = fc.sample(distinct, { numRuns: 20, seed: 5 });
  for (const value of plain) {
    const section = { ...encodeSection(kinds.services, [12], value), kind: kinds.sources.kind, version: 1 };
    const read = decodeSection(kinds.sources, section);
    if (read instanceof Refusal) throw new Error(read.toString());
    expect(distinctFacts(read.remote)).toEqual(distinctFacts(value));
    expect(read.local.hll.isEmpty).toBe(true);
  }
});

test('keyed kinds have a seed, or are refused', () => {
  for (const kind of [kinds.pointOctets, kinds.flowSample] as readonly SectionKind<unknown>[]) {
    const one = Object.values(cases).find((each) => each.kind === kind)!;
    const value = kind.empty(one.parameters);
    expect(() => encodeSection(kind, one.parameters, value)).toThrow('without a seed');
    const section = encodeSection(kind, one.parameters, value, seedOf(kind));
    expect(decodeSection(kind, { ...section, seedHash: new Uint8Array(0) })).toBeInstanceOf(Refusal);
  }
});
