import { randomFillSync } from 'node:crypto';
import { chownSync, mkdirSync, statSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { parseManagerUrl } from '../proto/managerUrl.ts';
import { systemClock } from '../runtime/clock.ts';
import { AppError } from '../runtime/error.ts';
import { createLifecycle, endOnSignals, type Stage } from '../runtime/lifecycle.ts';
import { createLogger } from '../runtime/log.ts';
import type { Logger } from '../runtime/log.ts';
import { Metrics } from '../runtime/metrics.ts';
import { startThread } from '../runtime/threads.ts';
import { packageVersion } from '../runtime/packageVersion.ts';
import { PacketFilter } from './capture/filter.ts';
import type { CaptureOrder, CaptureReport, CaptureSource, CaptureStop } from './captureOrder.ts';
import type { SensorConfig, SensorOptions } from './config.ts';
import { defaultInterface } from './defaultInterface.ts';
import { createLink } from './link/link.ts';
import { planMemory } from './memoryPlan.ts';
import type { MemoryPlan } from './memoryPlan.ts';
import { inheritedSockets } from './privilege/inheritedSockets.ts';
import { serviceUser } from './privilege/serviceUser.ts';
import { startWithoutPrivileges } from './privilege/start.ts';

export { sensorConfig } from './config.ts';

/** Sockets opened beyond those in use, for interfaces that come back: they can't be opened later. */
const SPARES = 4;
const STOP_MILLIS = 10_000;
/** At the end the manager may take so long to acknowledge the last windows; they are on the disk in any case. */
const DELIVERY_MILLIS = 3000;
const MIB = 2 ** 20;

/**
 * Runs a sensor until it is told to end (or, on a replay, until the manager has acknowledged everything).
 *
 * Live it first opens its packet sockets, gives up every privilege and executes itself anew; that call does not return.
 * With libpcap as the source it keeps what it has, since libpcap opens (and opens again) the interface itself.
 * Throws `capture.permission` when there is no right to capture.
 */
export async function runSensor(options: SensorOptions): Promise<void> {
  const { config } = options;
  const names =
    options.replay !== undefined ? [] : config.interfaces.length > 0 ? config.interfaces : [defaultInterface()];
  const memory = planMemory(config);
  const opensSockets = options.replay === undefined && config.source === 'ring';
  const fds = opensSockets ? packetSockets(config, names, memory) : [];
  const clock = systemClock();
  const log = createLogger({
    name: 'sensor',
    level: config.logLevel,
    clock,
    write: (line) => process.stderr.write(line),
  });
  for (const key of unusedKeys(config)) log.warn('this version does nothing with the key yet', { key });
  const link = createLink(
    {
      url: config.manager,
      site: config.site,
      name: config.name,
      software: `picket ${packageVersion()}`,
      replay: options.replay !== undefined,
      stateDir: config.stateDir,
      spoolBytes: config.spool.bytes,
    },
    { clock, log, metrics: new Metrics(), random: Math.random },
  );
  const capture = createCapture(config, names, fds, options, memory, log.named('capture'));
  const stages: Stage[] = [
    { name: 'link', start: () => link.start(), stop: (deadline) => link.stop(deadline) },
    {
      name: 'delivery',
      start: () => undefined,
      // What was captured last should not wait for the next start; a manager that is away does not hold up the end.
      stop: () =>
        new Promise<void>((resolve) => {
          const cancel = clock.after(DELIVERY_MILLIS, resolve);
          link.drained().then(resolve, resolve).finally(cancel);
        }),
    },
    capture.stage,
  ];
  const lifecycle = createLifecycle(stages, {
    log,
    clock,
    // The last block of a ring is waited for.
    stopMillis: STOP_MILLIS + config.blockTimeoutMillis,
  });
  capture.onPart = (part) => {
    link.offer(part).catch((error: unknown) => lifecycle.fail(error));
  };
  capture.onFailed = (error) => lifecycle.fail(error);
  const release = endOnSignals(lifecycle);
  try {
    await lifecycle.start();
    options.say?.(
      options.replay === undefined
        ? `capturing on ${names.join(', ')} as ${config.site}/${config.name}, to ${config.manager}`
        : `replaying ${options.replay.files.length} file(s) as ${config.site}/${config.name}, to ${config.manager}`,
    );
    if (options.replay !== undefined) {
      const files = await Promise.race([capture.ended, lifecycle.finished.then(() => [])]);
      await Promise.race([link.drained(), lifecycle.finished]);
      lifecycle.end('replay done');
      await lifecycle.finished;
      const damaged = files.find((file) => file.error !== null);
      if (damaged?.error) {
        const isSent = files.some((file) => file.format !== null);
        throw new AppError(
          isSent ? 'capture.damaged' : 'capture.unreadable',
          `${damaged.path}: ${damaged.error.message}`,
          isSent ? { context: { sent: 'what could be read' } } : {},
        );
      }
      return;
    }
    await lifecycle.finished;
  } finally {
    release();
  }
}

/** Keys that are set and that nothing reads before realms, local networks and keyed sections are there. */
function unusedKeys({ realm, networks, seed }: SensorConfig): string[] {
  const set = { realm, 'networks.local': networks.local, seed };
  return Object.entries(set).flatMap(([key, value]) => (value === undefined ? [] : [key]));
}

/** The sockets that the start stage left; when it has not run yet, runs it, which does not come back. */
function packetSockets(config: SensorConfig, names: readonly string[], memory: MemoryPlan): readonly number[] {
  const inherited = inheritedSockets(process.env);
  if (!inherited.ok) throw new AppError('capture.sockets', inherited.why);
  if (inherited.sockets.length > 0) return inherited.sockets;
  checkFilter(withoutLink(config, names));
  mkdirSync(config.stateDir, { recursive: true, mode: 0o750 });
  const options = {
    sockets: names.length * config.workers + SPARES,
    command: [`--max-old-space-size=${toMiB(memory.heapBytes)}`, ...process.execArgv, ...process.argv.slice(1)],
    env: process.env,
  };
  const user = serviceUser(process.env);
  if (user !== undefined) {
    const owner = statSync(config.stateDir);
    if (owner.uid === 0) chownSync(config.stateDir, user.uid, user.gid);
    const refused = startWithoutPrivileges({
      ...options,
      dropUser: user,
      files: [process.argv[1]!, ...managerSocket(config)],
      directories: [config.stateDir],
    });
    if (refused.gone) throw new AppError('capture.permission', refused.why);
    if (owner.uid === 0) chownSync(config.stateDir, owner.uid, owner.gid);
  }
  // Where that user could not reach its files or the manager, root stays root, without any capability.
  const refused = startWithoutPrivileges(options);
  throw new AppError('capture.permission', refused.why);
}

/** The manager's socket, which the user that the sensor becomes must be able to use as well. */
function managerSocket(config: SensorConfig): string[] {
  const place = parseManagerUrl(config.manager);
  return typeof place !== 'string' && place.kind === 'unix' ? [place.path] : [];
}

/** A filter that can't be compiled is a fault of the configuration: told before anything is started. */
function checkFilter(filter: string): void {
  if (filter === '') return;
  try {
    void new PacketFilter(filter);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'filter.syntax') throw error;
    throw new AppError('config.invalid', error.message);
  }
}

function toMiB(bytes: number): number {
  return Math.floor(bytes / MIB);
}

interface Capture {
  stage: Stage;
  onPart: (part: Extract<CaptureReport, { type: 'part' }>['part']) => void;
  onFailed: (error: unknown) => void;
  /** When the files of a replay are read. */
  ended: Promise<Extract<CaptureReport, { type: 'end' }>['files']>;
}

function createCapture(
  config: SensorConfig,
  names: readonly string[],
  fds: readonly number[],
  options: SensorOptions,
  memory: MemoryPlan,
  log: Logger,
): Capture {
  const workers: Worker[] = [];
  const done: Promise<void>[] = [];
  const ended = Promise.withResolvers<Awaited<Capture['ended']>>();
  const states = new Map<string, string>();
  let stopping = false;
  const count = options.replay === undefined ? config.workers : 1;
  const capture: Capture = {
    onPart: () => undefined,
    onFailed: () => undefined,
    ended: ended.promise,
    stage: {
      name: 'capture',
      async start() {
        const ready: Promise<void>[] = [];
        for (let worker = 0; worker < count; worker++) {
          const order: CaptureOrder = {
            source: captureSource(config, names, fds, worker, count, options.replay),
            tap: config.tap,
            windowSeconds: config.windowSeconds,
            flowSlots: config.flowSlots,
            seed: randomFillSync(new Uint32Array(20)),
            filter: withoutLink(config, names),
            checksums: config.checksums,
            worker,
            workers: count,
          };
          const thread = startThread('capture', order, {
            resourceLimits: {
              maxOldGenerationSizeMb: toMiB(memory.heapBytes),
              maxYoungGenerationSizeMb: toMiB(memory.youngBytes),
            },
          });
          workers.push(thread);
          const { promise, resolve, reject } = Promise.withResolvers<void>();
          const gone = Promise.withResolvers<void>();
          ready.push(promise);
          done.push(gone.promise);
          const fail = (error: unknown): void => {
            reject(error);
            if (!stopping) capture.onFailed(error);
          };
          thread.on('message', (report: CaptureReport) => {
            if (report.type === 'part') capture.onPart(report.part);
            else if (report.type === 'ready') resolve();
            else if (report.type === 'interface') {
              // Every worker tells of its own; once is enough.
              if (states.get(report.name) === report.state) return;
              states.set(report.name, report.state);
              tellState(log, report.name, report.state);
            } else if (report.type === 'end') ended.resolve(report.files);
            else fail(new AppError('capture.failed', report.message));
          });
          thread.on('error', fail);
          thread.on('exit', () => {
            gone.resolve();
            if (options.replay === undefined) fail(new AppError('capture.ended', 'a capture worker ended'));
          });
        }
        await Promise.all(ready);
      },
      async stop() {
        stopping = true;
        // One moment for all: up to it each of them has seen its share.
        const stop: CaptureStop = { at: Date.now() / 1000 };
        for (const thread of workers) thread.postMessage(stop);
        await Promise.all(done);
      },
    },
  };
  return capture;
}

function tellState(log: Logger, name: string, state: string): void {
  if (state === 'up') log.info('interface is up', { interface: name });
  else if (state === 'noSocket')
    log.error('interface came back and there is no socket left for it: restart the sensor', { interface: name });
  else log.warn(`interface is ${state}: waiting for it`, { interface: name });
}

function captureSource(
  config: SensorConfig,
  names: readonly string[],
  fds: readonly number[],
  worker: number,
  workers: number,
  replay: SensorOptions['replay'],
): CaptureSource {
  if (replay !== undefined) return { kind: 'files', paths: replay.files, speed: replay.speed };
  const { ringBytes, blockTimeoutMillis, snaplen, promiscuous } = config;
  if (config.source === 'libpcap') {
    return { kind: 'libpcap', interface: names[0]!, ringBytes, blockTimeoutMillis, snaplen, promiscuous };
  }
  const used = names.length * workers;
  const own = fds.slice(worker * names.length, (worker + 1) * names.length);
  // Spares are dealt out evenly.
  const spares = fds.slice(used).filter((_, i) => i % workers === worker);
  return { kind: 'ring', fds: [...own, ...spares], names, ringBytes, blockTimeoutMillis, snaplen, promiscuous };
}

/** The configured filter; on `lo` without the link's own packets, which would be counted for being counted. */
function withoutLink(config: SensorConfig, names: readonly string[]): string {
  const place = parseManagerUrl(config.manager);
  if (typeof place === 'string' || place.kind !== 'tcp' || !names.includes('lo')) return config.filter;
  const others = `not (tcp port ${place.port} and (net 127.0.0.0/8 or host ::1))`;
  return config.filter === '' ? others : `(${config.filter}) and ${others}`;
}
