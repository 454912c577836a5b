import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyHasher } from '../../core/sketch/hash/keyHasher.ts';
import { Health } from '../../core/summary/health.ts';
import { kinds } from '../../core/summary/kinds.ts';
import { mergeParts } from '../../core/summary/merge.ts';
import type { WindowPart } from '../../core/summary/part.ts';
import { periods } from '../../core/summary/period.ts';
import { registersOf } from '../../core/summary/registers.ts';
import { rowsOf } from '../../core/summary/split.ts';
import { Summary } from '../../core/summary/summary.ts';
import { type FlowWindow, hostWords, windowOf, type WindowPlace } from '../../test/support/windowSummaries.ts';
import { PartMaker } from './partMaker.ts';

const hasher = new KeyHasher();
const SEED = Uint8Array.from({ length: 16 }, (_, i) => i);
/** An hour begins here. */
const HOUR = 1_700_002_800;

const flow = (a: number, octets = 1000, packets = 2): FlowWindow => ({ a, b: 1, octets, packets });
const windowAt = (start: number, flows: readonly FlowWindow[], place: Partial<WindowPlace> = {}) =>
  windowOf(flows, { start, windowSeconds: 10, ...place }, hasher);
const maker = (workers = 1, windowSeconds = 10): PartMaker => new PartMaker({ tap: 'tap0', windowSeconds, workers });

function summaryIn(part: WindowPart): Summary {
  const summary = Summary.fromSections(part.sections);
  if (!(summary instanceof Summary)) throw new Error(String(summary));
  return summary;
}

const lengths = (parts: readonly WindowPart[]): string[] =>
  parts.map(({ start, seconds }) => `${start - HOUR}+${seconds}`);
const kindsIn = (part: WindowPart): number[] => part.sections.map(({ kind }) => kind);

test('a period comes after its last window, the short one first, and at the end what is open comes', () => {
  const it = maker();
  const made: string[][] = [];
  for (let start = HOUR; start < HOUR + 3600; start += 10) made.push(lengths(it.add(windowAt(start, [flow(1)]))));
  expect(made[0]).toEqual(['0+10']);
  expect(made[5]).toEqual(['50+10', '0+60']);
  expect(made[59]).toEqual(['590+10', '540+60', '0+600']);
  expect(made[359]).toEqual(['3590+10', '3540+60', '3000+600', '0+3600']);
  expect(lengths(it.add(windowAt(HOUR + 3600, [flow(1)])))).toEqual(['3600+10']);
  expect(lengths(it.finish())).toEqual(['3600+60', '3600+600', '3600+3600']);
  expect(it.finish()).toEqual([]);
});

test('each part holds the sections of its length, and says again what its windows said', () => {
  const it = maker();
  const parts = Array.from({ length: 60 }, (_, i) => it.add(windowAt(HOUR + 10 * i, [flow(i)], { seed: SEED }))).flat();
  const window = parts[0]!;
  const [minute, ten] = [60, 600].map((seconds) => parts.find((part) => part.seconds === seconds)!);
  expect(kindsIn(window)).toEqual([1, 16, 17, 18, 19, 20, 32, 33, 34, 35, 36, 80]);
  expect(kindsIn(minute!)).toEqual([32, 33, 34, 35, 36, 48, 49, 50, 51, 64]);
  expect(kindsIn(ten!)).toEqual([32, 33, 34, 35, 36]);
  expect(ten).toMatchObject({ tap: 'tap0', windowSeconds: 10, packets: 120, octets: 60_000 });
  expect(minute).toMatchObject({ packets: 12, coveredFrom: HOUR, coveredTo: HOUR + 60 });
});

test('with windows of a minute, window and minute are one part', () => {
  const it = maker(1, 60);
  it.addHealth(readings(5));
  const parts = it.add(windowOf([flow(1)], { start: HOUR, windowSeconds: 60, seed: SEED }, hasher));
  expect(lengths(parts)).toEqual(['0+60']);
  expect(kindsIn(parts[0]!)).toEqual([1, 2, 16, 17, 18, 19, 20, 32, 33, 34, 35, 36, 48, 49, 50, 51, 64, 80]);
  expect(lengths(it.finish())).toEqual(['0+600', '0+3600']);
});

function readings(value: number): Health {
  const health = new Health();
  health.note('queue.parts', value);
  return health;
}

test('readings of health go into the next minute, once', () => {
  const it = maker();
  it.addHealth(readings(5));
  const parts = [0, 10, 20, 30, 40].flatMap((at) => it.add(windowAt(HOUR + at, [])));
  it.addHealth(readings(9));
  parts.push(...it.add(windowAt(HOUR + 50, [])), ...it.add(windowAt(HOUR + 60, [])), ...it.finish());
  const told = parts.filter((part) => kindsIn(part).includes(2));
  expect(lengths(told)).toEqual(['0+60']);
  expect(summaryIn(told[0]!).values.health.gauges.get('queue.parts')).toEqual({
    count: 2,
    sum: 14,
    least: 5,
    greatest: 9,
  });
});

test('an empty window is an envelope and nothing else', () => {
  const [part] = maker().add(windowAt(HOUR, []));
  expect(part!.sections).toEqual([]);
});

test('windows of several workers are one part: counters and registers as those of one, lists within their bounds', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ a: fc.nat(3000), b: fc.nat(200), packets: fc.integer({ min: 1, max: 9 }), octets: fc.nat(9000) }),
        {
          maxLength: 2500,
        },
      ),
      fc.integer({ min: 2, max: 4 }),
      (flows, workers) => {
        const [one] = maker().add(windowAt(HOUR, flows, { seed: SEED }));
        const several = maker(workers);
        const parts = Array.from({ length: workers }, (_, worker) => {
          const share = flows.filter(({ a, b }) => (a + b) % workers === worker);
          return several.add(windowAt(HOUR, share, { worker, seed: SEED }));
        }).flat();
        expect(parts.length).toBe(1);
        const [part] = parts;
        expect({ ...part, sections: [] }).toEqual({ ...one, sections: [] });
        expect(registersOf(summaryIn(part!))).toEqual(registersOf(summaryIn(one!)));
        expect(summaryIn(part!).values.counters).toEqual(summaryIn(one!).values.counters);
        expectBounds(part!, flows);
      },
    ),
    { numRuns: 12 },
  );
});

/** The truth of every host lies within what the list says, or below its floor when the host is not in it. */
function expectBounds(part: WindowPart, flows: readonly FlowWindow[]): void {
  const truth = new Map<string, number>();
  for (const { a, b, octets } of flows) {
    for (const words of [hostWords(a, true), hostWords(b, false)]) {
      truth.set(String(words), (truth.get(String(words)) ?? 0) + octets);
    }
  }
  const { topHosts } = summaryIn(part).values;
  const rows = rowsOf(topHosts);
  const listed = new Set<string>();
  for (let i = 0; i < rows.count; i++) {
    const key = String([...rows.keys.subarray(i * rows.width, i * rows.width + 4)]);
    const true_ = truth.get(key) ?? 0;
    listed.add(key);
    expect(true_).toBeGreaterThanOrEqual(rows.octets[i]!);
    expect(true_).toBeLessThanOrEqual(rows.octets[i]! + rows.missedOctets[i]!);
  }
  const floor = Math.max(topHosts.local.floorOctets, topHosts.remote.floorOctets);
  for (const [key, octets] of truth) if (!listed.has(key)) expect(octets).toBeLessThanOrEqual(floor);
}

test('a window waits for its workers, but not for ever; who is late makes a further part', () => {
  const it = maker(2);
  expect(it.add(windowAt(HOUR, [flow(1)], { worker: 0 }), 0)).toEqual([]);
  expect(it.waiting).toBe(1);
  expect(it.tick(9)).toEqual([]);
  expect(lengths(it.tick(10))).toEqual(['0+10']);
  expect(lengths(it.add(windowAt(HOUR, [flow(2)], { worker: 1 }), 11))).toEqual(['0+10']);
  // The other one never comes: after some windows it is not waited for any more.
  const parts = [10, 20, 30, 40, 50, 60].flatMap((at) => it.add(windowAt(HOUR + at, [flow(1)], { worker: 0 }), 12));
  expect(lengths(parts)).toEqual(['10+10', '20+10']);
  expect(lengths(it.end(1))).toEqual(['30+10', '40+10', '50+10', '0+60', '60+10']);
});

test('a window that one of the workers passed by is finished without it', () => {
  const it = maker(2);
  it.add(windowAt(HOUR, [flow(1)], { worker: 0 }));
  expect(lengths(it.add(windowAt(HOUR + 10, [flow(1)], { worker: 1 })))).toEqual(['0+10']);
});

test('covered is what all workers covered', () => {
  const it = maker(2);
  it.add(windowAt(HOUR, [], { worker: 0, covered: { from: HOUR + 1, to: HOUR + 10 } }));
  const [part] = it.add(windowAt(HOUR, [], { worker: 1, covered: { from: HOUR + 3, to: HOUR + 9 } }));
  expect(part).toMatchObject({ coveredFrom: HOUR + 3, coveredTo: HOUR + 9 });
});

test('keyed sections are there when all packets were keyed by one seed only', () => {
  const minute = (seeds: readonly (Uint8Array | undefined)[], flows = [flow(1)]): number[] => {
    const it = maker();
    const parts = seeds.flatMap((seed, i) =>
      it.add(windowAt(HOUR + 10 * i, flows, seed === undefined ? {} : { seed })),
    );
    return kindsIn([...parts, ...it.finish()].find(({ seconds }) => seconds === 60)!);
  };
  const other = Uint8Array.from(SEED, (byte) => byte + 1);
  expect(minute([SEED, SEED])).toContain(64);
  expect(minute([undefined, SEED])).not.toContain(64);
  expect(minute([SEED, undefined])).not.toContain(64);
  expect(minute([SEED, undefined, SEED])).not.toContain(64);
  expect(minute([SEED, other])).not.toContain(64);
  expect(minute([SEED, other, other])).not.toContain(64);
  expect(minute([undefined, undefined])).not.toContain(64);
});

test('what is slow and steady is in the list of the hour though in no list of a window', () => {
  const it = maker();
  const parts: WindowPart[] = [];
  for (let i = 0; i < 60; i++) {
    const loud = Array.from({ length: 200 }, (_, n) => flow(1000 * (i + 1) + n, 5000, 20));
    parts.push(...it.add(windowAt(HOUR + 10 * i, [...loud, flow(7, 200, 1)])));
  }
  parts.push(...it.finish());
  const octetsIn = (seconds: number): (number | undefined)[] =>
    parts.flatMap((part) => {
      if (part.seconds !== seconds) return [];
      const { local } = summaryIn(part).values.topHosts;
      const at = Array.from({ length: local.count }, (_, n) => local.keys[n * local.width + 3]).indexOf(0x0a000007);
      return [at < 0 ? undefined : local.octets[at]];
    });
  expect(new Set(octetsIn(10))).toEqual(new Set([undefined]));
  expect(octetsIn(3600)).toEqual([60 * 200]);
});

test('the same windows give the same bytes', () => {
  const run = (): WindowPart[] => {
    const it = maker();
    const flows = Array.from({ length: 1500 }, (_, n) => flow(n * 7, 1000 + ((n * 7919) % 5000)));
    const parts = [0, 10, 20, 60].flatMap((at) => it.add(windowAt(HOUR + at, flows, { seed: SEED })));
    return [...parts, ...it.finish()];
  };
  expect(run()).toEqual(run());
});

test('after its clock was set back, a worker begins anew', () => {
  const it = maker();
  it.add(windowAt(HOUR + 600, [flow(1)]));
  expect(lengths(it.add(windowAt(HOUR, [flow(1)])))).toEqual(['600+60', '600+600', '0+3600', '0+10']);
  const more = [10, 20, 30, 40, 50].flatMap((at) => it.add(windowAt(HOUR + at, [flow(1)])));
  expect(lengths(more).at(-1)).toBe('0+60');
  expect(more.at(-1)!.packets).toBe(12);
});

/** What happens to a sensor, in any order: windows, gaps, late packets, a clock that was set, a restart. */
const events = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('window' as const), worker: fc.nat(1), skip: fc.constant(0) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('window' as const), worker: fc.nat(1), skip: fc.nat(500) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('supplement' as const),
        worker: fc.nat(1),
        skip: fc.integer({ min: -900, max: 900 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('back' as const), worker: fc.nat(1), skip: fc.nat(500) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('restart' as const), worker: fc.nat(1), skip: fc.nat(100) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('tick' as const), worker: fc.nat(1), skip: fc.nat(20) }) },
  ),
  { maxLength: 60 },
);

test('packets of a period sum to those of its windows, whatever comes when', () => {
  fc.assert(
    fc.property(
      events,
      fc.constantFrom(1, 10, 30, 60),
      fc.integer({ min: 1, max: 2 }),
      (list, windowSeconds, workers) => {
        let it = maker(workers, windowSeconds);
        const parts: WindowPart[] = [];
        const next = Array.from({ length: workers }, () => HOUR);
        let [now, given] = [0, 0];
        for (const { kind, worker: pick, skip } of list) {
          const worker = pick % workers;
          if (kind === 'tick') parts.push(...it.tick((now += skip)));
          else if (kind === 'restart') {
            parts.push(...it.finish());
            it = maker(workers, windowSeconds);
          } else {
            if (kind === 'back') next[worker]! -= skip * windowSeconds;
            const supplement = kind === 'supplement';
            const start = next[worker]! + skip * windowSeconds * (kind === 'back' ? 0 : 1);
            if (!supplement) next[worker] = start + windowSeconds;
            given += 2;
            const window = windowOf([flow(given)], { start, windowSeconds, worker, supplement, seed: SEED }, hasher);
            parts.push(...it.add(window, (now += 1)));
          }
        }
        parts.push(...it.finish());
        const windows = sumsOf(parts, windowSeconds, windowSeconds);
        expect([...windows.values()].reduce((sum, packets) => sum + packets, 0)).toBe(given);
        for (const seconds of periods) {
          if (seconds <= windowSeconds) continue;
          expect(sumsOf(parts, seconds, seconds)).toEqual(sumsOf(parts, windowSeconds, seconds));
          // Parts of one period merge, and say of a host what all its windows together say.
          for (const group of groupsOf(parts, seconds)) expect(group.packets).toBe(2 * listedIn(group));
        }
      },
    ),
    { numRuns: 60 },
  );
});

/** Packets of the parts of `seconds`, by the start of the period of `by` seconds that they are in. */
function sumsOf(parts: readonly WindowPart[], seconds: number, by: number): Map<number, number> {
  const sums = new Map<number, number>();
  for (const part of parts) {
    if (part.seconds !== seconds) continue;
    const start = Math.floor(part.start / by) * by;
    sums.set(start, (sums.get(start) ?? 0) + part.packets);
  }
  return new Map([...sums].sort((a, b) => a[0] - b[0]));
}

function groupsOf(parts: readonly WindowPart[], seconds: number): WindowPart[] {
  const groups = new Map<number, WindowPart>();
  for (const part of parts) {
    if (part.seconds !== seconds) continue;
    const known = groups.get(part.start);
    const merged = known === undefined ? part : mergeParts(known, part);
    if (!('sections' in merged)) throw new Error(String(merged));
    groups.set(part.start, merged);
  }
  return [...groups.values()];
}

/** Senders in the list: each was given two packets, so they tell how many windows are in it. */
function listedIn(part: WindowPart): number {
  const section = part.sections.find(({ kind }) => kind === kinds.topSources.kind);
  return section === undefined ? 0 : summaryIn(part).values.topSources.local.count;
}
