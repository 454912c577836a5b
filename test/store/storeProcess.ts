import { delivery, openStore, streamOf } from './storeBench.ts';

/**
 * A process that stores parts until it is killed. usage: node storeProcess.ts DIRECTORY many|days
 *
 * It goes on behind what it has, and prints the number up to which all is acknowledged, a line each time. `many`: parts one
 * after the other, a segment every hundred. `days`: a segment of 400 parts, each of another day; the next one when that
 * one is loaded.
 */
async function run(directory: string, mode: string): Promise<void> {
  const { store, journal } = await openStore(directory, { journal: { segmentSeconds: 3600 } });
  let next = (store.received(streamOf('n')).at(-1)?.last ?? 0) + 1;
  process.stdout.write(`${next - 1}\n`);
  for (;;) {
    const count = mode === 'days' ? 400 : 100;
    const seqs = Array.from({ length: count }, (_, i) => next + i);
    if (mode === 'days') while (journal.oldestClosed() !== undefined) await new Promise((go) => void setTimeout(go, 2));
    await Promise.all(seqs.map((seq) => store.append(delivery(seq, mode === 'days' ? { start: seq * 86_400 } : {}))));
    await journal.cut();
    next += count;
    process.stdout.write(`${next - 1}\n`);
    if (mode === 'many') while (journal.index.size > 1000) await new Promise((go) => void setTimeout(go, 2));
  }
}

await run(process.argv[2] ?? '', process.argv[3] ?? '');
