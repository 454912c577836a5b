import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import { createDashboard } from './dashboard.ts';
import type { LiveSocket } from './liveLink.ts';
import { defaultRange } from './range.ts';
import type { Range } from './range.ts';

/** A page with a manager of `sites`, on a clock that the test moves. */
function setUp(sites: readonly string[]) {
  let clock = 0;
  let isVisible = true;
  const timers = new Map<number, { action: () => void; at: number }>();
  let nextTimer = 1;
  let asked: string[] = [];
  const listeners = new Map<string, (event: { data?: unknown }) => void>();
  const socket: LiveSocket = {
    addEventListener: (type, listener) => void listeners.set(type, listener),
    close: () => undefined,
  };
  const range = signal<Range>(defaultRange);
  const dashboard = createDashboard(range, {
    fetch: async (path) => {
      asked.push(path.replace('/api/v1/', '').replace(/from=\d+/, 'from'));
      const rows = sites.map((site) => ({ site, sensor: `${site}/a` }));
      return Response.json({ rows, value: { hosts: { overlap: {} } } });
    },
    now: () => 1e12 + clock,
    elapsed: () => clock,
    random: () => 0.5,
    setTimer: (action, millis) => {
      timers.set(nextTimer, { action, at: clock + millis });
      return nextTimer++;
    },
    clearTimer: (timer) => void timers.delete(timer),
    openSocket: () => socket,
    isVisible: () => isVisible,
  });
  /** Lets the answers come, as far as they do without time. */
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 100; i++) await Promise.resolve();
  };
  return {
    dashboard,
    range,
    settle,
    hide: () => (isVisible = false),
    tell: (type: string, message?: unknown) => listeners.get(type)?.({ data: JSON.stringify(message) }),
    /** What was asked since the last time. */
    takeAsked: () => asked.splice(0).toSorted(),
    pass: async (millis: number): Promise<void> => {
      for (const end = clock + millis; clock < end;) {
        const [first] = [...timers].filter(([, { at }]) => at <= end).toSorted(([, a], [, b]) => a.at - b.at);
        clock = first === undefined ? end : first[1].at;
        if (first !== undefined) {
          timers.delete(first[0]);
          first[1].action();
        }
        await settle();
      }
    },
  };
}

const window = { type: 'window', site: 'a', sensor: 'a', seconds: 10 };

const whole = [
  'distinct/hosts?from&compare=previous',
  'distinct/hosts?site=a&from',
  'distinct/hosts?site=b&from',
  'overlap/a/b?from',
  'sensors?from',
  'series/octets?by=site&steps=180&from',
  'top/hosts?by=octets&side=all&limit=15&from',
];

test('at its start each question is asked once, those of sites when they are known', async () => {
  const { dashboard, settle, takeAsked, tell } = setUp(['b', 'a']);
  dashboard.start();
  tell('open');
  await settle();
  expect(takeAsked()).toEqual(whole);
  expect(dashboard.distinct.shown.value).toMatchObject({ key: dashboard.keys.value.distinct, isLoading: false });
  dashboard.stop();
});

test('a burst of windows is one round, and a page that nobody sees asks nothing', async () => {
  const { dashboard, settle, takeAsked, tell, pass, hide } = setUp(['b', 'a']);
  dashboard.start();
  await settle();
  await pass(2500);
  takeAsked();
  for (let i = 0; i < 50; i++) tell('message', window);
  await pass(400);
  expect(takeAsked()).toEqual(whole);
  expect(dashboard.arrived.value).toBeDefined();
  hide();
  tell('message', window);
  await pass(60_000);
  expect(takeAsked()).toEqual([]);
  dashboard.stop();
});

test('without windows the sensors are looked at every five seconds, and everything every half minute', async () => {
  const { dashboard, settle, takeAsked, pass } = setUp(['a']);
  dashboard.start();
  await settle();
  takeAsked();
  await pass(24_500);
  expect(takeAsked()).toEqual(Array(5).fill('sensors?from'));
  await pass(10_000);
  expect(takeAsked().filter((path) => path.startsWith('series'))).toHaveLength(1);
  dashboard.stop();
});

test('a choice asks what it is about, another range all', async () => {
  const { dashboard, settle, takeAsked, range } = setUp(['a']);
  dashboard.start();
  await settle();
  takeAsked();
  dashboard.side.value = 'local';
  await settle();
  expect(takeAsked()).toEqual(['top/hosts?by=octets&side=local&limit=15&from']);
  dashboard.what.value = 'pairs';
  await settle();
  expect(takeAsked()).toEqual(['distinct/pairs?from&compare=previous', 'distinct/pairs?site=a&from']);
  range.value = { kind: 'all' };
  await settle();
  expect(takeAsked()).toEqual([
    'distinct/pairs?all=true',
    'distinct/pairs?site=a&all=true',
    'sensors?all=true',
    'series/octets?by=site&steps=180&all=true',
    'top/hosts?by=octets&side=local&limit=15&all=true',
  ]);
  dashboard.stop();
});

test('what the stream says that is no window is passed over', async () => {
  const { dashboard, settle, takeAsked, tell, pass } = setUp(['a']);
  dashboard.start();
  await settle();
  await pass(2500);
  takeAsked();
  for (const message of [null, 5, [], { type: 'hello' }, { type: 'new one' }]) tell('message', message);
  await pass(1000);
  expect(takeAsked()).toEqual([]);
  tell('message', { type: 'dropped', windows: 3 });
  await pass(400);
  expect(takeAsked()).toContain('sensors?from');
  dashboard.stop();
});
