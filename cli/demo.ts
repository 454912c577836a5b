import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Answer } from '../proto/api.ts';
import type { ManagerPlace } from '../proto/managerUrl.ts';
import { AppError, UsageError } from '../runtime/error.ts';
import { checkoutRoot } from '../runtime/paths.ts';
import { buildConsole } from './buildConsole.ts';
import { ask } from './client.ts';
import { writeSiteCaptures } from './demoCapture.ts';
import { parseOptions } from './options.ts';
import { count } from './question.ts';

const help = `picket demo [options]

A manager and three sites at once, for a look at what merging is: each site replays a made-up capture of the last ten
minutes, many hosts and some connections are seen at more than one site. Prints what the merged sketches say beside
what adding up the sites' own numbers would have said, then ends. Nothing is captured and nothing is left behind.

      --keep    go on until ctrl-C, with the console at the address that is printed
  -h, --help    this text

Examples:
  npm run demo
  npm run demo -- --keep
`;

const sites = ['oslo', 'lima', 'kyoto'];
const patienceMillis = 120_000;

/** `picket demo`, `npm run demo`: answers with the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, { keep: { type: 'boolean' } }, 'demo');
  if (options.flag('help')) {
    process.stdout.write(help);
    return 0;
  }
  if (options.positionals.length > 0) throw new UsageError(`${options.positionals[0]}: not expected`);
  const directory = await mkdtemp(join(tmpdir(), 'picket-demo-'));
  const children: ChildProcess[] = [];
  const interrupted = Promise.withResolvers<void>();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, interrupted.resolve);
  let stopped = false;
  void interrupted.promise.then(() => {
    stopped = true;
    for (const child of children) child.kill('SIGTERM');
  });
  try {
    process.stderr.write(`Making three captures and starting a manager ...\n`);
    if (options.flag('keep')) await buildConsole();
    const captures = sites.map((site) => join(directory, `${site}.pcap`));
    await writeSiteCaptures(captures, Date.now());
    const socket = join(directory, 'm.sock');
    const state = ['--state', join(directory, 'manager'), '--listen-people', '127.0.0.1:0'];
    const manager = startChild(children, ['manager', ...state], { PICKET_SOCKET: socket });
    const people = await Promise.race([readyAddress(manager), failed(manager, 'the manager')]);
    process.stderr.write(`Replaying at ${sites.join(', ')} ...\n`);
    await Promise.all(
      sites.map(async (site, i) => {
        const identity = ['--manager', `unix:${socket}`, '--site', site, '--name', 'demo'];
        const sensor = startChild(children, ['sensor', '--replay', captures[i] ?? '', ...identity], {});
        const status = await ended(sensor);
        if (status !== 0 && !stopped) throw new AppError('demo.sensor', `the sensor of ${site} ended with ${status}`);
      }),
    );
    if (stopped) return 1;
    process.stdout.write(await report({ kind: 'unix', path: socket }));
    if (options.flag('keep')) {
      process.stdout.write(
        `\nThe console is at ${people}; cli/picket --manager unix:${socket} asks too. ctrl-C ends it.\n`,
      );
      await Promise.race([interrupted.promise, failed(manager, 'the manager')]);
    }
    return 0;
  } finally {
    for (const child of children.toReversed()) {
      child.kill('SIGTERM');
      await ended(child);
    }
    for (const name of signals) process.off(name, interrupted.resolve);
    await rm(directory, { recursive: true, force: true });
  }
}

/** What merged, beside what adding up would have said. */
async function report(manager: ManagerPlace): Promise<string> {
  const range = { from: String(Math.floor(Date.now() / 1000) - 1200) };
  const about = <Shape>(name: Parameters<typeof ask>[1], more: Record<string, string | string[]>): Promise<Shape> =>
    ask<Shape>([manager], name, { ...range, ...more });
  const lines: string[] = [];
  const row = (name: string, cells: readonly string[]): void =>
    void lines.push(`  ${name.padEnd(26)}${cells.map((cell) => cell.padStart(14)).join('')}`);
  lines.push('Three sites, the last ten minutes', '');
  row('', [...sites, 'added up', 'merged']);
  for (const what of ['hosts', 'pairs', 'flows'] as const) {
    const each = await Promise.all(sites.map((site) => about<Answer<'distinct'>>('distinct', { what, site })));
    const merged = await about<Answer<'distinct'>>('distinct', { what });
    const sum = each.reduce((total, { value }) => total + value.estimate, 0);
    const margin = Math.round(merged.value.upper - merged.value.estimate);
    row(`different ${what}`, [
      ...each.map(({ value }) => count(value.estimate)),
      count(sum),
      `${count(merged.value.estimate)} ±${count(margin)}`,
    ]);
  }
  const each = await Promise.all(sites.map((site) => about<Answer<'total'>>('total', { site })));
  const once = await about<Answer<'total'>>('total', { dedup: 'true' });
  row('octets', [
    ...each.map(({ value }) => count(value.octets)),
    count(each.reduce((total, { value }) => total + value.octets, 0)),
    once.value.dedup === undefined ? '-' : count(once.value.dedup.octets.estimate),
  ]);
  lines.push('', 'Hosts that two sites share');
  for (const [a, b] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const) {
    const pair = [sites[a] ?? '', sites[b] ?? ''];
    const { value } = await about<Answer<'overlap'>>('overlap', { a: pair[0] ?? '', b: pair[1] ?? '' });
    const { estimate, lower, upper } = value.hosts.overlap;
    row(pair.join(' and '), [`${count(estimate)} (${count(lower)} to ${count(upper)})`]);
  }
  return `${lines.join('\n')}\n`;
}

function startChild(children: ChildProcess[], args: readonly string[], more: Record<string, string>): ChildProcess {
  const env: NodeJS.ProcessEnv = { ...process.env, PICKET_LOG_LEVEL: 'error', ...more };
  delete env['PICKET_MANAGER'];
  const command = [join(checkoutRoot(), 'cli', 'main.mjs'), ...args];
  // In a group of its own: ctrl-C comes to us alone, and we stop them in order.
  const child = spawn(process.execPath, command, { env, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('exit', resolve));
}

/** Never comes to an answer but by a child that ends, or takes too long, before it should. */
async function failed(child: ChildProcess, who: string): Promise<never> {
  const status = await ended(child);
  throw new AppError('demo.manager', `${who} ended with ${status ?? 'a signal'}, see above`);
}

function readyAddress(manager: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const timer = setTimeout(
    () => reject(new AppError('demo.manager', 'the manager is not ready in time')),
    patienceMillis,
  );
  timer.unref();
  if (manager.stdout !== null) {
    createInterface({ input: manager.stdout }).once('line', (line) => {
      clearTimeout(timer);
      const ready = JSON.parse(line) as { people?: unknown };
      resolve(typeof ready.people === 'string' ? ready.people : '');
    });
  }
  return promise;
}
