import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { capabilitySets } from '../../sensor/privilege/capabilities.ts';
import { Deployment } from '../support/deployment.ts';
import { needNamespaces, send } from '../support/live.ts';
import { counter, createPair } from '../support/namespaces.ts';
import type { NamespacePair } from '../support/namespaces.ts';
import { memoryOf } from './processStatus.ts';
import { seconds } from './windows.ts';

const SECONDS = 60;
const RATE = 60_000;
/** The smallest bound that this configuration is accepted with: nothing is left over for what grows with traffic. */
const MEMORY_MIB = 441;

let pair: NamespacePair;
let deployment: Deployment | undefined;

beforeEach((context) => {
  needNamespaces(context);
  pair = createPair('flood');
});
afterEach(async () => {
  await deployment?.stop();
  deployment = undefined;
  pair?.remove();
});

test('a new flow for every packet for a minute', { timeout: 240_000 }, async () => {
  const running = await Deployment.start();
  deployment = running;
  const sensor = await running.startSensor(pair.b, ['vb'], {
    PICKET_RING_BYTES: '64MiB',
    PICKET_FLOW_SLOTS: '262144',
    PICKET_MEMORY_BYTES: `${MEMORY_MIB}MiB`,
  });
  const from = Math.floor(seconds()) + 1;
  while (seconds() < from) await setTimeout(10);
  const idle = memoryOf(sensor.pid).resident;
  const before = counter(pair.a, 'va', 'tx_packets');
  const sending = send(pair.a, { interface: 'va', count: 1e9, rate: RATE, seconds: SECONDS, pattern: 'flows' });
  expect(await sending).toBeGreaterThan(SECONDS * 1000);
  const sent = counter(pair.a, 'va', 'tx_packets') - before;
  const threads = capabilitySets(sensor.pid).length;
  const { peak } = memoryOf(sensor.pid);
  const whole = Math.floor(seconds());
  expect(await sensor.stop()).toBe(0);
  const to = Math.ceil(seconds());
  const { packets } = running.distinct('hosts', from, to).coverage;
  const flows = running.distinct('flows', from, to).value;
  process.stderr.write(
    `flood: ${sent} packets, ${packets.kernel} dropped by the kernel; resident ${idle.toFixed(0)} MiB idle, at most ` +
      `${peak.toFixed(0)} MiB of ${MEMORY_MIB}; ${threads} threads; distinct flows ${flows.estimate}\n`,
  );
  expect(peak).toBeLessThan(MEMORY_MIB);
  expect(packets.seen + packets.kernel + packets.nic).toBe(sent);
  // No window of the span is without a part: each second of it is covered.
  expect(running.distinct('hosts', from, whole).coverage.seconds.present).toBe(whole - from);
  // Three standard errors of the estimate; dropped packets are flows that nobody saw.
  expect(Math.abs(flows.estimate / packets.seen - 1)).toBeLessThan(0.05);
});
