import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { checkoutRoot } from '../runtime/paths.ts';

/** Builds the console when its sources changed (`tools/console/build.ts`). Without one the rest works all the same. */
export async function buildConsole(): Promise<void> {
  const script = join(checkoutRoot(), 'tools', 'console', 'build.ts');
  const build = spawn(process.execPath, [script], { stdio: ['ignore', 'ignore', 'inherit'] });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  build.on('error', () => resolve(false));
  build.on('close', (code) => resolve(code === 0));
  if (!(await promise)) process.stderr.write('picket: the console could not be built, see above; going on without\n');
}
