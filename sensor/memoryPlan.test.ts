import { expect, test } from 'vitest';
import { sensorConfig } from './config.ts';
import { memoryFault, planMemory } from './memoryPlan.ts';

const MIB = 2 ** 20;
const defaults = { memoryBytes: 512 * MIB, ringBytes: 64 * MIB, flowSlots: 262_144, workers: 1 };

test('the default configuration fits, and what is left is for heaps', () => {
  const { neededBytes, heapBytes } = planMemory(defaults);
  expect(memoryFault(defaults)).toBeUndefined();
  expect(neededBytes).toBeLessThan(defaults.memoryBytes);
  const more = planMemory({ ...defaults, memoryBytes: defaults.memoryBytes + 100 * MIB });
  expect(more.heapBytes - heapBytes).toBe(50 * MIB);
});

test('what does not fit is refused, and the keys are named', () => {
  const { schema } = sensorConfig();
  for (const values of [
    { ringBytes: '1GiB' },
    { flowSlots: 4_194_304 },
    { workers: 8 },
    { memoryBytes: '128MiB' },
    { workers: 3, memoryBytes: 600 * MIB },
  ]) {
    const result = schema.safeParse(values);
    expect(result.error?.issues.map(({ path }) => path)).toEqual([['memoryBytes']]);
    expect(result.error?.issues[0]?.message).toMatch(/not enough: ringBytes .* flowSlots .* workers/);
  }
  expect(schema.safeParse({ ringBytes: '1GiB', memoryBytes: '2GiB' }).success).toBe(true);
  expect(schema.safeParse({ ringBytes: '8MiB', flowSlots: 65_536, memoryBytes: '256MiB' }).success).toBe(true);
});
