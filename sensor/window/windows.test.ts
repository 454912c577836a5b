import { beforeEach, expect, test } from 'vitest';
import { Statistics } from '../../core/summary/statistics.ts';
import type { SourceLoss } from '../capture/source.ts';
import { LossShare } from './lossShare.ts';
import type { Window } from './window.ts';
import { Windows } from './windows.ts';

let closed: Window[] = [];
beforeEach(() => {
  closed = [];
});

function live(windowSeconds = 10): Windows {
  return new Windows({
    windowSeconds,
    live: true,
    makeStatistics: (number) => new Statistics({ exact: false, topCapacity: 16, by: 'octets', number }),
    onClose: (window) => closed.push(window),
  });
}

const numbers = (): number[] => closed.map(({ number }) => number);

/** A source that lost so much since it was asked last. */
function losing(lost: Partial<SourceLoss>): { takeLoss: (into: SourceLoss) => void } {
  return {
    takeLoss(into) {
      into.kernel += lost.kernel ?? 0;
      into.freezes += lost.freezes ?? 0;
      into.nic += lost.nic ?? 0;
      into.blindMillis += lost.blindMillis ?? 0;
    },
  };
}

test('every window is closed once, two seconds after its end, traffic or not', () => {
  const windows = live();
  windows.tick(1005);
  windows.tick(1011.9);
  expect(numbers()).toEqual([]);
  windows.tick(1012);
  expect(numbers()).toEqual([100]);
  windows.tick(1055);
  expect(numbers()).toEqual([100, 101, 102, 103, 104]);
  expect(closed.every(({ supplement }) => !supplement)).toBe(true);
  windows.finish();
  expect(numbers()).toEqual([100, 101, 102, 103, 104, 105]);
  expect(windows.closed).toBe(6);
});

test('a window without a packet is there although packets of a later one came first', () => {
  const windows = live();
  windows.tick(1005);
  windows.enter(1021);
  windows.observe(1031);
  windows.tick(1032);
  windows.tick(1045);
  expect(numbers()).toEqual([100, 101, 102, 103]);
});

test('a packet of the window before the first one opens that window', () => {
  const windows = live();
  windows.tick(1000.2);
  windows.enter(999);
  expect([windows.current.number, windows.current.supplement, windows.late]).toEqual([99, false, 0]);
  windows.tick(1012);
  expect(numbers()).toEqual([99, 100]);
});

test('a packet of a closed window, or hours off, opens a supplement', () => {
  const windows = live();
  windows.tick(1005);
  windows.tick(1015);
  windows.enter(1004);
  expect([windows.current.number, windows.current.supplement]).toEqual([100, true]);
  windows.enter(90_000);
  expect([windows.current.number, windows.current.supplement]).toEqual([9000, true]);
  windows.enter(1016);
  expect([windows.current.number, windows.current.supplement]).toEqual([101, false]);
});

test('live, a packet is in time as long as its window is open, however short windows are', () => {
  const windows = live(1);
  windows.tick(1000.5);
  windows.tick(1001.9);
  expect(numbers()).toEqual([]);
  windows.enter(1002);
  windows.enter(1000);
  expect([windows.current.number, windows.current.supplement, windows.late]).toEqual([1000, false, 0]);
  windows.tick(1002);
  expect(numbers()).toEqual([1000]);
  windows.enter(1002);
  windows.enter(1000);
  expect([windows.current.supplement, windows.late]).toEqual([true, 1]);
});

test('after a jump of the clock only the last windows are opened', () => {
  const windows = live();
  windows.tick(1005);
  windows.tick(100_005);
  windows.finish();
  expect(numbers()).toEqual([100, ...Array.from({ length: 61 }, (_, i) => 9940 + i)]);
});

test('a clock that was set back begins windows anew', () => {
  const windows = live();
  windows.tick(50_005);
  windows.enter(50_006);
  windows.tick(1005);
  expect(numbers()).toEqual([5000]);
  windows.enter(1006);
  expect([windows.current.number, windows.late]).toEqual([100, 0]);
  windows.tick(1023);
  expect(numbers()).toEqual([5000, 100, 101]);
});

test('losses are of the window in which they happened, also when looks come late', () => {
  const windows = live();
  windows.tick(1005);
  const share = new LossShare(windows, 10, true, 1005, 5);
  share.take(losing({ kernel: 3, nic: 2, freezes: 1, blindMillis: 10_000 }), 1015, 15);
  windows.tick(1015);
  // One look for three windows, three quarters of which were blind.
  share.take(losing({ kernel: 1, blindMillis: 15_000 }), 1035, 35);
  windows.finish();
  const loss = closed.map((window) => ({ ...window.loss }));
  expect(numbers()).toEqual([100, 101, 102, 103]);
  expect(loss).toEqual([
    { kernel: 3, nic: 2, freezes: 1, blindMillis: 5000 },
    { kernel: 1, nic: 0, freezes: 0, blindMillis: 5000 + 3750 },
    { kernel: 0, nic: 0, freezes: 0, blindMillis: 7500 },
    { kernel: 0, nic: 0, freezes: 0, blindMillis: 3750 },
  ]);
});

test('no more of a span is blind than it is long', () => {
  const windows = live();
  windows.tick(1000);
  const share = new LossShare(windows, 10, true, 1000, 0);
  share.take(losing({ blindMillis: 9000 }), 1005, 5);
  expect(windows.current.loss.blindMillis).toBe(5000);
});

test('time that the machine slept is blind, and told by one worker', () => {
  for (const [tells, millis] of [
    [true, 18_000],
    [false, 0],
  ] as const) {
    const windows = live();
    windows.tick(1005);
    const share = new LossShare(windows, 10, tells, 1005, 5);
    share.take(losing({}), 1025, 7);
    windows.finish();
    expect(closed.splice(0).reduce((sum, { loss }) => sum + loss.blindMillis, 0)).toBeCloseTo(millis);
  }
});

test('the list of touched slots is bounded by the slots, and forgets none', () => {
  const windows = live();
  windows.tick(1005);
  const window = windows.current;
  for (let i = 0; i < 1_000_000; i++) window.touch((i * 7919) % 20_000);
  expect(window.dirty.length).toBe(65_536);
  const listed = new Set(window.dirty.subarray(0, window.dirtyCount));
  expect(listed.size).toBe(20_000);
  const many = live();
  many.tick(1005);
  for (let i = 0; i < 300_000; i++) many.current.touch(i % 200_000);
  expect(many.current.dirty.length).toBe(524_288);
  expect(new Set(many.current.dirty.subarray(0, many.current.dirtyCount)).size).toBe(200_000);
});
