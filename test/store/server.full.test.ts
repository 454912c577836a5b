import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PairWanted } from '../../manager/store/dnsStore.ts';
import type { Engine } from '../../manager/store/engine.ts';
import { mergeFiles } from '../../manager/store/levelMergeFiles.ts';
import { tables } from '../../manager/store/tables.ts';
import { createServerEngine } from '../../manager/store/serverEngine.ts';
import { name, sql } from '../../manager/store/sql.ts';
import { systemClock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/log.ts';
import { allColumns } from './allColumns.ts';
import { digestOf, distinctOf, dnsDelivery, pairOf } from './dnsDigests.ts';
import { delivery, openStore } from './storeBench.ts';

const clock = systemClock();
const program = ['/usr/sbin/clickhouse-server', '/usr/bin/clickhouse-server'].find((path) => existsSync(path));
let directory = '';
let server: ChildProcess | undefined;
let port = 0;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port: free } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return free;
}

/** A server of this test's own: its files in a directory that goes away, one port, on loopback. */
beforeAll(async () => {
  if (program === undefined) return;
  directory = mkdtempSync(join(tmpdir(), 'picket-server-'));
  port = await freePort();
  writeFileSync(
    join(directory, 'config.xml'),
    `<yandex><logger><level>error</level><log>${directory}/log</log><errorlog>${directory}/errors</errorlog></logger>
     <listen_host>127.0.0.1</listen_host><http_port>${port}</http_port><tcp_port>${await freePort()}</tcp_port>
     <interserver_http_port>${await freePort()}</interserver_http_port>
     <path>${directory}/data/</path><tmp_path>${directory}/tmp/</tmp_path><user_files_path>${directory}/files/</user_files_path>
     <users_config>users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database>
     <mark_cache_size>33554432</mark_cache_size><timezone>UTC</timezone></yandex>`,
  );
  writeFileSync(
    join(directory, 'users.xml'),
    `<yandex><profiles><default/></profiles><quotas><default/></quotas><users><default><password></password>
     <networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users></yandex>`,
  );
  server = spawn(program, [`--config-file=${join(directory, 'config.xml')}`], {
    stdio: 'ignore',
    cwd: directory,
    env: { PATH: process.env['PATH'], TZ: 'UTC' },
  });
});
afterAll(async () => {
  if (server !== undefined && server.exitCode === null) {
    const gone = new Promise((resolve) => server?.once('exit', resolve));
    server.kill('SIGKILL');
    await gone;
  }
  if (directory !== '') rmSync(directory, { recursive: true, force: true });
});

const engineIn = (database: string): Engine =>
  createServerEngine(
    {
      url: `http://127.0.0.1:${port}`,
      database,
      profile: 'base',
      directory: join(directory, `inserts-${database}`),
      queryMillis: 20_000,
      queryBytes: 1 << 30,
    },
    { clock, log: silentLogger() },
  );

function need(skip: (why: string) => void): void {
  if (program !== undefined) return;
  const why = 'no clickhouse-server here: sh tools/setup full';
  if (process.env['CI'] !== undefined) throw new Error(why);
  skip(why);
}

test('the tables are made by the base profile, take the same bytes and give them back', async (context) => {
  need(context.skip);
  const engine = engineIn('bytes');
  await engine.start();
  try {
    await engine.ready();
    const version = await engine.select(sql`SELECT version() AS v`);
    expect(Buffer.from(version.bytes('v')[0] ?? []).toString()).toMatch(/^\d+\.\d+/);
    for (const table of tables()) {
      const values = Object.fromEntries(
        table.columns.map(([column, type]) => [
          column,
          type === 'String' ? [2, 1].map((value) => Uint8Array.of(value, 0, 255, 39, 92, 10)) : [2, 1],
        ]),
      );
      await engine.insert(table, values);
      const order = name(table.order[0] ?? '');
      const rows = await engine.select(sql`SELECT ${allColumns(table)} FROM ${name(table.name)} ORDER BY ${order}`);
      expect(rows.count).toBe(2);
      for (const [column, type] of table.columns)
        if (type === 'String') expect([...(rows.bytes(`v_${column}`)[1] ?? [])]).toEqual([2, 0, 255, 39, 92, 10]);
        else expect([...rows.numbers(`v_${column}`)]).toEqual([1, 2]);
    }
    await expect(engine.select(sql`SELECT nothing`)).rejects.toMatchObject({ code: 'engine.failed' });
  } finally {
    await engine.stop(0);
  }
});

test('the whole store works on it: loading, levels, answers, retention', async (context) => {
  need(context.skip);
  const state = mkdtempSync(join(tmpdir(), 'picket-server-state-'));
  const store = await openStore(state, { engine: engineIn('whole') });
  try {
    const count = 300;
    const start = 1_700_000_000;
    for (let seq = 1; seq <= count; seq++)
      await store.store.append(delivery(seq, { start: start + seq * 10, packets: 1 }));
    const query = { cuts: [start, start + 1000, start + 100_000], accepts: () => true };
    const byRange = async () => (await store.store.counts(query)).sort((a, b) => a.range - b.range);
    const before = await byRange();
    expect(before.map(({ packets }) => packets)).toEqual([99, 201]);
    await store.loader.drained();
    expect(store.value('store_loaded_rows')).toBe(3 * count);
    expect(await byRange()).toEqual(before);
    const bodies: number[] = [];
    for await (const { section } of store.store.sections(query, new Set([900]))) bodies.push(section.body.length);
    expect(bodies).toHaveLength(count);
    const { queue } = store.levels;
    for (let level = 0; level < queue.levels; level++) await queue.roll(queue.ready(level), mergeFiles);
    expect(await store.store.counts({ ...query, cuts: [start, start + 86_400] })).toMatchObject([{ packets: count }]);
    await store.store.expire();
    expect(store.value('store_load_failures')).toBe(0);
  } finally {
    await store.close();
    rmSync(state, { recursive: true, force: true });
  }
});

test('passive DNS works on it: pairs and counts, loaded and waiting', async (context) => {
  need(context.skip);
  const state = mkdtempSync(join(tmpdir(), 'picket-server-state-'));
  const store = await openStore(state, { engine: engineIn('dns') });
  try {
    const everywhere = { sites: [], sensors: [], span: undefined };
    const pairs = [
      pairOf('www.example.org', "it's\n\u0000"),
      pairOf('example.org', '192.0.2.1', { last: 90_000, count: 2 }),
    ];
    const names = [{ name: 'example.org', count: 3, nxdomain: 1, clients: distinctOf('10.0.0.1') }];
    const clients = [{ client: '10.0.0.1', count: 3, nxdomain: 1, names: distinctOf('example.org') }];
    const queries = [{ client: '10.0.0.1', name: 'example.org', qtype: 1, rcode: 0, count: 3, rtt: undefined }];
    const look = async () => {
      const span = { from: 0, to: 2000 };
      const search = async (wanted: PairWanted, scope = {}) =>
        (await store.dns.pairs({ wanted, types: [1], limit: 10, scope: { ...everywhere, ...scope } })).rows;
      const counted = { ...everywhere, span };
      return [
        await search({ by: 'suffix', suffix: 'example.org' }),
        await search({ by: 'data', data: ["it's\n\u0000"] }, { span, sites: ['s'], sensors: ['s/n'] }),
        await search({ by: 'name', names: ['example.org'] }, { span: { from: 90_001, to: 99_999 } }),
        [...(await store.dns.namesOf(['192.0.2.1'], everywhere))],
        (await store.dns.names(counted, 5)).map(({ count }) => count),
        (await store.dns.clients(counted, 5)).map(({ nxdomain }) => nxdomain),
        (await store.dns.queries(counted, { client: '10.0.0.1' }, 5)).map(({ count }) => count),
        (await store.dns.sums(counted)).span,
      ];
    };
    await store.store.append(dnsDelivery(1, digestOf({ seconds: 600, pairs, names, clients, queries })));
    const first = await look();
    expect(first[0]).toHaveLength(2);
    expect(first[2]).toEqual([]);
    await store.loader.drained();
    expect(await look()).toEqual(first);
    await store.store.append(dnsDelivery(2, digestOf({ start: 1800, seconds: 600, pairs, names, clients, queries })));
    const second = await look();
    expect(second[0]).toMatchObject([{ count: 4 }, { count: 2 }]);
    expect(second[4]).toEqual([6]);
    await store.loader.drained();
    expect(await look()).toEqual(second);
    await store.dnsRetention.run();
    expect(store.value('store_load_failures')).toBe(0);
  } finally {
    await store.close();
    rmSync(state, { recursive: true, force: true });
  }
});
