import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { name, sql } from '../../manager/store/sql.ts';
import { engineProcesses } from './engineProcess.ts';
import { openStore, streamOf } from './storeBench.ts';

const kills = 20;
/** Sections of a part of `delivery`. */
const sections = 2;

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'picket-kills-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A storing process and the greatest number up to which it has acknowledged everything. */
class Storing {
  readonly process: ChildProcess;
  acknowledged = 0;

  constructor(mode: 'many' | 'days' | 'dns') {
    const script = fileURLToPath(new URL('storeProcess.ts', import.meta.url));
    this.process = spawn(process.execPath, [script, directory, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.process.stdout?.on('data', (data: Buffer) => {
      for (const line of data.toString().split('\n'))
        this.acknowledged = Math.max(this.acknowledged, Number(line.trim()));
    });
  }

  /** Resolves when it runs. */
  async ready(): Promise<void> {
    await once(this.process.stdout!, 'data');
  }

  async kill(): Promise<void> {
    const gone = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await gone;
  }
}

/** Rows of each table are there once: those acknowledged all of them, those after it all or none. */
async function expectEachOnce(acknowledged: number, secondsEach: number): Promise<void> {
  const store = await openStore(directory);
  try {
    await store.loader.drained();
    const last = store.store.received(streamOf('n')).at(-1)?.last ?? 0;
    expect(last).toBeGreaterThanOrEqual(acknowledged);
    for (const [table, each] of [
      ['win_raw', 1],
      ['sk_raw', sections],
    ] as const) {
      const rows = await store.engine.select(
        sql`SELECT count() AS n, min(ts) AS first, max(ts) AS last, min(c) AS least, max(c) AS most FROM
            (SELECT ts, count() AS c FROM ${name(table)} GROUP BY ts)`,
      );
      expect({
        rows: rows.single('n'),
        first: rows.single('first'),
        last: rows.single('last'),
        least: rows.single('least'),
        most: rows.single('most'),
      }).toEqual({ rows: last, first: secondsEach, last: last * secondsEach, least: each, most: each });
    }
    const counted = Math.min(last, Math.floor((400 * 86_400) / secondsEach) - 1);
    const cuts = [0, (counted + 1) * secondsEach];
    const [counts] = await store.store.counts({ cuts, accepts: () => true });
    expect(counts?.packets).toBe((counted * (counted + 1)) / 2);
  } finally {
    await store.close();
  }
}

test(`killed ${kills} times while parts are stored and loaded, the manager has each of them once`, async () => {
  let acknowledged = 0;
  for (let i = 0; i < kills; i++) {
    const storing = new Storing('many');
    await storing.ready();
    await setTimeout(Math.random() * 1800);
    await storing.kill();
    acknowledged = Math.max(acknowledged, storing.acknowledged);
  }
  expect(acknowledged).toBeGreaterThan(1000);
  await expectEachOnce(acknowledged, 10);
});

test(`its engine alone killed ${kills} times, each part is there once`, async () => {
  const storing = new Storing('many');
  await storing.ready();
  for (let i = 0; i < kills; i++) {
    await setTimeout(500 + Math.random() * 600);
    for (const pid of engineProcesses(storing.process.pid)) process.kill(pid, 'SIGKILL');
  }
  await setTimeout(500);
  await storing.kill();
  await expectEachOnce(storing.acknowledged, 10);
});

test(`segments that span 400 days of packets, killed ${kills} times while they are loaded, give each row once`, async () => {
  let acknowledged = 0;
  for (let i = 0; i < kills; i++) {
    const storing = new Storing('days');
    await storing.ready();
    // Half of them in what comes after the start of the engine, which takes about half a second.
    await setTimeout(300 + Math.random() * 900);
    await storing.kill();
    acknowledged = Math.max(acknowledged, storing.acknowledged);
  }
  expect(acknowledged).toBeGreaterThanOrEqual(400);
  await expectEachOnce(acknowledged, 86_400);
});

test(`killed ${kills} times while digests of DNS are stored and loaded, the manager counts each of them once`, async () => {
  let acknowledged = 0;
  for (let i = 0; i < kills; i++) {
    const storing = new Storing('dns');
    await storing.ready();
    await setTimeout(Math.random() * 1800);
    // Every other time its engine dies first, under what it loads.
    if (i % 2 === 1) for (const pid of engineProcesses(storing.process.pid)) process.kill(pid, 'SIGKILL');
    await storing.kill();
    acknowledged = Math.max(acknowledged, storing.acknowledged);
  }
  expect(acknowledged).toBeGreaterThan(1000);
  const store = await openStore(directory);
  try {
    const scope = { sites: [], sensors: [], span: undefined };
    const look = async (last: number) => {
      for (const wanted of [
        { by: 'name', names: ['all.test'] },
        { by: 'data', data: ['192.0.2.1'] },
      ] as const)
        expect((await store.dns.pairs({ wanted, types: [], limit: 5, scope })).rows).toMatchObject([{ count: last }]);
      expect(await store.dns.names(scope, 5)).toMatchObject([{ name: 'all.test', count: last }]);
    };
    const last = store.store.received(streamOf('dns-n')).at(-1)?.last ?? 0;
    expect(last).toBeGreaterThanOrEqual(acknowledged);
    // While it is loading, and when it is loaded.
    await look(last);
    await store.loader.drained();
    await look(last);
    const own = await store.engine.select(
      sql`SELECT count() AS n, max(c) AS most FROM
          (SELECT rname, sumMerge(count) AS c FROM pdns WHERE rdata = '192.0.2.2' GROUP BY rname)`,
    );
    expect([own.single('n'), own.single('most')]).toEqual([last, 1]);
  } finally {
    await store.close();
  }
});
