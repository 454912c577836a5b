import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/**
 * Builds the console when its sources are not those of the last build: `node tools/console/build.ts [--force]`.
 * Needs no network. The result is `console/dist`, which a manager serves; an installed one has it without the sources.
 *
 * Sources are compared by content, so that a build is neither forgotten after a checkout nor repeated for nothing.
 * A build is made beside and then moved into place: two at once do no harm, and a failed one leaves the old.
 */
const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, 'console');
const target = path.join(folder, 'dist');
const stamp = path.join(target, '.sources');

/** What a bundle is made of besides the console's own folder. */
const others = ['proto/routes.ts', 'package-lock.json', 'tools/console/build.ts'];

function hashSources(): string {
  const own = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .filter((file) => !/^console\/(node_modules|dist[^/]*)\/|\.test\.ts$/.test(file));
  const hash = createHash('sha256');
  for (const file of [...own, ...others].toSorted())
    hash.update(`${file}\0`).update(readFileSync(path.join(root, file)));
  return hash.digest('hex');
}

async function buildInto(outDir: string): Promise<void> {
  // A caller's own (a test runner's) would bring what is for developers into the bundle.
  process.env['NODE_ENV'] = 'production';
  const { build } = await import('vite');
  await build({
    root: folder,
    configFile: false,
    logLevel: 'warn',
    // Relative addresses, so that it also works behind a path of somebody's proxy.
    base: './',
    cacheDir: path.join(root, 'node_modules/.cache/vite'),
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir,
      emptyOutDir: true,
      // Nothing inline: the policy of the page takes files of its own origin only.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      target: ['chrome123', 'firefox121', 'safari17.5'],
    },
  });
}

/** Another build may do the same at the same moment: then one of the two is enough. */
function moveIntoPlace(fresh: string, old: string): void {
  try {
    renameSync(target, old);
  } catch (error) {
    // There was none, or the other build moves it just now.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  try {
    renameSync(fresh, target);
  } catch (error) {
    if (!isBuilt()) throw error;
  }
}

const sources = hashSources();
const isBuilt = (): boolean => existsSync(stamp) && readFileSync(stamp, 'utf8') === sources;
if (!isBuilt() || process.argv.includes('--force')) {
  const from = performance.now();
  const fresh = `${target}-${process.pid}`;
  const old = `${fresh}-old`;
  try {
    await buildInto(fresh);
    writeFileSync(path.join(fresh, '.sources'), sources);
    moveIntoPlace(fresh, old);
    process.stderr.write(`picket: built the console (${((performance.now() - from) / 1000).toFixed(1)} s)\n`);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}
