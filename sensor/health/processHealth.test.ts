import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { decodeHealth, encodeHealth, Health } from '../../core/summary/health.ts';
import { silentLogger } from '../../runtime/log.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { createHealthStage } from './healthStage.ts';
import { ProcessHealth } from './processHealth.ts';

test('a reading has the process, the disk, the clock and every metric, and can be shipped', async () => {
  const metrics = new Metrics();
  metrics.counter('link_oversized_parts', 'parts', 'Too large.').add(2);
  const deps = { metrics, stateDir: tmpdir(), threads: () => [] };
  const known = new ProcessHealth({ ...deps, clockOffset: () => -0.0125, clockUncertainty: () => 0.002 });
  const health = await known.read();
  health.merge(await known.read());
  const value = (name: string): number => health.gauges.get(name)!.greatest;
  expect(value('link.oversized.parts')).toBe(2);
  expect(value('clock.offset.micros')).toBe(-12_500);
  expect(value('clock.uncertainty.micros')).toBe(2000);
  expect(value('memory.rss.bytes')).toBeGreaterThan(16 << 20);
  expect(value('disk.free.bytes')).toBeGreaterThan(0);
  expect([...health.gauges.values()].every(({ count }) => count === 2)).toBe(true);
  expect(decodeHealth(encodeHealth(health))).toEqual(health);

  const unknown = new ProcessHealth({
    ...deps,
    stateDir: '/nonexistent',
    clockOffset: () => undefined,
    clockUncertainty: () => undefined,
  });
  const names = [...(await unknown.read()).gauges.keys()];
  expect(names).toContain('cpu.millis');
  expect(names.filter((name) => /^(clock|disk)\./.test(name))).toEqual([]);
});

test('readings go on after one that failed, and end with the stage', async () => {
  const due: (() => void)[] = [];
  const clock = {
    now: () => 0,
    elapsed: () => 0,
    after: (_: number, action: () => void) => {
      due.push(action);
      return () => due.splice(due.indexOf(action), 1);
    },
  };
  let reads = 0;
  const given: Health[] = [];
  const stage = createHealthStage({
    clock,
    log: silentLogger(),
    read: () => (++reads === 1 ? Promise.reject(new Error('not now')) : Promise.resolve(new Health())),
    give: (health) => given.push(health),
  });
  await stage.start();
  const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  await settle();
  expect([reads, given.length, due.length]).toEqual([1, 0, 1]);
  due.shift()!();
  await settle();
  expect([reads, given.length, due.length]).toEqual([2, 1, 1]);
  await stage.stop(0);
  expect(due).toEqual([]);
});
