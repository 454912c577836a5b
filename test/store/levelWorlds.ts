import fc from 'fast-check';
import { expect } from 'vitest';
import { checkAnswers, dayStart, monthStart } from './levelAnswers.ts';
import type { Drawn } from './levelAnswers.ts';
import { dropMonth, dropRaw, loadSegment, noLoss, rollAll } from './levelBench.ts';
import type { LevelBench } from './levelBench.ts';
import { modelSections } from './levelParts.ts';

/** Windows of one or two taps over some hours, several lengths among them, and what longer periods say of them. */
export const worlds = fc.record({
  windows: fc.array(
    fc.record({
      tap: fc.integer({ min: 0, max: 1 }),
      width: fc.constantFrom(10, 10, 10, 60, 60, 600, 3600),
      at: fc.integer({ min: 0, max: 3 * 3600 - 1 }),
      packets: fc.integer({ min: 0, max: 50 }),
      covers: fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 8 })),
      blind: fc.constantFrom(0, 0, 700, 100_000),
      replay: fc.constantFrom(false, false, true),
      segment: fc.integer({ min: 0, max: 3 }),
      items: fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 30 },
  ),
  /** Which periods are told, and in which segment: those that are not were lost. */
  told: fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 7, maxLength: 7 }),
  /** What happens between two segments. */
  steps: fc.array(
    fc.array(fc.constantFrom('roll', 'fail', 'dropRaw', 'dropMinutes', 'restart', 'ask'), { maxLength: 3 }),
    {
      minLength: 4,
      maxLength: 4,
    },
  ),
  faults: fc.array(fc.record({ call: fc.integer({ min: 0, max: 9 }), after: fc.boolean() }), {
    minLength: 1,
    maxLength: 4,
  }),
  step: fc.constantFrom(600, 1200, 3600, 10_800),
  /** Which cuts are left out, by their number modulo 8. */
  ragged: fc.constantFrom(0, 0, 0b1, 0b100, 0b1010_1100),
});
export type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never;

/** Windows of two hours, some of them late: what is late is merged into rows whose windows are gone. */
export const latecomers: Omit<World, 'faults'> = {
  windows: [0, 3, 6, 60, 61].flatMap((at, nth) =>
    [0, 1].map((segment) => ({
      tap: nth % 2,
      width: nth === 2 ? 600 : 10,
      at: at * 60,
      packets: 10 + nth,
      covers: [0, 8] as [number, number],
      blind: 0,
      replay: false,
      segment: segment * 2,
      items: [nth, segment],
    })),
  ),
  told: [0, 2, 0, 2, 0, 2, 0],
  steps: [['roll', 'dropRaw', 'dropMinutes'], ['ask'], ['fail', 'ask', 'fail'], ['restart', 'ask', 'roll']],
  step: 600,
  ragged: 0,
};

function partsOf(world: World, run: number): { drawn: Drawn; segment: number }[] {
  const from = dayStart(run);
  const all: { drawn: Drawn; segment: number }[] = [];
  for (const { tap, width, at, packets, covers, blind, replay, segment, items } of world.windows) {
    const start = from + Math.floor(at / width) * width;
    const [a, b] = [(Math.min(...covers) / 8) * width, (Math.max(...covers) / 8) * width];
    const row = {
      site: 'oslo',
      sensor: 'a',
      tap: `t${tap}`,
      number: run * 2 + tap + 1,
      replay,
      start,
      seconds: width,
      windowSeconds: width,
      coveredFrom: start + a,
      coveredTo: start + b,
      packets,
      octets: packets * 100,
      loss: { ...noLoss, kernel: packets % 3, blindMillis: blind },
    };
    all.push({ drawn: { part: { ...row, sections: modelSections(row, items) }, items }, segment });
  }
  // Periods of the windows of 10 s: they restate them.
  const windows = [...all];
  for (const [tap, period] of [0, 1].flatMap((one) => [60, 600, 3600].map((seconds) => [one, seconds] as const))) {
    const groups = Map.groupBy(
      windows.filter(({ drawn: { part } }) => part.tap === `t${tap}` && part.seconds === 10),
      ({ drawn: { part } }) => Math.floor(part.start / period) * period,
    );
    let nth = 0;
    for (const [start, members] of groups) {
      const told = world.told[(nth += 1) % world.told.length]!;
      const { part } = members[0]!.drawn;
      const packets = members.reduce((sum, { drawn }) => sum + drawn.part.packets, 0);
      const row = { ...part, start, seconds: period, windowSeconds: 10, packets, octets: packets * 100 };
      const sections = modelSections(row, []);
      if (told >= 0) all.push({ drawn: { part: { ...row, sections }, items: [] }, segment: told });
    }
  }
  return all;
}

/** Lives through a world, asks now and then and at the end, and compares with what was loaded. */
export async function liveThrough(world: World, bench: LevelBench): Promise<void> {
  const run = bench.newRun();
  const { engine } = bench;
  const stateDir = bench.newState();
  let levels = bench.open(stateDir);
  const parts = partsOf(world, run);
  const loaded: Drawn[] = [];
  const arrivals = new Set<number>();
  let fault = 0;
  for (const [at, steps] of world.steps.entries()) {
    const segment = run * 10 + at;
    const fresh = parts.filter((one) => one.segment === at).map(({ drawn }) => drawn);
    const arrived = 100_000 + run * 10 + at;
    if (fresh.length > 0) {
      await loadSegment(
        engine,
        levels,
        segment,
        arrived,
        fresh.map(({ part }) => part),
      );
      arrivals.add(arrived);
    }
    loaded.push(...fresh);
    for (const step of steps) {
      if (step === 'roll') await rollAll(levels, 3);
      if (step === 'ask') await checkAnswers(levels, loaded, world, run);
      if (step === 'fail') {
        void levels.stop(0);
        const { call, after } = world.faults[(fault += 1) % world.faults.length]!;
        await failAt(call, after, stateDir, bench);
        levels = bench.open(stateDir);
      }
      if (step === 'restart') {
        void levels.stop(0);
        levels = bench.open(stateDir);
      }
      if (step === 'dropRaw')
        for (const hour of arrivals)
          if (hour - 100_000 < levels.heldFrom()) {
            await dropRaw(engine, levels, hour);
            arrivals.delete(hour);
          }
      if (step === 'dropMinutes' && !levels.holds('1m', monthStart(run + 1)) && levels.loadedUpTo() > 0) {
        await dropMonth(engine, levels, '1m', monthStart(run));
      }
    }
  }
  await checkAnswers(levels, loaded, world, run);
  await rollAll(levels, 7);
  expect(levels.queue.waiting()).toBe(0);
  await checkAnswers(levels, loaded, world, run);
  void levels.stop(0);
}

/** Rolls up until a call of the engine fails, before or after it did its work, as when the manager is killed there. */
async function failAt(call: number, after: boolean, stateDir: string, bench: LevelBench): Promise<void> {
  let left = call;
  const fail = async <T>(work: () => Promise<T>): Promise<T> => {
    const fails = left === 0;
    left -= 1;
    if (fails && !after) throw new Error('killed');
    const result = await work();
    if (fails) throw new Error('killed');
    return result;
  };
  const { engine } = bench;
  const levels = bench.open(stateDir, {
    answer: (statement, limits) => fail(() => engine.answer(statement, limits)),
    insertFile: (table, path) => fail(() => engine.insertFile(table, path)),
  });
  await rollAll(levels, 3).catch((error: unknown) => {
    if (!(error instanceof Error && error.message === 'killed')) throw error;
  });
  void levels.stop(0);
}
