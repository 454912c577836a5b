import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { allColumns } from '../../test/store/allColumns.ts';
import { engineProcesses } from '../../test/store/engineProcess.ts';
import { describeError } from '../../runtime/error.ts';
import { silentLogger } from '../../runtime/log.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { createChdbEngine } from './chdbEngine.ts';
import type { Engine } from './engine.ts';
import { winLevel } from './schema.ts';
import { tables } from './tables.ts';
import type { Table } from './schema.ts';
import { name, sql } from './sql.ts';

const clock = systemClock();
let directory = '';
let engine: Engine;
let metrics: Metrics;

/** A name that means something to a shell, to XML and in a pattern of files. */
const odd = "a{b,c} 'd' & *<e>";

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'picket-engine-'));
  await begin();
});
afterEach(async () => {
  await engine.stop(clock.elapsed() + 5000);
  rmSync(directory, { recursive: true, force: true });
});

async function begin(): Promise<void> {
  metrics = new Metrics();
  const limits = { memoryBytes: 1 << 30, sessions: 3, queryMillis: 10_000, queryBytes: 256 << 20 };
  engine = createChdbEngine(
    { directory: join(directory, odd), ...limits },
    {
      clock,
      log: silentLogger(),
      metrics,
      fail: (error) => {
        throw error;
      },
    },
  );
  await engine.start();
}

/** Rows of any table whose columns all hold their row's number. */
function rowsOf(table: Table, values: readonly number[]) {
  return Object.fromEntries(
    table.columns.map(([column, type]) => [
      column,
      type === 'String' ? values.map((value) => Uint8Array.of(value, 0, 255, 39, 92, 10)) : values,
    ]),
  );
}

test('every table takes rows and gives back the same bytes, also after a restart', async () => {
  for (const table of tables()) await engine.insert(table, rowsOf(table, [3, 1, 2]));
  await engine.stop(clock.elapsed() + 5000);
  await begin();
  for (const table of tables()) {
    const rows = await engine.select(
      sql`SELECT ${allColumns(table)} FROM ${name(table.name)} ORDER BY ${name(table.order[0] ?? '')}`,
    );
    expect(rows.count).toBe(3);
    for (const [column, type] of table.columns) {
      if (type === 'String')
        expect(rows.bytes(`v_${column}`).map((value) => [...value])).toEqual(
          [1, 2, 3].map((value) => [value, 0, 255, 39, 92, 10]),
        );
      else expect([...rows.numbers(`v_${column}`)]).toEqual([1, 2, 3]);
    }
  }
});

test('values stand in statements as what they are', async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  const text = `'; DROP TABLE sk_raw; -- \\' \u0000 å`;
  const rows = await engine.select(
    sql`SELECT ${bytes} AS b, ${text} AS t, toInt64(${-5}) AS n, toUInt8(3 IN (${[1, 3]})) AS i, toUInt8(3 IN (${[]})) AS e`,
  );
  expect([...(rows.bytes('b')[0] ?? [])]).toEqual([...bytes]);
  expect(Buffer.from(rows.bytes('t')[0] ?? []).toString()).toBe(text);
  expect([rows.single('n'), rows.single('i')]).toEqual([-5, 1]);
  expect((await engine.select(sql`SELECT count() AS n FROM sk_raw`)).single('n')).toBe(0);
});

test('a killed engine is started again: questions are asked again, inserts fail', async () => {
  await engine.ready();
  const table = winLevel('1m');
  const slow = engine.select(sql`SELECT sum(sleepEachRow(0.2)) AS n FROM numbers(5)`);
  const write = engine.exec(sql`INSERT INTO win_1m (tap) SELECT toUInt32(sleepEachRow(0.9)) FROM numbers(3)`);
  const failed = expect(write).rejects.toMatchObject({ code: 'engine.died' });
  await engine.insert(table, rowsOf(table, [1]));
  for (const pid of engineProcesses()) process.kill(pid, 'SIGKILL');
  await failed;
  expect((await slow).count).toBe(1);
  expect((await engine.select(sql`SELECT tap FROM win_1m`)).count).toBe(1);
  expect(metrics.read().find((metric) => metric.name === 'engine_restarts')?.value).toBe(1);
});

test('an engine that does not load ends the manager with one line that says what to do', async () => {
  const script = join(directory, 'noEngine.mjs');
  writeFileSync(script, "process.send({ type: 'fatal', message: 'libchdb.so: cannot open', again: false });");
  const failed = Promise.withResolvers<unknown>();
  const limits = { memoryBytes: 1 << 30, sessions: 1, queryMillis: 1000, queryBytes: 1 << 20 };
  const broken = createChdbEngine(
    { directory: join(directory, 'broken'), ...limits },
    { clock, log: silentLogger(), metrics: new Metrics(), fail: failed.resolve, script },
  );
  await broken.start();
  const asked = broken.select(sql`SELECT 1`);
  await expect(asked).rejects.toMatchObject({ code: 'engine.missing' });
  const line = describeError(await failed.promise);
  expect(line).toContain("run 'npm ci'");
  expect(line).toContain('libchdb.so: cannot open');
  expect(line).not.toContain('\n');
  await broken.stop(clock.elapsed() + 1000);
});
