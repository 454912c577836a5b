import { expect, test } from 'vitest';
import { OffsetMeter } from '../../sensor/link/clockOffset.ts';
import { CuttableProxy } from '../support/cuttableProxy.ts';
import { ingestBench, until } from './ingestBench.ts';
import { acknowledged, connectTo, durable, hello, part, value } from './linkBench.ts';
import { encodePart } from '../../proto/partCodec.ts';
import { breathe, ManualClock } from './manualClock.ts';

const { startIngest, makeLink, inDirectory } = ingestBench();

test('the offset is that of the exchange with the least delay, and follows a jump of either clock', () => {
  const sensor = new ManualClock();
  const manager = { ahead: -2500 };
  const meter = new OffsetMeter(sensor);
  const exchange = (there: number, back: number): boolean => {
    const { asked } = meter.question();
    sensor.advance(there);
    const received = sensor.now() + manager.ahead;
    sensor.advance(3);
    const answered = sensor.now() + manager.ahead;
    sensor.advance(back);
    return meter.answer({ type: 'clockAnswer', asked, received, answered });
  };
  const close = (expected: number): void => {
    const { seconds = Number.NaN, uncertainty = Number.NaN } = meter.offset() ?? {};
    expect(Math.abs(seconds - expected), `${seconds} +- ${uncertainty}`).toBeLessThanOrEqual(uncertainty);
  };
  expect(meter.offset()).toBeUndefined();
  expect(exchange(400, 20)).toBe(true);
  close(2.5);
  expect(meter.offset()?.uncertainty).toBeGreaterThan(0.2);
  exchange(5, 6);
  exchange(900, 0);
  close(2.5);
  expect(meter.offset()?.uncertainty).toBeLessThan(0.01);
  // Without news it is believed less and less.
  sensor.advance(3_600_000);
  expect(meter.offset()?.uncertainty).toBeGreaterThan(0.1);
  exchange(5, 5);
  // This host's wall clock is set: known at once. The manager's: with the next exchange.
  sensor.wall += 60_000;
  close(62.5);
  manager.ahead -= 60_000 + 10_000;
  exchange(5, 5);
  close(72.5);
  // Answers to nothing, of another time, or that cannot be.
  expect(meter.answer({ type: 'clockAnswer', asked: 1, received: 2, answered: 3 })).toBe(false);
  const { asked } = meter.question();
  expect(meter.answer({ type: 'clockAnswer', asked: asked + 1, received: 2, answered: 3 })).toBe(false);
  expect(meter.answer({ type: 'clockAnswer', asked, received: 3, answered: 2 })).toBe(false);
  expect(meter.answer({ type: 'clockAnswer', asked, received: 0, answered: 9_999 })).toBe(false);
  close(72.5);
});

test('both ends know how far the clocks are apart', async () => {
  const { ingest, socket } = await startIngest({ clock: new ManualClock() });
  const clock = new ManualClock(1_700_000_000_000 + 4_200_000);
  const { link, run } = makeLink(socket, { clock });
  expect(link.clockOffset()).toBeUndefined();
  await run();
  await until(() => ingest.sensors()[0]?.clock !== undefined);
  expect(link.clockOffset()).toBeCloseTo(4200, 1);
  expect(link.clockUncertainty()).toBeGreaterThan(0);
  expect(ingest.sensors()).toMatchObject([{ site: 'oslo', name: 'a', version: 2, connected: true }]);
  expect(ingest.sensors()[0]?.clock?.offset).toBeCloseTo(4200, 1);
});

test('live windows from the future are kept and acknowledged, and in no answer; files may be of any time', async () => {
  const clock = new ManualClock();
  const { ingest, store, metrics, socket } = await startIngest({ clock });
  const now = Math.floor(clock.now() / 10_000) * 10;
  const sensor = await connectTo(socket);
  sensor.send(hello);
  const ahead = [-86_400, 0, 500, 590, 620, 86_400, 600_000_000];
  for (const [i, seconds] of ahead.entries()) sensor.send(durable(i + 1, encodePart(part(now + seconds))));
  await sensor.until((all) => acknowledged(all) === ahead.length);
  expect(store.deliveries.map(({ row }) => row !== undefined)).toEqual([true, true, true, true, false, false, false]);
  expect(value(metrics, 'ingest_quarantined_parts')).toBe(3);
  expect(ingest.sensors()).toMatchObject([{ quarantined: 3, lastPart: { end: now + 600 }, lagSeconds: 0 }]);
  // A sensor that is unsure of its clock has that much more; not as much as it likes.
  sensor.send({ type: 'clockQuestion', asked: 1, offset: 40, uncertainty: 1e9 });
  sensor.send(durable(20, encodePart(part(now + 650))));
  sensor.send(durable(21, encodePart(part(now + 680))));
  await sensor.until((all) => acknowledged(all) === ahead.length + 2);
  expect(store.deliveries.slice(-2).map(({ row }) => row !== undefined)).toEqual([true, false]);
  const files = await connectTo(socket);
  files.send({ ...hello, name: 'files', stream: new Uint8Array(16).fill(1), replay: true });
  files.send({
    type: 'durable',
    stream: new Uint8Array(16).fill(1),
    seq: 1,
    kind: 1,
    bytes: encodePart(part(now + 600_000_000)),
    inflated: 0,
  });
  await files.until((all) => acknowledged(all) === 1);
  expect(store.deliveries.at(-1)?.row).toMatchObject({ start: now + 600_000_000 });
  sensor.socket.terminate();
  files.socket.terminate();
});

test('a connection on which nothing passes is noticed at both ends within 45 seconds', async () => {
  const clock = new ManualClock();
  const { ingest, socket } = await startIngest({ clock });
  const proxy = await CuttableProxy.start(inDirectory('proxy.sock'), socket);
  const { link, metrics, run } = makeLink(proxy.path, { clock });
  await run();
  await until(() => ingest.connected().size === 1 && link.clockOffset() !== undefined);
  // An idle link lives: each end hears the other's pings.
  for (let second = 0; second < 120; second++) {
    clock.advance(1000);
    await breathe();
  }
  expect([ingest.connected().size, value(metrics, 'link_connections')]).toEqual([1, 1]);
  proxy.cut();
  let [manager, sensor] = [0, 0];
  for (let second = 1; second <= 45 && (manager === 0 || sensor === 0); second++) {
    clock.advance(1000);
    await breathe();
    if (manager === 0 && ingest.connected().size === 0) manager = second;
    if (sensor === 0 && value(metrics, 'link_connected') === 0) sensor = second;
  }
  expect(manager).toBeGreaterThan(20);
  expect(manager).toBeLessThan(45);
  expect(sensor).toBeGreaterThan(20);
  expect(sensor).toBeLessThan(45);
  proxy.mend();
  clock.advance(60_000);
  await until(() => value(metrics, 'link_connections') === 2);
  proxy.stop();
}, 30_000);
