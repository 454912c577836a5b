import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Answer } from '../../proto/api.ts';
import { closeCodes, linkCredit, linkVersion } from '../../proto/link.ts';
import {
  part,
  value,
  start,
  stream,
  hello,
  durable,
  acknowledged,
  connectByHand,
  ask,
  stopLink,
  linkBench,
} from './linkBench.ts';

const { startManager, stopManager, makeLink, run, inDirectory, forget } = linkBench();

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
    forget(first);
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
    await stopLink(link);
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

test('a full journal makes sensors wait until it is loaded, and nothing is lost or stored twice', async () => {
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
  const count = 150;
  for (let i = 0; i < count; i++)
    await link.offer(part(start + 10 * i, i, { sections: [...part(0, i).sections, filler] }));
  await link.drained();
  await stopLink(link);
  await stopManager(first);
  forget();
  const manager = await startManager(flags);
  const path = `/api/v1/distinct/hosts?from=${start}&to=${start + 10 * count}`;
  const all = await ask<Answer<'distinct'>>(manager, path);
  expect(all.coverage.packets.seen).toBe(10 * count);
  expect(all.coverage.seconds.present).toBe(10 * count);
  // Loaded and gone from the journal or not, the numbers stay known: sending all of it again stores nothing.
  const again = await connectByHand(manager);
  const spool = readFileSync(inDirectory('sensor-a', 'spool', 'stream'), 'utf8').trim();
  again.send({ ...hello, site: 'oslo', name: 'a', stream: Buffer.from(spool, 'hex') });
  expect(await again.until((messages) => messages.length > 0)).toMatchObject([
    { received: [{ first: 1, last: count }] },
  ]);
  again.socket.terminate();
});
