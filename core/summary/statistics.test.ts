import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyHasher } from '../sketch/hash/keyHasher.ts';
import { Refusal } from '../sketch/refusal.ts';
import { serviceKey } from './flowKeys.ts';
import { takesRealm } from './realm.ts';
import { registersOf } from './registers.ts';
import { type ResultRow, resultOf } from './result.ts';
import { Statistics, type StatisticsOptions } from './statistics.ts';
import { Summary } from './summary.ts';

interface Fed {
  readonly a: number;
  readonly b: number;
  readonly ports: readonly [number, number];
  readonly counts: readonly [number, number, number, number];
  readonly realm: number;
  readonly service: boolean;
  readonly isFlow: boolean;
}

/** Hosts 0..49 are of 10/8, the others global (8.8.8/24); 7 is an IPv6 one. */
function wordsOf(host: number): number[] {
  if (host === 7) return [0x2a000000, 0, 0, 7];
  return [0, 0, 0xffff, host < 50 ? 0x0a000000 + host : 0x08080800 + host - 50];
}

function nameOf(host: number, realm: number): string {
  if (host === 7) return '2a00::7';
  const text = host < 50 ? `10.0.0.${host}` : `8.8.8.${host - 50}`;
  return realm !== 0 && takesRealm(Uint32Array.from(wordsOf(host)), 0) ? `${text}@${realm.toString(16)}` : text;
}

const hasher = new KeyHasher();
const options: StatisticsOptions = { exact: true, topCapacity: 1024, by: 'octets' };

function fed(stream: readonly Fed[], how: StatisticsOptions = options): Statistics {
  const statistics = new Statistics(how, hasher);
  for (const { a, b, ports, counts, realm, service, isFlow } of stream) {
    statistics.deltas.set(counts);
    const words = Uint32Array.from([1, 2, ...wordsOf(a), ...wordsOf(b)]);
    statistics.feed(words, 2, realm, 17, ports[0], ports[1], service ? serviceKey(17, ports[1]) : -1, isFlow);
  }
  return statistics;
}

/** The same by plain sets and maps of strings, from the words of the definitions. */
function naive(stream: readonly Fed[], has: (key: string) => boolean = () => true): Side {
  const top: Record<string, Map<string, number[]>> = {};
  for (const name of ['hosts', 'sources', 'destinations', 'pairs', 'services']) top[name] = new Map();
  const flows = new Set<string>();
  const add = (name: string, key: string, packets: number, octets: number): void => {
    const list = top[name]!;
    const [p, o] = list.get(key) ?? [0, 0];
    list.set(key, [p! + packets, o! + octets]);
  };
  for (const { a, b, ports, counts, realm, service, isFlow } of stream) {
    const [nameA, nameB] = [nameOf(a, realm), nameOf(b, realm)];
    for (const [from, to, packets, octets] of [
      [nameA, nameB, counts[0], counts[1]],
      [nameB, nameA, counts[2], counts[3]],
    ] as const) {
      if (packets === 0) continue;
      add('sources', from, packets, octets);
      add('destinations', to, packets, octets);
      add('pairs', `${from} ${to}`, packets, octets);
      add('hosts', from, packets, octets);
      if (to !== from) add('hosts', to, packets, octets);
    }
    if (!isFlow || counts[0] + counts[2] === 0) continue;
    flows.add([`${nameA} :${ports[0]}`, `${nameB} :${ports[1]}`].sort().join(' '));
    if (service) add('services', `${ports[1]}/udp`, counts[0] + counts[2], counts[1] + counts[3]);
  }
  return sideOf(top, flows, has);
}

interface Side {
  distinct: Record<string, number>;
  top: Record<string, Map<string, number[]>>;
}

function sideOf(top: Side['top'], flows: ReadonlySet<string>, has: (key: string) => boolean): Side {
  const kept = Object.entries(top).map(
    ([name, list]) => [name, new Map([...list].filter(([key]) => has(key)))] as const,
  );
  const distinct = Object.fromEntries(kept.map(([name, list]) => [name, list.size]));
  return {
    distinct: { ...distinct, flows: [...flows].filter((flow) => has(flow)).length },
    top: Object.fromEntries(kept),
  };
}

const counts = fc
  .tuple(fc.nat(3), fc.nat(100), fc.nat(3), fc.nat(100))
  .map(([packetsA, sizeA, packetsB, sizeB]): [number, number, number, number] => [
    packetsA,
    packetsA * sizeA,
    packetsB,
    packetsB * sizeB,
  ]);
const streams = fc.array(
  fc.record({
    a: fc.nat(99),
    b: fc.nat(99),
    ports: fc.tuple(fc.constantFrom(0, 53, 40_000, 65_535), fc.constantFrom(53, 443, 65_535)),
    counts,
    realm: fc.constantFrom(0, 0, 0x89abcdef),
    service: fc.boolean(),
    isFlow: fc.boolean(),
  }),
  { maxLength: 300, size: 'max' },
);

function expectLists(
  shown: Record<string, ResultRow[]>,
  top: Record<string, Map<string, number[]>>,
  exact: boolean,
): void {
  for (const [name, list] of Object.entries(top)) {
    const rows = shown[name]!;
    if (exact) expect(rows).toHaveLength(list.size);
    for (const row of rows) {
      const [packets, octets] = list.get(row.key)!;
      expect(Math.abs(row.packets - packets!)).toBeLessThanOrEqual(exact ? 0 : row.error.packets);
      expect(Math.abs(row.octets - octets!)).toBeLessThanOrEqual(exact ? 0 : row.error.octets);
      if (exact) expect(row.error).toEqual({ packets: 0, octets: 0 });
    }
  }
}

/** Whether all addresses in a key are of 10/8. */
function allLocal(key: string): boolean {
  return key.split(' ').every((end) => end.startsWith('10.') || end.startsWith(':'));
}

test('every count is that of plain sets and maps', () => {
  fc.assert(
    fc.property(streams, (stream) => {
      const { distinct, top } = naive(stream);
      const result = resultOf(fed(stream).toSummary(), 10_000, 'octets');
      for (const [name, count] of Object.entries(result.distinct)) {
        expect([name, count.estimate, count.exact]).toEqual([name, distinct[name], true]);
      }
      expectLists(result.top, top, true);
      for (const [side, isLocal] of [
        ['local', true],
        ['remote', false],
      ] as const) {
        const truth = naive(stream, (key) => allLocal(key) === isLocal);
        for (const [name, count] of Object.entries(result[side].distinct)) {
          expect([side, name, count.estimate, count.exact]).toEqual([side, name, truth.distinct[name], true]);
        }
        const { services: _, ...lists } = truth.top;
        expectLists(result[side].top, lists, true);
      }
      const small = resultOf(
        fed(stream, { exact: false, topCapacity: 8, by: 'packets' }).toSummary(),
        10_000,
        'packets',
      );
      expectLists(small.top, top, false);
    }),
    { numRuns: 60 },
  );
});

test('two workers and one count the same, through sections or not', () => {
  fc.assert(
    fc.property(streams, streams, (a, b) => {
      const whole = fed([...a, ...b]).toSummary();
      const merged = Summary.fromSections(fed(b).toSummary().toSections());
      if (merged instanceof Refusal) throw new Error(merged.toString());
      merged.merge(fed(a).toSummary());
      expect(registersOf(merged)).toEqual(registersOf(whole));
      expect(resultOf(merged, 1000, 'octets')).toEqual(resultOf(whole, 1000, 'octets'));
    }),
    { numRuns: 30 },
  );
});

test('a summary without sections is empty and neutral', () => {
  const empty = Summary.fromSections([]);
  if (empty instanceof Refusal) throw new Error(empty.toString());
  const statistics = fed([
    { a: 1, b: 60, ports: [40_000, 53], counts: [2, 200, 1, 300], realm: 0, service: true, isFlow: true },
  ]);
  statistics.ended.set([500, 0.25, 0.125, Number.NaN]);
  statistics.connectionEnded();
  statistics.counters.add('flows.udp', 1);
  const summary = statistics.toSummary();
  empty.merge(summary);
  expect(empty.toSections()).toEqual(summary.toSections());
  const bothEnds = { hosts: known(1), sources: known(1), destinations: known(1) };
  const nobody = { estimate: 0, lower: 0, upper: 0, exact: true };
  expect(resultOf(empty, 1, 'octets')).toEqual({
    dns: { queries: 0, responses: 0, names: nobody, types: {}, rcodes: {}, encrypted: {} },
    http: { requests: 0, responses: 0, byStatusClient: [], byStatusServer: [], unseen: null },
    tls: { clientHellos: 0, serverNames: nobody },
    distinct: {
      ...Object.fromEntries(['hosts', 'sources', 'destinations', 'pairs'].map((name) => [name, known(2)])),
      services: known(1),
      flows: known(1),
    },
    top: {
      hosts: [{ key: '8.8.8.10', packets: 3, octets: 500, error: { packets: 0, octets: 0 } }],
      sources: [{ key: '8.8.8.10', packets: 1, octets: 300, error: { packets: 0, octets: 0 } }],
      destinations: [{ key: '10.0.0.1', packets: 1, octets: 300, error: { packets: 0, octets: 0 } }],
      pairs: [{ key: '8.8.8.10 10.0.0.1', packets: 1, octets: 300, error: { packets: 0, octets: 0 } }],
      services: [{ key: '53/udp', packets: 3, octets: 500, error: { packets: 0, octets: 0 } }],
    },
    local: {
      distinct: { ...bothEnds, pairs: known(0), flows: known(0) },
      top: {
        hosts: [{ key: '10.0.0.1', packets: 3, octets: 500, error: { packets: 0, octets: 0 } }],
        sources: [{ key: '10.0.0.1', packets: 2, octets: 200, error: { packets: 0, octets: 0 } }],
        destinations: [{ key: '10.0.0.1', packets: 1, octets: 300, error: { packets: 0, octets: 0 } }],
        pairs: [],
      },
    },
    remote: {
      distinct: { ...bothEnds, pairs: known(2), flows: known(1) },
      top: {
        hosts: [{ key: '8.8.8.10', packets: 3, octets: 500, error: { packets: 0, octets: 0 } }],
        sources: [{ key: '8.8.8.10', packets: 1, octets: 300, error: { packets: 0, octets: 0 } }],
        destinations: [{ key: '8.8.8.10', packets: 2, octets: 200, error: { packets: 0, octets: 0 } }],
        pairs: [{ key: '8.8.8.10 10.0.0.1', packets: 1, octets: 300, error: { packets: 0, octets: 0 } }],
      },
    },
    sizes: { p50: 500, p90: 500, p99: 500 },
    durations: { p50: 0.25, p90: 0.25, p99: 0.25 },
    handshakes: { p50: 0.125, p90: 0.125, p99: 0.125 },
    retransmits: { p50: null, p90: null, p99: null },
  });
});

function known(count: number): object {
  return { estimate: count, lower: count, upper: count, exact: true };
}

test('lists are cut to what a window ships, and the rest is in the floors', () => {
  const stream = Array.from({ length: 40 }, (_, i) => ({
    a: i + 8,
    b: 95,
    ports: [1000, 53] as const,
    counts: [i + 1, 100_000 - 1000 * i, 0, 0] as const,
    realm: 0,
    service: true,
    isFlow: true,
  }));
  const summary = fed(stream).toSummary();
  summary.cutLists(4);
  const { topSources } = summary.values;
  expect(topSources.remote.count).toBe(0);
  expect(topSources.local.count).toBe(8);
  expect(topSources.local).toMatchObject({ floorPackets: 36, floorOctets: 96_000 });
  const shown = resultOf(summary, 4, 'octets').top.sources;
  expect(shown.map((row) => row.octets)).toEqual([100_000, 99_000, 98_000, 97_000]);
});
