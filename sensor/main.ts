import { systemClock } from '../runtime/clock.ts';
import { AppError } from '../runtime/error.ts';
import { createLifecycle, endOnSignals, type Stage } from '../runtime/lifecycle.ts';
import { createLogger } from '../runtime/log.ts';
import { Metrics } from '../runtime/metrics.ts';
import { packageVersion } from '../runtime/packageVersion.ts';
import type { CaptureFileInfo } from './capture/file/captureFile.ts';
import { checkFilter, withoutLink } from './captureFilter.ts';
import { CaptureThreads } from './captureThreads.ts';
import type { SensorOptions } from './config.ts';
import { defaultInterface } from './defaultInterface.ts';
import { InterfaceStates } from './interfaceStates.ts';
import { createHealthStage } from './health/healthStage.ts';
import { ProcessHealth } from './health/processHealth.ts';
import { createLink } from './link/link.ts';
import { LocalLogsTold } from './localLogsTold.ts';
import { planMemory } from './memoryPlan.ts';
import { packetSockets } from './packetSockets.ts';
import { SeedStage } from './seedStage.ts';

export { sensorConfig } from './config.ts';

const STOP_MILLIS = 10_000;
/** At the end the manager may take so long to acknowledge the last windows; they are on the disk in any case. */
const DELIVERY_MILLIS = 3000;

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
  const filter = withoutLink(config, names);
  const memory = planMemory(config);
  const opensSockets = options.replay === undefined && config.source === 'ring';
  if (opensSockets) checkFilter(filter);
  const fds = opensSockets ? packetSockets(config, names.length, memory) : [];
  const clock = systemClock();
  const log = createLogger({
    name: 'sensor',
    level: config.logLevel,
    clock,
    write: (line) => process.stderr.write(line),
  });
  const metrics = new Metrics();
  const { replay } = options;
  const link = createLink(
    {
      url: config.manager,
      site: config.site,
      name: config.name,
      software: `picket ${packageVersion()}`,
      replay: replay !== undefined,
      stateDir: config.stateDir,
      spoolBytes: config.spool.bytes,
    },
    { clock, log, metrics, random: Math.random },
  );
  const localLogs = new LocalLogsTold({ log: log.named('logs'), metrics, clock, dropped: () => capture.droppedRows });
  const states = new InterfaceStates(names, log.named('capture'));
  const capture = new CaptureThreads(
    { config, names, fds, filter, replay, memory },
    {
      onPart: (part) => link.offerPacked(part),
      onLog: (message) => link.offerPacked(message),
      onLocalLogs: (told) => localLogs.note(told),
      onState: (name, state) => states.note(name, state),
      onFailed: (error) => lifecycle.fail(error),
    },
  );
  metrics.computed(
    'merge_waiting_windows',
    'windows',
    'Windows on their way to the merge thread.',
    () => capture.waiting,
  );
  const health = new ProcessHealth({
    metrics,
    stateDir: config.stateDir,
    threads: () => capture.threads,
    clockOffset: () => link.clockOffset(),
    clockUncertainty: () => link.clockUncertainty(),
  });
  const seeds = new SeedStage({
    clock,
    configured: config.seed,
    known: () => link.seed(),
    waits: replay !== undefined,
    tell: (seed) => capture.setSeed(seed),
  });
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
    seeds,
    capture,
    // Times of a replay are not those of the process.
    ...(replay === undefined
      ? [
          createHealthStage({
            clock,
            log: log.named('health'),
            read: () => health.read(),
            give: (read) => capture.addHealth(read),
          }),
        ]
      : [{ name: 'hurry', start: () => undefined, stop: () => link.hurry() }]),
  ];
  const lifecycle = createLifecycle(stages, {
    log,
    clock,
    // The last block of a ring is waited for.
    stopMillis: STOP_MILLIS + config.blockTimeoutMillis,
  });
  const release = endOnSignals(lifecycle);
  const who = `as ${config.site}/${config.name}, to ${config.manager}`;
  try {
    if (replay === undefined) {
      await lifecycle.start();
      states.say((sentence) => options.say?.(`${sentence} ${who}`));
    } else {
      options.say?.(`replaying ${replay.files.length} file(s) ${who}`);
      await lifecycle.start();
      const files = await Promise.race([capture.ended, lifecycle.finished.then(() => [])]);
      try {
        await Promise.race([link.drained(), lifecycle.finished]);
      } finally {
        // Whether the manager took it all or refuses this sensor, the run is over.
        lifecycle.end('replay done');
        await lifecycle.finished;
      }
      tellDamage(files);
    }
    await lifecycle.finished;
  } finally {
    release();
  }
}

/** Throws when a file was damaged or could not be read at all. */
function tellDamage(files: readonly CaptureFileInfo[]): void {
  const damaged = files.find((file) => file.error !== null);
  if (!damaged?.error) return;
  const isSent = files.some((file) => file.format !== null);
  throw new AppError(
    isSent ? 'capture.damaged' : 'capture.unreadable',
    `${damaged.path}: ${damaged.error.message}`,
    isSent ? { context: { sent: 'what could be read' } } : {},
  );
}
