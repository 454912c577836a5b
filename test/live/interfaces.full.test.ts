import { afterEach, beforeEach, expect, test } from 'vitest';
import { capabilitySets } from '../../sensor/privilege/capabilities.ts';
import { unreachable } from '../../sensor/privilege/reach.ts';
import { Deployment, eventually } from '../support/deployment.ts';
import { needNamespaces, send } from '../support/live.ts';
import { counter, createLink, createPair, inside } from '../support/namespaces.ts';
import type { NamespacePair } from '../support/namespaces.ts';
import { userOf } from './processStatus.ts';
import { saidTimes, seconds, wholeWindows } from './windows.ts';

const NOBODY = 65_534;

let pair: NamespacePair;
let deployment: Deployment | undefined;

beforeEach((context) => {
  needNamespaces(context);
  pair = createPair('link', 2);
});
afterEach(async () => {
  await deployment?.stop();
  deployment = undefined;
  pair?.remove();
});

function expectNoCapabilities(pid: number): void {
  const threads = capabilitySets(pid);
  expect(threads.length).toBeGreaterThan(8);
  const none = { permitted: 0n, effective: 0n, ambient: 0n };
  for (const { permitted, effective, ambient } of threads) expect({ permitted, effective, ambient }).toEqual(none);
}

/** A second of traffic into an interface that may not be there: what was really sent does not matter. */
async function trySending(): Promise<void> {
  await send(pair.a, { interface: 'va', count: 2000, rate: 2000, seconds: 1 }).catch(() => 0);
}

test('an interface goes down, up, is removed and made again', { timeout: 120_000 }, async () => {
  const running = await Deployment.start(pair.b);
  deployment = running;
  const from = Math.floor(seconds());
  const starting = seconds();
  const sensor = await running.startSensor(pair.b, ['vb']);
  const started = await saidTimes(sensor, /interface is up/g, 1);
  const refused = unreachable({ uid: NOBODY, gid: NOBODY }, [process.execPath, process.argv[1]!], []);
  expect(userOf(sensor.pid).uid).toBe(refused === undefined ? NOBODY : 0);
  expectNoCapabilities(sensor.pid);

  expect(await send(pair.a, { interface: 'va', count: 2000, rate: 5000 })).toBe(2000);
  const before = await wholeWindows(2);

  const downAt = seconds();
  inside(pair.b, 'ip', 'link', 'set', 'vb', 'down');
  const knownDown = await saidTimes(sensor, /interface is down/g, 1);
  await trySending();
  const down = await wholeWindows(2);
  const upAt = seconds();
  inside(pair.b, 'ip', 'link', 'set', 'vb', 'up');
  const knownUp = await saidTimes(sensor, /interface is up/g, 2);
  expect(await send(pair.a, { interface: 'va', count: 3000, rate: 5000 })).toBe(3000);
  const between = await wholeWindows(2);
  const received = counter(pair.b, 'vb', 'rx_packets');

  const goneAt = seconds();
  inside(pair.b, 'ip', 'link', 'delete', 'vb');
  const knownGone = await saidTimes(sensor, /interface is missing/g, 1);
  const gone = await wholeWindows(2);
  const backAt = seconds();
  createLink(pair);
  const knownBack = await saidTimes(sensor, /interface is up/g, 3);
  expect(await send(pair.a, { interface: 'va', count: 4000, rate: 5000 })).toBe(4000);
  const after = await wholeWindows(2);
  expectNoCapabilities(sensor.pid);

  const stopping = seconds();
  expect(await sensor.stop()).toBe(0);
  const stopped = seconds();
  const to = Math.ceil(stopped);
  expect(received).toBe(5000);
  // What is younger than two seconds is not expected yet.
  await wholeWindows(3);
  const all = await running.seen(9000, from, to);
  expect(all.coverage.packets).toEqual({ seen: 9000, nic: 0, kernel: 0, shed: 0, unrecorded: 0 });

  const coverage = (span: { from: number; to: number }): { expected: number; present: number } =>
    running.distinct('hosts', span.from, span.to).coverage.seconds;
  for (const span of [before, between, after]) expect(coverage(span)).toEqual({ expected: 2, present: 2 });
  for (const span of [down, gone]) {
    const { expected, present } = coverage(span);
    // The wall clock and the one that durations are taken by differ by a millisecond now and then.
    expect([expected, Math.floor(present * 100)]).toEqual([2, 0]);
  }
  // Never more than was watched, and never less than what can't have been blind.
  const { expected, present } = all.coverage.seconds;
  const rounding = 0.05;
  expect(expected).toBe(to - from);
  expect(present).toBeLessThan(stopped - starting - (upAt - knownDown) - (backAt - knownGone) + rounding);
  expect(present).toBeGreaterThan(stopping - started - (knownUp - downAt) - (knownBack - goneAt) - rounding);
});

test('traffic goes on while an interface goes down and up', { timeout: 120_000 }, async () => {
  const running = await Deployment.start();
  deployment = running;
  const from = Math.floor(seconds());
  const sensor = await running.startSensor(pair.b, ['vb']);
  await saidTimes(sensor, /interface is up/g, 1);
  for (let round = 1; round <= 3; round++) {
    const sending = send(pair.a, { interface: 'va', count: 20_000, rate: 10_000, seconds: 20 }).catch(() => 0);
    await eventually(() => counter(pair.b, 'vb', 'rx_packets') > (round - 1) * 20_000 + 500, 'packets');
    inside(pair.b, 'ip', 'link', 'set', 'vb', 'down');
    await saidTimes(sensor, /interface is down/g, round);
    inside(pair.b, 'ip', 'link', 'set', 'vb', 'up');
    await saidTimes(sensor, /interface is up/g, round + 1);
    await sending;
  }
  const received = counter(pair.b, 'vb', 'rx_packets');
  const answer = await running.seen(received, from, Math.ceil(seconds()) + 1, 10);
  expect(answer.coverage.packets.seen).toBe(received);
  await sensor.stop();
});

test('one interface of two is away: the other one is counted, and the gap is told', { timeout: 120_000 }, async () => {
  const running = await Deployment.start();
  deployment = running;
  const from = Math.floor(seconds());
  const sensor = await running.startSensor(pair.b, ['vb', 'vb1', 'vb2']);
  // There is no path for another user to the manager's socket, which is root's.
  expect(userOf(sensor.pid).uid).toBe(0);
  expectNoCapabilities(sensor.pid);
  await saidTimes(sensor, /interface is missing/g, 1);
  expect(sensor.errors).toMatch(/waiting for it interface=vb2/);
  const both = Promise.all([
    send(pair.a, { interface: 'va', count: 3000, rate: 5000 }),
    send(pair.a, { interface: 'va1', count: 2000, rate: 5000, first: 10_000 }),
  ]);
  expect(await both).toEqual([3000, 2000]);
  const waiting = await wholeWindows(1);
  createLink(pair, '2');
  await saidTimes(sensor, /interface is up/g, 3);
  const complete = await wholeWindows(1);
  inside(pair.b, 'ip', 'link', 'set', 'vb', 'down');
  await saidTimes(sensor, /interface is down/g, 1);
  expect(await send(pair.a, { interface: 'va1', count: 1000, rate: 5000 })).toBe(1000);
  expect(await send(pair.a, { interface: 'va2', count: 500, rate: 5000 })).toBe(500);
  expect(await sensor.stop()).toBe(0);
  const answer = await running.seen(6500, from, Math.ceil(seconds()));
  expect(answer.coverage.packets).toMatchObject({ seen: 6500, kernel: 0 });
  const { expected, present } = running.distinct('hosts', waiting.from, waiting.to).coverage.seconds;
  expect([expected, Math.floor(present * 100)]).toEqual([1, 0]);
  expect(running.distinct('hosts', complete.from, complete.to).coverage.seconds).toEqual({ expected: 1, present: 1 });
});

test('two workers capture an interface that was made again', { timeout: 120_000 }, async () => {
  const running = await Deployment.start();
  deployment = running;
  const from = Math.floor(seconds());
  const sensor = await running.startSensor(pair.b, ['vb'], { PICKET_WORKERS: '2', PICKET_FLOW_SLOTS: '65536' });
  const traffic = { interface: 'va', count: 4000, rate: 8000, pattern: 'addresses:100' };
  expect(await send(pair.a, traffic)).toBe(4000);
  await wholeWindows(1);
  inside(pair.b, 'ip', 'link', 'delete', 'vb');
  await saidTimes(sensor, /interface is missing/g, 1);
  createLink(pair);
  await saidTimes(sensor, /interface is up/g, 2);
  // Each of them looks for itself: a whole window without blind time says that the first one has it.
  await wholeWindows(1);
  expect(await send(pair.a, traffic)).toBe(4000);
  expect(await sensor.stop()).toBe(0);
  const answer = await running.seen(8000, from, Math.ceil(seconds()));
  expect(answer.coverage.packets).toMatchObject({ seen: 8000, kernel: 0 });
  expect(Math.abs(answer.value.estimate - 101)).toBeLessThanOrEqual(1);
});
