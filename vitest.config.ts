import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    pool: 'forks',
    // Unit tests stand beside their source; what needs namespaces, minutes or root is in test/ and named *.full.test.ts.
    include: ['{core,runtime,proto,sensor,manager,cli,test,tools}/**/*.test.ts'],
    exclude: process.env['PICKET_TIER'] === 'full' ? [] : ['**/*.full.test.ts'],
    testTimeout: 60_000,
    reporters: ['default', './tools/closingLine.ts'],
  },
});
