import { expect, test } from 'vitest';
import { address, createClient } from './client.ts';

const never = new AbortController().signal;

function answering(respond: () => Promise<Response>) {
  return createClient({ fetch: respond, now: () => 1_000_000 });
}

test('parameters fill the path, then the query', () => {
  expect(address('overlap', { a: 'x y', b: 'z', side: undefined, from: '5' })).toBe('/api/v1/overlap/x%20y/z?from=5');
  expect(address('distinct', { what: 'hosts', site: ['a', 'b&c'] })).toBe('/api/v1/distinct/hosts?site=a&site=b%26c');
  expect(address('sensors', {})).toBe('/api/v1/sensors');
});

test('a refusal is told with its reason, and a manager that is away as away', async () => {
  const refused = answering(async () =>
    Response.json({ error: { code: 'query.range', message: 'no' } }, { status: 400 }),
  );
  expect(await refused.ask('sensors', {}, never)).toEqual({ kind: 'refused', code: 'query.range', message: 'no' });
  const odd = answering(async () => Response.json({}, { status: 502 }));
  expect(await odd.ask('sensors', {}, never)).toMatchObject({ kind: 'refused', message: 'status 502' });
  const away = answering(() => Promise.reject(new TypeError('Failed to fetch')));
  expect(await away.ask('sensors', {}, never)).toEqual({ kind: 'away', message: 'the manager does not answer' });
  const noJson = answering(async () => new Response('<html>'));
  expect(await noJson.ask('sensors', {}, never)).toMatchObject({ kind: 'away' });
});

test('a question that was called off is no failure', async () => {
  const controller = new AbortController();
  const client = answering(() => Promise.reject(new DOMException('off', 'AbortError')));
  controller.abort();
  await expect(client.ask('sensors', {}, controller.signal)).rejects.toThrow('off');
});

test('a clock that goes wrong is noticed by the date of answers', async () => {
  const at = (millis: number) =>
    answering(async () => Response.json({ rows: [] }, { headers: { date: new Date(millis).toUTCString() } }));
  const ahead = at(1_060_000);
  await ahead.ask('sensors', {}, never);
  expect(ahead.clockOffset()).toBe(60_000);
  const near = at(1_002_000);
  await near.ask('sensors', {}, never);
  expect(near.clockOffset()).toBe(0);
});
