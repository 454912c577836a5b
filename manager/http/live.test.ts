import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFakeDoor } from '../../test/questions/fakeDoor.ts';
import { systemClock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/log.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { createLive } from './live.ts';

const metrics = new Metrics();
const { store } = createFakeDoor([]);
const live = createLive({
  store,
  logs: { subscribe: () => () => undefined },
  clock: systemClock(),
  log: silentLogger(),
  metrics,
});
const server = createServer();
const sockets: Socket[] = [];

beforeEach(async () => {
  server.on('upgrade', (request, socket, head) => live.upgrade(request, socket, head));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  live.close();
  server.close();
});

async function openStream(): Promise<Socket> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  socket.write(
    'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n',
  );
  await once(socket, 'readable');
  return socket;
}

test('who asks for signs of life and does not read them is cut off, and no more than 64 read at once', async () => {
  const flooder = await openStream();
  // Pings of 125 bytes, masked by zeros. Nothing that comes back is read.
  const ping = Buffer.concat([Buffer.from([0x89, 0x80 + 125, 0, 0, 0, 0]), Buffer.alloc(125)]);
  const flood = Buffer.concat(Array.from({ length: 5000 }, () => ping));
  const gone = Promise.withResolvers<void>();
  flooder.on('error', () => gone.resolve());
  flooder.on('close', () => gone.resolve());
  const state = { ended: false };
  void gone.promise.then(() => (state.ended = true));
  // Every system has a bound of what it holds for a reader; 64 MiB is beyond all of them.
  for (let sent = 0; sent < 64 << 20 && !state.ended; sent += flood.length)
    await Promise.race([new Promise<void>((resolve) => void flooder.write(flood, () => resolve())), gone.promise]);
  await gone.promise;
  const clients = (): number | undefined => metrics.read().find(({ name }) => name === 'live_clients')?.value;
  expect(clients()).toBe(0);
  const answers = await Promise.all(Array.from({ length: 66 }, async () => String((await openStream()).read())));
  expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 101 '))).toHaveLength(64);
  expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 503 '))).toHaveLength(2);
});
