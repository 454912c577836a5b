import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { writeSiteCaptures } from '../../cli/demoCapture.ts';
import { Deployment } from '../support/deployment.ts';
import { Browser, buildConsole, needChromium } from './browser.ts';

const picket = fileURLToPath(new URL('../../cli/picket', import.meta.url));
const sites = ['bern', 'lima', 'oslo'];
/** Long before: what was captured then is found under All. */
const then = Date.UTC(2026, 0, 6, 12);

interface Scene {
  deployment: Deployment;
  browser: Browser;
}

let scene: Promise<Scene> | undefined;

beforeEach(needChromium);
afterAll(async () => {
  const { browser, deployment } = (await scene) ?? {};
  await browser?.stop();
  await deployment?.stop();
});

/** A manager that three sites replayed captures to, once for all tests. */
async function setScene(): Promise<Scene> {
  buildConsole();
  const deployment = await Deployment.start();
  const captures = sites.map((site) => join(deployment.directory, `${site}.pcap`));
  await writeSiteCaptures(captures, then);
  for (const [i, site] of sites.entries()) {
    const where = ['--manager', `unix:${deployment.socket}`, '--site', site, '--name', 'archive'];
    execFileSync(picket, ['sensor', '--replay', captures[i] ?? '', ...where], { stdio: 'ignore' });
  }
  return { deployment, browser: await Browser.start() };
}

async function open(address: string, size?: { width: number; height: number }): Promise<Page> {
  scene ??= setScene();
  const { deployment, browser } = await scene;
  browser.faults.length = 0;
  return browser.open(`${deployment.people}/${address}`, size);
}

/** Everything is told: the number is there, and the chart. */
async function settled(page: Page): Promise<void> {
  await page
    .getByTestId('merged')
    .getByText(/^[\d,]+$/)
    .waitFor();
  await page.locator('.plot canvas').waitFor();
  await page.getByTestId('top').locator('tbody tr .address').first().waitFor();
}

const faults = async () => (await scene)?.browser.faults;

test('all data: the union beside each site, what adding up would say, and the overlaps', async () => {
  const page = await open('');
  // Nothing is of the last hour, so the page begins with all there is; asked for an hour, it says where to look.
  await settled(page);
  expect(page.url()).toMatch(/#all$/);
  await page.getByRole('button', { name: '1 h', exact: true }).click();
  await page.getByRole('button', { name: 'Show all' }).click();
  await settled(page);
  expect(page.url()).toMatch(/#all$/);
  const panel = page.locator('section.distinct');
  const numbers = async (name: string) =>
    Number(
      (await panel.getByRole('row').filter({ hasText: name }).locator('.number').innerText())
        .split(/[^\d,]/)[0]
        ?.replaceAll(',', ''),
    );
  await expect.poll(() => panel.getByRole('row').filter({ hasText: 'merged' }).count()).toBe(1);
  const own = await Promise.all(sites.map(numbers));
  const [sum, all] = [await numbers('added up'), await numbers('merged')];
  expect(Math.abs(sum - own.reduce((total, one) => total + one, 0))).toBeLessThan(3);
  expect(all).toBeLessThan(sum * 0.85);
  expect(await panel.innerText()).toMatch(/Adding up 3 sites would say [\d,]+: [\d,]+ too many/);
  await expect.poll(() => panel.locator('.overlaps tbody tr').count()).toBe(3);
  expect(await page.getByTestId('sensors').locator('tr[data-state="replay"]').count()).toBe(3);
  expect(await page.getByTestId('coverage').innerText()).toMatch(/Sensors\s+3 of 3/);
  expect(await faults()).toEqual([]);
});

test('other kinds, units and sides are a click away', async () => {
  const page = await open('#all');
  await settled(page);
  await page.getByLabel('What is counted').selectOption('pairs');
  await page.getByRole('heading', { name: 'Distinct pairs' }).waitFor();
  await page.getByRole('button', { name: 'packets/s' }).click();
  await expect.poll(() => page.getByTestId('readout').innerText()).toContain('pkt/s');
  const hosts = () => page.getByTestId('top').locator('.address').allInnerTexts();
  await page.getByRole('button', { name: 'remote', exact: true }).click();
  await expect.poll(async () => (await hosts()).some((host) => host.startsWith('10.'))).toBe(false);
  await page.getByRole('button', { name: 'local', exact: true }).click();
  await expect.poll(async () => (await hosts()).every((host) => host.startsWith('10.'))).toBe(true);
  expect(await faults()).toEqual([]);
});

test('the chart is read by pointer and by keys, and drawing across it looks closer', async () => {
  const page = await open('#all');
  await settled(page);
  const readout = page.getByTestId('readout');
  expect(await readout.innerText()).toContain('Mean over the span');
  await page.locator('.plot').focus();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => readout.innerText()).toMatch(/6 Jan \d\d:\d\d:\d\d/);
  await page.keyboard.press('Tab');
  await expect.poll(() => readout.innerText()).toContain('Mean over the span');
  const box = await page.locator('.plot .u-over').boundingBox();
  expect(box).not.toBeNull();
  const { x = 0, y = 0, width = 0 } = box ?? {};
  await page.mouse.move(x + width * 0.3, y + 50);
  await expect.poll(() => readout.innerText()).toMatch(/watched/);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.6, y + 60, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => page.url()).toMatch(/#from=\d+&to=\d+$/);
  await page.goBack();
  await expect.poll(() => page.url()).toMatch(/#all$/);
  expect(await faults()).toEqual([]);
});

test('dark and light, as the system has it or as it is chosen', async () => {
  const page = await open('#all');
  await settled(page);
  const ground = () => page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await ground();
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await ground();
  expect(light).not.toBe(dark);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByRole('button', { name: /^Theme: system/ }).click();
  expect(await ground()).toBe(dark);
  await page.reload();
  await settled(page);
  expect(await ground()).toBe(dark);
  await page.getByRole('button', { name: /^Theme: dark/ }).click();
  expect(await ground()).toBe(light);
  await page.getByRole('button', { name: /^Theme: light/ }).click();
  await page.getByRole('button', { name: /^Theme: system/ }).waitFor();
  expect(await faults()).toEqual([]);
});

test.each([320, 390, 768, 1280])('nothing stands out at %d pixels', async (width) => {
  const page = await open('#all', { width, height: 844 });
  await settled(page);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
});

test('what is told by others is text, whatever it is', async () => {
  const page = await open('about-nothing');
  const evil = '<img src=x onerror=alert(1)><b>lima</b>';
  await page.route('**/api/v1/**', async (route) => {
    const asked = decodeURIComponent(route.request().url().replaceAll('+', '%20'));
    const response = await route.fetch({ url: asked.replaceAll(evil, 'lima') });
    await route.fulfill({ response, body: (await response.text()).replaceAll('lima', evil) });
  });
  await page.goto(`${new URL(page.url()).origin}/#all`);
  await settled(page);
  await expect.poll(() => page.getByTestId('sensors').innerText()).toContain(evil);
  expect(await page.locator('#console img, #console td b').count()).toBe(0);
});
