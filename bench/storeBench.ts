import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createChdbEngine } from '../manager/store/chdbEngine.ts';
import { sql } from '../manager/store/sql.ts';
import type { Answer } from '../proto/api.ts';
import { systemClock } from '../runtime/clock.ts';
import { silentLogger } from '../runtime/log.ts';
import { Metrics } from '../runtime/metrics.ts';
import { DayParts } from '../test/store/dayParts.ts';
import { sendParts } from '../test/store/loadGenerator.ts';
import { engineProcesses } from '../test/store/engineProcess.ts';
import { Deployment } from '../test/support/deployment.ts';
import { processorSeconds } from './liveTools.ts';
import type { Measurement } from './measurement.ts';
import { tableText } from './tableText.ts';

const daySeconds = 86_400;
const dayMinutes = 1440;
const sensors = 100;
/** Hosts of a window: a quiet site's. */
const hosts = 30;
/** While questions are asked: windows a second, and for how long. */
const pace = 500;
const paceSeconds = 20;

/** What is asked of the day, and of the last day up to an odd minute. */
const questions = ['distinct/hosts', 'top/hosts', 'series/packets?step=3600', 'total'];

export const storeBench: Measurement = {
  name: 'store',
  text: `a manager takes in a day of ${sensors} sensors with windows of 60 s and ${hosts} hosts each, and answers from it`,
  async run(bench) {
    const midnight = Math.floor(Date.now() / 1000 / daySeconds) * daySeconds - 2 * daySeconds;
    const day = new DayParts({ sensors, from: midnight, minutes: dayMinutes, hosts, pool: 20_000 });
    const deployment = await Deployment.start();
    try {
      const ask = <Shape>(path: string): Promise<Shape> => askManager(deployment.socket, path);
      const waiting = async (): Promise<number> => {
        const { metrics } = await ask<Answer<'health'>>('/api/v1/health');
        return metrics.find(({ name }) => name === 'rollup_waiting')?.value ?? 0;
      };
      let begun = performance.now();
      // The manager's own, and its engine's.
      const processor = (): number =>
        [deployment.manager.pid, ...engineProcesses(deployment.manager.pid)]
          .map(processorSeconds)
          .reduce((sum, seconds) => sum + seconds, 0);
      const before = processor();
      await sendAll(deployment.socket, (sensor) => minutesOf(day, sensor, 0, dayMinutes));
      const ingestSeconds = (performance.now() - begun) / 1000;
      const ingestCpu = processor() - before;
      const windows = sensors * dayMinutes;
      bench.say(
        `${windows} windows in ${ingestSeconds.toFixed(1)} s: ${(windows / ingestSeconds).toFixed(0)} a second`,
      );

      begun = performance.now();
      while ((await waiting()) > 0) await setTimeout(500);
      const rollUpSeconds = (performance.now() - begun) / 1000;
      const allCpu = processor() - before;
      bench.say(
        `all levels are there ${rollUpSeconds.toFixed(1)} s later; ${((allCpu / windows) * 1e6).toFixed(0)} us of processor a window`,
      );

      const asked = await askDuringIngest(deployment.socket, midnight);
      bench.say(
        tableText(
          ['question', 'asked', 'p50 ms', 'p95 ms'],
          asked.map(({ path, millis }) => [
            path,
            String(millis.length),
            quantile(millis, 0.5).toFixed(0),
            quantile(millis, 0.95).toFixed(0),
          ]),
        ),
      );
      await deployment.manager.stop();
      const tables = await tableSizes(join(deployment.directory, 'm'));
      const sensorDays = sensors * ((windows + pace * paceSeconds) / windows);
      bench.say(
        tableText(
          ['table', 'rows', 'bytes', 'bytes a sensor-day'],
          tables.map(({ name, rows, bytes }) => [name, String(rows), String(bytes), (bytes / sensorDays).toFixed(0)]),
        ),
      );
      return {
        windows,
        windowsPerSecond: windows / ingestSeconds,
        cpuMicrosPerWindow: { ingest: (ingestCpu / windows) * 1e6, withRollUp: (allCpu / windows) * 1e6 },
        rollUpSeconds,
        questions: asked.map(({ path, millis }) => ({ path, p50: quantile(millis, 0.5), p95: quantile(millis, 0.95) })),
        tables: tables.map((table) => ({ ...table, bytesPerSensorDay: table.bytes / sensorDays })),
      };
    } finally {
      await deployment.stop();
    }
  },
};

function* minutesOf(day: DayParts, sensor: number, from: number, to: number) {
  for (let minute = from; minute < to; minute++) yield day.message(sensor, minute, true);
}

async function sendAll(socket: string, bodies: (sensor: number) => Iterable<{ bytes: Uint8Array; inflated: number }>) {
  await Promise.all(
    Array.from({ length: sensors }, (_, sensor) =>
      sendParts(socket, { site: `site${sensor % 10}`, name: `s${sensor}` }, bodies(sensor)),
    ),
  );
}

/** Asks one question after the other, while windows of the next day come in at an even pace. */
async function askDuringIngest(socket: string, midnight: number): Promise<{ path: string; millis: number[] }[]> {
  const next = new DayParts({
    sensors: 1,
    from: midnight + daySeconds,
    minutes: pace * paceSeconds,
    hosts,
    pool: 20_000,
  });
  const bodies = Array.from({ length: pace * paceSeconds }, (_, at) => {
    const { bytes, inflated } = next.message(0, at % dayMinutes, true);
    return { bytes, inflated };
  });
  const ingest = { done: false };
  const sending = (async () => {
    const begun = performance.now();
    // Sensors that take turns, each with a tenth of a second's windows at a time.
    for (let at = 0; at < bodies.length; at += pace / 10) {
      await setTimeout(Math.max(0, begun + (at / pace) * 1000 - performance.now()));
      await sendParts(
        socket,
        { site: 'next', name: `n${Math.trunc(at / pace) % 10}` },
        bodies.slice(at, at + pace / 10),
      );
    }
    ingest.done = true;
  })();
  const asked = questions.map((path) => ({ path, millis: [] as number[] }));
  while (!ingest.done) {
    for (const { path, millis } of asked) {
      const begun = performance.now();
      const span = `from=${midnight}&to=${midnight + daySeconds}`;
      await askManager(socket, `/api/v1/${path}${path.includes('?') ? '&' : '?'}${span}`);
      millis.push(performance.now() - begun);
    }
  }
  await sending;
  return asked;
}

/** Rows and bytes of the tables of a manager that has ended. */
async function tableSizes(stateDir: string): Promise<{ name: string; rows: number; bytes: number }[]> {
  const clock = systemClock();
  const limits = { memoryBytes: 1 << 30, sessions: 2, queryMillis: 10_000, queryBytes: 256 << 20 };
  const engine = createChdbEngine(
    { directory: join(stateDir, 'engine'), ...limits },
    {
      clock,
      log: silentLogger(),
      metrics: new Metrics(),
      fail: (error) => {
        throw error;
      },
    },
  );
  await engine.start();
  try {
    const rows = await engine.select(
      sql`SELECT table, sum(rows) AS n, sum(bytes_on_disk) AS size FROM system.parts WHERE active AND database = currentDatabase() GROUP BY table ORDER BY table`,
    );
    return rows.bytes('table').map((name, i) => ({
      name: Buffer.from(name).toString(),
      rows: rows.numbers('n')[i]!,
      bytes: rows.numbers('size')[i]!,
    }));
  } finally {
    await engine.stop(clock.elapsed() + 5000);
  }
}

function askManager<Shape>(socketPath: string, path: string): Promise<Shape> {
  const { promise, resolve, reject } = Promise.withResolvers<Shape>();
  const asking = request({ socketPath, path, agent: false }, (response) => {
    let body = '';
    response.setEncoding('utf8').on('data', (text: string) => (body += text));
    response.on('end', () => {
      if (response.statusCode === 200) resolve(JSON.parse(body) as Shape);
      else reject(new Error(`${response.statusCode}: ${body}`));
    });
  });
  asking.on('error', reject).end();
  return promise;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
