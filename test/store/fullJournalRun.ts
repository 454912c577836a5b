/**
 * A journal whose disk takes no more for a while, as a process of its own: the limit on the size of its files is the disk.
 * Writes which numbers were acknowledged, and the codes of those that were not, as JSON.
 */
import { spawnSync } from 'node:child_process';
import { createJournal } from '../../manager/store/journal.ts';
import { systemClock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/log.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { delivery } from './storeBench.ts';

const [directory = ''] = process.argv.slice(2);
const clock = systemClock();
const journal = createJournal(
  { directory, bytes: 1 << 30, segmentBytes: 20_000, segmentSeconds: 3600 },
  { clock, log: silentLogger(), metrics: new Metrics(), loadedTo: () => 0 },
);

function limit(bytes: number | 'unlimited'): void {
  const { status } = spawnSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:unlimited`]);
  if (status !== 0) throw new Error('prlimit failed');
}

const acknowledged: number[] = [];
const refused: string[] = [];
async function append(...numbers: number[]): Promise<void> {
  for (const seq of numbers)
    await journal.append(delivery(seq, { sections: 1, bodyBytes: 5000 })).then(
      () => acknowledged.push(seq),
      (error: unknown) => refused.push(String(error instanceof Error && 'code' in error ? error.code : error)),
    );
}

await journal.start();
await append(1, 2);
// The third is cut in its middle.
limit(13_000);
await append(3, 4);
limit('unlimited');
await append(3, 5, 6);
// This segment is full: not even the head of the next one fits.
limit(4);
await append(7);
limit('unlimited');
await append(7, 8);
await journal.stop(clock.elapsed() + 1000);
process.stdout.write(JSON.stringify({ acknowledged, refused }));
