import { expect, test } from 'vitest';
import { backoffMillis, createLiveLink } from './liveLink.ts';
import type { LiveSocket, LiveState } from './liveLink.ts';

class FakeSocket implements LiveSocket {
  readonly #listeners = new Map<string, (event: { data?: unknown }) => void>();
  isClosed = false;

  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void {
    this.#listeners.set(type, listener);
  }

  close(): void {
    this.isClosed = true;
  }

  tell(type: 'open' | 'close' | 'message', data?: unknown): void {
    this.#listeners.get(type)?.({ data });
  }
}

function setUp() {
  const sockets: FakeSocket[] = [];
  const timers: { action: () => void; millis: number }[] = [];
  const states: LiveState[] = [];
  const messages: unknown[] = [];
  const link = createLiveLink({
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    now: () => 5000,
    random: () => 1,
    setTimer: (action, millis) => timers.push({ action, millis }),
    clearTimer: () => undefined,
    onMessage: (message) => messages.push(message),
    onState: (state) => states.push(state),
  });
  return { link, sockets, timers, states, messages };
}

test('it doubles its waits up to a limit, and begins anew after a connection', () => {
  const { link, sockets, timers, states } = setUp();
  link.start();
  for (let i = 0; i < 8; i++) {
    sockets.at(-1)?.tell('close');
    timers.at(-1)?.action();
  }
  expect(timers.map(({ millis }) => millis)).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
  sockets.at(-1)?.tell('open');
  sockets.at(-1)?.tell('close');
  expect(timers.at(-1)?.millis).toBe(500);
  expect(states.slice(-2)).toEqual([{ kind: 'open' }, { kind: 'waiting', retryAt: 5500 }]);
});

test('the wait is by half a matter of chance', () => {
  expect([backoffMillis(1, 0), backoffMillis(1, 1), backoffMillis(50, 0)]).toEqual([250, 500, 7500]);
});

test('messages are parsed, and what is none is passed over', () => {
  const { link, sockets, messages } = setUp();
  link.start();
  for (const data of ['{"type":"window"}', 'no', new ArrayBuffer(3)]) sockets[0]?.tell('message', data);
  expect(messages).toEqual([{ type: 'window' }]);
});

test('it hurries only when it waits, and is silent when it was stopped', () => {
  const { link, sockets } = setUp();
  link.hurry();
  link.start();
  link.hurry();
  expect(sockets).toHaveLength(1);
  sockets[0]?.tell('close');
  link.hurry();
  expect(sockets).toHaveLength(2);
  link.stop();
  sockets[1]?.tell('close');
  expect([sockets.length, sockets[1]?.isClosed]).toEqual([2, true]);
});
