import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CuttableProxy } from '../support/cuttableProxy.ts';
import { Deployment } from '../support/deployment.ts';
import { createPair, spawnInside } from '../support/namespaces.ts';
import { PacketTimes } from '../support/pcapBytes.ts';
import { shareTimestamps } from '../support/sharedTimestamps.ts';
import { Tcpdump } from '../support/tcpdump.ts';

/** A sender that never stops, tcpdump beside the sensor, and a link that can be cut. */
export interface JudgedTraffic {
  deployment: Deployment;
  /** The namespace of the interface `vb`, to capture on. */
  namespace: string;
  proxy: CuttableProxy;
  /** Stops sender and tcpdump: what tcpdump has written, and what it lost itself. */
  judge: () => Promise<{ times: PacketTimes; dropped: number }>;
}

/** Runs `action` under such traffic: `rate` packets a second of a pattern of `sender.ts`. Everything is gone afterwards. */
export async function underTraffic<T>(
  rate: number,
  pattern: string,
  action: (traffic: JudgedTraffic) => Promise<T>,
): Promise<T> {
  const pair = createPair();
  const deployment = await Deployment.start();
  const unshare = shareTimestamps();
  const proxy = await CuttableProxy.start(join(deployment.directory, 'link.sock'), deployment.socket);
  deployment.via = `unix:${proxy.path}`;
  let sender: ReturnType<typeof spawnInside> | undefined;
  try {
    const file = join(deployment.directory, 'judge.pcap');
    const tcpdump = await Tcpdump.start(pair.b, 'vb', file);
    const script = fileURLToPath(new URL('../support/sender.ts', import.meta.url));
    const options = { interface: 'va', count: 1e9, seconds: 1200, rate, pattern };
    const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    sender = spawnInside(pair.a, process.execPath, script, ...words);
    const judge: JudgedTraffic['judge'] = async () => {
      sender?.kill('SIGKILL');
      // The kernel hands the last packets to tcpdump with a delay, and forgets those when it is stopped.
      await setTimeout(2000);
      const { dropped } = await tcpdump.stop(0);
      return { times: new PacketTimes(readFileSync(file)), dropped };
    };
    return await action({ deployment, namespace: pair.b, proxy, judge });
  } finally {
    sender?.kill('SIGKILL');
    proxy.stop();
    await deployment.stop();
    unshare();
    pair.remove();
  }
}
