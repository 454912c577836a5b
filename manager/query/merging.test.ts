import { afterEach, expect, test } from 'vitest';
import { sourcesAndDestinations } from '../../test/link/sections.ts';
import { KeyHasher } from '../../core/sketch/hash/keyHasher.ts';
import type { FoldItem } from './folds/fold.ts';
import { packBatch, unpackBatch } from './folds/foldBatch.ts';
import type { DistinctPlan } from './folds/distinctFold.ts';
import { createInlineMerging, createMerging } from './merging.ts';

const hasher = new KeyHasher();
const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function start() {
  const failures: unknown[] = [];
  const merging = createMerging({ fail: (error) => failures.push(error) });
  await merging.start();
  stops.push(() => merging.stop(0));
  return { merging, failures };
}

const plan: DistinctPlan = { fold: 'distinct', what: 'hosts', side: 'all', groups: [], ranges: 1 };

async function* items(count: number): AsyncIterable<FoldItem> {
  for (let i = 0; i < count; i++) {
    await Promise.resolve();
    for (const section of sourcesAndDestinations(hasher, [i % 200], [(i + 7) % 256]))
      yield { tap: 0, range: 0, start: i, seconds: 1, section };
  }
}

test('a thread makes of sections what the same fold makes here, for several questions at once', async () => {
  const { merging } = await start();
  const here = await createInlineMerging().merge(plan, items(500));
  const there = await Promise.all([merging.merge(plan, items(500)), merging.merge(plan, items(500))]);
  expect(here.union.estimate).toBeGreaterThan(200);
  for (const one of there) expect(one).toEqual(here);
  expect((await merging.merge(plan, items(0))).union.estimate).toBe(0);
});

test('a batch carries every field', async () => {
  const all: FoldItem[] = [];
  for await (const item of items(3)) all.push(item);
  all[1] = { ...all[1]!, tap: 7, range: 3, start: -5e11, seconds: 86_400 };
  const back = [...unpackBatch(packBatch(all))].map((item) => ({
    ...item,
    section: { ...item.section, body: item.section.body.slice() },
  }));
  expect(back).toEqual(all);
});

test('a question that is given up ends at once, also while its sections never come', async () => {
  const { merging } = await start();
  const gone = new AbortController();
  const never = Promise.withResolvers<void>();
  async function* endless(): AsyncIterable<FoldItem> {
    yield* items(10);
    await never.promise;
  }
  const asked = merging.merge(plan, endless(), gone.signal);
  gone.abort(new Error('gone'));
  await expect(asked).rejects.toThrow('gone');
  expect((await merging.merge(plan, items(20))).leftOut).toBe(0);
});

test('what fails in the thread or in the store fails one question, and the thread goes on', async () => {
  const { merging, failures } = await start();
  const broken = { ...plan, fold: 'nothing' } as unknown as DistinctPlan;
  await expect(merging.merge(broken, items(3))).rejects.toThrow('is not known');
  async function* damaged(): AsyncIterable<FoldItem> {
    yield* items(100);
    throw new Error('the disk is gone');
  }
  await expect(merging.merge(plan, damaged())).rejects.toThrow('the disk is gone');
  expect((await merging.merge(plan, items(20))).union.estimate).toBeGreaterThan(10);
  expect(failures).toEqual([]);
});

test('before its start and after its end it says so', async () => {
  const merging = createMerging({ fail: () => undefined });
  await expect(merging.merge(plan, items(1))).rejects.toThrow('does not run');
  await merging.start();
  await merging.stop(0);
  await expect(merging.merge(plan, items(1))).rejects.toThrow('does not run');
});
