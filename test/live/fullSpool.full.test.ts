import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ask } from '../../cli/client.ts';
import type { Answer } from '../../proto/api.ts';
import { needNamespaces } from '../support/live.ts';
import { underTraffic } from './judgedTraffic.ts';

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

/** A sensor whose spool holds less than a minute, a link that is cut for longer, and whole minutes to compare. */
async function run(): Promise<Outcome> {
  return await underTraffic(RATE, 'addresses:20000:3000', async ({ deployment, namespace, proxy, judge }) => {
    const sensor = await deployment.startSensor(namespace, ['vb'], { PICKET_SPOOL_BYTES: '1MiB' });
    const from = (Math.floor(Date.now() / 60_000) + 1) * 60;
    await until(from + 10);
    proxy.cut();
    await setTimeout((CUT_SECONDS / 2) * 1000);
    // In the middle of it the manager is killed as well: the spool must go on all the same.
    await deployment.manager.stop('SIGKILL');
    await deployment.startManager();
    await setTimeout((CUT_SECONDS / 2) * 1000);
    proxy.mend();
    const to = from + 60 * MINUTES;
    // The last window is told and everything is delivered.
    await until(to + 6);
    await sensor.stop();
    const { times, dropped } = await judge();
    const { coverage } = await ask<Answer<'total'>>([{ kind: 'unix', path: deployment.socket }], 'total', {
      from: String(from),
      to: String(to),
    });
    return { coverage, judged: times.between(from, to), judgeDropped: dropped, errors: sensor.errors };
  });
}

test('a full spool ships coarser windows with the same totals', { timeout: 900_000 }, async (context) => {
  needNamespaces(context);
  let outcome = await run();
  // With drops at the judge nothing can be compared: once more.
  if (outcome.judgeDropped > 0) outcome = await run();
  const { coverage, judged, judgeDropped, errors } = outcome;
  expect(judgeDropped).toBe(0);
  expect(errors).toContain('windows are merged into longer ones');
  expect(errors).not.toContain('are given up');
  expect(coverage.packets.seen + coverage.packets.kernel).toBe(judged);
  expect(coverage.seconds).toEqual({ expected: 60 * MINUTES, present: 60 * MINUTES });
});
