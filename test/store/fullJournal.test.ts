import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createJournal } from '../../manager/store/journal.ts';
import { systemClock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/log.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { streamOf } from './storeBench.ts';

const hasLimits = spawnSync('prlimit', ['--version']).status === 0;

test('a disk that is full for a while stops acknowledgements for that while only', async (ctx) => {
  if (!hasLimits) {
    if (process.env['CI']) throw new Error('prlimit is missing');
    ctx.skip('prlimit is missing');
  }
  const directory = mkdtempSync(join(tmpdir(), 'picket-full-'));
  try {
    const script = join(import.meta.dirname, 'fullJournalRun.ts');
    const run = spawnSync(process.execPath, [script, directory], { encoding: 'utf8' });
    expect(run.stderr).toBe('');
    expect(JSON.parse(run.stdout)).toEqual({
      acknowledged: [1, 2, 3, 5, 6, 7, 8],
      refused: ['journal.space', 'journal.space', 'journal.space'],
    });
    const clock = systemClock();
    const journal = createJournal(
      { directory, bytes: 1 << 30, segmentBytes: 20_000, segmentSeconds: 3600 },
      { clock, log: silentLogger(), metrics: new Metrics(), loadedTo: () => 0 },
    );
    await journal.start();
    expect(journal.received(streamOf('n'))).toEqual([
      { first: 1, last: 3 },
      { first: 5, last: 8 },
    ]);
    expect(journal.index.size).toBe(7);
    await journal.stop(clock.elapsed() + 1000);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
