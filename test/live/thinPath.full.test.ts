import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { framesOf } from '../support/pcapBytes.ts';
import { Deployment } from '../support/deployment.ts';
import { needNamespaces, send } from '../support/live.ts';
import { createPair } from '../support/namespaces.ts';
import { Tcpdump } from '../support/tcpdump.ts';

const PACKETS = 50_000;
const RATE = 5000;

interface Outcome {
  sent: number;
  seen: number;
  kernelDrops: number;
  hosts: number;
  judged: number;
  judgedHosts: number;
  judgeDropped: number;
}

/** Distinct sender and receiver addresses of Ethernet frames with IPv4 inside. */
function hostsOf(frames: readonly Uint8Array[]): number {
  const hosts = new Set<string>();
  for (const frame of frames) {
    if (frame[12] !== 8 || frame[13] !== 0) continue;
    hosts.add(frame.subarray(26, 30).join('.'));
    hosts.add(frame.subarray(30, 34).join('.'));
  }
  return hosts.size;
}

/** One run: a sensor and tcpdump on the same interface, 300 senders, and what either makes of it. */
async function run(env: Record<string, string> = {}): Promise<Outcome> {
  const pair = createPair();
  const deployment = await Deployment.start();
  try {
    const from = Math.floor(Date.now() / 1000);
    const sensor = await deployment.startSensor(pair.b, ['vb'], env);
    const file = join(deployment.directory, 'judge.pcap');
    const tcpdump = await Tcpdump.start(pair.b, 'vb', file);
    const sent = await send(pair.a, { interface: 'va', count: PACKETS, rate: RATE, pattern: 'addresses:300' });
    const judge = await tcpdump.stop(sent);
    const to = Math.ceil(Date.now() / 1000) + 5;
    const answer = await deployment.seen(sent, from, to);
    await sensor.stop();
    const frames = framesOf(readFileSync(file));
    return {
      sent,
      seen: answer.coverage.packets.seen,
      kernelDrops: answer.coverage.packets.kernel,
      hosts: answer.value.estimate,
      judged: frames.length,
      judgedHosts: hostsOf(frames),
      judgeDropped: judge.dropped,
    };
  } finally {
    await deployment.stop();
    pair.remove();
  }
}

const sources: [string, Record<string, string>][] = [
  ['the ring', {}],
  ['libpcap', { PICKET_SOURCE: 'libpcap' }],
];

for (const [name, env] of sources) {
  test(
    `packets of a live interface reach the answer of the manager: ${name}`,
    { timeout: 180_000 },
    async (context) => {
      needNamespaces(context);
      let outcome = await run(env);
      // With drops on either side nothing can be compared: once more.
      if (outcome.judgeDropped > 0 || outcome.kernelDrops > 0) outcome = await run(env);
      expect(outcome).toMatchObject({ sent: PACKETS, judgeDropped: 0, kernelDrops: 0 });
      expect(outcome.seen).toBe(outcome.judged);
      expect(outcome.judgedHosts).toBe(301);
      expect(Math.abs(outcome.hosts - outcome.judgedHosts)).toBeLessThanOrEqual(1);
    },
  );
}
