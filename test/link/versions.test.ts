import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { Refusal } from '../../core/sketch/refusal.ts';
import { kinds } from '../../core/summary/kinds.ts';
import { decodeSection } from '../../core/summary/section.ts';
import { closeCodes, commonVersion, linkVersion, oldestLinkVersion } from '../../proto/link.ts';
import { decodeMessage, encodeMessage } from '../../proto/linkCodec.ts';
import type { Hello, LinkMessage } from '../../proto/linkMessages.ts';
import { decodePart } from '../../proto/partCodec.ts';
import { connectTo, hello, part, start } from './linkBench.ts';
import { ingestBench, until } from './ingestBench.ts';

const { startIngest, makeLink, inDirectory } = ingestBench();

/** Bytes that the first build sent. They are never made again: what is deployed speaks so. */
const firstBuild = (name: string): Uint8Array =>
  new Uint8Array(
    Buffer.from(
      readFileSync(join(import.meta.dirname, 'firstBuild', `${name}.hex`), 'utf8').replaceAll('\n', ''),
      'hex',
    ),
  );

test('what the first build sent is read as it was meant', () => {
  const stream = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
  expect(decodeMessage(firstBuild('hello'))).toEqual({
    type: 'hello',
    versionMin: 1,
    versionMax: 1,
    site: 'oslo',
    name: 'first',
    software: 'picket 0.1.0',
    stream,
    replay: false,
  });
  expect(decodeMessage(firstBuild('welcome'))).toEqual({
    type: 'welcome',
    version: 1,
    seed: new Uint8Array(16).fill(9),
    received: [
      { first: 1, last: 3 },
      { first: 7, last: 7 },
    ],
    credit: { messages: 32, bytes: 4 * 2 ** 20 },
  });
  expect(decodeMessage(firstBuild('ack'))).toEqual({ type: 'ack', stream, received: [{ first: 4, last: 5 }] });
  for (const [name, hosts, packets] of [
    ['durable', 3, 1234],
    ['durableDeflated', 100, 99],
  ] as const) {
    const message = decodeMessage(firstBuild(name));
    if (message.type !== 'durable') throw new Error(message.type);
    const { bytes, inflated } = message;
    const read = decodePart(inflated === 0 ? bytes : inflateRawSync(bytes, { maxOutputLength: inflated }));
    expect(read).toMatchObject({ tap: 'tap0', seconds: 10, windowSeconds: 10, packets, loss: { unrecorded: 4 } });
    if (read.type === 'fault') throw new Error(read.reason);
    const [sources] = read.sections;
    const value = sources === undefined ? undefined : decodeSection(kinds.sources, sources);
    if (value === undefined || value instanceof Refusal) throw new Error('unread');
    // The first build did not split: all of it is remote.
    expect([value.local.estimate().estimate, Math.round(value.remote.estimate().estimate)]).toEqual([0, hosts]);
  }
});

test('a sensor of the first build is served, and never gets what it does not know', async () => {
  const { ingest, store, socket } = await startIngest();
  const sensor = await connectTo(socket);
  for (const name of ['hello', 'durable', 'durableDeflated']) sensor.socket.send(firstBuild(name));
  await sensor.until((all) => all.filter(({ type }) => type === 'ack').length > 0);
  await until(() => store.deliveries.length === 2);
  const asked = ingest.request('oslo/first', 1, new Uint8Array(0), { deadline: Date.now() + 10_000 }).done();
  await expect(asked).rejects.toMatchObject({ code: 'request.refused', context: { reason: 'version' } });
  const messages = await sensor.until((all) =>
    all.some((message) => message.type === 'ack' && message.received.some(({ last }) => last === 5)),
  );
  expect(messages[0]).toMatchObject({ type: 'welcome', version: 1 });
  expect(new Set(messages.map(({ type }) => type))).toEqual(new Set(['welcome', 'ack']));
  expect(store.deliveries.map(({ seq, row }) => [seq, row?.packets])).toEqual([
    [4, 1234],
    [5, 99],
  ]);
  expect(ingest.sensors()).toMatchObject([
    { site: 'oslo', name: 'first', version: 1, clock: undefined, connected: true },
  ]);
  sensor.socket.terminate();
});

test.each<[string, [number, number], number | undefined]>([
  ['N-1', [linkVersion - 1, linkVersion - 1], linkVersion - 1],
  ['N-1 and N', [linkVersion - 1, linkVersion], linkVersion],
  ['N', [linkVersion, linkVersion], linkVersion],
  ['N and N+1', [linkVersion, linkVersion + 1], linkVersion],
  ['N-1, N and N+1', [linkVersion - 1, linkVersion + 1], linkVersion],
  ['only N+1', [linkVersion + 1, linkVersion + 1], undefined],
  ['only N+1 and N+2', [linkVersion + 1, linkVersion + 2], undefined],
])('a sensor that offers %s', async (_, [versionMin, versionMax], expected) => {
  expect(commonVersion(versionMin, versionMax)).toBe(expected);
  const { socket } = await startIngest();
  const sensor = await connectTo(socket);
  sensor.send({ ...hello, versionMin, versionMax });
  if (expected === undefined) {
    expect(await sensor.closed).toMatchObject({ code: closeCodes.version.code });
    return;
  }
  expect((await sensor.until((all) => all.length > 0))[0]).toMatchObject({ type: 'welcome', version: expected });
  // A question of version 2 is a fault on a link of version 1.
  sensor.send({ type: 'clockQuestion', asked: 1, offset: 0, uncertainty: 0 });
  if (expected < 2) expect(await sensor.closed).toMatchObject({ code: closeCodes.malformed.code });
  else expect((await sensor.until((all) => all.length > 1))[1]).toMatchObject({ type: 'clockAnswer', asked: 1 });
  sensor.socket.terminate();
});

/** A manager by hand: answers hellos as it is told, acknowledges what comes. */
async function managerByHand(socket: string, welcome: (hello: Hello) => Uint8Array | 'version') {
  const server = createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  const received: LinkMessage['type'][] = [];
  const hellos: Hello[] = [];
  const open: WebSocket[] = [];
  const closed = Promise.withResolvers<number>();
  sockets.on('connection', (link) => {
    open.push(link);
    link.once('close', closed.resolve);
    link.on('message', (data: Buffer) => {
      const message = decodeMessage(data);
      received.push(message.type as LinkMessage['type']);
      if (message.type === 'hello') {
        hellos.push(message);
        const answer = welcome(message);
        if (answer === 'version') link.close(closeCodes.version.code, closeCodes.version.reason);
        else link.send(answer);
      } else if (message.type === 'durable') {
        const { stream, seq } = message;
        link.send(encodeMessage({ type: 'ack', stream, received: [{ first: seq, last: seq }] }));
      }
    });
  });
  await new Promise<void>((resolve) => void server.listen(socket, resolve));
  const stop = (): void => {
    for (const link of open) link.terminate();
    server.close();
  };
  return { received, hellos, open, firstClosed: closed.promise, stop };
}

test('a manager of the first build gets nothing but hello and durable messages', async () => {
  const socket = inDirectory('old.sock');
  // The welcome of the first build, for this stream: it has 1 to 3, and 7.
  const manager = await managerByHand(socket, () => firstBuild('welcome'));
  const { link, run } = makeLink(socket);
  await run();
  for (let i = 0; i < 4; i++) await link.offer(part(start + 10 * i));
  await link.drained();
  expect(manager.hellos[0]).toMatchObject({ versionMin: oldestLinkVersion, versionMax: linkVersion });
  expect(new Set(manager.received)).toEqual(new Set(['hello', 'durable']));
  expect(link.clockOffset()).toBeUndefined();
  expect(link.seed()).toEqual(new Uint8Array(16).fill(9));
  // A request on such a link is against the contract.
  manager.open[0]?.send(
    encodeMessage({ type: 'request', id: new Uint8Array(4), kind: 1, deadline: 1, bytes: new Uint8Array(0), have: 0 }),
  );
  expect(await manager.firstClosed).toBe(closeCodes.malformed.code);
  manager.stop();
});

test('a manager without a common version refuses, and a welcome to another version is refused', async () => {
  const socket = inDirectory('new.sock');
  const manager = await managerByHand(socket, () => 'version');
  const { link, run } = makeLink(socket);
  await run();
  await link.offer(part(start));
  await expect(link.drained()).rejects.toThrow('no common version');
  manager.stop();
  const other = inDirectory('newer.sock');
  const newer = await managerByHand(other, () =>
    encodeMessage({
      type: 'welcome',
      version: linkVersion + 1,
      seed: new Uint8Array(16),
      received: [],
      credit: { messages: 1, bytes: 1 },
    }),
  );
  const second = makeLink(other, { name: 'b' });
  await second.run();
  expect(await newer.firstClosed).toBe(closeCodes.version.code);
  newer.stop();
});
