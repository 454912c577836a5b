import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRollup } from '../../manager/rollup/rollup.ts';
import { systemClock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/log.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { levelBench, loadSegment } from './levelBench.ts';
import { modelSections } from './levelParts.ts';

const bench = levelBench();
const clock = systemClock();
beforeAll(() => bench.start());
afterAll(() => bench.stop());

const midnight = 20_000 * 86_400;

test('the stage rolls what was loaded in its own thread, into all levels', async () => {
  const levels = bench.open(bench.newState());
  const metrics = new Metrics();
  const rollup = createRollup({
    queue: levels.queue,
    clock,
    log: silentLogger(),
    metrics,
    fail: (error) => {
      throw error;
    },
  });
  await rollup.start();
  const parts = Array.from({ length: 200 }, (_, at) => {
    const row = {
      site: 'oslo',
      sensor: 'a',
      tap: 'tap0',
      number: 1,
      replay: false,
      start: midnight + at * 10,
      seconds: 10,
      windowSeconds: 10,
      coveredFrom: midnight + at * 10,
      coveredTo: midnight + at * 10 + 10,
      packets: 3,
      octets: 300,
      loss: { kernel: 0, nic: 0, shed: 0, unrecorded: 0, freezes: 0, blindMillis: 0 },
    };
    return { ...row, sections: modelSections(row, [at]) };
  });
  await loadSegment(bench.engine, levels, 1, 480_000, parts);
  await rollup.finish();
  expect(levels.queue.waiting()).toBe(0);
  const value = (name: string): number => metrics.read().find((metric) => metric.name === name)?.value ?? Number.NaN;
  expect(value('rollup_waiting')).toBe(0);
  expect(value('rollup_failures')).toBe(0);
  expect(value('rollup_jobs')).toBe(4);
  // 34 minutes, 4 times ten minutes, an hour and a day.
  expect(value('rollup_cells')).toBe(40);
  const view = levels.open();
  const before = levels.rowsRead();
  const counts = await view.counts({ cuts: [midnight, midnight + 86_400], taps: [1] });
  expect(counts).toMatchObject([{ tap: 1, range: 0, packets: 600, rows: 200, spans: [[midnight, midnight + 2000]] }]);
  expect(levels.rowsRead() - before).toBe(1);
  view.close();
  await rollup.stop(clock.elapsed() + 5000);
  await levels.stop(0);
});

test('while a question is open nothing later than it is rolled', async () => {
  const levels = bench.open(bench.newState());
  const row = {
    site: 'oslo',
    sensor: 'a',
    tap: 'tap0',
    number: 2,
    replay: false,
    start: midnight,
    seconds: 10,
    windowSeconds: 10,
    coveredFrom: midnight,
    coveredTo: midnight + 10,
    packets: 3,
    octets: 300,
    loss: { kernel: 0, nic: 0, shed: 0, unrecorded: 0, freezes: 0, blindMillis: 0 },
  };
  const part = { ...row, sections: modelSections(row, []) };
  await loadSegment(bench.engine, levels, 11, 480_001, [part]);
  const view = levels.open();
  await loadSegment(bench.engine, levels, 12, 480_001, [part]);
  const ask = async (of: typeof view): Promise<number[]> =>
    (await of.counts({ cuts: [midnight, midnight + 60], taps: [2] })).map(({ packets }) => packets);
  const rollup = createRollup({
    queue: levels.queue,
    clock,
    log: silentLogger(),
    metrics: new Metrics(),
    fail: (error) => {
      throw error;
    },
  });
  await rollup.start();
  await rollup.finish();
  expect(levels.queue.waiting()).toBe(4);
  expect(await ask(view)).toEqual([3]);
  view.close();
  await rollup.finish();
  expect(levels.queue.waiting()).toBe(0);
  const later = levels.open();
  expect(await ask(later)).toEqual([6]);
  later.close();
  await rollup.stop(clock.elapsed() + 5000);
  await levels.stop(0);
});
