import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ask } from '../../cli/client.ts';
import type { Answer } from '../../proto/api.ts';
import { CuttableProxy } from '../support/cuttableProxy.ts';
import { Deployment } from '../support/deployment.ts';
import { needNamespaces } from '../support/live.ts';
import { createPair, spawnInside } from '../support/namespaces.ts';
import { PacketTimes } from '../support/pcapBytes.ts';
import { shareTimestamps } from '../support/sharedTimestamps.ts';
import { Tcpdump } from '../support/tcpdump.ts';

const RATE = 8000;
const CUT_SECONDS = 120;
const MINUTES = 3;

interface Outcome {
  coverage: Answer<'total'>['coverage'];
  judged: number;
  judgeDropped: number;
  errors: string;
}

async function until(second: number): Promise<void> {
  while (Date.now() < second * 1000) await setTimeout(second * 1000 - Date.now() + 1);
}

/** A sensor whose spool holds half a minute, a link that is cut for longer, and whole minutes to compare. */
async function run(): Promise<Outcome> {
  const pair = createPair();
  const deployment = await Deployment.start();
  const unshare = shareTimestamps();
  const proxy = await CuttableProxy.start(join(deployment.directory, 'link.sock'), deployment.socket);
  deployment.via = `unix:${proxy.path}`;
  let sender: ReturnType<typeof spawnInside> | undefined;
  try {
    const file = join(deployment.directory, 'judge.pcap');
    const tcpdump = await Tcpdump.start(pair.b, 'vb', file);
    const script = fileURLToPath(new URL('../support/sender.ts', import.meta.url));
    const options = { interface: 'va', count: 1e9, seconds: 600, rate: RATE, pattern: 'addresses:20000:3000' };
    const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    sender = spawnInside(pair.a, process.execPath, script, ...words);
    const sensor = await deployment.startSensor(pair.b, ['vb'], { PICKET_SPOOL_BYTES: '1MiB' });
    const from = (Math.floor(Date.now() / 60_000) + 1) * 60;
    await until(from + 10);
    proxy.cut();
    await setTimeout((CUT_SECONDS / 2) * 1000);
    // In the middle of it the sensor's manager is killed as well: the spool must go on all the same.
    await deployment.manager.stop('SIGKILL');
    await deployment.startManager();
    await setTimeout((CUT_SECONDS / 2) * 1000);
    proxy.mend();
    const to = from + 60 * MINUTES;
    await until(to + 6);
    sender.kill('SIGKILL');
    await setTimeout(2000);
    await sensor.stop();
    const { dropped } = await tcpdump.stop(0);
    const { coverage } = await ask<Answer<'total'>>([{ kind: 'unix', path: deployment.socket }], 'total', {
      from: String(from),
      to: String(to),
    });
    return {
      coverage,
      judged: new PacketTimes(readFileSync(file)).between(from, to),
      judgeDropped: dropped,
      errors: sensor.errors,
    };
  } finally {
    sender?.kill('SIGKILL');
    proxy.stop();
    await deployment.stop();
    unshare();
    pair.remove();
  }
}

test('a full spool ships coarser windows with the same totals', { timeout: 600_000 }, async (context) => {
  needNamespaces(context);
  let outcome = await run();
  if (outcome.judgeDropped > 0) outcome = await run();
  const { coverage, judged, judgeDropped, errors } = outcome;
  expect(judgeDropped).toBe(0);
  expect(errors).toContain('windows are merged into longer ones');
  expect(errors).not.toContain('are given up');
  expect(coverage.packets.seen + coverage.packets.kernel).toBe(judged);
  expect(coverage.seconds).toEqual({ expected: 60 * MINUTES, present: 60 * MINUTES });
});
