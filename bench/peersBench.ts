import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { timeBlocks } from './blockTimer.ts';
import type { Measurement } from './measurement.ts';
import { bloomFilterWork, estimates } from './peers/bloomFilters.ts';
import { installed } from './peers/installed.ts';
import { tableText } from './tableText.ts';

export const peersBench: Measurement = {
  name: 'peers',
  text: 'the npm packages that we decided against, where they are installed in bench/peers',
  async run(bench) {
    const work = bloomFilterWork();
    if (work === undefined) bench.say('bloom-filters: not installed (bench/peers/README.md)');
    const costs = work?.map((one) => timeBlocks(one, { blocks: 7 }));
    if (costs !== undefined) {
      const rows = costs.map(({ name, nanos }) => [name, nanos.median.toFixed(0)]);
      bench.say(tableText(['operation', 'median ns'], rows));
      const guesses = (estimates() ?? []).map(({ items, theirs, ours }) => [
        String(items),
        theirs.toFixed(0),
        ours.toFixed(0),
      ]);
      bench.say(tableText(['different items', 'bloom-filters HyperLogLog', 'ours'], guesses));
    }
    if (installed('cap') === undefined) {
      bench.say('cap: not installed (bench/peers/README.md)');
      return { costs, estimates: estimates() };
    }
    const cap = await measureCap();
    bench.say(`cap on loopback, empty handler: ${JSON.stringify(cap)}`);
    return { costs, estimates: estimates(), cap };
  },
};

const port = 9;
const sent = 200_000;
const batch = 64;

/** Sends bounded traffic to a port of loopback that nobody reads, and asks the child what it saw of it. */
async function measureCap(): Promise<unknown> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'peers/capSink.ts'), 'lo', `udp dst port ${port}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const ready = await lines.next();
  if (ready.done === true) throw new Error('cap could not capture on loopback: is this root?');
  // Unconnected, so that the answers of the closed port stop nothing.
  const socket = createSocket('udp4');
  const payload = Buffer.alloc(58);
  const from = performance.now();
  for (let i = 0; i < sent; i += batch) {
    for (let k = 0; k < batch; k++) socket.send(payload, port, '127.0.0.1');
    await setImmediate();
  }
  await new Promise<void>((done) => {
    socket.send(payload, port, '127.0.0.1', () => done());
  });
  const seconds = (performance.now() - from) / 1000;
  socket.close();
  child.stdin.end();
  const last = await lines.next();
  if (child.exitCode === null) await once(child, 'exit');
  const { packets, cpuMicros } = JSON.parse(String(last.value)) as { packets: number; cpuMicros: number };
  // libpcap leaves out the outgoing copy that loopback shows of each packet.
  return {
    sent,
    seconds,
    seen: packets,
    lost: 1 - packets / (sent + 1),
    cpuNanosAPacket: (cpuMicros * 1000) / packets,
  };
}
