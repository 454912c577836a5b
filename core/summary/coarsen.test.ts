import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Distinct } from '../sketch/distinct/distinct.ts';
import { Kll } from '../sketch/kll/kll.ts';
import { Refusal } from '../sketch/refusal.ts';
import { TopRows } from '../sketch/top/topRows.ts';
import { coarsen } from './coarsen.ts';
import { HOST_WORDS } from './flowKeys.ts';
import { kinds, LG_K } from './kinds.ts';
import { noLoss, type Section, type WindowPart } from './part.ts';
import { decodeSection, encodeSection } from './section.ts';
import { Split } from './split.ts';

const start = 1_700_000_040;

function sources(keys: readonly number[]): Section {
  const remote = new Distinct(false);
  for (const key of keys) remote.addHash(Int32Array.of(key * 0x9e37_79b1, key * 0x85eb_ca6b, key * 0xc2b2_ae35, key));
  return encodeSection(kinds.sources, [LG_K], new Split(new Distinct(false), remote));
}

function hosts(capacity: number, octets: readonly number[]): Section {
  const rows = new TopRows(HOST_WORDS, capacity, octets.length);
  for (const [i, value] of octets.entries()) {
    rows.keys[i * HOST_WORDS] = i;
    rows.octets[i] = value;
    rows.packets[i] = 1;
  }
  return encodeSection(kinds.topHosts, [capacity], new Split(new TopRows(HOST_WORDS, capacity), rows));
}

function sizes(n: number): Section {
  const kll = new Kll(0);
  for (let i = 0; i < n; i++) kll.update(i);
  return encodeSection(kinds.sizes, [200], kll);
}

function windowAt(at: number, changes: Partial<WindowPart> = {}): WindowPart {
  return {
    tap: 'core',
    start: start + at,
    seconds: 10,
    windowSeconds: 10,
    coveredFrom: start + at,
    coveredTo: start + at + 10,
    packets: 5,
    octets: 500,
    loss: { ...noLoss, kernel: 1, nic: 2, shed: 3, unrecorded: 4, freezes: 5, blindMillis: 100 },
    sections: [],
    ...changes,
  };
}

function made(parts: readonly WindowPart[], seconds = 60): WindowPart {
  const part = coarsen(parts, start, seconds);
  if (part instanceof Refusal) throw new Error(part.toString());
  return part;
}

const sectionOf = (part: WindowPart, kind: { kind: number }): Section | undefined =>
  part.sections.find((section) => section.kind === kind.kind);

test('counts and loss add, and what was not watched between is blind time', () => {
  const part = made([
    windowAt(0, { coveredFrom: start + 2.5 }),
    windowAt(10, { coveredTo: start + 17 }),
    windowAt(40, { coveredFrom: start + 41 }),
    // Late packets cover nothing.
    windowAt(50, { coveredFrom: start + 55, coveredTo: start + 55 }),
  ]);
  expect(part).toEqual({
    tap: 'core',
    start,
    seconds: 60,
    windowSeconds: 60,
    coveredFrom: start + 2.5,
    coveredTo: start + 50,
    packets: 20,
    octets: 2000,
    loss: { kernel: 4, nic: 8, shed: 12, unrecorded: 16, freezes: 20, blindMillis: 400 + 24_000 },
    sections: [],
  });
  const empty = windowAt(20, { coveredFrom: start + 22, coveredTo: start + 22 });
  expect(made([empty, empty])).toMatchObject({ coveredFrom: start + 22, coveredTo: start + 22, packets: 10 });
});

test('registers, sums and covered time are those of the windows, in any order and in any number of steps', () => {
  const spans = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }));
  const windows = fc.array(
    fc
      .tuple(fc.integer({ min: 0, max: 59 }), spans, fc.nat(1000), fc.array(fc.nat(500), { maxLength: 20 }))
      .map(([slot, [a, b], packets, keys]) =>
        windowAt(slot * 10, {
          coveredFrom: start + slot * 10 + Math.min(a, b) / 4,
          coveredTo: start + slot * 10 + Math.max(a, b) / 4,
          packets,
          octets: 60 * packets,
          loss: { ...noLoss, kernel: packets },
          sections: [sources(keys)],
        }),
      ),
    { minLength: 1, maxLength: 12 },
  );
  // Windows that begin at a multiple of ten minutes.
  const base = Math.floor(start / 600) * 600;
  const moved = (part: WindowPart): WindowPart => ({
    ...part,
    start: part.start - start + base,
    coveredFrom: part.coveredFrom - start + base,
    coveredTo: part.coveredTo - start + base,
  });
  const at = (parts: readonly WindowPart[], from: number, seconds: number): WindowPart => {
    const part = coarsen(parts, from, seconds);
    if (part instanceof Refusal) throw new Error(part.toString());
    return part;
  };
  fc.assert(
    fc.property(windows, (list) => {
      const parts = list.map(moved);
      const direct = at(parts, base, 600);
      const minutes = new Map<number, WindowPart[]>();
      for (const part of parts.toReversed()) {
        const minute = Math.floor(part.start / 60) * 60;
        minutes.set(minute, [...(minutes.get(minute) ?? []), part]);
      }
      const steps = at(
        [...minutes].map(([minute, own]) => at(own, minute, 60)),
        base,
        600,
      );
      expect(steps.packets).toBe(parts.reduce((sum, { packets }) => sum + packets, 0));
      expect({ ...steps, loss: 0 }).toEqual({ ...direct, loss: 0 });
      expect(steps.loss.kernel).toBe(direct.loss.kernel);
      // Quarters of seconds, each once.
      const watched = new Set(
        parts.flatMap(({ coveredFrom, coveredTo }) =>
          Array.from({ length: 4 * (coveredTo - coveredFrom) }, (_, i) => 4 * (coveredFrom - base) + i),
        ),
      );
      for (const part of [direct, steps]) {
        expect(1000 * (part.coveredTo - part.coveredFrom) - part.loss.blindMillis).toBe(250 * watched.size);
      }
    }),
    { numRuns: 60, seed: 11 },
  );
});

test('a part of the period takes the place of the lists where it counts the same, and counts nothing twice elsewhere', () => {
  const windows = [
    windowAt(0, { sections: [hosts(64, [100, 400])] }),
    windowAt(10, { sections: [hosts(64, [100, 400])] }),
  ];
  const minute = windowAt(0, { seconds: 60, packets: 10, octets: 1000, sections: [hosts(128, [200, 800]), sizes(7)] });
  const listOf = (part: WindowPart): [octets: number, packets: number] => {
    const section = sectionOf(part, kinds.topHosts);
    const value = section === undefined ? undefined : decodeSection(kinds.topHosts, section);
    if (value === undefined || value instanceof Refusal) throw new Error('no list');
    const rows = value.remote;
    return [rows.octets.reduce((a, b) => a + b, 0), rows.packets.reduce((a, b) => a + b, 0)];
  };
  const whole = made([...windows, minute]);
  expect([whole.packets, whole.octets]).toEqual([10, 1000]);
  expect(listOf(whole)).toEqual([1000, 2]);
  expect(sectionOf(whole, kinds.topHosts)?.parameters).toEqual(Uint8Array.of(128, 1));
  expect(sectionOf(whole, kinds.sizes)?.body).toEqual(sizes(7).body);
  // A window of the minute is not here (it was shipped): the list is that of what is here, quantiles still come along.
  const some = made([windows[0]!, minute]);
  expect([some.packets, some.octets]).toEqual([5, 500]);
  expect(listOf(some)).toEqual([500, 2]);
  expect(sectionOf(some, kinds.sizes)?.body).toEqual(sizes(7).body);
});

test('parts that do not fit are the fault of the caller, damaged sections are refused', () => {
  expect(() => coarsen([], start, 60)).toThrow(RangeError);
  expect(() => coarsen([windowAt(60)], start, 60)).toThrow(RangeError);
  expect(() => coarsen([windowAt(0), windowAt(10, { tap: 'other' })], start, 60)).toThrow(RangeError);
  expect(() => coarsen([windowAt(0, { seconds: 60 })], start, 600)).toThrow(RangeError);
  const damaged = { ...sources([1]), body: Uint8Array.of(1, 2, 3) };
  expect(
    coarsen([windowAt(0, { sections: [damaged] }), windowAt(10, { sections: [damaged] })], start, 60),
  ).toBeInstanceOf(Refusal);
});
