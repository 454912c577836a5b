import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DnsPair } from '../../core/dnsDigest/digest.ts';
import { RttBuckets, rttBucket } from '../../core/dnsDigest/rttBuckets.ts';
import type { DnsScope } from '../../manager/store/dnsScope.ts';
import type { PairRow, PairWanted } from '../../manager/store/dnsStore.ts';
import { digestOf, distinctOf, dnsDelivery, pairOf } from './dnsDigests.ts';
import { openStore } from './storeBench.ts';
import type { OpenStore } from './storeBench.ts';

let directory = '';
let store: OpenStore;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'picket-dns-'));
  store = await openStore(directory);
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

const everywhere: DnsScope = { sites: [], sensors: [], span: undefined };
const day = 86_400;

async function pairs(
  wanted: PairWanted,
  scope: Partial<DnsScope> = {},
  rest: { types?: number[]; limit?: number } = {},
) {
  const { types = [], limit = 100 } = rest;
  return await store.dns.pairs({ wanted, types, limit, scope: { ...everywhere, ...scope } });
}

test('a pair that two sites told is one row, before it is loaded, after it, and after a restart', async () => {
  const { store: door, loader } = store;
  const seen = { first: 1000, last: 2000, count: 3, ttlMin: 30, ttlMax: 60 };
  await door.append(dnsDelivery(1, digestOf({ pairs: [pairOf('www.example.org', '192.0.2.1', seen)] })));
  const later = { first: 400 * day, last: 401 * day, count: 4, ttlMin: 10, ttlMax: 20 };
  const other = digestOf({ pairs: [pairOf('www.example.org', '192.0.2.1', later)] });
  await door.append(dnsDelivery(1, other, { site: 'lima', sensor: 'b' }));
  const whole: PairRow = {
    rrname: 'www.example.org',
    rrtype: 1,
    rdata: '192.0.2.1',
    first: 1000,
    last: 401 * day,
    count: 7,
    ttlMin: 10,
    ttlMax: 60,
    sensors: ['lima/b', 's/n'],
  };
  const look = async () => {
    const byName: PairWanted = { by: 'name', names: ['www.example.org'] };
    expect(await pairs(byName)).toEqual({ rows: [whole], more: false });
    expect(await pairs({ by: 'suffix', suffix: 'example.org' })).toEqual({ rows: [whole], more: false });
    expect(await pairs({ by: 'data', data: ['192.0.2.1'] })).toEqual({ rows: [whole], more: false });
    expect((await pairs(byName, { sites: ['lima'] })).rows).toEqual([{ ...whole, ...later, sensors: ['lima/b'] }]);
    expect((await pairs(byName, { sensors: ['s/n'] })).rows).toEqual([{ ...whole, ...seen, sensors: ['s/n'] }]);
    expect((await pairs(byName, { span: { from: 2000, to: 2001 } })).rows).toMatchObject([{ count: 3 }]);
    expect((await pairs(byName, { span: { from: 2001, to: 400 * day } })).rows).toEqual([]);
    expect((await pairs(byName, {}, { types: [28] })).rows).toEqual([]);
    expect((await pairs({ by: 'suffix', suffix: 'ample.org' })).rows).toEqual([]);
    expect((await pairs({ by: 'name', names: ['example.org'] })).rows).toEqual([]);
  };
  await look();
  await loader.drained();
  expect(store.journal.messages.size).toBe(0);
  await look();
  await door.append(dnsDelivery(2, digestOf({ pairs: [pairOf('www.example.org', '192.0.2.1', later)] })));
  expect((await pairs({ by: 'name', names: ['www.example.org'] })).rows).toMatchObject([{ count: 11 }]);
  await store.close();
  store = await openStore(directory);
  expect((await pairs({ by: 'name', names: ['www.example.org'] })).rows).toMatchObject([{ count: 11 }]);
  await store.loader.drained();
  expect((await pairs({ by: 'name', names: ['www.example.org'] })).rows).toMatchObject([{ count: 11 }]);
});

const anyPair: fc.Arbitrary<DnsPair> = fc
  .record({
    rrname: fc.constantFrom('a.test', 'b.a.test', 'ba.test', 'test', '.', 'x\\046y.test', "o'\\092.test"),
    rrtype: fc.constantFrom(1, 28, 5),
    rdata: fc.constantFrom('192.0.2.1', '2001:db8::1', "it's\n{}", 'a.test', '\u0000'),
    first: fc.integer({ min: 0, max: 5 * day }),
    length: fc.integer({ min: 0, max: 4000 }),
    count: fc.integer({ min: 1, max: 9 }),
    ttl: fc.integer({ min: 0, max: 9 }),
  })
  .map(({ first, length, ttl, ...rest }) => ({ ...rest, first, last: first + length, ttlMin: ttl, ttlMax: ttl + 1 }));

type Told = DnsPair & { sensor: string };

/** What a simple reader of all pairs answers. */
function reference(told: readonly Told[], holds: (pair: Told) => boolean): PairRow[] {
  const rows = new Map<string, PairRow>();
  for (const pair of told.filter(holds)) {
    const id = JSON.stringify([pair.rrname, pair.rrtype, pair.rdata]);
    const { sensor, ...rest } = pair;
    const row = rows.get(id);
    if (row === undefined) rows.set(id, { ...rest, sensors: [`s/${sensor}`] });
    else {
      row.first = Math.min(row.first, pair.first);
      row.last = Math.max(row.last, pair.last);
      row.count += pair.count;
      row.ttlMin = Math.min(row.ttlMin, pair.ttlMin);
      row.ttlMax = Math.max(row.ttlMax, pair.ttlMax);
      row.sensors = [...new Set([...row.sensors, `s/${sensor}`])].sort();
    }
  }
  return [...rows.values()];
}

const byText = (rows: readonly PairRow[]): string[] =>
  rows.map((row) => JSON.stringify(row, Object.keys(row).sort())).sort();

test('whatever is loaded and whatever waits, answers are those of a simple reader, also of the newest few', async () => {
  const told: Told[] = [];
  let seq = 0;
  const step = fc.record({
    pairs: fc.array(anyPair, { minLength: 1, maxLength: 6 }),
    sensor: fc.constantFrom('n', 'm'),
    after: fc.constantFrom('wait', 'wait', 'cut', 'load'),
  });
  const sample = fc.sample(step, { numRuns: 24, seed: 7 });
  for (const { pairs: some, sensor, after } of sample) {
    seq += 1;
    await store.store.append(dnsDelivery(seq, digestOf({ pairs: some }), { sensor }));
    for (const pair of some) told.push({ ...pair, sensor });
    if (after === 'cut') await store.journal.cut();
    if (after === 'load') await store.loader.drained();
    for (const suffix of ['.', 'test', 'a.test']) {
      const { rows } = await pairs({ by: 'suffix', suffix });
      const holds = ({ rrname }: DnsPair) => suffix === '.' || rrname === suffix || rrname.endsWith(`.${suffix}`);
      expect(byText(rows)).toEqual(byText(reference(told, holds)));
    }
    const ofData = await pairs({ by: 'data', data: ["it's\n{}", '\u0000'] }, { sensors: ['m'] });
    const mine = ({ rdata, sensor: by }: Told) => by === 'm' && (rdata === "it's\n{}" || rdata === '\u0000');
    expect(byText(ofData.rows)).toEqual(byText(reference(told, mine)));
    const few = await pairs({ by: 'suffix', suffix: '.' }, {}, { limit: 3 });
    const whole = reference(told, () => true);
    const newest = whole.map(({ last }) => last).sort((a, b) => b - a);
    expect(few.more).toBe(whole.length > 3);
    expect(few.rows.map(({ last }) => last)).toEqual(newest.slice(0, 3));
    const texts = byText(whole);
    for (const row of byText(few.rows)) expect(texts).toContain(row);
  }
});

test('names beside addresses are the newest ones', async () => {
  const at = (last: number, rrname: string, rdata = '192.0.2.1') => pairOf(rrname, rdata, { first: 5, last });
  await store.store.append(dnsDelivery(1, digestOf({ pairs: [at(10, 'old.test'), at(20, 'new.test')] })));
  await store.loader.drained();
  const look = async (scope: Partial<DnsScope> = {}) =>
    [...(await store.dns.namesOf(['192.0.2.1', '192.0.2.9'], { ...everywhere, ...scope }))].map(([, { name }]) => name);
  expect(await look()).toEqual(['new.test']);
  await store.store.append(dnsDelivery(2, digestOf({ pairs: [at(30, 'newest.test')] }), { sensor: 'm' }));
  expect(await look()).toEqual(['newest.test']);
  expect(await look({ sensors: ['n'] })).toEqual(['new.test']);
  expect(await look({ sites: ['nowhere'] })).toEqual([]);
  await store.loader.drained();
  expect(await look()).toEqual(['newest.test']);
  expect((await store.dns.namesOf([], everywhere)).size).toBe(0);
});

test('counts of periods add up, whatever is loaded, and their sketches merge', async () => {
  const rtt = new RttBuckets();
  rtt.add(rttBucket(0.01), 4);
  const period = (start: number, client: string) => {
    const empty = digestOf({ start, seconds: 600 });
    return {
      ...empty,
      names: [
        { name: 'a.test', count: 5, nxdomain: 1, clients: distinctOf(client, '10.0.0.9') },
        { name: `${client}.test`, count: 2, nxdomain: 0, clients: distinctOf(client) },
      ],
      clients: [{ client, count: 7, nxdomain: 1, names: distinctOf('a.test', `${client}.test`) }],
      queries: [
        { client, name: 'a.test', qtype: 1, rcode: 0, count: 4, rtt },
        { client, name: 'a.test', qtype: 1, rcode: -1, count: 1, rtt: undefined },
      ],
      other: { ...empty.other, queries: 2, unnamed: 3, clientless: 1 },
      totals: {
        ...empty.totals,
        queries: 7,
        responses: 6,
        types: [{ value: 1, count: 7 }],
        rcodes: [{ value: -1, count: 1 }],
        names: distinctOf('a.test', `${client}.test`),
        rtt,
      },
      encrypted: { ...empty.encrypted, dot: { flows: 1, octets: 100 } },
    };
  };
  const span = { from: 600, to: 2400 };
  let seq = 0;
  for (const [start, client] of [
    [600, '10.0.0.1'],
    [1200, '10.0.0.2'],
    [1800, '10.0.0.1'],
    [2400, '10.0.0.3'],
  ] as const) {
    seq += 1;
    await store.store.append(dnsDelivery(seq, period(start, client)));
    if (seq === 2) await store.loader.drained();
    if (seq === 3) await store.journal.cut();
  }
  const look = async () => {
    const names = await store.dns.names({ ...everywhere, span }, 2);
    expect(
      names.map(({ name, count, nxdomain, clients }) => [name, count, nxdomain, Math.round(clients.estimate)]),
    ).toEqual([
      ['a.test', 15, 3, 3],
      ['10.0.0.1.test', 4, 0, 1],
    ]);
    const clients = await store.dns.clients({ ...everywhere, span }, 10);
    expect(clients.map(({ client, count, names: asked }) => [client, count, Math.round(asked.estimate)])).toEqual([
      ['10.0.0.1', 14, 2],
      ['10.0.0.2', 7, 2],
    ]);
    const queries = await store.dns.queries({ ...everywhere, span }, { client: '10.0.0.1' }, 10);
    expect(queries.map(({ name, rcode, count, rtt: times }) => [name, rcode, count, times.count])).toEqual([
      ['a.test', 0, 8, 8],
      ['a.test', -1, 2, 0],
    ]);
    expect(await store.dns.queries({ ...everywhere, span }, { client: '10.0.0.1' }, 1)).toHaveLength(1);
    expect(await store.dns.queries({ ...everywhere, span }, { name: 'b.test' }, 10)).toEqual([]);
    const sums = await store.dns.sums({ ...everywhere, span });
    expect(sums).toMatchObject({ span, queries: 21, responses: 18, otherQueries: 6, unnamed: 9, clientless: 3 });
    expect([sums.types.get(1), sums.rcodes.get(-1), sums.encrypted.dot.octets, sums.rtt.count]).toEqual([
      21, 3, 300, 12,
    ]);
    expect(Math.round(sums.names.estimate)).toBe(3);
    expect((await store.dns.sums({ ...everywhere, sites: ['lima'] })).span).toBeUndefined();
  };
  await look();
  await store.loader.drained();
  await look();
});

test('damaged digests, and live ones from the future, are kept and in no answer', async () => {
  const damaged = { ...dnsDelivery(1, digestOf()), bytes: Uint8Array.of(1, 2, 3) };
  const now = Date.now() / 1000;
  const pair = [pairOf('a.test', '192.0.2.1')];
  await store.store.append(damaged);
  await store.store.append(dnsDelivery(2, digestOf({ start: now + 5000, pairs: pair })));
  await store.store.append({ ...damaged, seq: 3, inflated: 50 });
  const look = async () => expect((await pairs({ by: 'name', names: ['a.test'] })).rows).toEqual([]);
  await look();
  await store.loader.drained();
  await look();
  expect(store.value('store_unreadable_records')).toBe(3);
  await store.store.append(dnsDelivery(4, digestOf({ start: now + 5000, pairs: pair }), { replay: true }));
  expect((await pairs({ by: 'name', names: ['a.test'] })).rows).toHaveLength(1);
});

test('retention goes by arrival: counts by days, the history by months', async () => {
  const now = Date.now();
  const past = (days: number): number => now - days * day * 1000;
  const digest = (rrname: string) => ({
    ...digestOf({ start: 600, seconds: 600, pairs: [pairOf(rrname, '192.0.2.1')] }),
    names: [{ name: rrname, count: 1, nxdomain: 0, clients: distinctOf('10.0.0.1') }],
  });
  const ages = { 'ancient.test': 4100, 'old.test': 100, 'new.test': 0 };
  for (const [i, [rrname, days]] of Object.entries(ages).entries()) {
    await store.store.append(dnsDelivery(i + 1, digest(rrname), { arrivedMillis: past(days) }));
    await store.loader.drained();
  }
  await store.dnsRetention.run();
  const { rows } = await pairs({ by: 'suffix', suffix: 'test' });
  expect(rows.map(({ rrname }) => rrname).sort()).toEqual(['new.test', 'old.test']);
  expect((await pairs({ by: 'data', data: ['192.0.2.1'] })).rows).toHaveLength(2);
  expect((await store.dns.names(everywhere, 10)).map(({ name }) => name)).toEqual(['new.test']);
  expect(store.value('store_dropped_dns_partitions')).toBe(6);
});
