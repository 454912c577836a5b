import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ask } from '../../cli/client.ts';
import type { Answer } from '../../proto/api.ts';
import { Random } from '../captures/random.ts';
import { Deployment, type Daemon } from '../support/deployment.ts';
import { needNamespaces } from '../support/live.ts';
import { createPair, inside, spawnInside } from '../support/namespaces.ts';
import { sealedAndMissing } from '../support/sealed.ts';

const ROUNDS = 10;
const RATE = 300;
const SLICE_SECONDS = 20;
/** A machine with other work starts a sensor slowly: that time is told as lost. */
const START_SECONDS = 120;

type Row = Answer<'logs'>['rows'][number];

interface Outcome {
  /** When each name was sent, in seconds. */
  sent: number[];
  /** Rows of the manager, as often as they stand there, and lines in files of the sensor. */
  stored: Row[];
  local: string[];
  lost: { from: number; to: number }[];
  dropped: number;
  sealed: number;
  missing: number[];
  sensorKills: number;
  downSeconds: number;
}

const talk = fileURLToPath(new URL('../support/dnsTalk.ts', import.meta.url));
const environment = (logs: string): Record<string, string> => ({
  PICKET_LOGS_SHIP: 'dns',
  PICKET_LOGS_LOCAL: 'dns',
  PICKET_LOGS_DIRECTORY: logs,
});

async function rowsOf(socket: string, from: number, to: number): Promise<Pick<Outcome, 'stored' | 'lost' | 'dropped'>> {
  const stored: Row[] = [];
  const lost = new Map<string, { from: number; to: number }>();
  let dropped = 0;
  for (let at = from; at < to; at += SLICE_SECONDS) {
    const answer = await ask<Answer<'logs'>>([{ kind: 'unix', path: socket }], 'logs', {
      log: 'dns',
      where: 'query contains kill.test',
      fields: ['ts', 'uid', 'id.orig_p', 'trans_id', 'query', 'rcode', 'answers'],
      limit: '10000',
      from: String(at),
      to: String(Math.min(to, at + SLICE_SECONDS)),
    });
    expect(answer.more).toBe(false);
    for (const row of answer.rows) stored.push(row);
    for (const span of answer.lost.spans) {
      const [start, end] = [span.from, span.to].map((time) => Date.parse(time ?? '') / 1000);
      lost.set(`${span.from} ${span.to}`, { from: start ?? 0, to: end ?? 0 });
    }
    dropped += answer.lost.rows;
  }
  return { stored, lost: [...lost.values()], dropped };
}

/** Kills sensor, manager, or both at once, while somebody asks for one name after the other. */
async function run(seed: number): Promise<Outcome> {
  const random = new Random(seed);
  const pair = createPair();
  const deployment = await Deployment.start();
  const children: ReturnType<typeof spawnInside>[] = [];
  try {
    inside(pair.a, 'ip', 'addr', 'add', '10.77.0.1/24', 'dev', 'va');
    inside(pair.b, 'ip', 'addr', 'add', '10.77.0.2/24', 'dev', 'vb');
    const logs = join(deployment.directory, 'a', 'logs');
    const startSensor = async (): Promise<Daemon> => {
      const started = deployment.sensor(pair.b, ['vb'], environment(logs));
      await started.said(/capturing on/, START_SECONDS);
      return started;
    };
    let sensor = await startSensor();
    const answering = spawnInside(pair.b, process.execPath, talk, 'answer', '10.77.0.2');
    children.push(answering);
    await once(answering.stdout!, 'data');
    const from = Math.floor(Date.now() / 1000);
    const asking = spawnInside(pair.a, process.execPath, talk, 'ask', '10.77.0.2', String(RATE));
    children.push(asking);
    let out = '';
    asking.stdout!.on('data', (data: Buffer) => (out += data.toString()));
    let [sensorKills, downSeconds] = [0, 0];
    for (let round = 0; round < ROUNDS; round++) {
      await setTimeout(1500 + random.below(2500));
      if (round % 3 !== 1) {
        const since = Date.now();
        await sensor.stop('SIGKILL');
        if (round % 3 === 2) await deployment.manager.stop('SIGKILL');
        sensor = await startSensor();
        downSeconds += (Date.now() - since) / 1000;
        sensorKills++;
      } else await deployment.manager.stop('SIGKILL');
      if (round % 3 !== 0) await deployment.startManager();
    }
    await setTimeout(2000);
    asking.kill('SIGTERM');
    await once(asking, 'close');
    const to = Math.ceil(Date.now() / 1000) + 1;
    await setTimeout(3000);
    await sensor.stop();
    const spool = join(deployment.directory, 'a', 'spool');
    const delivery = await sealedAndMissing(spool, deployment.socket, { site: 'test', name: 'a' });
    const told = await rowsOf(deployment.socket, from, to);
    const sent = (JSON.parse(out) as number[]).map((millis) => millis / 1000);
    return { sent, ...told, local: localLines(logs), sensorKills, downSeconds, ...delivery };
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await deployment.stop();
    pair.remove();
  }
}

/** Lines of the files, each of which is a whole row. */
function localLines(logs: string): string[] {
  return readdirSync(logs).flatMap((name) =>
    readFileSync(join(logs, name), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .filter((line) => String((JSON.parse(line) as Row)['query']).endsWith('.kill.test')),
  );
}

test(
  'sensor and manager killed ten times while logs flow: each sealed row is stored once, what was lost is in a told span',
  { timeout: 600_000 },
  async (context) => {
    needNamespaces(context);
    const seed = Number(process.env['PICKET_TEST_SEED'] ?? Date.now() % 1_000_000);
    const { sent, stored, local, lost, dropped, sealed, missing, sensorKills, downSeconds } = await run(seed);
    const say = `seed ${seed}`;
    expect(missing, say).toEqual([]);
    expect(sealed, say).toBeGreaterThan(ROUNDS);
    expect(dropped, say).toBe(0);
    // A name may have two rows, a query's and an answer's, where too many waited at a time: no two rows are equal.
    expect(new Set(stored.map((row) => JSON.stringify(row))).size, say).toBe(stored.length);
    expect(new Set(local).size, say).toBe(local.length);
    const names = new Set(stored.map(({ query }) => String(query)));
    const isTold = (time: number): boolean => lost.some((span) => time >= span.from - 0.5 && time <= span.to);
    const untold = sent.flatMap((time, serial) =>
      names.has(`q${serial}.kill.test`) || isTold(time) ? [] : [`q${serial} at ${time}`],
    );
    expect(untold.slice(0, 10), `${say}, ${untold.length} in all`).toEqual([]);
    expect(stored.length, say).toBeGreaterThan(sent.length / 3);
    expect(local.length, say).toBeGreaterThan(sent.length / 3);
    expect(lost.length, say).toBeLessThanOrEqual(sensorKills);
    const lostSeconds = lost.reduce((sum, span) => sum + span.to - span.from, 0);
    // A second and a half that was not sealed, and as much as gaps are widened by.
    expect(lostSeconds, say).toBeLessThanOrEqual(downSeconds + 4 * sensorKills);
  },
);
