import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kinds } from '../../core/summary/kinds.ts';
import { inSpans, spanConditions } from '../../manager/store/spanConditions.ts';
import type { TapsSpan } from '../../manager/store/spanConditions.ts';
import { sql } from '../../manager/store/sql.ts';
import { readSection } from './levelAnswers.ts';
import { levelBench, loadSegment, noLoss, rollAll } from './levelBench.ts';
import { modelSections } from './levelParts.ts';

const bench = levelBench();
beforeAll(() => bench.start());
afterAll(() => bench.stop());

/** A row in each ten seconds of each tap. */
const rows = { taps: 40, places: 400, from: -2000 };
const table = sql`(SELECT toUInt32(number % ${rows.taps}) AS tap, ${rows.from} + 10 * toInt64(intDiv(number, ${rows.taps})) AS ts FROM system.numbers LIMIT ${rows.taps * rows.places})`;

/** Spans of tens or minutes that do not overlap, some of all taps, some of a few. */
const worlds = fc
  .array(
    fc.record({
      skip: fc.nat(3),
      length: fc.integer({ min: 1, max: 4 }),
      tap: fc.nat(rows.taps),
      minutes: fc.boolean(),
    }),
    { maxLength: 150 },
  )
  .chain((list) => fc.record({ list: fc.constant(list), alone: fc.boolean() }))
  .map(({ list, alone }) => {
    const spans: TapsSpan[] = [];
    let at = rows.from;
    for (const { skip, length, tap, minutes } of list) {
      const unit = minutes ? 60 : 10;
      const from = Math.ceil(at / unit) * unit + unit * skip;
      at = from + unit * length;
      const all = Array.from({ length: rows.taps }, (_, one) => one);
      spans.push({ from, to: at, taps: alone ? [tap % rows.taps, (tap + 1) % rows.taps] : all });
    }
    return spans;
  });

test('conditions hold exactly the rows of many spans, each in one of them', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async (spans) => {
      let found = 0;
      for (const condition of spanConditions(spans))
        found += (await bench.engine.select(sql`SELECT count() AS n FROM ${table} WHERE ${condition}`)).single('n');
      let wanted = 0;
      for (let place = 0; place < rows.places; place++) {
        const ts = rows.from + 10 * place;
        for (const { from, to, taps } of spans) if (ts >= from && ts < to) wanted += taps.length;
      }
      expect(found).toBe(wanted);
      const any = await bench.engine.select(sql`SELECT count() AS n FROM ${table} WHERE ${inSpans(spans)}`);
      expect(any.single('n')).toBe(wanted);
    }),
    { numRuns: 60 },
  );
});

test('a question works over thousands of days of which nothing is rolled up yet, and over a thousand taps', async () => {
  const levels = bench.open(bench.newState());
  const owner = { site: 'oslo', sensor: 'a', tap: 't0', replay: false, loss: noLoss, sections: [] };
  const part = (number: number, start: number) => {
    const span = { start, seconds: 10, windowSeconds: 10, coveredFrom: start, coveredTo: start + 10 };
    return { ...owner, ...span, number, packets: 1, octets: 60 };
  };
  const days = Array.from({ length: 3000 }, (_, i) => part(1, 86_400 * i));
  const taps = Array.from({ length: 3000 }, (_, i) => part(2 + (i % 1000), 60 * ((i * 7919) % 480)));
  await loadSegment(bench.engine, levels, 1, 100, [...days, ...taps]);
  const view = levels.open();
  const numbers = Array.from({ length: 1001 }, (_, i) => i + 1);
  const counts = await view.counts({ cuts: [0, 86_400 * 3000], taps: numbers });
  view.close();
  await levels.stop(0);
  expect(counts.reduce((sum, { packets }) => sum + packets, 0)).toBe(6000);
});

test('a span of any length is read, with gaps of any length in it', async () => {
  const levels = bench.open(bench.newState());
  const starts = [-86_400e7, 0, 60, 86_400e7, 86_400e9];
  const parts = starts.map((start) => {
    const row = { start, seconds: 10, windowSeconds: 10, coveredFrom: start, coveredTo: start + 10, packets: 1 };
    const owner = { site: 'oslo', sensor: 'b', tap: 't0', number: 5000, replay: true, octets: 60, loss: noLoss };
    return { ...owner, ...row, sections: modelSections(row, [1]) };
  });
  await loadSegment(bench.engine, levels, 2, 200, parts);
  const look = async (): Promise<number> => {
    const view = levels.open();
    const cuts = Array.from({ length: 2001 }, (_, at) => -864e12 + at * 864e9);
    let packets = 0;
    for await (const { section } of view.sections({ cuts, taps: [5000] }, new Set([kinds.counters.kind])))
      packets += readSection(kinds.counters, section).get('packets');
    view.close();
    return packets;
  };
  expect(await look()).toBe(starts.length);
  await rollAll(levels);
  expect(levels.queue.waiting()).toBe(0);
  expect(await look()).toBe(starts.length);
  await levels.stop(0);
});

test('a condition has a bounded length', () => {
  const spans = Array.from({ length: 50_000 }, (_, i) => ({ from: 86_400 * i, to: 86_400 * i + 60 * (1 + (i % 5)) }));
  for (const tapsOf of [() => [1], (i: number) => [i % 1000]]) {
    const conditions = spanConditions(spans.map((span, i) => ({ ...span, taps: tapsOf(i) })));
    expect(Math.max(...conditions.map(({ text }) => text.length))).toBeLessThan(300_000);
  }
});
