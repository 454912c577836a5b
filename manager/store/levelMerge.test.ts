import { expect, test } from 'vitest';
import { kinds } from '../../core/summary/kinds.ts';
import { Counters } from '../../core/summary/counters.ts';
import { decodeSection, encodeSection } from '../../core/summary/section.ts';
import { cellOf } from './levelCells.ts';
import { mergeCells } from './levelMerge.ts';
import type { MergeInput, RawSection, RawWindow } from './levelMerge.ts';

const none: MergeInput = {
  level: 0,
  wanted: [{ tap: 1, ts: 0, seconds: 60, fresh: true }],
  rawWindows: [],
  rawSections: [],
  finerWindows: [],
  finerSections: [],
  ownWindows: [],
  ownSections: [],
};

function counted(ts: number, seg: number, body?: Uint8Array): { window: RawWindow; section: RawSection } {
  const counters = new Counters();
  counters.add('x', 1);
  const section = encodeSection(kinds.counters, [], counters);
  const at = { tap: 1, ts, seconds: 10, windowSeconds: 10, arrived: 7, seg };
  return {
    window: {
      ...at,
      replay: false,
      coveredFrom: ts,
      coveredTo: ts + 10,
      counts: [5, 500, 0, 0, 0, 0, 0, 12_000],
    },
    section: { ...at, section: body === undefined ? section : { ...section, body } },
  };
}

test('windows of a minute become one row, which knows what was watched', () => {
  const parts = [counted(0, 1), counted(10, 1), counted(10, 2), counted(60, 2)];
  const merged = mergeCells({
    ...none,
    rawWindows: parts.map(({ window }) => window),
    rawSections: parts.map(({ section }) => section),
  });
  // Blind time is at most what a part covers.
  expect(merged.windows).toEqual([
    {
      tap: 1,
      ts: 0,
      seconds: 60,
      replay: false,
      counts: [15, 1500, 0, 0, 0, 0, 0, 36_000],
      spans: [[0, 20]],
      darkMillis: 30_000,
      windows: 3,
      arrived: 7,
    },
  ]);
  expect(merged.sections).toMatchObject([{ tap: 1, ts: 0, seconds: 60, period: 0, packets: 15 }]);
  const value = decodeSection(kinds.counters, merged.sections[0]!.section);
  expect(value instanceof Counters && value.get('x')).toBe(3);
});

test('a row takes in only raw rows of segments after its own', () => {
  const parts = [counted(0, 1), counted(10, 2), counted(20, 3)];
  const rows = {
    rawWindows: parts.map(({ window }) => window),
    rawSections: parts.map(({ section }) => section),
  };
  const first = mergeCells({
    ...none,
    rawWindows: rows.rawWindows.slice(0, 2),
    rawSections: rows.rawSections.slice(0, 2),
  });
  const second = mergeCells({
    ...none,
    ...rows,
    wanted: [{ tap: 1, ts: 0, seconds: 60, fresh: false }],
    ownWindows: first.windows.map((row) => ({ ...row, ver: 2 })),
    ownSections: first.sections.map((row) => ({ ...row, ver: 2 })),
  });
  expect(second).toEqual(mergeCells({ ...none, ...rows }));
});

test('a damaged section does not take the others with it', () => {
  const parts = [counted(0, 1), counted(10, 1, Uint8Array.of(9, 9, 9)), counted(20, 1)];
  const merged = mergeCells({
    ...none,
    rawWindows: parts.map(({ window }) => window),
    rawSections: [
      ...parts.map(({ section }) => section),
      // A kind of a later version is nothing that can be merged here.
      { ...parts[0]!.section, section: { ...parts[0]!.section.section, kind: 4095 } },
    ],
  });
  expect(merged.left).toBe(2);
  const value = decodeSection(kinds.counters, merged.sections[0]!.section);
  expect(value instanceof Counters && value.get('x')).toBe(2);
});

test('what lies across the bounds of a level keeps a cell of its own', () => {
  expect(cellOf(60, 125, 10)).toEqual({ ts: 120, seconds: 60 });
  expect(cellOf(60, -5, 5)).toEqual({ ts: -60, seconds: 60 });
  expect(cellOf(60, 115, 10)).toEqual({ ts: 115, seconds: 10 });
  expect(cellOf(60, 600, 600)).toEqual({ ts: 600, seconds: 600 });
  expect(cellOf(600, 600, 600)).toEqual({ ts: 600, seconds: 600 });
});
