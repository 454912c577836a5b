import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { variableName } from '../runtime/config.ts';
import { Deployment } from '../test/support/deployment.ts';
import { spawnInside } from '../test/support/namespaces.ts';
import { whereIs } from './processTime.ts';

/** Something that captures on `vb` in a namespace. All get a buffer of 64 MiB. */
export interface LiveTool {
  name: string;
  /** Starts it; it listens when that resolves. */
  start(namespace: string): Promise<RunningTool>;
}

export interface RunningTool {
  pid: number;
  /** Ends it and tells how many packets it got. */
  stop(): Promise<number>;
}

/** Our sensor and what else is installed here. */
export function liveTools(): LiveTool[] {
  const others = [
    {
      name: 'tcpdump -w /dev/null',
      command: ['tcpdump', '-i', 'vb', '-n', '-B', '65536', '-Z', 'root', '-w', '/dev/null'],
      listens: /listening on/,
      // What the filter saw and the kernel had room for.
      got: (text: string) => count(text, /(\d+) packets? captured/),
    },
    {
      name: 'dumpcap -w /dev/null',
      command: ['dumpcap', '-i', 'vb', '-q', '-B', '64', '-w', '/dev/null'],
      listens: /File: /,
      got: (text: string) => count(text, /Packets received\/dropped on interface [^:]*: (\d+)\//),
    },
  ];
  return [
    { name: 'picket sensor', start: startSensor },
    ...others
      .filter(({ command }) => whereIs(command[0]!) !== undefined)
      .map(({ name, command, listens, got }) => ({
        name,
        start: (namespace: string) => startCommand(namespace, command, listens, got),
      })),
  ];
}

/** A whole sensor with all its threads: decode, flows, statistics, windows, spool, link. Its manager is not counted. */
async function startSensor(namespace: string): Promise<RunningTool> {
  const deployment = await Deployment.start();
  const from = Math.floor(Date.now() / 1000);
  const env = {
    [variableName('windowSeconds')]: '10',
    [variableName('ringBytes')]: '64MiB',
    [variableName('blockTimeoutMillis')]: '200',
  };
  const sensor = await deployment.startSensor(namespace, ['vb'], env);
  await sensor.said(/connected/);
  return {
    pid: sensor.pid,
    async stop() {
      await sensor.stop();
      const { packets } = deployment.distinct('hosts', from, Math.ceil(Date.now() / 1000)).coverage;
      await deployment.stop();
      return packets.seen;
    },
  };
}

async function startCommand(
  namespace: string,
  command: readonly string[],
  listens: RegExp,
  got: (text: string) => number,
): Promise<RunningTool> {
  const child: ChildProcess = spawnInside(namespace, ...command);
  let text = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (data: Buffer) => (text += data.toString()));
  const closed = once(child, 'close');
  for (const end = performance.now() + 10_000; !listens.test(text); await setTimeout(50)) {
    if (child.exitCode !== null || performance.now() > end) throw new Error(`${command[0]} does not capture: ${text}`);
  }
  return {
    pid: child.pid!,
    async stop() {
      child.kill('SIGINT');
      await closed;
      return got(text);
    },
  };
}

function count(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? Number.NaN);
}

/** Seconds of processor time that a process and all its threads took. */
export function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ');
  const ticksASecond = 100;
  return (Number(fields[11]) + Number(fields[12])) / ticksASecond;
}
