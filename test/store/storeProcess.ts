import type { Delivery } from '../../manager/store/summaryStore.ts';
import { digestOf, distinctOf, dnsDelivery, pairOf } from './dnsDigests.ts';
import { delivery, openStore, streamOf } from './storeBench.ts';

/**
 * A process that stores parts until it is killed. usage: node storeProcess.ts DIRECTORY many|days|dns
 *
 * It goes on behind what it has, and prints the number up to which all is acknowledged, a line each time. `many`: parts one
 * after the other, a segment every hundred. `days`: a segment of 400 parts, each of another day; the next one when that
 * one is loaded. `dns`: as `many`, digests of DNS: each has one sight of the pair of all, and one of its own.
 */
async function run(directory: string, mode: string): Promise<void> {
  const { store, journal } = await openStore(directory, { journal: { segmentSeconds: 3600 } });
  const stream = streamOf(mode === 'dns' ? 'dns-n' : 'n');
  let next = (store.received(stream).at(-1)?.last ?? 0) + 1;
  process.stdout.write(`${next - 1}\n`);
  for (;;) {
    const count = mode === 'days' ? 400 : 100;
    const seqs = Array.from({ length: count }, (_, i) => next + i);
    if (mode === 'days') while (journal.oldestClosed() !== undefined) await new Promise((go) => void setTimeout(go, 2));
    await Promise.all(seqs.map((seq) => store.append(messageOf(mode, seq))));
    await journal.cut();
    next += count;
    process.stdout.write(`${next - 1}\n`);
    if (mode !== 'days')
      while (journal.index.size + journal.messages.size > 1000) await new Promise((go) => void setTimeout(go, 2));
  }
}

function messageOf(mode: string, seq: number): Delivery {
  if (mode !== 'dns') return delivery(seq, mode === 'days' ? { start: seq * 86_400 } : {});
  const pairs = [pairOf('all.test', '192.0.2.1'), pairOf(`n${seq}.test`, '192.0.2.2')];
  const names = [{ name: 'all.test', count: 1, nxdomain: 0, clients: distinctOf(`10.0.0.${seq % 250}`) }];
  return dnsDelivery(seq, digestOf({ seconds: 600, pairs, names }));
}

await run(process.argv[2] ?? '', process.argv[3] ?? '');
