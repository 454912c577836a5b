import { expect } from 'vitest';
import { Distinct } from '../../core/sketch/distinct/distinct.ts';
import { kinds } from '../../core/summary/kinds.ts';
import { decodeSection } from '../../core/summary/section.ts';
import type { SectionKind } from '../../core/summary/section.ts';
import { Refusal } from '../../core/sketch/refusal.ts';
import type { Section } from '../../core/summary/part.ts';
import type { Levels } from '../../manager/store/levels.ts';
import { rangeOf } from '../../manager/store/ranges.ts';
import { addUp } from '../../manager/store/storeCounts.ts';
import { distinctOf, hasMinutes, periodKey, windowKey } from './levelParts.ts';
import type { ModelPart } from './levelParts.ts';

/** A part that was loaded, and the items that its distinct count is of. */
export interface Drawn {
  part: ModelPart;
  items: number[];
}

/** Numbers of the two taps of a run. */
export function tapsOf(run: number): [number, number] {
  return [run * 2 + 1, run * 2 + 2];
}

/** Start of a month of a run's own, in which all its packets are. */
export function monthStart(run: number): number {
  return Date.UTC(2030, run, 1) / 1000;
}

/** Start of the day in it that packets are of. */
export function dayStart(run: number): number {
  return monthStart(run) + 86_400;
}

/**
 * Asks for ranges, and compares with the parts that were loaded. `ragged`: which cuts are left out, by their number modulo
 * 8, as bits.
 */
export async function checkAnswers(
  levels: Levels,
  loaded: readonly Drawn[],
  cutting: { step: number; ragged: number },
  run: number,
): Promise<void> {
  const view = levels.open();
  try {
    const from = dayStart(run);
    const numbers = tapsOf(run);
    const grain = levels.grain(from, from + 10_800, numbers) || 10;
    const unit = Math.max(cutting.step, grain);
    const all: number[] = [];
    for (let at = Math.floor(from / unit) * unit; at < from + 10_800 + unit; at += unit) all.push(at);
    const cuts = all.filter((_, at) => at === 0 || at === all.length - 1 || ((cutting.ragged >> (at % 8)) & 1) === 0);
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
      if (section.kind === kinds.counters.kind) sum.packets += readSection(kinds.counters, section).get('packets');
      if (section.kind === kinds.sizes.kind) sum.sizes += readSection(kinds.sizes, section).n;
      if (section.kind === kinds.services.kind) sum.items.merge(readSection(kinds.services, section));
      if (section.kind === kinds.topServices.kind) {
        const list = readSection(kinds.topServices, section);
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
        const minutes = inRange.filter(({ part }) => hasMinutes(part)).length;
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

/** The value in a section that is sound. */
export function readSection<T>(kind: SectionKind<T>, section: Section): T {
  const value = decodeSection(kind, section);
  if (value instanceof Refusal) throw new Error(String(value));
  return value;
}
