import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Allocation } from './measureAllocation.ts';

const script = fileURLToPath(new URL('measureAllocation.ts', import.meta.url));

function measure(windowSeconds: number, rounds: number, startSeconds: number): Allocation {
  const args = ['--expose-gc', script, String(windowSeconds), String(rounds), String(startSeconds)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Allocation;
}

const modes: readonly (readonly [string, number, number])[] = [
  ['one window for the whole run', 0, 1_700_000_000],
  ['windows of 10 s', 10, 1_700_000_000],
  // Seconds above 2^31 are no small integers any more.
  ['windows of 10 s after 2038', 10, 4_000_000_000],
];

// What window ends leave behind is collected at some time: one collection in a hundred falls between two of them, and the
// compiler may look into a function again. Neither happens in every run; what packets allocate does.
test.each(modes)('two million packets allocate nothing: %s', { retry: 2 }, (_, windowSeconds, startSeconds) => {
  const allocation = measure(windowSeconds, 20, startSeconds);
  expect(allocation.packets).toBe(2_000_000);
  expect(allocation.windows > 0).toBe(windowSeconds > 0);
  expect(allocation.collectionsBetweenWindows).toBe(0);
  expect(allocation.grownPerPacket).toBeLessThan(0.1);
  // One boxed number a packet would be 12 to 16; quantiles merge a batch of connections now and then, some 0.4.
  expect(allocation.newPerPacket).toBeLessThan(1);
});
