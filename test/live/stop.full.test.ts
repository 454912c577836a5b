import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Deployment } from '../support/deployment.ts';
import { needNamespaces, send } from '../support/live.ts';
import { counter, createPair } from '../support/namespaces.ts';
import type { NamespacePair } from '../support/namespaces.ts';
import { seconds, wholeWindows } from './windows.ts';

let pair: NamespacePair;
let deployment: Deployment | undefined;

beforeEach((context) => {
  needNamespaces(context);
  pair = createPair('stop');
});
afterEach(async () => {
  await deployment?.stop();
  deployment = undefined;
  pair?.remove();
});

test('what was sent until the moment of a stop is counted and covered, once', { timeout: 90_000 }, async () => {
  const running = await Deployment.start();
  deployment = running;
  const from = Math.floor(seconds());
  // A block that is not full is handed over after two seconds only: packets are in it when the order to stop comes.
  const env = { PICKET_BLOCK_TIMEOUT_MILLIS: '2000', PICKET_WINDOW_SECONDS: '10' };
  let sensor = await running.startSensor(pair.b, ['vb'], env);
  expect(await send(pair.a, { interface: 'va', count: 1000, rate: 20_000 })).toBe(1000);
  const stopping = seconds();
  expect(await sensor.stop()).toBe(0);
  const stopped = seconds();
  // It is at the manager when the sensor has ended: nothing waits for the next start.
  const { coverage } = running.distinct('hosts', from, Math.ceil(stopped));
  expect(coverage.packets).toMatchObject({ seen: 1000, kernel: 0 });
  expect(coverage.seconds.present).toBeLessThan(stopped - from);
  sensor = await running.startSensor(pair.b, ['vb'], env);
  const restarted = seconds();
  expect(await send(pair.a, { interface: 'va', count: 500, rate: 20_000 })).toBe(500);
  const stoppingAgain = seconds();
  expect(await sensor.stop()).toBe(0);
  const end = seconds();
  const both = running.distinct('hosts', from, Math.ceil(end)).coverage;
  expect(both.packets).toMatchObject({ seen: 1500, kernel: 0 });
  // Not the time in which no sensor ran, also when both were in one window.
  const away = restarted - stopped;
  expect(both.seconds.present).toBeGreaterThanOrEqual(coverage.seconds.present + (stoppingAgain - restarted) - 0.05);
  expect(both.seconds.present).toBeLessThan(end - from - Math.max(0, away - (restarted - stopping)) + 0.05);
});

test('by libpcap too: a stop loses nothing, also in the middle of traffic', { timeout: 90_000 }, async () => {
  const running = await Deployment.start();
  deployment = running;
  const from = Math.floor(seconds());
  const env = { PICKET_SOURCE: 'libpcap', PICKET_BLOCK_TIMEOUT_MILLIS: '500', PICKET_WINDOW_SECONDS: '10' };
  let sensor = await running.startSensor(pair.b, ['vb'], env);
  expect(await send(pair.a, { interface: 'va', count: 1000, rate: 20_000 })).toBe(1000);
  expect(await sensor.stop()).toBe(0);
  const { packets } = running.distinct('hosts', from, Math.ceil(seconds())).coverage;
  expect(packets).toMatchObject({ seen: 1000, kernel: 0 });
  sensor = await running.startSensor(pair.b, ['vb'], env);
  const sending = send(pair.a, { interface: 'va', count: 20_000, rate: 10_000 });
  await wholeWindows(1);
  expect(await sensor.stop()).toBe(0);
  expect(await sending).toBe(20_000);
  const { seen } = running.distinct('hosts', from, Math.ceil(seconds())).coverage.packets;
  expect(seen).toBeGreaterThan(1000);
  expect(seen).toBeLessThanOrEqual(21_000);
});

test('a stop in the middle of traffic counts nothing twice', { timeout: 90_000 }, async () => {
  const running = await Deployment.start();
  deployment = running;
  const from = Math.floor(seconds());
  const sending = send(pair.a, { interface: 'va', count: 1e9, rate: 20_000, seconds: 12, pattern: 'addresses:50' });
  let sensors = 0;
  const traffic = { ended: false };
  void sending.finally(() => (traffic.ended = true));
  while (!traffic.ended) {
    const sensor = await running.startSensor(pair.b, ['vb']);
    await wholeWindows(1);
    expect(await sensor.stop()).toBe(0);
    sensors++;
  }
  const count = await sending;
  expect(sensors).toBeGreaterThan(1);
  const { coverage, value } = running.distinct('hosts', from, Math.ceil(seconds()));
  expect(coverage.packets.seen).toBeLessThan(count);
  expect(coverage.packets.kernel).toBe(0);
  // At this rate the packets seen are those of the covered time, and of the moments before and after that are not claimed.
  expect(coverage.packets.seen).toBeGreaterThan(coverage.seconds.present * 20_000 * 0.5);
  expect(Math.abs(value.estimate - 51)).toBeLessThanOrEqual(1);
});

test('killed, a sensor leaves its spool as it was, and nothing arrives twice', { timeout: 90_000 }, async () => {
  const running = await Deployment.start();
  deployment = running;
  const from = Math.floor(seconds());
  let sensor = await running.startSensor(pair.b, ['vb']);
  await running.manager.stop();
  expect(await send(pair.a, { interface: 'va', count: 3000, rate: 5000 })).toBe(3000);
  // The windows of that are closed and on the disk before the kill; what is captured after it began may be lost.
  await wholeWindows(4);
  await send(pair.a, { interface: 'va', count: 200, rate: 5000 });
  expect(await sensor.stop('SIGKILL')).toBe(null);
  sensor = await running.startSensor(pair.b, ['vb']);
  await running.startManager();
  expect(await send(pair.a, { interface: 'va', count: 1000, rate: 5000 })).toBe(1000);
  await running.seen(4000, from, Math.ceil(seconds()) + 5);
  expect(await sensor.stop('SIGKILL')).toBe(null);
  // Acknowledged or not: what is sent again is not counted again.
  sensor = await running.startSensor(pair.b, ['vb']);
  await sensor.said(/connected/);
  expect(await sensor.stop()).toBe(0);
  const { seen } = (await running.seen(4000, from, Math.ceil(seconds()))).coverage.packets;
  expect(seen).toBeGreaterThanOrEqual(4000);
  expect(seen).toBeLessThanOrEqual(4200);
});

test('a sensor whose manager is away for ten seconds catches up', { timeout: 120_000 }, async () => {
  const running = await Deployment.start(pair.b);
  deployment = running;
  const from = Math.floor(seconds());
  const sensor = await running.startSensor(pair.b, ['vb']);
  const sending = send(pair.a, { interface: 'va', count: 30_000, rate: 2000 });
  await running.seen(1000, from, from + 60);
  await running.manager.stop('SIGKILL');
  const away = await wholeWindows(10);
  await running.startManager();
  expect(await sending).toBe(30_000);
  const answer = await running.seen(30_000, from, from + 60);
  expect(answer.coverage.packets).toMatchObject({ seen: 30_000, kernel: 0 });
  expect(running.distinct('hosts', away.from, away.to).coverage.seconds).toEqual({ expected: 10, present: 10 });
  expect(await sensor.stop()).toBe(0);
});

test('a sensor without a manager ends soon all the same, and keeps what it has', { timeout: 60_000 }, async () => {
  const running = await Deployment.start();
  deployment = running;
  const from = Math.floor(seconds());
  const sensor = await running.startSensor(pair.b, ['vb']);
  await sensor.said(/connected/);
  await running.manager.stop();
  expect(await send(pair.a, { interface: 'va', count: 700, rate: 5000 })).toBe(700);
  expect(await sensor.stop()).toBe(0);
  await running.startManager();
  const again = await running.startSensor(pair.b, ['vb']);
  expect((await running.seen(700, from, Math.ceil(seconds()))).coverage.packets.seen).toBe(700);
  expect(await again.stop()).toBe(0);
});

test('a sensor that is stopped for a moment tells what the kernel dropped', { timeout: 90_000 }, async () => {
  const running = await Deployment.start();
  deployment = running;
  const from = Math.floor(seconds());
  const sensor = await running.startSensor(pair.b, ['vb'], { PICKET_RING_BYTES: '1MiB' });
  const before = counter(pair.a, 'va', 'tx_packets');
  execFileSync('kill', ['-STOP', String(sensor.pid)]);
  expect(await send(pair.a, { interface: 'va', count: 30_000, rate: 30_000 })).toBe(30_000);
  execFileSync('kill', ['-CONT', String(sensor.pid)]);
  await wholeWindows(1);
  expect(await sensor.stop()).toBe(0);
  expect(counter(pair.a, 'va', 'tx_packets') - before).toBe(30_000);
  const { packets } = (await running.seen(1000, from, Math.ceil(seconds()))).coverage;
  expect(packets.kernel).toBeGreaterThan(1000);
  expect(packets.seen + packets.kernel).toBe(30_000);
});
