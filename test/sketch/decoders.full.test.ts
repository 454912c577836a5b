import { expect, test } from 'vitest';
import { decoders } from './decoders.ts';
import { fuzz } from './fuzz.ts';

test.each(decoders().map((one) => [one.name, one] as const))('%s: 100,000 mutated inputs', (_, one) => {
  const before = process.memoryUsage().heapUsed;
  const { refused, read } = fuzz(one, 100_000, 99);
  expect(refused + read).toBe(100_000);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(256 * 2 ** 20);
});
