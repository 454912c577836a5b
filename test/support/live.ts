import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'vitest';
import { loadLibc } from '../../sensor/capture/ring/libc.ts';
import { RingSource } from '../../sensor/capture/ring/ringSource.ts';
import type { RingOptions } from '../../sensor/capture/ring/ringSource.ts';
import type { SourceLoss } from '../../sensor/capture/source.ts';
import { openSockets } from '../../sensor/privilege/openSockets.ts';
import { namespacesMissing, spawnInside, within } from './namespaces.ts';

/** Skips a test where there are no namespaces; on the machine of the continuous tests that is a failure. */
export function needNamespaces(context: TestContext): void {
  const why = namespacesMissing();
  if (why === undefined) return;
  if (process.env['CI'] !== undefined) throw new Error(why);
  context.skip(why);
}

/** A ring source on interfaces of a namespace, in this thread. */
export function ringIn(
  namespace: string,
  names: string[],
  options: Partial<RingOptions> & { spares?: number } = {},
): RingSource {
  const { spares = 0, ...rest } = options;
  const opened = within(namespace, () => openSockets(names.length + spares));
  if (!opened.ok) throw new Error(opened.why);
  return new RingSource(loadLibc(), opened.sockets, names, {
    ringBytes: 16 << 20,
    blockTimeoutMillis: 20,
    snaplen: 262_144,
    promiscuous: true,
    filter: null,
    fanout: null,
    clock: () => performance.now(),
    ...rest,
  });
}

/** A packet that was copied out of a batch. */
export interface Copied {
  frame: Buffer;
  len: number;
  interface: number;
  linkType: number;
  vlanTci: number;
  time: number;
}

/** Takes packets until there are `count` and then nothing more came for a while, or until the time is over. */
export function collect(source: RingSource, count: number, seconds = 20): Copied[] {
  const packets: Copied[] = [];
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const batch = source.next(100);
    if (batch === 'idle') {
      if (packets.length >= count || performance.now() > end) return packets;
      continue;
    }
    for (let i = 0; i < batch.count; i++) {
      const at = batch.offset[i]!;
      packets.push({
        frame: Buffer.from(batch.bytes.subarray(at, at + batch.caplen[i]!)),
        len: batch.len[i]!,
        interface: batch.interface[i]!,
        linkType: batch.linkType[i]!,
        vlanTci: batch.vlanTci[i]!,
        time: batch.seconds[i]! + batch.nanos[i]! / 1e9,
      });
    }
    batch.release();
  }
}

/** What a source lost since it was asked last. */
export function lossOf(source: RingSource): SourceLoss {
  const loss = { kernel: 0, freezes: 0, nic: 0, blindMillis: 0 };
  source.takeLoss(loss);
  return loss;
}

/** Runs the sender in a namespace; the answer waits for its end and gives the packets that it sent. */
export async function send(namespace: string, options: Record<string, string | number | true>): Promise<number> {
  return (await sendTimed(namespace, options)).sent;
}

/** The same, with the seconds that sending took. */
export function sendTimed(
  namespace: string,
  options: Record<string, string | number | true>,
): Promise<{ sent: number; seconds: number }> {
  const script = fileURLToPath(new URL('sender.ts', import.meta.url));
  const words = Object.entries(options).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, String(value)],
  );
  const child = spawnInside(namespace, process.execPath, script, ...words);
  let out = '';
  let errors = '';
  child.stdout!.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr!.on('data', (data: Buffer) => (errors += data.toString()));
  return once(child, 'close').then(([status]) => {
    if (status !== 0) throw new Error(`the sender failed: ${errors}`);
    return JSON.parse(out) as { sent: number; seconds: number };
  });
}
