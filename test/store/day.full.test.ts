import { request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Answer } from '../../proto/api.ts';
import { Deployment } from '../support/deployment.ts';
import { DayParts, windowSeconds } from './dayParts.ts';
import type { DayTruth } from './dayParts.ts';
import { sendParts } from './loadGenerator.ts';

/**
 * A day of 100 sensors whose windows are minutes, and the hour after it: through the link into a manager of its own
 * process, and asked for there. Its cost is told by the manager's own count of rows that came back from the engine.
 */
const daySeconds = 86_400;
/** The day before yesterday: over, as a day has to be. */
const midnight = Math.floor(Date.now() / 1000 / daySeconds) * daySeconds - 2 * daySeconds;
const dayMinutes = 1440;
const day = new DayParts({ sensors: 100, from: midnight, minutes: dayMinutes + 60, hosts: 30, pool: 20_000 });
/** Where the rolling day begins: it has windows of all levels at both of its ends. */
const rolledMinutes = 37;

let deployment: Deployment;
let truth: DayTruth;
beforeAll(async () => {
  deployment = await Deployment.start();
});
afterAll(() => deployment.stop());

function ask<Shape>(path: string): Promise<Shape> {
  const { promise, resolve, reject } = Promise.withResolvers<Shape>();
  const asking = request({ socketPath: deployment.socket, path, agent: false }, (response) => {
    let body = '';
    response.setEncoding('utf8').on('data', (text: string) => (body += text));
    response.on('end', () => {
      if (response.statusCode === 200) resolve(JSON.parse(body) as Shape);
      else reject(new Error(`${response.statusCode}: ${body}`));
    });
  });
  asking.on('error', reject).end();
  return promise;
}

async function metric(name: string): Promise<number> {
  const { metrics } = await ask<Answer<'health'>>('/api/v1/health');
  const found = metrics.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no metric ${name}`);
  return found.value;
}

/** An answer, and the rows that it took. */
async function priced<Shape>(answering: () => Promise<Shape>): Promise<{ answer: Shape; rows: number }> {
  const before = await metric('store_rows_read');
  const answer = await answering();
  return { answer, rows: (await metric('store_rows_read')) - before };
}

const spanOf = (from: number, to: number): string => `from=${from}&to=${to}`;
const utcDay = spanOf(midnight, midnight + daySeconds);
const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

test('a day is taken in, each part once', async () => {
  const sensors = Array.from({ length: day.shape.sensors }, (_, sensor) => sensor);
  await Promise.all(
    sensors.map((sensor) =>
      sendParts(deployment.socket, { site: `site${sensor % 10}`, name: `s${sensor}` }, bodiesOf(sensor)),
    ),
  );
  truth = day.truth();
  const { coverage } = await ask<Answer<'total'>>(`/api/v1/total?${utcDay}`);
  expect(coverage.packets.seen).toBe(sum(truth.packets.subarray(0, dayMinutes)));
  expect(coverage.seconds).toEqual({ expected: 100 * daySeconds, present: 100 * daySeconds });
});

function* bodiesOf(sensor: number) {
  for (let minute = 0; minute < day.shape.minutes; minute++) yield day.message(sensor, minute);
}

test('it is rolled up into all levels', async () => {
  for (const end = performance.now() + 400_000; (await metric('rollup_waiting')) > 0; await setTimeout(500))
    if (performance.now() > end) throw new Error(`${await metric('rollup_waiting')} cells were not rolled up`);
});

test('distinct hosts of the day', async () => {
  const { answer, rows } = await priced(() => ask<Answer<'distinct'>>(`/api/v1/distinct/hosts?${utcDay}`));
  const hosts = dayTruth().sources.copy();
  hosts.merge(dayTruth().destinations);
  expect(answer.value).toEqual(hosts.estimate());
  expect(rows).toBeLessThanOrEqual(3000);
});

test('top hosts of the day', async () => {
  const { answer, rows } = await priced(() => ask<Answer<'top'>>(`/api/v1/top/hosts?limit=20&${utcDay}`));
  const { octets } = dayTruth();
  const largest = Array.from(octets.keys())
    .sort((a, b) => octets[b]! - octets[a]!)
    .slice(0, 20);
  const byKey = new Map(Array.from(octets, (count, host) => [day.address(host), count]));
  expect(answer.rows.length).toBe(20);
  for (const row of answer.rows)
    expect(Math.abs(byKey.get(row.key)! - row.octets)).toBeLessThanOrEqual(row.error.octets);
  expect(answer.rows[0]?.key).toBe(day.address(largest[0]!));
  expect(rows).toBeLessThanOrEqual(3000);
});

test('a series of its hours', async () => {
  const { answer, rows } = await priced(() => ask<Answer<'series'>>(`/api/v1/series/packets?step=3600&${utcDay}`));
  const hours = Array.from({ length: 24 }, (_, hour) => sum(truth.packets.subarray(60 * hour, 60 * hour + 60)));
  expect(answer.rows.map(({ value }) => value)).toEqual(hours);
  expect(rows).toBeLessThanOrEqual(3000);
});

test('a rolling day', async () => {
  const from = midnight + rolledMinutes * windowSeconds;
  const span = spanOf(from, from + daySeconds);
  const packets = sum(truth.packets.subarray(rolledMinutes, rolledMinutes + dayMinutes));
  for (const path of ['distinct/hosts', 'top/hosts', 'series/packets']) {
    const { answer, rows } = await priced(() => ask<Answer<'distinct'>>(`/api/v1/${path}?${span}`));
    expect(answer.coverage.packets.seen).toBe(packets);
    expect(answer.coverage.seconds.present).toBe(100 * daySeconds);
    expect(rows, path).toBeLessThanOrEqual(8000);
  }
});

/** Of the day alone. */
function dayTruth(): DayTruth {
  return new DayParts({ ...day.shape, minutes: dayMinutes }).truth();
}
