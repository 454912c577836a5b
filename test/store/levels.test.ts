import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kinds } from '../../core/summary/kinds.ts';
import { dayStart, readSection, tapsOf } from './levelAnswers.ts';
import { levelBench, loadSegment, noLoss, rollAll } from './levelBench.ts';
import { modelSections } from './levelParts.ts';
import { latecomers, liveThrough, worlds } from './levelWorlds.ts';

const bench = levelBench();
beforeAll(() => bench.start());
afterAll(() => bench.stop());

test('whatever was rolled, killed, dropped and late: each part counts once', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, (world) => liveThrough(world, bench)),
    { numRuns: 8 },
  );
});

test('a job that is killed is done again with the same result', async () => {
  for (const call of [1, 5, 11]) await liveThrough({ ...latecomers, faults: [{ call, after: call === 5 }] }, bench);
});

test('lists of a period answer where nothing of it was lost, else those of its windows', async () => {
  const run = bench.newRun();
  const from = dayStart(run);
  const number = tapsOf(run)[0];
  const row = (start: number, seconds: number, packets: number) => ({
    site: 'oslo',
    sensor: 'a',
    tap: 't0',
    number,
    replay: false,
    start,
    seconds,
    windowSeconds: 10,
    coveredFrom: start,
    coveredTo: start + seconds,
    packets,
    octets: packets,
    loss: noLoss,
  });
  const rows = [
    ...[0, 10, 20].map((at) => row(from + at, 10, 5)),
    row(from, 600, 15),
    row(from, 3600, 15),
    row(from + 3600, 10, 5),
    row(from + 3600, 600, 5),
    // A part of this hour was lost.
    row(from + 3600, 3600, 4),
  ];
  const levels = bench.open(bench.newState());
  const parts = rows.map((one) => ({ ...one, sections: modelSections(one, []) }));
  await loadSegment(bench.engine, levels, run * 10, 100_000 + run * 10, parts);
  await rollAll(levels);
  const lists = async (cuts: number[]): Promise<number[][]> => {
    const view = levels.open();
    const found: number[][] = [];
    for await (const { section } of view.sections({ cuts, taps: [number] }, new Set([kinds.topServices.kind]))) {
      const list = readSection(kinds.topServices, section);
      found.push(Array.from(list.keys, (key, i) => key * 1000 + list.octets[i]!));
    }
    view.close();
    return found;
  };
  // The minute has windows alone; ten minutes have their own list; of the second hour those ten minutes are the best.
  expect(await lists([from, from + 60])).toEqual([[1015]]);
  expect(await lists([from, from + 600])).toEqual([[1015, 2001]]);
  expect(await lists([from, from + 3600])).toEqual([[1015, 2001]]);
  expect(await lists([from + 3600, from + 7200])).toEqual([[1005, 2001]]);
  expect(await lists([from, from + 86_400])).toEqual([[1020, 2002]]);
  void levels.stop(0);
});
