import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

const MIB = 2 ** 20;
const threads = JSON.stringify(new URL('threads.ts', import.meta.url).href);
const script = `
import { getHeapStatistics } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { forgetHeapFlags } from ${threads};
forgetHeapFlags();
const limit = "require('node:v8').getHeapStatistics().heap_size_limit";
const resourceLimits = { maxOldGenerationSizeMb: 44, maxYoungGenerationSizeMb: 8 };
const worker = new Worker("require('node:worker_threads').parentPort.postMessage(" + limit + ")", { eval: true, execArgv: [], resourceLimits });
worker.on('message', (own) => console.log(JSON.stringify([getHeapStatistics().heap_size_limit, own])));
`;

test('a thread has its own limits, though the process was started with others, which stay those of the main thread', () => {
  const flags = ['--max-old-space-size=24', '--max-semi-space-size=2', '--input-type=module', '--eval', script];
  const [main = 0, worker = 0] = JSON.parse(execFileSync(process.execPath, flags, { encoding: 'utf8' })) as number[];
  expect(main / MIB).toBeLessThan(32);
  expect(worker / MIB).toBeGreaterThanOrEqual(44);
  expect(worker / MIB).toBeLessThan(64);
});
