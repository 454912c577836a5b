import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeColumns } from '../../core/records/columns.ts';
import { dns } from '../../core/records/dns.ts';
import { encodeLogBatch } from '../../core/records/logBatch.ts';
import type { Row } from '../../core/records/record.ts';
import { FilterFault, parseRowFilter, type RowTest } from '../../core/records/rowFilter.ts';
import { rowMatch } from '../../core/records/rowMatch.ts';
import { createLogRetention } from '../../manager/store/logRetention.ts';
import type { LogRowsQuery } from '../../manager/store/logStore.ts';
import { sql } from '../../manager/store/sql.ts';
import { DurableKind } from '../../proto/link.ts';
import { systemClock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/log.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { openStore, type OpenStore } from './storeBench.ts';

let directory = '';
let store: OpenStore;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'picket-log-rows-'));
  store = await openStore(directory);
}, 60_000);
afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

const stream = 'ab'.repeat(16);
const now = Date.now();
const start = Math.floor(now / 1000) - 100;

function row(i: number, more: Record<string, Row[string]> = {}): Row {
  return {
    ts: start + i / 8,
    uid: `C${i}`,
    'id.orig_h': i % 3 === 0 ? `2001:db8::${i + 1}` : `10.0.${i % 5}.${i}`,
    'id.orig_p': 1024 + i,
    'id.resp_h': '192.0.2.53',
    'id.resp_p': 53,
    proto: 'udp',
    ...(i % 4 === 0 ? {} : { query: `host${i}.example.${i % 2 === 0 ? 'org' : 'net'}`, qtype: i % 7, rtt: i / 1000 }),
    ...(i % 5 === 0 ? { answers: i % 10 === 0 ? [] : [`192.0.2.${i}`, 'a\0b', ''], TTLs: [i, 300] } : {}),
    AA: i % 2 === 0,
    TC: false,
    RD: true,
    RA: false,
    Z: i % 3,
    rejected: false,
    ...more,
  };
}

function append(
  seq: number,
  rows: readonly Row[],
  span: [number, number],
  over: { sensor?: string; dropped?: number } = {},
) {
  const { sensor = 'a', dropped = 0 } = over;
  const times = rows.map(({ ts }) => Number(ts));
  const plain = encodeLogBatch({
    log: 'dns',
    tap: 'tap0',
    rows: rows.length,
    from: span[0],
    to: span[1],
    first: Math.min(...times),
    last: Math.max(...times),
    dropped,
    columns: new Uint8Array(encodeColumns(dns, rows)),
  });
  const bytes = deflateRawSync(plain);
  const common = { site: 'oslo', sensor, replay: false, kind: DurableKind.LOG, arrivedMillis: now };
  return store.store.append({
    ...common,
    stream: sensor === 'a' ? stream : 'cd'.repeat(16),
    seq,
    bytes,
    inflated: plain.length,
  });
}

const all: LogRowsQuery = {
  log: dns,
  from: start - 10,
  to: start + 1000,
  sites: [],
  sensors: [],
  test: undefined,
  limit: 10_000,
};
const rowsOf = async (query: Partial<LogRowsQuery> = {}): Promise<Row[]> =>
  (await store.logs.rows({ ...all, ...query })).rows.map((one) => one.row);

const filters = [
  'query contains example.org and not qtype == 3',
  'query',
  'not query',
  'qtype != 3',
  'qtype < 3 or rtt >= 0.05',
  'id.orig_h in 10.0.1.0/24',
  'id.orig_h in 2001:db8::/120',
  'id.orig_h in ::/0',
  'id.orig_h == 2001:db8:0::4',
  'id.orig_h != 10.0.1.1',
  'answers == ""',
  'answers == 192.0.2.5',
  'answers contains 0.2.1',
  'answers',
  'answers contains ""',
  'TTLs > 300 or TTLs < 6',
  'TTLs == 300',
  'AA and not Z == 1',
  `ts >= ${start + 5.125}`,
  'query == "it\'s \\"quoted\\""',
];

test('rows are the same while they wait and when they are loaded, also those that a filter lets through', async () => {
  const rows = [...Array.from({ length: 70 }, (_, i) => row(i)), row(70, { query: 'it\'s "quoted"' })];
  const arrived: string[] = [];
  const stop = store.logs.subscribe(({ site, sensor, tap, log, rows: told }) =>
    arrived.push(`${site}/${sensor}/${tap} ${log.path} ${told.length}`),
  );
  expect(await append(1, rows.slice(0, 40), [start, start + 5])).toBe(true);
  await store.loader.drained();
  expect(await append(2, rows.slice(40), [start + 5, start + 10])).toBe(true);
  expect(await append(2, rows.slice(40), [start + 5, start + 10])).toBe(false);
  expect(arrived).toEqual(['oslo/a/tap0 dns 40', 'oslo/a/tap0 dns 31']);
  stop();
  for (const isLoaded of [false, true]) {
    if (isLoaded) await store.loader.drained();
    expect(await rowsOf()).toEqual(rows);
    for (const text of filters) {
      const filter = parseRowFilter(dns, text);
      if (filter instanceof FilterFault) throw new Error(String(filter));
      const wanted = rows.filter(rowMatch(filter satisfies RowTest));
      expect(wanted.length, text).toBeGreaterThan(0);
      expect(await rowsOf({ test: filter }), text).toEqual(wanted);
    }
    expect(await store.logs.rows({ ...all, limit: 3, fields: ['ts', 'query'] })).toMatchObject({
      more: true,
      rows: rows
        .slice(-3)
        .map(({ ts, query }) => ({ site: 'oslo', row: query === undefined ? { ts } : { ts, query } })),
    });
    expect(await rowsOf({ from: start + 1, to: start + 2 })).toEqual(rows.slice(8, 16));
    expect(await rowsOf({ sensors: ['b'] })).toEqual([]);
    expect(await rowsOf({ sensors: ['oslo/a'], sites: ['oslo'] })).toHaveLength(71);
  }
  const counted = await store.engine.select(sql`SELECT count() AS n FROM log_dns`);
  expect(counted.single('n')).toBe(71);
});

test('what lies between two spans is told to be lost, and so are rows that were given up', async () => {
  const of = { ...all, sensors: ['b'] };
  await append(1, [row(0)], [start, start + 1], { sensor: 'b' });
  await append(2, [row(1)], [start + 1, start + 2], { sensor: 'b', dropped: 7 });
  expect(await store.logs.losses(of)).toEqual({ gaps: [], dropped: 7, cut: false });
  await store.loader.drained();
  await append(3, [row(2)], [start + 9, start + 10], { sensor: 'b' });
  const gap = { site: 'oslo', sensor: 'b', tap: 'tap0', from: start + 1, to: start + 10 };
  expect(await store.logs.losses(of)).toEqual({ gaps: [gap], dropped: 7, cut: false });
  expect((await store.logs.losses({ ...of, from: start + 20, to: start + 30 })).gaps).toEqual([]);
  // What waits beyond the range is not the neighbour of what is loaded.
  await append(4, [row(3)], [start + 10, start + 11], { sensor: 'b' });
  await store.loader.drained();
  await append(5, [row(4)], [start + 11, start + 12], { sensor: 'b' });
  expect((await store.logs.losses({ ...of, from: start + 9.5, to: start + 10 })).gaps).toEqual([gap]);
  await append(6, [row(5)], [start + 12, start + 13], { sensor: 'b' });
  expect((await store.logs.losses({ ...of, to: start + 2 })).gaps).toEqual([]);
});

test('a log that nobody knows, or with other fields, is kept as it came and counted', async () => {
  const before = store.value('store_unreadable_records');
  const bytes = encodeLogBatch({
    log: 'dns',
    tap: 'tap0',
    rows: 1,
    from: 1,
    to: 2,
    first: 1,
    last: 1,
    dropped: 0,
    columns: new Uint8Array(encodeColumns({ ...dns, fields: dns.fields.slice(1) }, [row(0)])),
  });
  const common = {
    site: 'oslo',
    sensor: 'c',
    replay: false,
    kind: DurableKind.LOG,
    arrivedMillis: now,
    stream: 'ef'.repeat(16),
  };
  await store.store.append({ ...common, seq: 1, bytes, inflated: 0 });
  await store.store.append({ ...common, seq: 2, bytes: Uint8Array.of(1, 2, 3), inflated: 0 });
  await store.loader.drained();
  expect(store.value('store_unreadable_records')).toBe(before + 2);
  const kept = await store.engine.select(sql`SELECT count() AS n FROM msg_raw WHERE kind = ${DurableKind.LOG}`);
  expect(kept.single('n')).toBe(2);
});

test('rows go by whole hours when their time is over, also where most logs have no table', async () => {
  const look = async (seconds: number, hoursLater: number): Promise<void> => {
    const clock = { ...systemClock(), now: () => now + hoursLater * 3_600_000 };
    const deps = { engine: store.engine, clock, log: silentLogger(), metrics: new Metrics() };
    await createLogRetention({ seconds, bytes: 2 ** 40 }, deps).run();
  };
  await store.loader.drained();
  const before = (await rowsOf()).length;
  expect(before).toBeGreaterThan(70);
  await look(7200, 2);
  expect(await rowsOf()).toHaveLength(before);
  await look(7200, 4);
  expect(await rowsOf()).toEqual([]);
  expect((await store.engine.select(sql`SELECT count() AS n FROM log_span`)).single('n')).toBe(0);
});
