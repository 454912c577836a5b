import { expect, test } from 'vitest';
import { sensorConfig } from './config.ts';
import { heapFlags, memoryFault, planMemory } from './memoryPlan.ts';

const MIB = 2 ** 20;
const defaults = { memoryBytes: 512 * MIB, ringBytes: 64 * MIB, flowSlots: 262_144, workers: 1, interfaces: ['eth0'] };

test('the default configuration fits, and what is left is for heaps', () => {
  const { neededBytes, heapBytes } = planMemory(defaults);
  expect(memoryFault(defaults)).toBeUndefined();
  expect(neededBytes).toBeLessThan(defaults.memoryBytes);
  const more = planMemory({ ...defaults, memoryBytes: defaults.memoryBytes + 100 * MIB });
  expect(more.heapBytes - heapBytes).toBe(Math.floor((100 * MIB) / 3));
});

test('digests and rows of logs fit into the default, with something to spare', () => {
  const dns = { digests: true, digestBytes: 16 * MIB };
  const all = { ...defaults, dns, logs: { directory: 'logs', ship: ['dns', 'http', 'ssl'] } };
  const { neededBytes, heapBytes, plainHeapBytes, workerHeapBytes } = planMemory(all);
  expect(neededBytes).toBeLessThan(all.memoryBytes - 24 * MIB);
  // Texts of a digest are in the heap of who makes it, and of who packs it.
  expect(heapBytes - plainHeapBytes).toBe(8 * MIB);
  expect(workerHeapBytes - plainHeapBytes).toBe((8 + 12) * MIB);
  const larger = planMemory({ ...all, dns: { ...dns, digestBytes: 32 * MIB } });
  expect(larger.neededBytes - neededBytes).toBe((24 + 2 * 8) * MIB);
});

test('new objects of the main thread have a bound too', () => {
  expect(heapFlags(planMemory(defaults))).toEqual([
    `--max-old-space-size=${Math.floor(planMemory(defaults).plainHeapBytes / MIB)}`,
    '--max-semi-space-size=2',
  ]);
});

test('what flows take whose payload is looked at grows with the memory, and is in the heap of its worker', () => {
  const { protocolBytes, workerHeapBytes, heapBytes } = planMemory(defaults);
  expect(protocolBytes).toBeGreaterThanOrEqual(12 * MIB);
  expect(workerHeapBytes - heapBytes).toBe(12 * MIB);
  const more = planMemory({ ...defaults, memoryBytes: 4 * defaults.memoryBytes });
  expect(more.protocolBytes).toBeGreaterThan(8 * protocolBytes);
  expect(more.protocolBytes).toBeLessThan(more.workerHeapBytes);
});

test('two workers need a little more than the default, and the sentence says how much', () => {
  const two = { ...defaults, workers: 2 };
  const fault = memoryFault(two)!;
  const enough = Number(/set memoryBytes to (\d+)MiB or more/.exec(fault)![1]);
  expect(memoryFault({ ...two, memoryBytes: enough * MIB })).toBeUndefined();
  expect(memoryFault({ ...two, memoryBytes: (enough - 1) * MIB })).toBeDefined();
  const slots = Number(/or flowSlots to (\d+) or less$/.exec(fault)![1]);
  expect(memoryFault({ ...two, flowSlots: slots })).toBeUndefined();
  expect(memoryFault({ ...two, flowSlots: slots + 1024 })).toBeDefined();
});

test('spare rings are as many as there is memory for; a single worker needs none of it', () => {
  expect(planMemory(defaults).spares).toBe(4);
  const two = { ...defaults, workers: 2, memoryBytes: planMemory({ ...defaults, workers: 2 }).neededBytes };
  expect(planMemory(two).spares).toBe(0);
  expect(planMemory({ ...two, memoryBytes: two.memoryBytes + 130 * MIB }).spares).toBe(2);
  expect(planMemory({ ...two, memoryBytes: two.memoryBytes + 130 * MIB, interfaces: ['a', 'b'] }).spares).toBe(4);
  expect(planMemory({ ...two, memoryBytes: 4096 * MIB }).spares).toBe(4);
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
  expect(schema.safeParse({ logs: { ship: ['dns'], directory: 'logs' } }).success).toBe(true);
  expect(schema.safeParse({ ringBytes: '8MiB', flowSlots: 65_536, memoryBytes: '336MiB' }).success).toBe(true);
});
