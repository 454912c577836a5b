import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Package {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as {
  packages: Record<string, Package>;
};

/** All packages that are installed for one, by the lock file. */
function installed(from: string): Set<string> {
  const found = new Set<string>();
  const visit = (at: string): void => {
    const { dependencies = {}, optionalDependencies = {} } = lock.packages[at] ?? {};
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const own = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
      const path = own in lock.packages ? own : `node_modules/${name}`;
      if (!(path in lock.packages) || found.has(path)) continue;
      found.add(path);
      visit(path);
    }
  };
  visit(from);
  return found;
}

test("a sensor's install has none of what only a manager or the console needs", () => {
  const sensor = [...installed('')];
  expect(sensor).toContain('node_modules/koffi');
  expect(sensor.filter((path) => /chdb|clickhouse|fastify|node-cron|preact|uplot|vite/.test(path))).toEqual([]);
  expect([...installed('manager')]).toContain('node_modules/chdb');
});
