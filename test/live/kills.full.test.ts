import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ask } from '../../cli/client.ts';
import type { Answer } from '../../proto/api.ts';
import { Random } from '../captures/random.ts';
import type { Daemon } from '../support/deployment.ts';
import { needNamespaces } from '../support/live.ts';
import type { PacketTimes } from '../support/pcapBytes.ts';
import { sealedAndMissing } from '../support/sealed.ts';
import { underTraffic } from './judgedTraffic.ts';

const KILLS = 20;
const RATE = 4000;
const CUT_SECONDS = 60;

interface Window {
  second: number;
  present: number;
  packets: number;
}

interface Outcome {
  windows: Window[];
  judge: PacketTimes;
  judgeDropped: number;
  /** Seconds for which no sensor was running, and how many times. */
  downSeconds: number;
  sensorKills: number;
  /** Parts that were synced in the spool, and those of them that the manager has not got. */
  sealed: number;
  missing: number[];
}

async function windowsOf(socket: string, from: number, to: number): Promise<Window[]> {
  const windows: Window[] = [];
  for (let second = from; second < to; second++) {
    const { coverage } = await ask<Answer<'distinct'>>([{ kind: 'unix', path: socket }], 'distinct', {
      what: 'hosts',
      from: String(second),
      to: String(second + 1),
    });
    const { seen, kernel } = coverage.packets;
    windows.push({ second, present: coverage.seconds.present, packets: seen + kernel });
  }
  return windows;
}

/** Kills sensor and manager at random moments while a sender never stops, and cuts the link for a minute. */
async function run(seed: number): Promise<Outcome> {
  const random = new Random(seed);
  return await underTraffic(RATE, 'addresses:5000', async ({ deployment, namespace, proxy, judge }) => {
    let sensor: Daemon = await deployment.startSensor(namespace, ['vb']);
    const from = Math.floor(Date.now() / 1000) + 1;
    let downSeconds = 0;
    let sensorKills = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      // In the middle of it all the link is cut.
      if (kill === KILLS / 2) {
        proxy.cut();
        await setTimeout(CUT_SECONDS * 1000);
        proxy.mend();
      }
      await setTimeout(1500 + random.below(4000));
      if (random.chance(0.5)) {
        const since = Date.now();
        await sensor.stop('SIGKILL');
        sensor = await deployment.startSensor(namespace, ['vb']);
        downSeconds += (Date.now() - since) / 1000;
        sensorKills++;
      } else {
        await deployment.manager.stop('SIGKILL');
        await setTimeout(random.below(1500));
        await deployment.startManager();
      }
    }
    await setTimeout(3000);
    const to = Math.floor(Date.now() / 1000);
    // The last windows are told and everything is delivered.
    await setTimeout(6000);
    await sensor.stop();
    const spool = join(deployment.directory, 'a', 'spool');
    const delivery = await sealedAndMissing(spool, deployment.socket, { site: 'test', name: 'a' });
    const { times, dropped } = await judge();
    const windows = await windowsOf(deployment.socket, from, to);
    return { windows, judge: times, judgeDropped: dropped, downSeconds, sensorKills, ...delivery };
  });
}

test(
  'sensor and manager killed twenty times, a minute without a link: each second that is covered is exact',
  { timeout: 900_000 },
  async (context) => {
    needNamespaces(context);
    const seed = Number(process.env['PICKET_TEST_SEED'] ?? Date.now() % 1_000_000);
    let outcome = await run(seed);
    // With drops at the judge nothing can be compared: once more.
    if (outcome.judgeDropped > 0) outcome = await run(seed);
    const { windows, judge, judgeDropped, downSeconds, sensorKills } = outcome;
    const say = `seed ${seed}`;
    expect(judgeDropped, say).toBe(0);
    expect(judge.total, say).toBeGreaterThan(RATE * CUT_SECONDS);
    expect(outcome.sealed, say).toBeGreaterThan(CUT_SECONDS);
    expect(outcome.missing, say).toEqual([]);
    let uncovered = 0;
    for (const [i, { second, present, packets }] of windows.entries()) {
      uncovered += 1 - present;
      const where = `${say}, second ${second}, present ${present}`;
      if (present === 1) expect(packets, where).toBe(judge.in(second));
      else expect(packets, where).toBeLessThanOrEqual(judge.in(second));
      // The first window of a sensor is covered from a moment on: all packets from there on are in it.
      const isFirst =
        present > 0 && present < 1 && (windows[i - 1]?.present ?? 0) === 0 && windows[i + 1]?.present === 1;
      if (isFirst) {
        const covered = judge.between(second + 1 - present + 0.001, second + 1);
        expect(packets, where).toBeGreaterThanOrEqual(covered);
      }
    }
    expect(windows.filter(({ present }) => present === 1).length, say).toBeGreaterThan(CUT_SECONDS);
    expect(uncovered, `${say}, ${sensorKills} kills`).toBeLessThanOrEqual(2 * sensorKills + downSeconds + 0.1);
  },
);
