import { expect, test } from 'vitest';
import { GoodStore, runFuzz } from './fuzzRun.ts';
import { ingestBench } from './ingestBench.ts';
import { fuzzSections } from './linkFuzz.ts';

const { startIngest, makeLink } = ingestBench();

test('100,000 mutated messages: refused by code, no growth, nothing done to another sensor', async () => {
  await runFuzz(await startIngest({ store: new GoodStore() }), makeLink, 100_000, 5000);
}, 600_000);

test('100,000 mutated sections are read or refused', () => {
  const { read, refused } = fuzzSections(100_000, 2);
  expect(read + refused).toBe(100_000);
  expect(refused).toBeGreaterThan(10_000);
}, 600_000);
