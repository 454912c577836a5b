import { effect, signal } from '@preact/signals';
import { render } from 'preact';
import { livePath } from '../proto/routes.ts';
import { createDashboard, spanOf } from './state/dashboard.ts';
import { defaultRange, firstRange, formatRange, parseRange, sameRange } from './state/range.ts';
import type { Dashboard } from './state/dashboard.ts';
import type { Range } from './state/range.ts';
import { viewRow } from './state/sensorState.ts';
import { parseTheme } from './state/theme.ts';
import type { Theme } from './state/theme.ts';
import { App } from './view/app.tsx';
import './style/page.css';

const themeKey = 'picket.theme';

/** Joins the page's state with the browser: its clock, network, address, memory and screen. */
function startConsole(element: HTMLElement): void {
  const range = signal<Range>(parseRange(location.hash) ?? defaultRange);
  const dashboard = createDashboard(range, {
    fetch: (path, init) => fetch(path, init),
    openSocket: () => new WebSocket(`${location.origin.replace(/^http/, 'ws')}${livePath}`),
    now: () => Date.now(),
    elapsed: () => performance.now(),
    random: () => Math.random(),
    setTimer: (action, millis) => window.setTimeout(action, millis),
    clearTimer: (timer) => window.clearTimeout(timer),
    isVisible: () => document.visibilityState === 'visible',
  });
  effect(() => {
    const text = `#${formatRange(range.value)}`;
    const isDefault = formatRange(range.value) === formatRange(defaultRange);
    if (location.hash !== text && !(isDefault && location.hash === '')) location.hash = text;
  });
  window.addEventListener('hashchange', () => {
    const chosen = parseRange(location.hash) ?? defaultRange;
    if (formatRange(chosen) !== formatRange(range.peek())) range.value = chosen;
  });
  window.addEventListener('online', () => dashboard.wake());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') dashboard.wake();
  });
  // Until somebody chose, the first answer says what there is to look at.
  const isChosen = location.hash !== '';
  let isFirst = true;
  effect(() => {
    const data = spanOf(dashboard.sensors.shown.value.value?.data);
    if (data === undefined || !isFirst) return;
    isFirst = false;
    const first = firstRange(data, dashboard.now.peek());
    if (isChosen || !sameRange(range.peek(), defaultRange) || sameRange(first, defaultRange)) return;
    // Nobody chose it, so there is no way back to before.
    history.replaceState(null, '', `#${formatRange(first)}`);
    range.value = first;
  });
  effect(() => {
    const silent = countSilent(dashboard);
    document.title = silent === 0 ? 'Picket' : `${silent} silent · Picket`;
  });
  const { theme, effectiveTheme } = createTheme();
  render(<App dashboard={dashboard} theme={theme} effectiveTheme={effectiveTheme} origin={location.origin} />, element);
  dashboard.start();
}

/** Sensors that are silent now: the title says so, for those who look at another page. */
function countSilent({ sensors, sensorsAt, now }: Dashboard): number {
  const rows = sensors.shown.value.value?.rows ?? [];
  return rows.filter((row) => viewRow(row, sensorsAt.value, now.value).kind === 'silent').length;
}

/** The chosen theme, kept for the next time, and the one in effect. */
function createTheme() {
  const theme = signal<Theme>(parseTheme(localStorage.getItem(themeKey)));
  const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)');
  const system = signal<'light' | 'dark'>(systemIsDark.matches ? 'dark' : 'light');
  const effectiveTheme = signal<'light' | 'dark'>(system.value);
  systemIsDark.addEventListener('change', ({ matches }) => {
    system.value = matches ? 'dark' : 'light';
  });
  effect(() => {
    const chosen = theme.value;
    if (chosen === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = chosen;
    localStorage.setItem(themeKey, chosen);
    effectiveTheme.value = chosen === 'system' ? system.value : chosen;
  });
  return { theme, effectiveTheme };
}

const element = document.getElementById('console');
if (element !== null) startConsole(element);
