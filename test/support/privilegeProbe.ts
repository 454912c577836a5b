import { fileURLToPath } from 'node:url';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { inheritedSockets } from '../../sensor/privilege/inheritedSockets.ts';
import { openSockets } from '../../sensor/privilege/openSockets.ts';
import { startWithoutPrivileges } from '../../sensor/privilege/start.ts';

/**
 * A process that starts as a sensor does: opens packet sockets, gives up its privileges, becomes itself again, and then
 * captures in a worker. `node privilegeProbe.ts INTERFACE COUNT [UID]` prints one line of JSON when the ring stands, and
 * another one after COUNT packets; then it waits for the end of its standard input.
 */
interface ProbeData {
  fd: number;
  name: string;
  count: number;
}

if (isMainThread) main();
else await capture(workerData as ProbeData);

function main(): void {
  const [name = '', count = '0', uid] = process.argv.slice(2);
  const inherited = inheritedSockets(process.env);
  if (!inherited.ok) throw new Error(inherited.why);
  const [fd] = inherited.sockets;
  if (fd === undefined) {
    const refused = startWithoutPrivileges({
      sockets: 2,
      command: [...process.execArgv, ...process.argv.slice(1)],
      env: process.env,
      ...(uid === undefined ? {} : { dropUser: { uid: Number(uid), gid: Number(uid) } }),
      files: [fileURLToPath(import.meta.url)],
    });
    process.stderr.write(`${refused.why}\n`);
    process.exit(1);
  }
  const data: ProbeData = { fd, name, count: Number(count) };
  const worker = new Worker(new URL(import.meta.url), { workerData: data });
  worker.on('message', (message: object) => {
    const socket = openSockets(1);
    const report = {
      ...message,
      pid: process.pid,
      uid: process.getuid?.(),
      variable: process.env['PICKET_FDS'] ?? null,
      sockets: inherited.sockets.length,
      another: socket.ok ? 'opened' : socket.why,
    };
    process.stdout.write(`${JSON.stringify(report)}\n`);
  });
  process.stdin.on('end', () => process.exit(0)).resume();
}

async function capture({ fd, name, count }: ProbeData): Promise<void> {
  const { loadLibc } = await import('../../sensor/capture/ring/libc.ts');
  const { RingSource } = await import('../../sensor/capture/ring/ringSource.ts');
  const source = new RingSource(loadLibc(), [fd], [name], {
    ringBytes: 8 << 20,
    blockTimeoutMillis: 20,
    snaplen: 262_144,
    promiscuous: true,
    filter: null,
    fanout: null,
    clock: () => performance.now(),
  });
  parentPort!.postMessage({ state: source.states()[0]!.state });
  let seen = 0;
  while (seen < count) {
    const batch = source.next(50);
    if (batch === 'idle') continue;
    seen += batch.count;
    batch.release();
  }
  parentPort!.postMessage({ seen });
}
