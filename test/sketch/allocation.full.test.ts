import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('measureAllocation.ts', import.meta.url));

// The compiler may look into a function again while it runs; what an item allocates it allocates every time.
test('a warm count-min and flow sample take no memory for an item', { retry: 2 }, () => {
  const grown = JSON.parse(execFileSync(process.execPath, ['--expose-gc', script], { encoding: 'utf8' })) as Record<
    string,
    number
  >;
  // One boxed number an item would be 12 to 16 bytes.
  expect(grown['countMin']).toBeLessThan(1);
  expect(grown['flowSample']).toBeLessThan(1);
});
