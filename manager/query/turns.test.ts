import { expect, test } from 'vitest';
import { Metrics } from '../../runtime/metrics.ts';
import { BusyError } from './queryError.ts';
import { createTurns } from './turns.ts';

test('few run, some wait in order, the others are refused; closing waits for all', async () => {
  const turns = createTurns({ running: 2, waiting: 2 }, new Metrics());
  const order: number[] = [];
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const asked = gates.map(({ promise }, number) =>
    turns.take(async () => {
      order.push(number);
      await promise;
      return number;
    }),
  );
  await expect(turns.take(() => Promise.resolve(9))).rejects.toThrow(BusyError);
  expect(order).toEqual([0, 1]);
  gates[1]?.resolve();
  expect(await asked[1]).toBe(1);
  const closed = turns.close();
  await expect(turns.take(() => Promise.resolve(9))).rejects.toThrow('the manager stops');
  for (const { resolve } of gates) resolve();
  expect(await Promise.all(asked)).toEqual([0, 1, 2, 3]);
  expect(order).toEqual([0, 1, 2, 3]);
  await closed;
});

test('a question that is given up while it waits is never asked, and one that fails gives its turn on', async () => {
  const turns = createTurns({ running: 1, waiting: 2 }, new Metrics());
  const gate = Promise.withResolvers<void>();
  const first = turns.take(async () => {
    await gate.promise;
    throw new Error('broken');
  });
  const gone = new AbortController();
  let ran = false;
  const second = turns.take(() => {
    ran = true;
    return Promise.resolve();
  }, gone.signal);
  gone.abort(new Error('gone'));
  gate.resolve();
  await expect(first).rejects.toThrow('broken');
  await expect(second).rejects.toThrow('gone');
  expect(ran).toBe(false);
  expect(await turns.take(() => Promise.resolve(3))).toBe(3);
});
