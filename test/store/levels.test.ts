import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Distinct } from '../../core/sketch/distinct/distinct.ts';
import { kinds, LG_K } from '../../core/summary/kinds.ts';
import { decodeSection } from '../../core/summary/section.ts';
import type { SectionKind } from '../../core/summary/section.ts';
import { Refusal } from '../../core/sketch/refusal.ts';
import type { Section } from '../../core/summary/part.ts';
import type { Levels } from '../../manager/store/levels.ts';
import { addUp } from '../../manager/store/storeCounts.ts';
import { monthOf } from '../../manager/store/schema.ts';
import { rangeOf } from '../../manager/store/ranges.ts';
import { dropMonth, dropRaw, levelBench, loadSegment, rollAll } from './levelBench.ts';
import { distinctOf, modelSections, periodKey, windowKey } from './levelParts.ts';
import type { ModelPart } from './levelParts.ts';

const bench = levelBench();
beforeAll(() => bench.start());
afterAll(() => bench.stop());

const full = process.env['PICKET_TIER'] === 'full';
/** Each run has segments, hours, a month and taps of its own: all share the engine's tables. */
let runs = 0;
const noLoss = { kernel: 0, nic: 0, shed: 0, unrecorded: 0, freezes: 0, blindMillis: 0 };

/** Start of a month of this run's own, in which all its packets are. */
function monthStart(run: number): number {
  const date = new Date(Date.UTC(2030, run, 1));
  return date.getTime() / 1000;
}

interface Drawn {
  part: ModelPart;
  items: number[];
}

/** Windows of one or two taps over some hours, several lengths among them, and what longer periods say of them. */
const worlds = fc.record({
  windows: fc.array(
    fc.record({
      tap: fc.integer({ min: 0, max: 1 }),
      width: fc.constantFrom(10, 10, 10, 60, 60, 600),
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
});
type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never;

function partsOf(world: World, run: number): { drawn: Drawn; segment: number }[] {
  const from = monthStart(run) + 86_400;
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

/** Asks for ranges, and compares with the parts that were loaded. */
async function ask(levels: Levels, loaded: readonly Drawn[], step: number, run: number): Promise<void> {
  const view = levels.open();
  try {
    const from = monthStart(run) + 86_400;
    const numbers = [run * 2 + 1, run * 2 + 2];
    const grain = levels.grain(from, from + 10_800, numbers) || 10;
    const unit = Math.max(step, grain);
    const cuts: number[] = [];
    for (let at = Math.floor(from / unit) * unit; at < from + 10_800 + unit; at += unit) cuts.push(at);
    const counts = await view.counts({ cuts, taps: numbers });
    const rows = loaded.map(({ part }) => part);
    const keyOf = (number: number) => ({ site: 'oslo', sensor: 'a', tap: `t${number - run * 2 - 1}` });
    const found = addUp(
      cuts,
      [],
      counts.map((one) => ({ tap: keyOf(one.tap), counts: one })),
    );
    const wanted = addUp(cuts, rows, []);
    const sorted = (all: typeof found) =>
      all
        .map((one) => ({ ...one, presentSeconds: Math.round(one.presentSeconds * 1e6) }))
        .sort((a, b) => a.range - b.range || a.tap.localeCompare(b.tap));
    expect(sorted(found)).toEqual(sorted(wanted));

    const asked = new Set([kinds.counters, kinds.services, kinds.topServices, kinds.sizes].map(({ kind }) => kind));
    const sums = new Map<
      string,
      { packets: number; windowKey: number; periodKey: number; sizes: number; items: Distinct }
    >();
    const sumOf = (tap: number, range: number) => {
      const id = `${tap} ${range}`;
      const sum = sums.get(id) ?? { packets: 0, windowKey: 0, periodKey: 0, sizes: 0, items: new Distinct(false) };
      sums.set(id, sum);
      return sum;
    };
    for await (const { tap, range, section } of view.sections({ cuts, taps: numbers }, asked)) {
      const sum = sumOf(tap, range);
      if (section.kind === kinds.counters.kind) sum.packets += read(kinds.counters, section).get('packets');
      if (section.kind === kinds.sizes.kind) sum.sizes += read(kinds.sizes, section).n;
      if (section.kind === kinds.services.kind) sum.items.merge(read(kinds.services, section));
      if (section.kind === kinds.topServices.kind) {
        const list = read(kinds.topServices, section);
        for (let i = 0; i < list.count; i++) {
          if (list.keys[i] === windowKey) sum.windowKey += list.octets[i]!;
          if (list.keys[i] === periodKey) sum.periodKey += list.octets[i]!;
        }
      }
    }
    for (const number of numbers) {
      for (let range = 0; range + 1 < cuts.length; range++) {
        const inRange = loaded.filter(({ part }) => part.number === number && rangeOf(cuts, part) === range);
        const windows = inRange.filter(({ part }) => part.seconds === part.windowSeconds);
        const packets = windows.reduce((sum, { part }) => sum + part.packets, 0);
        const sum = sumOf(number, range);
        const minutes = inRange.filter(({ part }) => part.seconds === 60).length;
        expect({ ...sum, items: 0, periodKey: 0 }).toEqual({
          packets,
          windowKey: packets,
          sizes: minutes,
          items: 0,
          periodKey: 0,
        });
        const items = distinctOf(windows.flatMap((one) => one.items));
        expect(Buffer.compare(sum.items.hll.toRegisterArray(), items.hll.toRegisterArray())).toBe(0);
      }
    }
  } finally {
    view.close();
  }
}

function read<T>(kind: SectionKind<T>, section: Section): T {
  const value = decodeSection(kind, section);
  if (value instanceof Refusal) throw new Error(String(value));
  return value;
}

async function live(world: World): Promise<void> {
  const run = (runs += 1);
  const { engine } = bench;
  const stateDir = bench.newState();
  let levels = bench.open(stateDir);
  const parts = partsOf(world, run);
  const loaded: Drawn[] = [];
  const arrivals = new Set<number>();
  const minutes = monthOf(monthStart(run));
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
      if (step === 'ask') await ask(levels, loaded, world.step, run);
      if (step === 'fail') {
        void levels.stop(0);
        const { call, after } = world.faults[(fault += 1) % world.faults.length]!;
        await failing(stateDir, call, after);
        levels = bench.open(stateDir);
      }
      if (step === 'restart') {
        void levels.stop(0);
        levels = bench.open(stateDir);
      }
      if (step === 'dropRaw')
        for (const hour of arrivals)
          if (run * 10 + (hour - 100_000 - run * 10) < levels.heldFrom()) {
            await dropRaw(engine, levels, hour);
            arrivals.delete(hour);
          }
      if (step === 'dropMinutes' && !levels.holds('1m', monthStart(run + 1)) && levels.loadedUpTo() > 0) {
        expect(minutes).toBe(monthOf(monthStart(run)));
        await dropMonth(engine, levels, '1m', monthStart(run));
      }
    }
  }
  await ask(levels, loaded, world.step, run);
  await rollAll(levels, 7);
  expect(levels.queue.waiting()).toBe(0);
  await ask(levels, loaded, world.step, run);
  void levels.stop(0);
}

/** Rolls up until a call of the engine fails, before or after it did its work, as when the manager is killed there. */
async function failing(stateDir: string, call: number, after: boolean): Promise<void> {
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

test('whatever was rolled, killed, dropped and late: each part counts once', async () => {
  await fc.assert(fc.asyncProperty(worlds, live), { numRuns: full ? 150 : 8, endOnFailure: !full });
});

/** Windows of two hours, some of them late: what is late is merged into rows whose windows are gone. */
const latecomers: Omit<World, 'faults'> = {
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
};

test('a job that is killed at any of its steps is done again with the same result', async () => {
  // Four levels, each of which reads up to four times and inserts twice.
  for (let call = 0; call < 24; call += full ? 1 : 8)
    for (const after of full ? [false, true] : [call % 16 === 0])
      await live({ ...latecomers, faults: [{ call, after }] });
});

test('lists of a period answer where nothing of it was lost, else those of its windows', async () => {
  const run = (runs += 1);
  const from = monthStart(run) + 86_400;
  const number = run * 2 + 1;
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
      const list = read(kinds.topServices, section);
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
  expect(LG_K).toBe(12);
  void levels.stop(0);
});
