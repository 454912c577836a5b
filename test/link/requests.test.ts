import { expect, test } from 'vitest';
import { linkLimits } from '../../proto/link.ts';
import type { LinkMessage } from '../../proto/linkMessages.ts';
import { RequestRefusal } from '../../sensor/link/requests.ts';
import { CuttableProxy } from '../support/cuttableProxy.ts';
import { ingestBench, until } from './ingestBench.ts';
import { connectTo, hello, value } from './linkBench.ts';

const { startIngest, makeLink, inDirectory } = ingestBench();

/** Kinds of this test. */
const ECHO = 1;
const STREAM = 2;
const WAIT = 3;
const FAIL = 4;

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const bytesOf = (words: string): Uint8Array => new TextEncoder().encode(words);
const soon = (): { deadline: number } => ({ deadline: Date.now() + 20_000 });

test('a request is answered, in pieces too, and what is refused says why', async () => {
  const { ingest, socket } = await startIngest();
  const { link, metrics, run } = makeLink(socket);
  link.handle(ECHO, async (bytes) => bytes);
  link.handle(STREAM, async (bytes, { part }) => {
    for (const byte of bytes) await part(new Uint8Array(300_000).fill(byte));
    return bytesOf('end');
  });
  link.handle(FAIL, async (bytes) => {
    if (bytes.length > 0) throw new RequestRefusal('policy', 'not allowed here');
    throw new Error('a fault of the handler');
  });
  const why = (
    sensor: string,
    kind: number,
    body: Uint8Array = new Uint8Array(0),
    options = soon(),
  ): Promise<unknown> =>
    ingest
      .request(sensor, kind, body, options)
      .done()
      .then(text, (error: unknown) => {
        const { code, context } = error as { code: string; context: { reason: string } };
        return `${code} ${context.reason}`;
      });
  expect(await why('oslo/a', ECHO)).toBe('request.refused no-sensor');
  await run();
  await until(() => ingest.connected().size > 0);
  expect(await why('oslo/a', ECHO, bytesOf('hello'))).toBe('hello');
  // An answer of 9 MB: more than what is kept of it, so its reader sets the pace.
  const pieces: Uint8Array[] = [];
  for await (const piece of ingest.request(
    'oslo/a',
    STREAM,
    Uint8Array.from({ length: 30 }, (_, i) => i),
    soon(),
  ))
    pieces.push(piece);
  expect(pieces.map((piece) => [piece.length, piece[0]])).toEqual([
    ...Array.from({ length: 30 }, (_, i) => [300_000, i]),
    [3, 101],
  ]);
  expect(await why('oslo/a', 99)).toBe('request.refused unknown-kind');
  expect(await why('oslo/b', ECHO)).toBe('request.refused no-sensor');
  expect(await why('oslo/a', FAIL)).toBe('request.failed failed');
  expect(await why('oslo/a', FAIL, bytesOf('x'))).toBe('request.refused policy');
  expect(await why('oslo/a', ECHO, new Uint8Array(linkLimits.body + 1))).toBe('request.refused too-large');
  expect(await why('oslo/a', ECHO, new Uint8Array(linkLimits.body))).toHaveLength(linkLimits.body);
  expect(await why('oslo/a', ECHO, bytesOf('x'), { deadline: Date.now() - 1 })).toBe('request.refused deadline');
  expect(value(metrics, 'link_requests')).toBe(5);
});

test('a sensor works on a few requests at a time, and gives up at the deadline', async () => {
  const { ingest, socket } = await startIngest();
  const { link, run } = makeLink(socket);
  const aborted: boolean[] = [];
  const ends: (() => void)[] = [];
  link.handle(WAIT, async (bytes, { signal }) => {
    await new Promise<void>((resolve) => {
      ends.push(resolve);
      signal.addEventListener('abort', () => {
        aborted.push(true);
        resolve();
      });
    });
    return bytes;
  });
  await run();
  await until(() => ingest.connected().size > 0);
  const late = ingest.request('oslo/a', WAIT, bytesOf('late'), { deadline: Date.now() + 300 }).done();
  const others = Array.from({ length: linkLimits.requestsAtOnce - 1 }, (_, i) =>
    ingest.request('oslo/a', WAIT, bytesOf(`${i}`), soon()).done(),
  );
  await until(() => ends.length === linkLimits.requestsAtOnce);
  await expect(ingest.request('oslo/a', WAIT, bytesOf('more'), soon()).done()).rejects.toMatchObject({
    context: { reason: 'busy' },
  });
  await expect(late).rejects.toMatchObject({ code: 'request.failed', context: { reason: 'deadline' } });
  await until(() => aborted.length === 1);
  for (const end of ends) end();
  expect((await Promise.all(others)).map(text)).toEqual(others.map((_, i) => `${i}`));
});

test('a request outlives its connection: done once, sent again, its answer not doubled', async () => {
  const { ingest, socket } = await startIngest();
  const proxy = await CuttableProxy.start(inDirectory('proxy.sock'), socket);
  const { link, metrics, run } = makeLink(proxy.path);
  let calls = 0;
  const gate = Promise.withResolvers<void>();
  link.handle(STREAM, async (bytes, { part }) => {
    calls += 1;
    for (let i = 0; i < 10; i++) {
      if (i === 5) await gate.promise;
      await part(Uint8Array.of(i));
    }
    return bytes;
  });
  await run();
  await until(() => ingest.connected().size > 0);
  const pieces: string[] = [];
  const answer = (async () => {
    for await (const piece of ingest.request('oslo/a', STREAM, bytesOf('end'), soon()))
      pieces.push(piece.length === 1 ? `${piece[0]}` : text(piece));
  })();
  await until(() => pieces.length === 5);
  // The link breaks, the work ends without it, and the answer comes by the next one.
  proxy.cut();
  gate.resolve();
  proxy.mend();
  await answer;
  expect(pieces).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'end']);
  expect(calls).toBe(1);
  expect(value(metrics, 'link_repeated_requests')).toBe(1);
  expect(value(metrics, 'link_connections')).toBe(2);
  proxy.stop();
});

test('a repeated id is answered from memory, answers of others are nobody`s', async () => {
  const { ingest, socket } = await startIngest();
  const one = await connectTo(socket);
  one.send(hello);
  one.send({ type: 'clockQuestion', asked: 5, offset: 0, uncertainty: 0 });
  await one.until((all) => all.some(({ type }) => type === 'clockAnswer'));
  const other = await connectTo(socket);
  other.send({ ...hello, name: 'other', stream: new Uint8Array(16).fill(9) });
  await other.until((all) => all.length > 0);
  const answer = ingest.request('lima/b', ECHO, bytesOf('x'), soon()).done();
  const asked = (await one.until((all) => all.some(({ type }) => type === 'request'))).at(-1);
  if (asked?.type !== 'request') throw new Error('no request');
  const { id } = asked;
  const response = (words: string, index: number, state: 'done' | 'part'): LinkMessage => ({
    type: 'response',
    id,
    state,
    code: '',
    bytes: bytesOf(words),
    index,
  });
  other.send(response('not mine to answer', 0, 'done'));
  one.send({ ...response('another id', 0, 'done'), id: new Uint8Array(16) } as LinkMessage);
  one.send(response('first', 0, 'part'));
  one.send(response('first again', 0, 'part'));
  one.send(response('too early', 7, 'done'));
  one.send(response('last', 1, 'done'));
  expect(text(await answer)).toBe('last');
  expect(ingest.connected().size).toBe(2);
  one.socket.terminate();
  other.socket.terminate();
});
