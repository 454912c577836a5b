import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/log.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { Spool } from '../../sensor/link/spool.ts';

const hasLimits = spawnSync('prlimit', ['--version']).status === 0;

test.for(['live', 'replay'])(
  'a disk that is full for a while costs what came then, and no more (%s)',
  async (kind, ctx) => {
    if (!hasLimits) {
      if (process.env['CI']) throw new Error('prlimit is missing');
      ctx.skip('prlimit is missing');
    }
    const directory = mkdtempSync(join(tmpdir(), 'picket-full-'));
    try {
      const script = join(import.meta.dirname, 'fullDiskRun.ts');
      const run = spawnSync(process.execPath, [script, directory, kind], { encoding: 'utf8' });
      expect(run.stderr).toBe('');
      // Live nothing fails, and what was lost is counted; a replay is told.
      expect(JSON.parse(run.stdout)).toEqual(kind === 'live' ? { failed: 0, given: 6 } : { failed: 6, given: 0 });
      const spool = new Spool(
        { directory: join(directory, 'spool'), bytes: 1 << 20 },
        { log: silentLogger(), metrics: new Metrics(), clock: systemClock() },
      );
      await spool.open();
      const values: (number | undefined)[] = [];
      for (let seq = spool.nextPending(0); seq !== undefined; seq = spool.nextPending(seq + 1))
        values.push((await spool.read(seq))?.bytes[0]);
      await spool.close();
      expect(values).toEqual([1, 2, 3, 7, 11, 12]);
      expect(readdirSync(join(directory, 'spool')).filter((name) => name.endsWith('.seg'))).toHaveLength(2);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
);
