import { createServer } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { closeCodes, linkCredit, linkVersion } from '../../proto/link.ts';
import { decodeMessage, encodeMessage } from '../../proto/linkCodec.ts';
import type { Interval, LinkMessage } from '../../proto/linkMessages.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { Clock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/log.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { createLink } from '../../sensor/link/link.ts';
import type { Link } from '../../sensor/link/link.ts';
import { ingestBench, until } from './ingestBench.ts';
import { part, start } from './linkBench.ts';

const { makeLink, inDirectory } = ingestBench();

interface Hostile {
  /** Sequence numbers that came, over all connections. */
  seqs: number[];
  stream: Uint8Array;
  socket: WebSocket | undefined;
  closed: number[];
  send(message: LinkMessage): void;
  stop(): void;
}

/** A manager that grants everything, says it has `received` (once), and does nothing by itself. */
async function hostileManager(path: string, received: Interval[] = []): Promise<Hostile> {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  const seqs: number[] = [];
  const it: Hostile = {
    seqs,
    stream: new Uint8Array(16),
    socket: undefined,
    closed: [],
    send: (message) => it.socket?.send(encodeMessage(message)),
    stop: () => {
      it.socket?.terminate();
      sockets.close();
      server.close();
    },
  };
  const claims = [received];
  sockets.on('connection', (socket) => {
    it.socket = socket;
    socket.on('close', (code) => it.closed.push(code));
    socket.on('message', (data) => {
      const message = decodeMessage(data as Buffer);
      if (message.type === 'hello') {
        it.stream = Uint8Array.from(message.stream);
        const credit = { messages: Number.MAX_SAFE_INTEGER, bytes: Number.MAX_SAFE_INTEGER };
        const seed = new Uint8Array(16);
        it.send({ type: 'welcome', version: linkVersion, seed, received: claims.pop() ?? [], credit });
      }
      if (message.type === 'durable') seqs.push(message.seq);
    });
  });
  await new Promise<void>((resolve) => void server.listen(path, resolve));
  return it;
}

test('a credit without end is taken for the most that is agreed', async () => {
  const path = inDirectory('greedy.sock');
  const manager = await hostileManager(path);
  const { link, metrics, run } = makeLink(path);
  await run();
  for (let i = 0; i < 3 * linkCredit.messages; i++) await link.offer(part(start + 10 * i));
  await until(() => manager.seqs.length >= linkCredit.messages);
  // Whatever would have been sent has been by the time that an answer to something else is there.
  manager.send({ type: 'credit', messages: 2 ** 50, bytes: 2 ** 50 });
  manager.send({ type: 'request', id: new Uint8Array(4), kind: 1, deadline: 1, bytes: new Uint8Array(0), have: 0 });
  await until(() => metrics.read().some(({ name, value }) => name === 'link_refused_requests' && value === 1));
  await turn();
  expect(manager.seqs).toHaveLength(linkCredit.messages);
  manager.stop();
});

test('who acknowledges what was never sent is cut off, and nothing is lost by it', async () => {
  const path = inDirectory('liar.sock');
  const manager = await hostileManager(path, [{ first: 1, last: Number.MAX_SAFE_INTEGER }]);
  const clock = systemClock();
  const patient: Clock = {
    ...clock,
    // A refused sensor tries again after a minute or more.
    after: (millis, action, background) => clock.after(millis >= 60_000 ? 1 : millis, action, background),
  };
  const { link, run } = makeLink(path, { clock: patient });
  await run();
  await link.offer(part(start));
  // A welcome that claims numbers nobody gave; then an acknowledgement of the next number.
  await until(() => manager.seqs.length === 1);
  expect(manager.closed).toEqual([closeCodes.malformed.code]);
  manager.send({ type: 'ack', stream: manager.stream, received: [{ first: 1, last: 2 }] });
  await until(() => manager.closed.length === 2 && manager.seqs.length === 2);
  expect(manager.closed).toEqual([closeCodes.malformed.code, closeCodes.malformed.code]);
  expect(manager.seqs).toEqual([1, 1]);
  manager.stop();
});

test('who asks and asks and does not read is cut off', async () => {
  const path = inDirectory('deaf.sock');
  const manager = await hostileManager(path);
  const { run } = makeLink(path);
  await run();
  await until(() => manager.stream.some((byte) => byte !== 0));
  manager.socket?.pause();
  const request = encodeMessage({
    type: 'request',
    id: new Uint8Array(64),
    kind: 1,
    deadline: 1,
    bytes: new Uint8Array(0),
    have: 0,
  });
  const { socket } = manager;
  let sent = 0;
  const isOpen = (): boolean => socket?.readyState === WebSocket.OPEN;
  while (isOpen() && sent < 1_000_000) {
    for (let i = 0; i < 500; i++) socket?.send(request);
    sent += 500;
    await until(() => !isOpen() || socket!.bufferedAmount < 1 << 20);
    await turn();
  }
  expect(sent).toBeLessThan(1_000_000);
  manager.stop();
});

test('a replay waits for the manager when its spool fills up, and gives nothing up', async () => {
  const path = inDirectory('slow.sock');
  const manager = await hostileManager(path);
  const metrics = new Metrics();
  const clock = systemClock();
  const spoolBytes = 1 << 20;
  const options = { site: 'oslo', name: 'r', software: 'test', replay: true, stateDir: inDirectory('r'), spoolBytes };
  const link: Link = createLink(
    { ...options, url: `unix:${path}` },
    { clock, log: silentLogger(), metrics, random: () => 0 },
  );
  await link.start();
  const count = 60;
  const bytes = new Uint8Array(50_000);
  let stored = 0;
  const offered = Array.from({ length: count }, () =>
    link.offerPacked({ kind: 99, inflated: 0, longer: false, bytes }).then(() => (stored += 1)),
  );
  const value = (name: string): number => metrics.read().find((metric) => metric.name === name)?.value ?? Number.NaN;
  const isDone = (): boolean => stored === count;
  while (!isDone()) {
    await until(() => manager.seqs.length > 0);
    expect(value('spool_bytes')).toBeLessThan(spoolBytes);
    for (const seq of manager.seqs.splice(0))
      manager.send({ type: 'ack', stream: manager.stream, received: [{ first: seq, last: seq }] });
  }
  await Promise.all(offered);
  expect(value('spool_dropped_messages')).toBe(0);
  // With the end near nothing waits any more.
  const more = Array.from({ length: 15 }, () => link.offerPacked({ kind: 99, inflated: 0, longer: false, bytes }));
  link.hurry();
  await Promise.all(more);
  await link.stop(clock.elapsed() + 1000);
  manager.stop();
});
