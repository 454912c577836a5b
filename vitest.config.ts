import { defineConfig } from 'vitest/config';

const tier = process.env['PICKET_TIER'] ?? 'quick';
const full = tier === 'full';

/** Unit tests stand beside their source; the rest is in test/. What needs namespaces, root or minutes is *.full.test.ts. */
const sources = '{core,runtime,proto,sensor,manager,cli,console,tools,bench}/**';
const places = tier === 'check' ? [sources, 'test/{house,golden}/**'] : [sources, 'test/**'];

export default defineConfig({
  test: {
    pool: 'forks',
    include: places.map((place) => `${place}/*${full ? '.full' : ''}.test.ts`),
    exclude: full ? ['**/node_modules/**'] : ['**/node_modules/**', '**/*.full.test.ts'],
    // Full tests load both cores and make namespaces: one file after another, so that none loses packets by another.
    fileParallelism: !full,
    maxWorkers: full ? 1 : '100%',
    testTimeout: full ? 15 * 60_000 : 60_000,
    hookTimeout: full ? 5 * 60_000 : 60_000,
    reporters: ['default', './tools/closingLine.ts'],
  },
});
