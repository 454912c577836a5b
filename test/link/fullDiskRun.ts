/**
 * A link whose disk takes no more for a while, as a process of its own: the limit on the size of its files is the disk.
 * Writes what it offered and what it counted as JSON.
 */
import { spawnSync } from 'node:child_process';
import { systemClock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/log.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { createLink } from '../../sensor/link/link.ts';

const [stateDir = '', replay = ''] = process.argv.slice(2);
const metrics = new Metrics();
const clock = systemClock();
const link = createLink(
  {
    url: `unix:${stateDir}/nobody`,
    site: 'oslo',
    name: 'a',
    software: 'test',
    replay: replay === 'replay',
    stateDir,
    spoolBytes: 1 << 20,
  },
  { clock, log: silentLogger(), metrics, random: Math.random },
);

/** Lets files grow to so many bytes. */
function limit(bytes: number | 'unlimited'): void {
  const { status } = spawnSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:unlimited`]);
  if (status !== 0) throw new Error('prlimit failed');
}

const offer = (value: number, length: number): Promise<void> =>
  link.offerPacked({ kind: 99, inflated: 0, longer: false, bytes: new Uint8Array(length).fill(value) });

let failed = 0;
const offerAll = async (from: number, count: number, length: number): Promise<void> => {
  for (let value = from; value < from + count; value++) await offer(value, length).catch(() => (failed += 1));
};

await link.start();
await offerAll(1, 3, 5000);
// The fourth is cut in its middle.
limit(17_000);
await offerAll(4, 3, 5000);
limit('unlimited');
// The first file is full behind this one.
await offerAll(7, 1, 260_000);
// Not even the head of a new file.
limit(4);
await offerAll(8, 3, 5000);
limit('unlimited');
await offerAll(11, 2, 5000);
await link.stop(clock.elapsed() + 1000);
process.stdout.write(
  JSON.stringify({ failed, given: metrics.read().find(({ name }) => name === 'link_unstored_parts')?.value }),
);
