import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { BrowserContext, Page } from 'playwright-core';
import type { TestContext } from 'vitest';

const executable = '/usr/bin/chromium';

/** A browser that does nothing of its own accord: no updates, no synchronisation, no looking for anything. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Skips a test where there is no Chromium; on the machine of the continuous tests that is a failure. */
export function needChromium(context: TestContext): void {
  if (existsSync(executable)) return;
  const why = `${executable} (package chromium) is missing`;
  if (process.env['CI'] !== undefined) throw new Error(why);
  context.skip(why);
}

/** Builds the console, unless it is built already. */
export function buildConsole(): void {
  const script = fileURLToPath(new URL('../../tools/console/build.ts', import.meta.url));
  execFileSync(process.execPath, [script], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** A headless browser with an empty profile, and what went wrong on its pages. */
export class Browser {
  readonly #context: BrowserContext;
  readonly #profile: string;
  /** What pages wrote on the browser's console, errors that nothing caught, and requests to elsewhere. */
  readonly faults: string[] = [];

  private constructor(context: BrowserContext, profile: string) {
    this.#context = context;
    this.#profile = profile;
  }

  static async start(): Promise<Browser> {
    const profile = mkdtempSync(join(tmpdir(), 'picket-chromium-'));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: executable,
      headless: true,
      args: flags,
      timezoneId: 'Europe/Zurich',
    });
    return new Browser(context, profile);
  }

  /** Opens the page, and watches it: breaches of its policy are told on the browser's console. */
  async open(url: string, size: { width: number; height: number } = { width: 1440, height: 900 }): Promise<Page> {
    const page = await this.#context.newPage();
    const { host } = new URL(url);
    page.on('console', (message) => this.faults.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => this.faults.push(String(error.stack)));
    page.on('request', (request) => {
      if (new URL(request.url()).host !== host) this.faults.push(`asked ${request.url()}`);
    });
    await page.setViewportSize(size);
    await page.goto(url);
    return page;
  }

  async stop(): Promise<void> {
    await this.#context.close();
    rmSync(this.#profile, { recursive: true, force: true });
  }
}
