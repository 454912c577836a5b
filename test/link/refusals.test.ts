import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { closeCodes, linkVersion } from '../../proto/link.ts';
import type { LinkMessage } from '../../proto/linkMessages.ts';
import { part, start, hello, durable, connectByHand, get, ask, stopLink, linkBench } from './linkBench.ts';

const { startManager, makeLink, run, inDirectory } = linkBench();

test.each<[string, (send: (message: LinkMessage) => void, socket: WebSocket) => void, keyof typeof closeCodes]>([
  [
    'only a newer version',
    (send) => send({ ...hello, versionMin: linkVersion + 1, versionMax: linkVersion + 1 }),
    'version',
  ],
  ['something else before the hello', (send) => send(durable(1)), 'hello'],
  ['a site that is no name', (send) => send({ ...hello, site: 'a/b' }), 'hello'],
  ['text', (_, socket) => socket.send('hello'), 'malformed'],
  ['rubbish after the hello', (send, socket) => (send(hello), socket.send(new Uint8Array([255, 1, 2]))), 'malformed'],
  [
    'another stream than its own',
    (send) => (send(hello), send({ ...durable(1), stream: new Uint8Array(16) } as LinkMessage)),
    'stream',
  ],
  [
    'more than the credit',
    (send) => (send(hello), Array.from({ length: 2000 }, (_, i) => send(durable(i + 1)))),
    'credit',
  ],
])('%s is refused with its close code', async (_, act, reason) => {
  const manager = await startManager();
  const sensor = await connectByHand(manager);
  act(sensor.send, sensor.socket);
  const { code, reason: text } = await sensor.closed;
  expect(code).toBe(closeCodes[reason].code);
  expect(text).toContain(closeCodes[reason].reason);
});

test('a message beyond the limit is refused before it is read whole', async () => {
  const manager = await startManager();
  const sensor = await connectByHand(manager);
  sensor.socket.on('error', () => undefined);
  sensor.socket.send(new Uint8Array(2 << 20));
  expect((await sensor.closed).code).toBe(1009);
});

test('a stream belongs to one sensor', async () => {
  const manager = await startManager();
  const one = await connectByHand(manager);
  one.send(hello);
  await one.until((messages) => messages.length > 0);
  const two = await connectByHand(manager);
  two.send({ ...hello, name: 'other' });
  expect(await two.closed).toMatchObject({ code: closeCodes.stream.code });
  one.socket.terminate();
});

test('a refusal that does not pass ends a replay with its reason', async () => {
  const manager = await startManager();
  const { link } = makeLink(`unix:${manager.socket}`);
  await run(link);
  await link.offer(part(start));
  await link.drained();
  await stopLink(link);
  // The same spool under another name: its stream is taken.
  const { link: other } = makeLink(`unix:${manager.socket}`, { name: 'thief', state: 'a' });
  await run(other);
  await other.offer(part(start));
  await expect(other.drained()).rejects.toThrow('belongs to another sensor');
});

test('questions that are wrong are answered by status 400 and the name of what is wrong', async () => {
  const manager = await startManager();
  for (const [path, status, text] of [
    ['/api/v1/distinct/hosts?form=1', 400, 'form: unknown parameter'],
    ['/api/v1/distinct/cars', 400, 'what:'],
    ['/api/v1/distinct/hosts?from=9&to=9', 400, 'range is empty'],
    ['/api/v1/distinct/hosts?from=yesterday', 400, 'from: '],
    ['/api/v1/distinct/hosts?site=a%2Fb', 400, 'site'],
    ['/api/v1/nothing', 404, 'nothing at GET'],
  ] as const) {
    const { status: answered, body } = await get(manager, path);
    expect([path, answered]).toEqual([path, status]);
    expect(body).toContain(text);
  }
  expect(await ask(manager, '/api/v1/health')).toMatchObject({ ready: true });
});

test('the port answers loopback names only, and the page has no script or style of its own', async () => {
  const manager = await startManager();
  expect((await get(manager, '/api/v1/health', true)).status).toBe(200);
  expect((await get(manager, '/api/v1/health', true, { host: 'evil.example' })).status).toBe(403);
  expect((await get(manager, '/api/v1/health', true, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  await expect(connectByHand(manager, { origin: 'http://evil.example' }, true)).rejects.toThrow('403');
  const page = await get(manager, '/', true);
  expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
  expect(page.body).not.toMatch(/<script(?![^>]* src=")|<style| style=| on\w+=/i);
  const fromElsewhere = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
  expect((await get(manager, '/', true, fromElsewhere)).status).toBe(page.status);
  expect((await get(manager, '/api/v1/health', true, fromElsewhere)).status).toBe(403);
});

test('addresses and sockets that cannot be used are refused with the reason', async () => {
  await expect(startManager({ listenPeople: '0.0.0.0:0' })).rejects.toThrow('only a loopback address');
  await expect(startManager({ listenPeople: '192.0.2.1:80', stateDir: inDirectory('x') })).rejects.toThrow('refused');
  await expect(startManager({ socket: inDirectory('y'.repeat(120)), stateDir: inDirectory('y') })).rejects.toThrow(
    'a Unix socket takes 107',
  );
  // Refused before there is anything of it on the disk.
  for (const name of ['manager', 'x', 'y']) expect(existsSync(inDirectory(name)), name).toBe(false);
  const manager = await startManager();
  await expect(startManager()).rejects.toThrow('another process');
  const port = Number(new URL(manager.people()).port);
  const next = await startManager({ listenPeople: `127.0.0.1:${port}`, stateDir: inDirectory('z') });
  expect(Number(new URL(next.people()).port)).toBeGreaterThan(port);
  for (const url of [
    'http://192.0.2.1:8480',
    'https://127.0.0.1',
    'ftp://x',
    'unix:relative',
    'http://u:p@127.0.0.1',
  ]) {
    expect(() => makeLink(url), url).toThrow('manager: ');
  }
});
