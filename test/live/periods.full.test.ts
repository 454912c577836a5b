import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { kinds } from '../../core/summary/kinds.ts';
import type { WindowPart } from '../../core/summary/part.ts';
import { Summary } from '../../core/summary/summary.ts';
import { systemClock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/log.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { unpackPart } from '../../sensor/link/partBytes.ts';
import { Spool } from '../../sensor/link/spool.ts';
import { Deployment } from '../support/deployment.ts';
import { needNamespaces, send } from '../support/live.ts';
import { createPair } from '../support/namespaces.ts';
import type { NamespacePair } from '../support/namespaces.ts';
import { seconds, wholeWindows } from './windows.ts';

let pair: NamespacePair;
let deployment: Deployment | undefined;

beforeEach((context) => {
  needNamespaces(context);
  pair = createPair('periods');
});
afterEach(async () => {
  await deployment?.stop();
  deployment = undefined;
  pair?.remove();
});

/** The parts in the spool of a sensor that has ended and whose manager was away, in their order. */
async function spooled(directory: string): Promise<WindowPart[]> {
  const spool = new Spool(
    { directory, bytes: 1 << 30, merges: false },
    { log: silentLogger(), metrics: new Metrics(), clock: systemClock() },
  );
  await spool.open();
  const parts: WindowPart[] = [];
  for (let seq = 1; seq < spool.nextSeq; seq++) {
    const message = await spool.read(seq);
    const part = message === undefined ? undefined : await unpackPart(message);
    if (part !== undefined) parts.push(part);
  }
  await spool.close();
  return parts;
}

function summaryIn(part: WindowPart): Summary {
  const summary = Summary.fromSections(part.sections);
  if (!(summary instanceof Summary)) throw new Error(String(summary));
  return summary;
}

const sum = (parts: readonly WindowPart[]): number => parts.reduce((total, { packets }) => total + packets, 0);

test(
  'two workers make one part a window, and parts of the minute and of longer periods',
  { timeout: 150_000 },
  async () => {
    const running = await Deployment.start();
    deployment = running;
    const env = { PICKET_WORKERS: '2', PICKET_FLOW_SLOTS: '65536', PICKET_SEED: '00'.repeat(16) };
    const sensor = await running.startSensor(pair.b, ['vb'], env, 'two');
    await running.manager.stop();
    const before = await wholeWindows(1);
    const minute = Math.ceil(before.to / 60) * 60;
    // What is sent lies in this minute and, if that is about to end, in the next one.
    expect(await send(pair.a, { interface: 'va', count: 9000, rate: 3000, pattern: 'addresses:300:8' })).toBe(9000);
    await wholeWindows(Math.max(1, minute + 3 - Math.floor(seconds())));
    expect(await sensor.stop()).toBe(0);

    const parts = await spooled(join(running.directory, 'two', 'spool'));
    const windows = parts.filter((part) => part.seconds === 1);
    expect(windows.map(({ start }) => start)).toEqual(windows.map((_, i) => windows[0]!.start + i));
    expect(sum(windows)).toBe(9000);
    for (const length of [60, 600, 3600]) {
      const periods = parts.filter((part) => part.seconds === length);
      for (const period of periods) {
        const own = windows.filter(({ start }) => Math.floor(start / length) * length === period.start);
        expect(period.packets).toBe(sum(own));
        // It was offered after the last of its windows.
        expect(parts.indexOf(period)).toBeGreaterThan(parts.indexOf(own.at(-1)!));
      }
      expect(sum(periods)).toBe(9000);
    }
    const whole = parts.find((part) => part.seconds === 60 && part.start + 60 === minute)!;
    expect(whole.coveredTo).toBe(minute);
    const { health, topHosts } = summaryIn(whole).values;
    expect([...health.gauges.keys()]).toEqual(
      expect.arrayContaining(['cpu.millis', 'cpu.capture.millis', 'spool.pending.messages']),
    );
    expect(health.gauges.get('memory.rss.bytes')!.least).toBeGreaterThan(32 << 20);
    const loud = parts.filter((part) => part.seconds === 60 && part.packets > 0);
    expect(loud.every(({ sections }) => sections.some(({ kind }) => kind === kinds.pointOctets.kind))).toBe(true);
    expect(
      windows
        .filter(({ packets }) => packets > 0)
        .every(({ sections }) => sections.at(-1)!.kind === kinds.flowSample.kind),
    ).toBe(true);
    expect(topHosts.local.count + topHosts.remote.count).toBeLessThanOrEqual(309);
  },
);

test('windows of a minute are the parts of the minute', { timeout: 150_000 }, async () => {
  const running = await Deployment.start();
  deployment = running;
  const sensor = await running.startSensor(pair.b, ['vb'], { PICKET_WINDOW_SECONDS: '60' }, 'slow');
  // The seed came with the welcome, after the first window began.
  await sensor.said(/connected/);
  const minute = Math.ceil(seconds() / 60) * 60;
  expect(await send(pair.a, { interface: 'va', count: 2000, rate: 4000, pattern: 'addresses:20' })).toBe(2000);
  await running.manager.stop();
  await wholeWindows(Math.max(1, minute + 3 - Math.floor(seconds())));
  expect(await sensor.stop()).toBe(0);
  const parts = await spooled(join(running.directory, 'slow', 'spool'));
  const minutes = parts.filter((part) => part.seconds === 60);
  expect(minutes.map(({ windowSeconds }) => windowSeconds)).toEqual(minutes.map(() => 60));
  expect(sum(minutes)).toBe(2000);
  const first = summaryIn(minutes[0]!).values;
  expect(first.health.gauges.has('uptime.seconds')).toBe(true);
  expect(first.counters.get('packets')).toBe(minutes[0]!.packets);
  expect(sum(parts.filter((part) => part.seconds === 3600))).toBe(2000);
});
