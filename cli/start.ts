import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Answer } from '../proto/api.ts';
import { AppError, UsageError, describeError, printable } from '../runtime/error.ts';
import { checkoutRoot, maxSocketPath } from '../runtime/paths.ts';
import { buildConsole } from './buildConsole.ts';
import { ask } from './client.ts';
import { parseOptions } from './options.ts';

const help = `picket start [options]

Manager and sensor together, for a first look: the sensor captures on the interface of the default route, or on the one
that PICKET_INTERFACE names. Without the right to capture it shows a capture that it makes itself. The console is built
when its sources changed. Ends with ctrl-C.

      --listen-people ADDR:PORT  loopback address and port for people (default 127.0.0.1:8480; a taken port gives way)
      --state DIR                where both keep their state (default .picket/ of the checkout)
  -h, --help                     this text

Examples:
  npm start
  sudo PICKET_INTERFACE=eth1 npm start
`;

const pollMillis = 500;
/** Time that children get to stop before they are killed. */
const stopMillis = 12_000;

interface Child {
  process: ChildProcess;
  /** Exit status, or null after a signal. */
  exited: Promise<number | null>;
  /** The newest line on its stderr. */
  lastLine: () => string;
  /** Shows what it wrote to stderr and was held back, and from now on each line as it comes. */
  show: () => void;
}

/** `picket start`, `npm start`: answers with the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, { 'listen-people': { type: 'string' }, state: { type: 'string' } }, 'start');
  if (options.flag('help')) {
    process.stdout.write(help);
    return 0;
  }
  if (options.positionals.length > 0) throw new UsageError(`${options.positionals[0]}: not expected`);
  const usual = join(checkoutRoot(), '.picket');
  const state = resolve(options.text('state') ?? usual);
  const socket = join(state, 'run', 'manager.sock');
  const tooLong = Buffer.byteLength(socket) - maxSocketPath;
  if (tooLong > 0) {
    throw new AppError(
      'listen.path',
      `${socket}: ${tooLong} bytes too long for a Unix socket (${maxSocketPath}); move the checkout to a shorter path, or name one by --state`,
    );
  }
  // Who captures may be another user than we are, and has to reach its own folder in here.
  await mkdir(state, { recursive: true, mode: 0o755 });
  const children: Child[] = [];
  const stop = createStop(children);
  try {
    await buildConsole();
    const listen = options.text('listen-people');
    const managerArgs = [
      'manager',
      '--state',
      join(state, 'manager'),
      ...(listen === undefined ? [] : ['--listen-people', listen]),
    ];
    const manager = startChild(managerArgs, { PICKET_SOCKET: socket }, 'pipe', true);
    children.push(manager);
    const people = await Promise.race([
      readyAddress(manager.process),
      manager.exited.then(() => undefined),
      stop.signalled,
    ]);
    if (people === undefined) {
      if (stop.asked()) return 0;
      const last = manager.lastLine();
      const wayOut = /another (process|manager)/.test(last) ? '; if npm start runs here already, stop it first' : '';
      throw new AppError('start.manager', `the manager did not start: ${last}${wayOut}`);
    }
    manager.show();
    process.stdout.write(`Picket is at ${people}\n`);
    const wanted = process.env['PICKET_INTERFACE'];
    const live = ['sensor', '--manager', people, '--site', 'local', '--state', join(state, 'sensor')];
    let sensor = startChild(wanted ? [...live, '--interface', wanted] : live, {}, 'ignore');
    children.push(sensor);
    let first = await firstPart(socket, sensor, stop.asked);
    if (!first && !stop.asked()) {
      process.stdout.write(
        'The sensor did not start (see above): here is a made-up capture of the last ten minutes instead.\n',
      );
      sensor = await replayDemo(state, people);
      children.push(sensor);
      first = await firstPart(socket, sensor, stop.asked);
      if (!first && !stop.asked()) throw new AppError('start.replay', `the replay failed: ${sensor.lastLine()}`);
    }
    if (first) {
      // Where the state is elsewhere, the command does not find the manager by itself.
      const where = state === usual ? '' : ` --manager ${people}`;
      const tries = ['distinct hosts --last 1h', 'sensors', 'distinct pairs --last 10m --json'];
      const commands = tries.map((one) => `  cli/picket ${one}${where}\n`).join('');
      process.stdout.write(`The first window has arrived. Try:\n${commands}ctrl-C stops it.\n`);
    }
    const sensorFailed = sensor.exited.then((code) => (code === 0 ? manager.exited : code));
    await Promise.race([manager.exited, sensorFailed, stop.signalled]);
    if (!stop.asked()) throw new AppError('start.ended', `ended by itself: ${describeEnd(manager, sensor)}`);
    return 0;
  } finally {
    await stop.now();
  }
}

function startChild(
  args: readonly string[],
  environment: Record<string, string>,
  stdout: 'pipe' | 'ignore',
  holds = false,
): Child {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    ...environment,
    PICKET_LOG_LEVEL: process.env['PICKET_LOG_LEVEL'] ?? 'warn',
  };
  // The children answer for what is asked of them by flags; the address of another manager is not meant for them.
  delete env['PICKET_MANAGER'];
  const command = [join(checkoutRoot(), 'cli', 'main.mjs'), ...args];
  // In a group of its own: ctrl-C comes to us alone, and we stop them in order.
  const child = spawn(process.execPath, command, { env, detached: true, stdio: ['ignore', stdout, 'pipe'] });
  const { promise, resolve } = Promise.withResolvers<number | null>();
  let last = 'no reason given';
  let held: string[] | undefined = holds ? [] : undefined;
  child.on('error', (error) => {
    last = describeError(error);
    resolve(1);
  });
  child.on('close', (code) => resolve(code));
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      last = printable(line)
        .replace(/^picket \w+: /, '')
        .replace(/\.$/, '');
      if (held === undefined) process.stderr.write(`${line}\n`);
      else held.push(line);
    });
  }
  const show = (): void => {
    for (const line of held ?? []) process.stderr.write(`${line}\n`);
    held = undefined;
  };
  return { process: child, exited: promise, lastLine: () => last, show };
}

/** The address in the line that the manager prints when it is ready. */
function readyAddress(manager: ChildProcess): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  if (manager.stdout !== null) {
    createInterface({ input: manager.stdout }).once('line', (line) => {
      const ready: unknown = JSON.parse(line);
      if (typeof ready === 'object' && ready !== null && 'people' in ready && typeof ready.people === 'string')
        resolve(ready.people);
    });
  }
  return promise;
}

/** True when a window of the sensor has arrived, false when the sensor failed before. */
async function firstPart(socket: string, sensor: Child, asked: () => boolean): Promise<boolean> {
  let ended: { code: number | null } | undefined;
  void sensor.exited.then((code) => {
    ended = { code };
  });
  const since = String(Math.floor(Date.now() / 1000));
  for (;;) {
    const over = ended;
    const answer = await ask<Answer<'sensors'>>([{ kind: 'unix', path: socket }], 'sensors', {
      from: since,
      site: 'local',
    }).catch(() => undefined);
    const arrived = answer?.rows.some((row) => row.windows > 0 && row.connected) ?? false;
    if (over !== undefined) return over.code === 0;
    if (asked()) return false;
    if (arrived) return true;
    await new Promise<void>((resolve) => void setTimeout(resolve, pollMillis));
  }
}

async function replayDemo(state: string, people: string): Promise<Child> {
  const { writeDemoCapture } = await import('./demoCapture.ts');
  const path = join(state, 'demo.pcap');
  await writeDemoCapture(path, Date.now());
  return startChild(
    ['sensor', '--replay', path, '--manager', people, '--site', 'local', '--name', 'demo'],
    {},
    'ignore',
  );
}

/** Stops the children on signals and at the end: the sensor first, so that its last windows still arrive. */
function createStop(children: readonly Child[]) {
  let asked = false;
  const { promise: signalled, resolve } = Promise.withResolvers<undefined>();
  const signal = (): void => {
    asked = true;
    resolve(undefined);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, signal);
  return {
    signalled,
    asked: () => asked,
    async now() {
      for (const child of children.toReversed()) {
        child.process.kill('SIGTERM');
        const timer = setTimeout(() => child.process.kill('SIGKILL'), stopMillis);
        await child.exited;
        clearTimeout(timer);
      }
      for (const name of signals) process.off(name, signal);
    },
  };
}

function describeEnd(manager: Child, sensor: Child): string {
  return manager.process.exitCode === null ? `sensor: ${sensor.lastLine()}` : `manager: ${manager.lastLine()}`;
}
