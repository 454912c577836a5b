import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { Deployment } from '../support/deployment.ts';
import { needNamespaces, send } from '../support/live.ts';
import { createPair } from '../support/namespaces.ts';
import type { NamespacePair } from '../support/namespaces.ts';
import { Browser, buildConsole, needChromium } from './browser.ts';

let pair: NamespacePair;
let deployment: Deployment | undefined;
let browser: Browser | undefined;

beforeEach((context) => {
  needChromium(context);
  needNamespaces(context);
  buildConsole();
  pair = createPair('console', 2);
});
afterEach(async () => {
  await browser?.stop();
  await deployment?.stop();
  browser = undefined;
  deployment = undefined;
  pair?.remove();
});

/** The number in the first match of a test id's text. */
async function numberIn(page: Page, id: string, pattern: RegExp): Promise<number> {
  const text = await page.getByTestId(id).innerText();
  return Number((pattern.exec(text)?.[1] ?? '').replaceAll(',', ''));
}

const seenBy = (page: Page) => numberIn(page, 'coverage', /Packets\s+([\d,]+)/);
const merged = (page: Page) => numberIn(page, 'merged', /^([\d,]+)/);

test('windows arrive while the page is open, and a stopped sensor is soon told as silent', async () => {
  const running = await Deployment.start();
  deployment = running;
  const people = running.people;
  const shown = await Browser.start();
  browser = shown;
  const page = await shown.open(people);
  let loads = 0;
  page.on('load', () => (loads += 1));

  // Before any sensor: how to start one.
  await page.getByTestId('empty').waitFor();
  expect(await page.getByTestId('empty').innerText()).toContain(`--manager ${people}`);

  const [oslo, lima] = [
    await running.startSensor(pair.b, ['vb'], {}, 'oslo/edge'),
    await running.startSensor(pair.b, ['vb1'], {}, 'lima/core'),
  ];
  const row = (sensor: string, state: string) => page.locator(`tr[data-sensor="${sensor}"][data-state="${state}"]`);
  await row('oslo/edge', 'connected').waitFor();
  await row('lima/core', 'connected').waitFor();

  const both = (pattern: string, first: number) =>
    Promise.all(['va', 'va1'].map((one) => send(pair.a, { interface: one, count: 2000, rate: 4000, pattern, first })));
  await both('addresses:400', 0);
  await expect.poll(() => seenBy(page), { timeout: 20_000 }).toBe(4000);
  // 400 senders and one receiver, seen at both sites: a sum would say twice as many.
  await expect.poll(() => merged(page), { timeout: 20_000 }).toBeGreaterThan(380);
  expect(await merged(page)).toBeLessThan(422);
  await expect.poll(() => page.getByTestId('live').innerText(), { timeout: 10_000 }).toMatch(/^live, \d s ago$/);
  await both('addresses:900', 2000);
  await expect.poll(() => seenBy(page), { timeout: 20_000 }).toBe(8000);
  await expect.poll(() => merged(page), { timeout: 20_000 }).toBeGreaterThan(850);
  await expect.poll(() => page.getByTestId('top').locator('tbody tr').count(), { timeout: 20_000 }).toBeGreaterThan(5);

  const stoppedAt = performance.now();
  expect(await lima.stop()).toBe(0);
  await row('lima/core', 'silent').waitFor({ timeout: 30_000 });
  expect(performance.now() - stoppedAt).toBeLessThan(30_000);
  expect(await row('lima/core', 'silent').innerText()).toMatch(/silent for \d+ s/);
  expect(await page.getByTestId('sensor-summary').innerText()).toContain('1 silent');
  expect(await page.title()).toBe('1 silent · Picket');
  // One that hangs keeps its connection, and sends nothing.
  oslo.child.kill('SIGSTOP');
  await row('oslo/edge', 'silent').waitFor({ timeout: 30_000 });
  oslo.child.kill('SIGCONT');
  await row('oslo/edge', 'connected').waitFor();

  expect(shown.faults).toEqual([]);
  expect(loads).toBe(0);

  // The manager goes and comes back: said so, and then all is as before.
  await running.manager.stop();
  await page.getByTestId('away').waitFor();
  expect(await page.getByTestId('live').innerText()).toMatch(/not live, again in \d+ s|connecting/);
  await running.startManager();
  await page.getByTestId('away').waitFor({ state: 'detached' });
  await row('oslo/edge', 'connected').waitFor();
  expect(await seenBy(page)).toBeGreaterThanOrEqual(8000);
  expect(shown.faults.filter((fault) => !/ERR_CONNECTION|WebSocket connection|status of 503/.test(fault))).toEqual([]);
  expect(loads).toBe(0);
});
