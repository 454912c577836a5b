import { afterEach, beforeEach, expect, test } from 'vitest';
import { unreachable } from '../../sensor/privilege/reach.ts';
import { Deployment, eventually } from '../support/deployment.ts';
import { needNamespaces, send } from '../support/live.ts';
import { createPair, inside } from '../support/namespaces.ts';
import type { NamespacePair } from '../support/namespaces.ts';
import { memoryOf, processorTimeOf } from './processStatus.ts';
import { saidTimes, seconds, wholeWindows } from './windows.ts';

const nobody = { uid: 65_534, gid: 65_534 };

let pair: NamespacePair;
let deployment: Deployment | undefined;

beforeEach((context) => {
  needNamespaces(context);
  pair = createPair('start', 2);
});
afterEach(async () => {
  await deployment?.stop();
  deployment = undefined;
  pair?.remove();
});

test('an interface that is not there is waited for, and said so', { timeout: 60_000 }, async () => {
  const running = await Deployment.start();
  deployment = running;
  const from = Math.floor(seconds());
  const sensor = running.sensor(pair.b, ['later0']);
  await sensor.said(/waiting for later0 as test/);
  expect(sensor.out).not.toMatch(/capturing on/);
  expect(sensor.errors).toMatch(/interface is missing: waiting for it interface=later0\n/);
  const waiting = await wholeWindows(2);
  inside(pair.b, 'ip', 'link', 'set', 'vb1', 'down');
  inside(pair.b, 'ip', 'link', 'set', 'vb1', 'name', 'later0', 'up');
  await saidTimes(sensor, /interface is up interface=later0/g, 1);
  await sensor.said(/capturing on later0 as test/);
  expect(await send(pair.a, { interface: 'va1', count: 800, rate: 5000 })).toBe(800);
  expect(await sensor.stop()).toBe(0);
  expect((await running.seen(800, from, Math.ceil(seconds()))).coverage.packets.seen).toBe(800);
  const covered = () => running.distinct('hosts', waiting.from, waiting.to).coverage.seconds;
  // A window is expected from two seconds after its end on.
  await eventually(() => covered().expected === 2, 'both windows to be expected');
  expect(Math.floor(covered().present * 100)).toBe(0);
});

test('what can not work is refused in one line', { timeout: 60_000 }, async (context) => {
  const running = await Deployment.start();
  deployment = running;
  const refused = async (env: Record<string, string>, prefix: string[] = []): Promise<[number | null, string]> => {
    const sensor = running.sensor(pair.b, ['vb'], env, 'refused', prefix);
    return [await sensor.ended(), sensor.errors];
  };
  expect(await refused({ PICKET_FILTER: 'udp portt 53' })).toEqual([
    2,
    expect.stringMatching(/^picket sensor: filter: "udp portt 53": [^\n]+\n$/),
  ]);
  expect(await refused({ PICKET_RING_BYTES: '1GiB' })).toEqual([
    2,
    expect.stringMatching(/^picket sensor: [^\n]*memoryBytes: 512 MiB is not enough: ringBytes [^\n]+\n$/),
  ]);
  const why = unreachable(nobody, [process.execPath, process.argv[1]!], []);
  if (why !== undefined) context.skip(why);
  const asNobody = ['setpriv', `--reuid=${nobody.uid}`, `--regid=${nobody.gid}`, '--clear-groups'];
  expect(await refused({ HOME: running.directory }, asNobody)).toEqual([
    1,
    expect.stringMatching(/^picket sensor: no right to capture: [^\n]*sudo[^\n]*\n$/),
  ]);
});

test('without traffic a sensor takes little', { timeout: 60_000 }, async () => {
  const running = await Deployment.start();
  deployment = running;
  const env = { PICKET_WINDOW_SECONDS: '10', PICKET_RING_BYTES: '64MiB', PICKET_BLOCK_TIMEOUT_MILLIS: '200' };
  const sensor = await running.startSensor(pair.b, ['vb', 'vb1'], env);
  await wholeWindows(3);
  const before = processorTimeOf(sensor.pid);
  const span = await wholeWindows(10);
  const share = (processorTimeOf(sensor.pid) - before) / (span.to - span.from);
  const { resident } = memoryOf(sensor.pid);
  process.stderr.write(`idle: ${(share * 100).toFixed(2)} % of a core, ${resident.toFixed(0)} MiB resident\n`);
  // A loop that spins takes a whole core.
  expect(share).toBeLessThan(0.2);
  expect(await sensor.stop()).toBe(0);
});
