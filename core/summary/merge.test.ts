import { expect, test } from 'vitest';
import { Distinct } from '../sketch/distinct/distinct.ts';
import { encodeDistinct } from '../sketch/distinct/distinctCodec.ts';
import { Kll } from '../sketch/kll/kll.ts';
import { Refusal } from '../sketch/refusal.ts';
import { FlowSample } from '../sketch/sample/flowSample.ts';
import { TopRows } from '../sketch/top/topRows.ts';
import { Counters } from './counters.ts';
import { HOST_WORDS } from './flowKeys.ts';
import { kinds } from './kinds.ts';
import { mergeParts } from './merge.ts';
import { noLoss, type Section, type WindowPart } from './part.ts';
import { decodeParameters, decodeSection, encodeSection } from './section.ts';
import { MIXED_SCOPE, scopeOf, Split } from './split.ts';

function merged(a: WindowPart, b: WindowPart): WindowPart {
  const part = mergeParts(a, b);
  if (part instanceof Refusal) throw new Error(part.toString());
  return part;
}

function counterSection(name: string, count: number): Section {
  const counters = new Counters();
  counters.add(name, count);
  return encodeSection(kinds.counters, [], counters);
}

function distinctSection(hash: number, lgK = 12): Section {
  const distinct = new Distinct(false, lgK);
  distinct.addHash(Int32Array.of(hash, 0, 1, 2));
  return encodeSection(kinds.sources, [lgK], new Split(new Distinct(false, lgK), distinct, scopeOf(1)));
}

function topSection(capacity: number, keys: number): Section {
  const rows = new TopRows(HOST_WORDS, capacity, keys);
  for (let i = 0; i < keys; i++) {
    rows.keys[i * HOST_WORDS] = i;
    rows.octets[i] = 100 + i;
    rows.packets[i] = 1;
  }
  return encodeSection(kinds.topHosts, [capacity], new Split(new TopRows(HOST_WORDS, capacity), rows));
}

function kllSection(k: number, n: number): Section {
  const kll = new Kll(0, k);
  for (let i = 0; i < n; i++) kll.update(i);
  return encodeSection(kinds.sizes, [k], kll);
}

const unknown = (kind: number, ...body: readonly number[]): Section => ({
  kind,
  version: 7,
  parameters: Uint8Array.of(9),
  seedHash: Uint8Array.of(1, 2),
  body: Uint8Array.from(body),
});

function partOf(n: number, sections: readonly Section[]): WindowPart {
  return {
    tap: 'core',
    start: 1_700_000_000,
    seconds: 10,
    windowSeconds: 10,
    coveredFrom: 1_700_000_000 + n,
    coveredTo: 1_700_000_005 + n,
    packets: n,
    octets: 2 * n,
    loss: { kernel: n, nic: 3 * n, shed: 4 * n, unrecorded: 5 * n, freezes: 6 * n, blindMillis: 7 * n },
    sections,
  };
}

test('every field of a part is merged, in any order', () => {
  const [a, b, c] = [
    partOf(1, [counterSection('x', 1), distinctSection(1), unknown(900, 1), unknown(900, 3)]),
    partOf(2, [counterSection('x', 2), distinctSection(2), unknown(900, 2), kllSection(200, 5)]),
    partOf(3, [counterSection('y', 3), unknown(16, 5), topSection(10, 5)]),
  ];
  const abc = merged(merged(a, b), c);
  expect(abc).toMatchObject({
    tap: 'core',
    start: 1_700_000_000,
    seconds: 10,
    windowSeconds: 10,
    coveredFrom: 1_700_000_001,
    coveredTo: 1_700_000_008,
    packets: 6,
    octets: 12,
    loss: { kernel: 6, nic: 18, shed: 24, unrecorded: 30, freezes: 36, blindMillis: 42 },
  });
  expect(merged(c, merged(b, a))).toEqual(abc);
  expect(abc.sections.map(({ kind, version }) => [kind, version])).toEqual([
    [1, 1],
    [16, 2],
    [16, 7],
    [32, 2],
    [48, 1],
    [900, 7],
    [900, 7],
    [900, 7],
  ]);
  const counters = decodeSection(kinds.counters, abc.sections[0]!);
  expect(counters).toMatchObject({
    values: new Map([
      ['x', 3],
      ['y', 3],
    ]),
  });
  const empty = { ...partOf(0, []), coveredFrom: 5, coveredTo: 5, loss: noLoss };
  expect(merged(a, empty)).toEqual(merged(empty, a));
  expect(merged(a, empty)).toMatchObject({ coveredFrom: a.coveredFrom, coveredTo: a.coveredTo, packets: 1 });
  expect(merged(empty, { ...empty, coveredFrom: 4, coveredTo: 4 })).toMatchObject({ coveredFrom: 4, coveredTo: 4 });
});

test('identity parameters and seeds keep sections apart, capacities do not', () => {
  const seeded = { ...distinctSection(1), seedHash: Uint8Array.of(5) };
  const part = merged(
    partOf(1, [distinctSection(1, 11), topSection(4, 4), kllSection(100, 300)]),
    partOf(1, [distinctSection(1, 12), seeded, topSection(3, 3), kllSection(50, 300)]),
  );
  expect(part.sections.map((section) => section.kind)).toEqual([16, 16, 16, 32, 48]);
  const top = part.sections[3]!;
  expect(decodeParameters(kinds.topHosts, top)).toEqual([3]);
  expect(decodeSection(kinds.topHosts, top)).toMatchObject({
    local: { count: 0 },
    remote: { count: 3, capacity: 3, floorOctets: 103 },
  });
  expect(decodeParameters(kinds.sizes, part.sections[4]!)).toEqual([50]);
  expect(decodeSection(kinds.sizes, part.sections[4]!)).toMatchObject({ n: 600, k: 50 });
});

test("damage is refused, and parts of different windows are the caller's fault", () => {
  const damaged = { ...distinctSection(1), body: Uint8Array.of(0, 1, 2) };
  expect(mergeParts(partOf(1, [damaged]), partOf(1, [distinctSection(1)]))).toBeInstanceOf(Refusal);
  expect(
    mergeParts(partOf(1, [damaged]), { ...partOf(1, []), sections: [{ ...damaged, parameters: new Uint8Array(0) }] }),
  ).toBeInstanceOf(Refusal);
  for (const other of [{ tap: 'edge' }, { start: 0 }, { seconds: 20 }]) {
    expect(() => mergeParts(partOf(1, []), { ...partOf(1, []), ...other })).toThrow(RangeError);
  }
});

test('bodies of the build before merge with those of this one, and seeds never', () => {
  const split = decodeSection(kinds.sources, distinctSection(1));
  if (split instanceof Refusal) throw new Error(split.toString());
  const old: Section = { ...distinctSection(1), version: 1, body: encodeDistinct(split.remote) };
  const part = merged(partOf(1, [old]), partOf(1, [distinctSection(2), old]));
  expect(part.sections.map(({ kind, version }) => [kind, version])).toEqual([[16, 2]]);
  const both = decodeSection(kinds.sources, part.sections[0]!);
  expect(both).toMatchObject({ scope: MIXED_SCOPE, local: { hll: { count: 0 } }, remote: { hll: { count: 2 } } });
  // Alone it stays as it came.
  expect(merged(partOf(1, [old]), partOf(1, [])).sections).toEqual([old]);

  const sample = (seed: number, windowSeconds: number): Section => {
    const value = new FlowSample();
    value.add(1, seed, 100);
    return encodeSection(kinds.flowSample, [windowSeconds, 256], value, Uint8Array.of(seed));
  };
  const samples = merged(partOf(1, [sample(1, 10), sample(2, 10)]), partOf(1, [sample(1, 10), sample(1, 60)]));
  expect(samples.sections.map(({ seedHash, parameters }) => [seedHash[0], parameters[0]])).toEqual([
    [1, 10],
    [2, 10],
    [1, 60],
  ]);
  const joined = decodeSection(kinds.flowSample, samples.sections[0]!);
  if (joined instanceof Refusal) throw new Error(joined.toString());
  expect(joined.total()).toEqual({ octets: 200, bound: 0 });
});
