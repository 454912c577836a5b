import fc from 'fast-check';
import { afterAll, beforeAll, test } from 'vitest';
import { levelBench } from './levelBench.ts';
import { latecomers, liveThrough, worlds } from './levelWorlds.ts';

const bench = levelBench();
beforeAll(() => bench.start());
afterAll(() => bench.stop());

test('whatever was rolled, killed, dropped and late: each part counts once', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, (world) => liveThrough(world, bench)),
    { numRuns: 100, endOnFailure: true },
  );
});

/** Four levels, each of which reads up to four times and inserts twice. */
const calls = 24;

test('a job that is killed at any of its steps is done again with the same result', async () => {
  await liveThrough({ ...latecomers, faults: [{ call: 0, after: false }] }, bench);
  // After one call is before the next.
  for (let call = 0; call < calls; call++) await liveThrough({ ...latecomers, faults: [{ call, after: true }] }, bench);
});
