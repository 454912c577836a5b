import { expect, test } from 'vitest';
import type { Failure } from './client.ts';
import { createResource } from './resource.ts';

function setUp() {
  const open: { resolve: (answer: { n: number } | Failure) => void; signal: AbortSignal }[] = [];
  const resource = createResource<{ n: number }>((signal) => {
    const { promise, resolve } = Promise.withResolvers<{ n: number } | Failure>();
    open.push({ resolve, signal });
    return promise;
  });
  return { open, resource };
}

test('the same question is joined, another one calls it off', async () => {
  const { open, resource } = setUp();
  const [first, again] = [resource.load('a'), resource.load('a')];
  expect(first).toBe(again);
  const second = resource.load('b');
  expect(open.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  open[0]?.resolve({ n: 1 });
  open[1]?.resolve({ n: 2 });
  await Promise.all([first, second]);
  expect(resource.shown.value).toEqual({ value: { n: 2 }, key: 'b', failure: undefined, isLoading: false });
});

test('what was known stays when the next answer fails', async () => {
  const { open, resource } = setUp();
  const first = resource.load('a');
  open[0]?.resolve({ n: 1 });
  await first;
  const second = resource.load('a');
  expect(resource.shown.value).toMatchObject({ value: { n: 1 }, isLoading: true });
  open[1]?.resolve({ kind: 'away', message: 'gone' });
  await second;
  expect(resource.shown.value).toMatchObject({ value: { n: 1 }, failure: { kind: 'away' }, isLoading: false });
});
