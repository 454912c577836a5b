import { expect, test } from 'vitest';
import { createRefresher } from './refresher.ts';
import { refreshGap } from './refreshGap.ts';

function setUp() {
  let clock = 0;
  let timer: { action: () => void; at: number } | undefined;
  const begun: number[] = [];
  const open: (() => void)[] = [];
  const refresher = createRefresher({
    elapsed: () => clock,
    setTimer: (action, millis) => {
      timer = { action, at: clock + millis };
      return 1;
    },
    clearTimer: () => (timer = undefined),
    refresh: () => {
      begun.push(clock);
      const { promise, resolve } = Promise.withResolvers<void>();
      open.push(resolve);
      return promise;
    },
    gapMillis: () => 2000,
  });
  /** Lets time pass, and what is due happen. */
  const pass = (millis: number): void => {
    const end = clock + millis;
    while (timer !== undefined && timer.at <= end) {
      clock = timer.at;
      const { action } = timer;
      timer = undefined;
      action();
    }
    clock = end;
  };
  /** The open question is answered. */
  const answer = async (): Promise<void> => {
    open.shift()?.();
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };
  return { refresher, begun, pass, answer };
}

test('many windows at once are one question', async () => {
  const { refresher, begun, pass, answer } = setUp();
  for (let i = 0; i < 100; i++) refresher.want();
  pass(5000);
  await answer();
  pass(5000);
  expect(begun).toEqual([300]);
});

test('the gap is kept, and no two questions are open', async () => {
  const { refresher, begun, pass, answer } = setUp();
  refresher.now();
  refresher.want();
  pass(10_000);
  expect(begun).toEqual([0]);
  await answer();
  pass(300);
  expect(begun).toEqual([0, 10_300]);
  await answer();
  refresher.want();
  pass(1699);
  expect(begun).toHaveLength(2);
  pass(1000);
  expect(begun).toEqual([0, 10_300, 12_300]);
});

test('another range is asked at once, and a stopped one not at all', () => {
  const { refresher, begun, pass } = setUp();
  refresher.want();
  refresher.now();
  refresher.now();
  expect(begun).toEqual([0, 0]);
  refresher.stop();
  pass(60_000);
  expect(begun).toEqual([0, 0]);
});

test('long spans and slow managers are asked less often', () => {
  expect(refreshGap({ kind: 'last', seconds: 900 }, 50)).toBe(2000);
  expect(refreshGap({ kind: 'last', seconds: 86_400 }, 50)).toBe(10_000);
  expect(refreshGap({ kind: 'all' }, 50)).toBe(20_000);
  expect(refreshGap({ kind: 'last', seconds: 900 }, 3000)).toBe(15_000);
  expect(refreshGap({ kind: 'last', seconds: 900 }, 9e9)).toBe(120_000);
});
