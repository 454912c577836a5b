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
  pair = createPair('tap', 2);
});
afterEach(async () => {
  await deployment?.stop();
  deployment = undefined;
  pair?.remove();
});

test('a sensor on lo counts no packet twice, and not those of its own link', { timeout: 60_000 }, async () => {
  const running = await Deployment.start(pair.b);
  deployment = running;
  const from = Math.floor(seconds());
  const sensor = await running.startSensor(pair.b, ['lo']);
  const before = counter(pair.b, 'lo', 'rx_packets');
  expect(await send(pair.b, { interface: 'lo', count: 1000, rate: 5000, taps: true })).toBe(1000);
  await wholeWindows(3);
  expect(await sensor.stop()).toBe(0);
  const linkPackets = counter(pair.b, 'lo', 'rx_packets') - before - 1000;
  expect(linkPackets).toBeGreaterThan(10);
  const answer = await running.seen(1000, from, Math.ceil(seconds()));
  expect(answer.coverage.packets).toMatchObject({ seen: 1000, kernel: 0 });
});

test('a filter on lo keeps its meaning beside the one for the link', { timeout: 60_000 }, async () => {
  const running = await Deployment.start(pair.b);
  deployment = running;
  const from = Math.floor(seconds());
  const filter = { PICKET_FILTER: 'udp or tcp' };
  const sensor = await running.startSensor(pair.b, ['lo'], filter);
  expect(await send(pair.b, { interface: 'lo', count: 500, rate: 5000, taps: true })).toBe(500);
  await wholeWindows(2);
  expect(await sensor.stop()).toBe(0);
  expect((await running.seen(500, from, Math.ceil(seconds()))).coverage.packets.seen).toBe(500);
});

test('two workers count each packet once, on two interfaces', { timeout: 60_000 }, async () => {
  const running = await Deployment.start();
  deployment = running;
  const from = Math.floor(seconds());
  const env = { PICKET_WORKERS: '2', PICKET_FLOW_SLOTS: '65536' };
  const sensor = await running.startSensor(pair.b, ['vb', 'vb1'], env);
  const started = seconds();
  const sending = [
    send(pair.a, { interface: 'va', count: 20_000, rate: 8000, pattern: 'addresses:300' }),
    send(pair.a, { interface: 'va1', count: 10_000, rate: 8000, pattern: 'addresses:200', first: 20_000 }),
  ];
  expect(await Promise.all(sending)).toEqual([20_000, 10_000]);
  const whole = await wholeWindows(2);
  const stopping = seconds();
  expect(await sensor.stop()).toBe(0);
  const to = Math.ceil(seconds());
  const answer = await running.seen(30_000, from, to);
  expect(answer.coverage.packets).toMatchObject({ seen: 30_000, kernel: 0 });
  // The senders' addresses are the first 300, and one receiver.
  expect(Math.abs(answer.value.estimate - 301)).toBeLessThanOrEqual(1);
  const flows = running.distinct('flows', from, to).value;
  expect(Math.abs(flows.estimate - 300)).toBeLessThanOrEqual(1);
  expect(running.distinct('hosts', whole.from, whole.to).coverage.seconds).toEqual({ expected: 2, present: 2 });
  const { present } = answer.coverage.seconds;
  expect(present).toBeLessThanOrEqual(to - from);
  expect(present).toBeGreaterThanOrEqual(stopping - started - 0.05);
});
