import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fastify from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { createLogger } from '../../runtime/log.ts';
import { loadConsole, pagePolicy, serveConsole } from './consoleFiles.ts';

let directory: string;
let said = '';
const log = createLogger({
  name: 'test',
  level: 'info',
  clock: systemClock(),
  write: (line) => (said += line),
});

beforeEach(() => {
  said = '';
  directory = mkdtempSync(join(tmpdir(), 'picket-console-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function served() {
  const app = fastify();
  serveConsole(app, await loadConsole(directory, log));
  return app;
}

test('the page has its policy, the assets last for ever and nothing else is served', async () => {
  mkdirSync(join(directory, 'assets'));
  writeFileSync(join(directory, 'index.html'), '<p>hello');
  writeFileSync(join(directory, '.sources'), 'secret');
  writeFileSync(join(directory, 'assets', 'a-1.js'), 'a()');
  writeFileSync(join(directory, 'assets', 'a.map'), '{}');
  const app = await served();
  const page = await app.inject({ url: '/' });
  expect([page.statusCode, page.headers['content-security-policy'], page.body]).toEqual([200, pagePolicy, '<p>hello']);
  expect(page.headers['cache-control']).toBeUndefined();
  const asset = await app.inject({ url: '/assets/a-1.js', headers: { 'accept-encoding': 'br, gzip' } });
  expect(asset.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    'content-encoding': 'gzip',
    vary: 'accept-encoding',
  });
  expect(gunzipSync(asset.rawPayload).toString()).toBe('a()');
  const plain = await app.inject({ url: '/assets/a-1.js', headers: { 'accept-encoding': 'gzip;q=0' } });
  expect([plain.headers['content-encoding'], plain.body]).toEqual([undefined, 'a()']);
  for (const url of ['/assets/a.map', '/assets/..%2f.sources', '/assets/', '/.sources', '/index.html'])
    expect([url, (await app.inject({ url })).statusCode]).toEqual([url, 404]);
});

test('without a build the page says how to make one', async () => {
  const page = await (await served()).inject({ url: '/' });
  expect([page.statusCode, page.headers['content-security-policy']]).toEqual([503, pagePolicy]);
  expect(page.body).toContain('tools/console/build.ts');
  expect(said).toContain('there is no console to show');
});
