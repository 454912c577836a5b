import { expect, test } from 'vitest';
import type { ControlStore } from '../store/controlStore.ts';
import { addUp } from '../store/storeCounts.ts';
import type { SpanQuery, SummaryStore, TapSpan, WindowRow } from '../store/summaryStore.ts';
import { computeCoverage } from './coverage.ts';
import type { Scope } from './scope.ts';

const noLoss = { kernel: 0, nic: 0, shed: 0, unrecorded: 0, freezes: 0, blindMillis: 0 };

function row(start: number, more: Partial<WindowRow> = {}): WindowRow {
  const seconds = more.seconds ?? 10;
  return {
    site: 's',
    sensor: 'a',
    tap: 't',
    replay: false,
    start,
    seconds,
    windowSeconds: seconds,
    coveredFrom: start,
    coveredTo: start + seconds,
    packets: 1,
    octets: 60,
    loss: noLoss,
    ...more,
  };
}

const blind = (blindMillis: number): Partial<WindowRow> => ({ loss: { ...noLoss, blindMillis } });

/** Coverage of [100, 200), asked much later. */
async function secondsOf(rows: WindowRow[]): Promise<{ expected: number; present: number }> {
  const scope: Scope = { from: 100, to: 200, grain: 10, cuts: [100, 200], accepts: () => true, sites: [], sensors: [] };
  const store = {
    counts: async (query: SpanQuery) => addUp(query.cuts, rows, []),
    taps: (): TapSpan[] => [],
  } as unknown as SummaryStore;
  const control = { sensors: () => [] } as unknown as ControlStore;
  return (await computeCoverage(scope, store, control, 1e6)).seconds;
}

test('what is expected and not present is the gap', async () => {
  expect(await secondsOf([row(100), row(110), row(130)])).toEqual({ expected: 100, present: 30 });
});

test('blind time is not present', async () => {
  expect(await secondsOf([row(100), row(110, blind(10_000)), row(120, blind(2500))])).toEqual({
    expected: 100,
    present: 17.5,
  });
});

test('a window is never more blind than it was covered', async () => {
  // Two interfaces that were down, each for all of it, and a look that came late.
  expect(await secondsOf([row(100, blind(20_000)), row(110)])).toEqual({ expected: 100, present: 10 });
  expect(await secondsOf([row(100, { coveredFrom: 108, ...blind(2500) }), row(110)])).toEqual({
    expected: 100,
    present: 10,
  });
});

test('two workers of a tap cover each second once', async () => {
  const first = [row(100, { coveredFrom: 103 }), row(110, blind(1000)), row(120, { coveredTo: 124 })];
  const second = [row(100, { coveredFrom: 104 }), row(110), row(120, { coveredTo: 124 })];
  expect(await secondsOf([...first, ...second])).toEqual({ expected: 100, present: 7 + 9 + 4 });
});

test('a restart in a window leaves its gap', async () => {
  const rows = [row(100, { coveredTo: 104 }), row(100, { coveredFrom: 107, ...blind(500) })];
  expect(await secondsOf(rows)).toEqual({ expected: 100, present: 4 + 2.5 });
});

test('a supplement covers nothing, and windows of another length nothing twice', async () => {
  expect(await secondsOf([row(100), row(100, { coveredTo: 100 }), row(105, { seconds: 5 })])).toEqual({
    expected: 100,
    present: 10,
  });
});
