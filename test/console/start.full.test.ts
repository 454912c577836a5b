import { createSocket } from 'node:dgram';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Daemon } from '../support/deployment.ts';
import { needNamespaces } from '../support/live.ts';
import { Browser, needChromium } from './browser.ts';

const picket = fileURLToPath(new URL('../../cli/picket', import.meta.url));

let directory: string;
let started: Daemon | undefined;
let browser: Browser | undefined;

beforeEach((context) => {
  needChromium(context);
  needNamespaces(context);
  directory = mkdtempSync(join(tmpdir(), 'picket-test-'));
  chmodSync(directory, 0o755);
});
afterEach(async () => {
  await browser?.stop();
  await started?.stop('SIGINT');
  browser = undefined;
  started = undefined;
  rmSync(directory, { recursive: true, force: true });
});

/** Sends datagrams to this host's discard port, where nobody listens. */
async function sendToItself(count: number): Promise<void> {
  const socket = createSocket('udp4');
  for (let i = 0; i < count; i++) {
    const sent = Promise.withResolvers<void>();
    // The port is closed: some are refused by the answer to the one before.
    socket.send('picket', 9, '127.0.0.1', () => sent.resolve());
    await sent.promise;
  }
  socket.close();
}

test('one command, and its page shows windows as they come and a sensor that hangs', async () => {
  const command = [picket, 'start', '--state', directory, '--listen-people', '127.0.0.1:0'];
  const start = new Daemon(command, { PICKET_INTERFACE: 'lo' });
  started = start;
  await start.said('Picket is at');
  const people = /Picket is at (\S+)/.exec(start.out)?.[1] ?? '';
  const shown = await Browser.start();
  browser = shown;
  const page = await shown.open(people);
  const row = (state: string) => page.locator(`tr[data-sensor^="local/"][data-state="${state}"]`);
  await row('connected').waitFor({ timeout: 40_000 });
  await sendToItself(600);
  const seen = async () =>
    Number(/Packets\s+([\d,]+)/.exec(await page.getByTestId('coverage').innerText())?.[1]?.replaceAll(',', ''));
  await expect.poll(seen, { timeout: 40_000 }).toBeGreaterThanOrEqual(600);
  await expect.poll(() => page.getByTestId('merged').innerText()).not.toMatch(/^0/);

  // Windows are ten seconds here, as they usually are.
  const sensor = childrenOf(start.pid).find(({ command: line }) => line.includes(' sensor '));
  expect(sensor).toBeDefined();
  const { pid = 0 } = sensor ?? {};
  const from = performance.now();
  process.kill(pid, 'SIGSTOP');
  try {
    await row('silent').waitFor({ timeout: 30_000 });
    expect(performance.now() - from).toBeLessThan(30_000);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await row('connected').waitFor({ timeout: 40_000 });
  expect(shown.faults).toEqual([]);
  expect(await start.stop('SIGINT')).toBe(0);
});

function childrenOf(pid: number): { pid: number; command: string }[] {
  const lines = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(pid)], { encoding: 'utf8' })
    .trim()
    .split('\n');
  return lines.map((line) => ({ pid: Number.parseInt(line, 10), command: line }));
}
