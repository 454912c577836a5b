import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WindowPart } from '../../core/summary/part.ts';
import { closeCodes, linkLimits } from '../../proto/link.ts';
import type { Welcome } from '../../proto/linkMessages.ts';
import { linkAddress, parseManagerUrl } from '../../proto/managerUrl.ts';
import { writeFileAtomic } from '../../runtime/atomicFile.ts';
import type { Clock } from '../../runtime/clock.ts';
import { AppError, UsageError } from '../../runtime/error.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import { nextDelay } from './backoff.ts';
import type { Outcome } from './backoff.ts';
import { OffsetMeter } from './clockOffset.ts';
import type { ClockOffset } from './clockOffset.ts';
import { Connection } from './connection.ts';
import type { Ended } from './connection.ts';
import { linkMetrics } from './metrics.ts';
import { packPart } from './partBytes.ts';
import { Requests } from './requests.ts';
import type { RequestHandler } from './requests.ts';
import { Spool } from './spool.ts';
import type { SpoolMessage } from './spoolRecord.ts';

export interface LinkConfig {
  /** Where the manager is, as the configuration has it. */
  url: string;
  site: string;
  name: string;
  software: string;
  /** The windows come from capture files. */
  replay: boolean;
  /** Directory of the sensor's state; the spool and the seed lie in it. */
  stateDir: string;
  spoolBytes: number;
}

export interface LinkDeps {
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  /** A number in [0, 1): spreads reconnections. */
  random: () => number;
}

/** The sensor's end of the link: takes parts, keeps them until the manager has them. */
export interface Link {
  /** Opens the spool and begins to connect. A manager that is away is no error. */
  start(): Promise<void>;
  /**
   * Resolves when the part is on this host's disk: from then on it will reach the manager. The part is not kept. Live it
   * also resolves when the disk does not take the part, which is then given up and counted: a full disk stops nothing. In
   * a replay it rejects instead, and waits while half of the spool's space is used, so that nothing is given up.
   */
  offer(part: WindowPart): Promise<void>;
  /** The same of a part that is packed already (`partBytes.ts`); undefined for one that was too large. */
  offerPacked(message: Required<SpoolMessage> | undefined): Promise<void>;
  /**
   * Resolves when everything that was offered is acknowledged, or given up. Rejects when the manager refuses this sensor
   * for a reason that does not pass by itself.
   */
  drained(): Promise<void>;
  /** The deployment's seed, or undefined before the first welcome of this sensor's life. */
  seed(): Uint8Array | undefined;
  /**
   * How far this host's clock is ahead of the manager's, in seconds (negative: behind); undefined before it was measured.
   * `clockUncertainty` is how far that may be off.
   */
  clockOffset(): number | undefined;
  clockUncertainty(): number | undefined;
  /** Who does the requests of a kind (`docs/link.md`). Kinds without a handler are refused. To be called before `start`. */
  handle(kind: number, handler: RequestHandler): void;
  /** The end is near: from now on a replay's parts do not wait for space any more. */
  hurry(): void;
  stop(deadline: number): Promise<void>;
}

/** Parts that may wait for a slow disk; live those beyond are given up. */
const mostWaitingBytes = 16 << 20;
/** A disk that stays full is told this often. */
const tellMillis = 60_000;

/** Makes a link; nothing happens before `start`. Throws `usage` for an address that can't be used. */
export function createLink(config: LinkConfig, deps: LinkDeps): Link {
  const place = parseManagerUrl(config.url);
  if (typeof place === 'string') throw new UsageError(`manager: ${place}`);
  const address = linkAddress(place);
  const log = deps.log.named('link');
  const metrics = linkMetrics(deps.metrics);
  // Windows of files have gaps that a longer window would hide, and files can be read again.
  const spool = new Spool(
    { directory: join(config.stateDir, 'spool'), bytes: config.spoolBytes, merges: !config.replay },
    { ...deps, onMerged: () => connection?.wake() },
  );
  const meter = new OffsetMeter(deps.clock);
  const offset = (): ClockOffset | undefined => meter.offset();
  const requests = new Requests({
    clock: deps.clock,
    log: log.named('requests'),
    metrics,
    offset: () => 1000 * (offset()?.seconds ?? 0),
  });
  const seedFile = join(config.stateDir, 'seed');

  let connection: Connection | undefined;
  let running: Promise<void> | undefined;
  let stopping = false;
  let wakeUp: (() => void) | undefined;
  let seed: Uint8Array | undefined;
  let offering = 0;
  let waitingBytes = 0;
  let hurried = false;
  let toldAt = Number.NEGATIVE_INFINITY;
  const roomWaiters: (() => void)[] = [];
  let refusal: AppError | undefined;
  let waiters: PromiseWithResolvers<void>[] = [];

  /** A replay waits here until the manager has taken what the spool holds. */
  async function room(): Promise<void> {
    const isFull = (): boolean => !hurried && spool.share + waitingBytes / config.spoolBytes > 0.5;
    const isMoving = (): boolean => spool.pending > 0 || waitingBytes > 0;
    while (isFull() && isMoving()) {
      if (refusal !== undefined) throw refusal;
      await new Promise<void>((resolve) => void roomWaiters.push(resolve));
    }
  }

  /** Nobody else looks for room until this one has taken its own. */
  let roomTaken: Promise<void> = Promise.resolve();
  function takeRoom(bytes: number): Promise<void> {
    const taken = roomTaken.then(room).then(() => void (waitingBytes += bytes));
    roomTaken = taken.catch(() => undefined);
    return taken;
  }

  function giveUp(why: string, error?: unknown): void {
    metrics.unstored.add();
    if (deps.clock.elapsed() - toldAt < tellMillis) return;
    toldAt = deps.clock.elapsed();
    log.error('window parts are given up', { why, soFar: metrics.unstored.value }, error);
  }

  function settle(error?: AppError): void {
    for (const wake of roomWaiters.splice(0)) wake();
    if (error === undefined && (offering > 0 || spool.pending > 0)) return;
    const settled = waiters;
    waiters = [];
    for (const waiter of settled) {
      if (error === undefined) waiter.resolve();
      else waiter.reject(error);
    }
  }

  function onWelcome(welcome: Welcome): void {
    refusal = undefined;
    metrics.connected.set(1);
    metrics.connections.add();
    log.info('connected', { manager: config.url, version: welcome.version });
    if (seed !== undefined && Buffer.compare(seed, welcome.seed) === 0) return;
    if (seed !== undefined)
      log.warn('the deployment has another seed than before: older keyed sections will not merge');
    seed = welcome.seed.slice();
    writeFileAtomic(seedFile, seed, 0o600).catch((error: unknown) => log.error('cannot keep the seed', {}, error));
  }

  /** Tells how a connection ended, and what that means for the next one. */
  function judge(ended: Ended): Outcome {
    const known = Object.values(closeCodes).find(({ code }) => code === ended.code);
    const fields = { manager: config.url, code: ended.code, why: ended.reason };
    if (known !== undefined && !known.retry) {
      log.error('refused by the manager', fields);
      refusal = new AppError('link.refused', `the manager refuses this sensor: ${ended.reason || known.reason}`, {
        context: { code: ended.code },
      });
      settle(refusal);
      return 'refused';
    }
    log.warn(ended.welcomed ? 'connection lost' : 'cannot connect', fields);
    return known === closeCodes.busy ? 'busy' : 'lost';
  }

  async function run(): Promise<void> {
    let failures = 0;
    for (;;) {
      connection = new Connection(
        { address, site: config.site, name: config.name, software: config.software, replay: config.replay },
        { spool, clock: deps.clock, metrics, meter, requests, onWelcome, onAcknowledged: () => settle() },
      );
      const ended = await connection.ended;
      connection = undefined;
      metrics.connected.set(0);
      await spool.disconnected();
      if (stopping) return;
      failures = ended.useful ? 1 : failures + 1;
      const delay = nextDelay(judge(ended), failures, deps.random());
      const { promise, resolve } = Promise.withResolvers<void>();
      wakeUp = resolve;
      const cancel = deps.clock.after(delay, resolve);
      await promise;
      cancel();
      if (stopping) return;
    }
  }

  async function store(packed: Promise<Required<SpoolMessage> | undefined>): Promise<void> {
    offering += 1;
    try {
      const message = await packed;
      if (message === undefined) {
        metrics.oversized.add();
        log.error('a window part is too large for the link and given up');
        return undefined;
      }
      const { length } = message.bytes;
      if (config.replay) await takeRoom(length);
      else if (waitingBytes + length > mostWaitingBytes) return giveUp('the disk is too slow');
      else waitingBytes += length;
      try {
        await spool.append(message);
      } catch (error) {
        if (config.replay) throw error;
        return giveUp('the disk does not take them', error);
      } finally {
        waitingBytes -= length;
      }
      connection?.wake();
      return undefined;
    } finally {
      offering -= 1;
      settle();
    }
  }

  return {
    async start() {
      await mkdir(config.stateDir, { recursive: true, mode: 0o750 });
      const kept = await readFile(seedFile).catch(() => undefined);
      if (kept?.length === linkLimits.seed) seed = new Uint8Array(kept);
      await spool.open();
      running = run();
    },

    offer: (part) => store(packPart(part)),
    offerPacked: (message) => store(Promise.resolve(message)),

    async drained() {
      if (offering === 0 && spool.pending === 0) return;
      if (refusal !== undefined) throw refusal;
      const waiter = Promise.withResolvers<void>();
      waiters.push(waiter);
      await waiter.promise;
    },

    seed: () => seed,
    clockOffset: () => offset()?.seconds,
    clockUncertainty: () => offset()?.uncertainty,
    handle: (kind, handler) => requests.handle(kind, handler),

    hurry() {
      hurried = true;
      settle();
    },

    async stop(deadline) {
      stopping = true;
      hurried = true;
      settle();
      connection?.close('goingAway');
      wakeUp?.();
      const cancel = deps.clock.after(Math.max(0, deadline - deps.clock.elapsed()), () => connection?.terminate());
      await running;
      cancel();
      await spool.close();
      settle(new AppError('link.stopped', 'the link was stopped before everything was acknowledged'));
    },
  };
}
