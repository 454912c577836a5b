import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { WindowPart } from '../core/summary/part.ts';
import { KeyHasher } from '../core/sketch/hash/keyHasher.ts';
import { managerConfig } from '../manager/config.ts';
import { createManager } from '../manager/main.ts';
import type { Manager } from '../manager/main.ts';
import type { Answer } from '../proto/api.ts';
import { closeCodes, linkCredit, linkVersion } from '../proto/link.ts';
import { decodeMessage, encodeMessage } from '../proto/linkCodec.ts';
import type { Hello, LinkFault, LinkMessage } from '../proto/linkMessages.ts';
import { encodePart } from '../proto/partCodec.ts';
import { systemClock } from '../runtime/clock.ts';
import type { Clock } from '../runtime/clock.ts';
import { loadConfig } from '../runtime/config.ts';
import { silentLogger } from '../runtime/log.ts';
import { Metrics } from '../runtime/metrics.ts';
import { createLink } from '../sensor/link/link.ts';
import type { Link } from '../sensor/link/link.ts';
import { sourcesAndDestinations } from './sections.ts';

const clock = systemClock();
const log = silentLogger();
const hasher = new KeyHasher();
const stops: (() => Promise<void>)[] = [];
let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'picket-link-'));
});
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
  rmSync(directory, { recursive: true, force: true });
});

async function startManager(flags: Record<string, unknown> = {}, useClock: Clock = clock): Promise<Manager> {
  const config = await loadConfig(managerConfig(), {
    environment: {},
    flags: { stateDir: join(directory, 'manager'), listenPeople: '127.0.0.1:0', ...flags },
  });
  const manager = createManager(config, { clock: useClock, log });
  await manager.start();
  stops.push(() => stopManager(manager));
  return manager;
}

async function stopManager(manager: Manager): Promise<void> {
  manager.end('test');
  await manager.finished;
}

function makeLink(
  url: string,
  options: { site?: string; name?: string; replay?: boolean; state?: string } = {},
): { link: Link; metrics: Metrics } {
  const { site = 'oslo', name = 'a', replay = false, state = name } = options;
  const metrics = new Metrics();
  const config = {
    url,
    site,
    name,
    software: 'test',
    replay,
    stateDir: join(directory, `sensor-${state}`),
    spoolBytes: 64 << 20,
  };
  // Reconnection without a wait to speak of.
  const quick: Clock = {
    ...clock,
    after: (millis, action, background) => clock.after(millis > 1000 ? millis : 1, action, background),
  };
  return { link: createLink(config, { clock: quick, log, metrics, random: () => 0 }), metrics };
}

async function run(link: Link): Promise<void> {
  await link.start();
  stops.push(() => link.stop(clock.elapsed() + 1000));
}

/** A part with one source and one destination, both out of 256 addresses. */
function part(start: number, from = start, changes: Partial<WindowPart> = {}): WindowPart {
  const loss = { kernel: 1, nic: 2, shed: 3, unrecorded: 4, freezes: 0, blindMillis: 0 };
  const sections = sourcesAndDestinations(hasher, [from % 256], [(from + 1) % 256]);
  return {
    tap: 'tap0',
    start,
    seconds: 10,
    coveredFrom: start,
    coveredTo: start + 10,
    packets: 10,
    octets: 1000,
    loss,
    sections,
    ...changes,
  };
}

function get(
  manager: Manager,
  path: string,
  overTcp = false,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string; headers: Record<string, unknown> }> {
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number;
    body: string;
    headers: Record<string, unknown>;
  }>();
  const where = overTcp
    ? { host: '127.0.0.1', port: Number(new URL(manager.people()).port) }
    : { socketPath: manager.socket };
  const asking = httpRequest({ ...where, path, headers, agent: false }, (response) => {
    let body = '';
    response.setEncoding('utf8').on('data', (text: string) => (body += text));
    response.on('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }));
  });
  asking.on('error', reject).end();
  return promise;
}

async function ask<Shape>(manager: Manager, path: string): Promise<Shape> {
  const { status, body } = await get(manager, path);
  expect(status, body).toBe(200);
  return JSON.parse(body) as Shape;
}

const value = (metrics: Metrics, name: string): number =>
  metrics.read().find((metric) => metric.name === name)?.value ?? Number.NaN;
const start = 1_700_000_000;

test.each(['unix', 'tcp'] as const)(
  'thousands of parts over %s are each stored once, through lost connections and kills',
  async (kind) => {
    const first = await startManager();
    const port = Number(new URL(first.people()).port);
    const url = kind === 'unix' ? `unix:${first.socket}` : `http://127.0.0.1:${port}`;
    const { link, metrics } = makeLink(url);
    await run(link);
    const count = 3000;
    const offered: Promise<void>[] = [];
    for (let i = 0; i < count / 2; i++) offered.push(link.offer(part(start + 10 * i)));
    await Promise.all(offered);
    // The manager goes away in the middle of the stream and comes back with the same state.
    await stopManager(first);
    stops.splice(stops.length - 2, 1);
    for (let i = count / 2; i < count; i++) await link.offer(part(start + 10 * i));
    const manager = await startManager({ listenPeople: `127.0.0.1:${port}` });
    await link.drained();
    const answer = await ask<Answer<'distinct'>>(
      manager,
      `/api/v1/distinct/hosts?from=${start}&to=${start + 10 * count}`,
    );
    const loss = { nic: 2 * count, kernel: count, shed: 3 * count, unrecorded: 4 * count };
    expect(answer.coverage).toEqual({
      sensors: { asked: 1, answered: 1, missing: [] },
      seconds: { expected: 10 * count, present: 10 * count },
      packets: { seen: 10 * count, ...loss },
    });
    expect(answer.value).toMatchObject({ estimate: 256, exact: false });
    expect(value(metrics, 'spool_pending_messages')).toBe(0);
    expect(value(metrics, 'link_connections')).toBeGreaterThanOrEqual(2);
    // A spool that forgot what was acknowledged (its host was killed) sends again: still once.
    await link.stop(clock.elapsed() + 1000);
    const again = makeLink(url);
    await run(again.link);
    await again.link.drained();
    const rows = await ask<Answer<'sensors'>>(manager, `/api/v1/sensors?from=${start}&to=${start + 10 * count}`);
    expect(rows.rows).toMatchObject([
      { sensor: 'oslo/a', windows: count, connected: true, taps: ['tap0'], octets: 1000 * count },
    ]);
    expect(again.link.seed()).toEqual(link.seed());
    expect(link.seed()).toHaveLength(16);
  },
);

/** A sensor by hand: sends what it is told, and keeps what comes. */
async function connectByHand(manager: Manager, headers: Record<string, string> = {}, overTcp = false) {
  const address = overTcp ? `${manager.people().replace('http', 'ws')}/link` : `ws+unix:${manager.socket}:/link`;
  const socket = new WebSocket(address, { perMessageDeflate: false, headers });
  const messages: (LinkMessage | LinkFault)[] = [];
  const closed = Promise.withResolvers<{ code: number; reason: string }>();
  let onMessage = (): void => undefined;
  socket.on('message', (data: Buffer) => {
    messages.push(decodeMessage(data));
    onMessage();
  });
  socket.on('close', (code, reason) => closed.resolve({ code, reason: reason.toString() }));
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return {
    socket,
    closed: closed.promise,
    send: (message: LinkMessage) => socket.send(encodeMessage(message)),
    async until(done: (all: readonly (LinkMessage | LinkFault)[]) => boolean) {
      while (!done(messages)) await new Promise<void>((resolve) => (onMessage = resolve));
      return messages;
    },
  };
}

const stream = new Uint8Array(16).fill(7);
const hello: Hello = {
  type: 'hello',
  versionMin: 1,
  versionMax: linkVersion,
  site: 'lima',
  name: 'b',
  software: 'x',
  stream,
  replay: false,
};
const durable = (seq: number, bytes = encodePart(part(start + 10 * seq)), kind = 1): LinkMessage => ({
  type: 'durable',
  stream,
  seq,
  kind,
  bytes,
  inflated: 0,
});
const acknowledged = (messages: readonly (LinkMessage | LinkFault)[]): number =>
  messages.reduce(
    (sum, m) => sum + (m.type === 'ack' ? m.received.reduce((n, { first, last }) => n + last - first + 1, 0) : 0),
    0,
  );

test('a number that comes twice, on one link or on two, is acknowledged each time and stored once', async () => {
  const manager = await startManager();
  const one = await connectByHand(manager);
  one.send(hello);
  for (const seq of [1, 2, 2, 5, 1]) one.send(durable(seq));
  await one.until(
    (messages) =>
      acknowledged(messages) >= 3 &&
      messages.some((m) => m.type === 'ack' && m.received.some(({ last }) => last === 5)),
  );
  const two = await connectByHand(manager);
  two.send(hello);
  expect(await one.closed).toMatchObject({ code: closeCodes.replaced.code });
  const [welcome] = await two.until((messages) => messages.length > 0);
  expect(welcome).toMatchObject({
    type: 'welcome',
    version: linkVersion,
    received: [
      { first: 1, last: 2 },
      { first: 5, last: 5 },
    ],
    credit: linkCredit,
  });
  two.send(durable(5));
  two.send(durable(3));
  await two.until((messages) => acknowledged(messages) >= 2);
  expect(value(manager.metrics, 'journal_stored_messages')).toBe(4);
  const { coverage } = await ask<Answer<'distinct'>>(
    manager,
    `/api/v1/distinct/sources?from=${start}&to=${start + 60}`,
  );
  expect(coverage.packets.seen).toBe(40);
  two.socket.terminate();
});

test('kinds that are not known and parts that cannot be read are kept and acknowledged', async () => {
  const manager = await startManager();
  const sensor = await connectByHand(manager);
  sensor.send(hello);
  sensor.send(durable(1, new Uint8Array([1, 2, 3]), 77));
  sensor.send(durable(2, new Uint8Array([255, 255, 255])));
  sensor.send({ type: 'durable', stream, seq: 3, kind: 1, bytes: new Uint8Array([1, 2, 3]), inflated: 100 });
  sensor.send(durable(4));
  await sensor.until((messages) => acknowledged(messages) === 4);
  expect(value(manager.metrics, 'ingest_unreadable_parts')).toBe(2);
  const { coverage } = await ask<Answer<'distinct'>>(
    manager,
    `/api/v1/distinct/sources?from=${start}&to=${start + 60}`,
  );
  expect(coverage.packets.seen).toBe(10);
  sensor.socket.terminate();
});

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
  await link.stop(clock.elapsed() + 1000);
  // The same spool under another name: its stream is taken.
  const { link: other } = makeLink(`unix:${manager.socket}`, { name: 'thief', state: 'a' });
  await run(other);
  await other.offer(part(start));
  await expect(other.drained()).rejects.toThrow('belongs to another sensor');
});

test('coverage tells who is missing and why, and what can be expected', async () => {
  let now = (start + 95) * 1000;
  const manager = await startManager({}, { ...clock, now: () => now });
  const url = `unix:${manager.socket}`;
  const live = makeLink(url).link;
  const other = makeLink(url, { site: 'lima', name: 'b' }).link;
  const replay = makeLink(url, { name: 'file', replay: true }).link;
  for (const link of [live, other, replay]) await run(link);
  // Two workers' parts of one window, a gap, a window that was half blind.
  await live.offer(part(start, 0, { coveredTo: start + 6 }));
  await live.offer(part(start, 1, { coveredFrom: start + 4 }));
  await live.offer(part(start + 30, 2, { coveredFrom: start + 35, loss: { ...part(0).loss, blindMillis: 2000 } }));
  await other.offer(part(start - 100));
  await replay.offer(part(start + 20, 9, { coveredFrom: start + 21, coveredTo: start + 21 }));
  for (const link of [live, other, replay]) await link.drained();

  const path = `/api/v1/distinct/hosts?from=${start + 3}&to=${start + 1000}`;
  const all = await ask<Answer<'distinct'>>(manager, path);
  expect([all.from, all.to]).toEqual(['2023-11-14T22:13:20.000000000Z', '2023-11-14T22:30:00.000000000Z']);
  expect(all.coverage.sensors).toEqual({
    asked: 3,
    answered: 2,
    missing: [{ sensor: 'lima/b', why: 'silent since 2023-11-14T22:11:50.000000000Z' }],
  });
  // At +95 s the windows up to +90 can be there: 90 s each of the live sensors; of the file only its window.
  expect(all.coverage.seconds).toEqual({ expected: 90 + 90 + 10, present: 10 + 3 + 10 });
  expect(all.coverage.packets).toEqual({ seen: 40, nic: 8, kernel: 4, shed: 12, unrecorded: 16 });

  now += 3600_000;
  const oslo = await ask<Answer<'distinct'>>(manager, `${path}&site=oslo&sensor=a&sensor=oslo/zz`);
  expect(oslo.coverage.sensors).toEqual({ asked: 2, answered: 1, missing: [{ sensor: 'oslo/zz', why: 'never seen' }] });
  expect(oslo.coverage.seconds).toEqual({ expected: 1000, present: 13 });
  expect(oslo.value.estimate).toBe(4);
  const file = await ask<Answer<'distinct'>>(
    manager,
    `/api/v1/distinct/sources?from=${start}&to=${start + 1000}&sensor=file`,
  );
  expect(file.coverage).toMatchObject({
    sensors: { asked: 1, answered: 1, missing: [] },
    seconds: { expected: 10, present: 10 },
  });
  const before = await ask<Answer<'distinct'>>(manager, `/api/v1/distinct/sources?from=0&to=100&sensor=a`);
  expect(before.coverage.sensors.missing).toEqual([{ sensor: 'oslo/a', why: 'no data' }]);
});

test('the oldest segments go when the space is used up, and what they held counts as expired', async () => {
  const flags = { 'journal.bytes': '1MiB', 'journal.segmentBytes': '64KiB' };
  const first = await startManager(flags);
  const { link } = makeLink(`unix:${first.socket}`);
  await run(link);
  const filler = {
    kind: 99,
    version: 1,
    parameters: new Uint8Array(0),
    seedHash: new Uint8Array(0),
    body: crypto.getRandomValues(new Uint8Array(20_000)),
  };
  for (let i = 0; i < 120; i++)
    await link.offer(part(start + 10 * i, i, { sections: [...part(0, i).sections, filler] }));
  await link.drained();
  await link.stop(clock.elapsed() + 1000);
  expect(value(first.metrics, 'journal_bytes')).toBeLessThan((1 << 20) + (128 << 10));
  await stopManager(first);
  stops.splice(0);
  const manager = await startManager(flags);
  const path = `/api/v1/distinct/hosts?from=${start}&to=`;
  const old = await ask<Answer<'distinct'>>(manager, `${path}${start + 50}`);
  expect(old.coverage.sensors.missing).toEqual([{ sensor: 'oslo/a', why: 'expired' }]);
  const all = await ask<Answer<'distinct'>>(manager, `${path}${start + 1200}`);
  expect(all.coverage.seconds.present).toBeLessThan(1200);
  expect(all.coverage.seconds.present).toBeGreaterThan(300);
  // Removed or not, the numbers stay known: sending all of it again stores nothing.
  const again = await connectByHand(manager);
  again.send({ ...hello, site: 'oslo', name: 'a', stream: Buffer.from((await streamOf('a')).trim(), 'hex') });
  expect(await again.until((messages) => messages.length > 0)).toMatchObject([{ received: [{ first: 1, last: 120 }] }]);
  again.socket.terminate();
});

async function streamOf(state: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  return await readFile(join(directory, `sensor-${state}`, 'spool', 'stream'), 'utf8');
}

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

test('the port answers loopback names only, and the page brings no script', async () => {
  const manager = await startManager();
  expect((await get(manager, '/api/v1/health', true)).status).toBe(200);
  expect((await get(manager, '/api/v1/health', true, { host: 'evil.example' })).status).toBe(403);
  expect((await get(manager, '/api/v1/health', true, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  await expect(connectByHand(manager, { origin: 'http://evil.example' }, true)).rejects.toThrow('403');
  const page = await get(manager, '/', true);
  expect(page.status).toBe(200);
  expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
  expect(page.body).not.toMatch(/<script| on\w+=/i);
});

test('addresses and sockets that cannot be used are refused with the reason', async () => {
  await expect(startManager({ listenPeople: '0.0.0.0:0' })).rejects.toThrow('only a loopback address');
  await expect(startManager({ listenPeople: '192.0.2.1:80', stateDir: join(directory, 'x') })).rejects.toThrow(
    'refused',
  );
  await expect(
    startManager({ socket: join(directory, 'y'.repeat(120)), stateDir: join(directory, 'y') }),
  ).rejects.toThrow('a Unix socket takes 107');
  const manager = await startManager();
  await expect(startManager()).rejects.toThrow('another process');
  const port = Number(new URL(manager.people()).port);
  const next = await startManager({ listenPeople: `127.0.0.1:${port}`, stateDir: join(directory, 'z') });
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
