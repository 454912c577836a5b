import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { WebSocket } from 'ws';
import type { WindowPart } from '../../core/summary/part.ts';
import { KeyHasher } from '../../core/sketch/hash/keyHasher.ts';
import { managerConfig } from '../../manager/config.ts';
import { createManager } from '../../manager/main.ts';
import type { Manager } from '../../manager/main.ts';
import { linkVersion } from '../../proto/link.ts';
import { decodeMessage, encodeMessage } from '../../proto/linkCodec.ts';
import type { Hello, LinkFault, LinkMessage } from '../../proto/linkMessages.ts';
import { encodePart } from '../../proto/partCodec.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { Clock } from '../../runtime/clock.ts';
import { loadConfig } from '../../runtime/config.ts';
import { silentLogger } from '../../runtime/log.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { createLink } from '../../sensor/link/link.ts';
import type { Link } from '../../sensor/link/link.ts';
import { sourcesAndDestinations } from './sections.ts';

const clock = systemClock();
const log = silentLogger();
const hasher = new KeyHasher();

/** Managers and links of one test: they live in a directory of the test's own, and end with it. */
export function linkBench() {
  const stops: { owner: Manager | Link; stop: () => Promise<void> }[] = [];
  let directory = '';

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'picket-link-'));
  });
  afterEach(async () => {
    for (const { stop } of stops.splice(0).toReversed()) await stop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function startManager(flags: Record<string, unknown> = {}, useClock: Clock = clock): Promise<Manager> {
    const config = await loadConfig(managerConfig(), {
      environment: {},
      flags: { stateDir: join(directory, 'manager'), listenPeople: '127.0.0.1:0', ...flags },
    });
    const manager = createManager(config, { clock: useClock, log });
    await manager.start();
    stops.push({ owner: manager, stop: () => stopManager(manager) });
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
    stops.push({ owner: link, stop: () => stopLink(link) });
  }

  return {
    startManager,
    stopManager,
    makeLink,
    run,
    /** A path in the test's directory. */
    inDirectory: (...names: string[]): string => join(directory, ...names),
    /** Forgets what is to be stopped at the end: the test has stopped it. */
    forget: (manager?: Manager): void =>
      void stops.splice(0, stops.length, ...stops.filter(({ owner }) => manager !== undefined && owner !== manager)),
  };
}

/** Stops a link as its daemon does. */
export async function stopLink(link: Link): Promise<void> {
  await link.stop(clock.elapsed() + 1000);
}

/** A part with one source and one destination, both out of 256 addresses. */
export function part(start: number, from = start, changes: Partial<WindowPart> = {}): WindowPart {
  const loss = { kernel: 1, nic: 2, shed: 3, unrecorded: 4, freezes: 0, blindMillis: 0 };
  const sections = sourcesAndDestinations(hasher, [from % 256], [(from + 1) % 256]);
  return {
    tap: 'tap0',
    start,
    seconds: 10,
    windowSeconds: 10,
    coveredFrom: start,
    coveredTo: start + 10,
    packets: 10,
    octets: 1000,
    loss,
    sections,
    ...changes,
  };
}

export function get(
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

export async function ask<Shape>(manager: Manager, path: string): Promise<Shape> {
  const { status, body } = await get(manager, path);
  expect(status, body).toBe(200);
  return JSON.parse(body) as Shape;
}

export const value = (metrics: Metrics, name: string): number =>
  metrics.read().find((metric) => metric.name === name)?.value ?? Number.NaN;
export const start = 1_700_000_000;

/** A sensor by hand: sends what it is told, and keeps what comes. */
export async function connectByHand(manager: Manager, headers: Record<string, string> = {}, overTcp = false) {
  const address = overTcp ? `${manager.people().replace('http', 'ws')}/link` : undefined;
  return connectTo(manager.socket, headers, address);
}

/** The same by the path of a manager's socket, or by the link's address. */
export async function connectTo(
  path: string,
  headers: Record<string, string> = {},
  address: string = `ws+unix:${path}:/link`,
) {
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

export const stream = new Uint8Array(16).fill(7);
export const hello: Hello = {
  type: 'hello',
  versionMin: 1,
  versionMax: linkVersion,
  site: 'lima',
  name: 'b',
  software: 'x',
  stream,
  replay: false,
};
export const durable = (seq: number, bytes = encodePart(part(start + 10 * seq)), kind = 1): LinkMessage => ({
  type: 'durable',
  stream,
  seq,
  kind,
  bytes,
  inflated: 0,
});
export const acknowledged = (messages: readonly (LinkMessage | LinkFault)[]): number =>
  messages.reduce(
    (sum, m) => sum + (m.type === 'ack' ? m.received.reduce((n, { first, last }) => n + last - first + 1, 0) : 0),
    0,
  );
