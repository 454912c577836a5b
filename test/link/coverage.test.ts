import { expect, test } from 'vitest';
import type { Answer } from '../../proto/api.ts';
import { systemClock } from '../../runtime/clock.ts';
import { part, start, ask, linkBench } from './linkBench.ts';

const { startManager, makeLink, run } = linkBench();
const clock = systemClock();

test('coverage tells who is missing and why, and what can be expected', async () => {
  let now = (start + 95) * 1000;
  const manager = await startManager({}, { ...clock, now: () => now });
  const url = `unix:${manager.socket}`;
  const live = makeLink(url).link;
  const other = makeLink(url, { site: 'lima', name: 'b' }).link;
  const replay = makeLink(url, { name: 'file', replay: true }).link;
  for (const link of [live, other, replay]) await run(link);
  // Two workers' parts of one window, a gap, a window that was half blind.
  await live.offer(part(start, 0, { coveredTo: start + 6 }));
  await live.offer(part(start, 1, { coveredFrom: start + 4 }));
  await live.offer(part(start + 30, 2, { coveredFrom: start + 35, loss: { ...part(0).loss, blindMillis: 2000 } }));
  await other.offer(part(start - 100));
  await replay.offer(part(start + 20, 9, { coveredFrom: start + 21, coveredTo: start + 21 }));
  for (const link of [live, other, replay]) await link.drained();

  const path = `/api/v1/distinct/hosts?from=${start + 3}&to=${start + 1000}`;
  const all = await ask<Answer<'distinct'>>(manager, path);
  expect([all.from, all.to]).toEqual(['2023-11-14T22:13:20.000000000Z', '2023-11-14T22:30:00.000000000Z']);
  expect(all.coverage.sensors).toEqual({
    asked: 3,
    answered: 2,
    missing: [{ sensor: 'lima/b', why: 'silent since 2023-11-14T22:11:50.000000000Z' }],
  });
  // At +95 s the windows up to +90 can be there: 90 s each of the live sensors; of the file only its window.
  expect(all.coverage.seconds).toEqual({ expected: 90 + 90 + 10, present: 10 + 3 + 10 });
  expect(all.coverage.packets).toEqual({ seen: 40, nic: 8, kernel: 4, shed: 12, unrecorded: 16 });

  now += 3600_000;
  const oslo = await ask<Answer<'distinct'>>(manager, `${path}&site=oslo&sensor=a&sensor=oslo/zz`);
  expect(oslo.coverage.sensors).toEqual({ asked: 2, answered: 1, missing: [{ sensor: 'oslo/zz', why: 'never seen' }] });
  expect(oslo.coverage.seconds).toEqual({ expected: 1000, present: 13 });
  expect(oslo.value.estimate).toBe(4);
  const file = await ask<Answer<'distinct'>>(
    manager,
    `/api/v1/distinct/sources?from=${start}&to=${start + 1000}&sensor=file`,
  );
  expect(file.coverage).toMatchObject({
    sensors: { asked: 1, answered: 1, missing: [] },
    seconds: { expected: 10, present: 10 },
  });
  const before = await ask<Answer<'distinct'>>(manager, `/api/v1/distinct/sources?from=0&to=100&sensor=a`);
  expect(before.coverage.sensors.missing).toEqual([{ sensor: 'oslo/a', why: 'no data' }]);
});
