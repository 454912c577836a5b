import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import type { WindowPart } from '../../core/summary/part.ts';
import { closeCodes, DurableKind, linkLimits } from '../../proto/link.ts';
import type { Welcome } from '../../proto/linkMessages.ts';
import { linkAddress, parseManagerUrl } from '../../proto/managerUrl.ts';
import { encodePart } from '../../proto/partCodec.ts';
import { writeFileAtomic } from '../../runtime/atomicFile.ts';
import type { Clock } from '../../runtime/clock.ts';
import { AppError, UsageError } from '../../runtime/error.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import { Connection } from './connection.ts';
import type { Ended } from './connection.ts';
import { linkMetrics } from './metrics.ts';
import { Spool } from './spool.ts';

const deflate = promisify(deflateRaw);

/** Bodies below this are sent as they are: deflating them gains nothing. */
const deflateFrom = 128;
const firstDelayMillis = 500;
const mostDelayMillis = 30_000;
/** Delay after a refusal that trying again will hardly change. */
const refusedDelayMillis = 60_000;

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
  /** Resolves when the part is on this host's disk: from then on it will reach the manager. The part is not kept. */
  offer(part: WindowPart): Promise<void>;
  /**
   * Resolves when everything that was offered is acknowledged. Rejects when the manager refuses this sensor for a
   * reason that does not pass by itself, or when messages had to be given up.
   */
  drained(): Promise<void>;
  /** The deployment's seed, or undefined before the first welcome of this sensor's life. */
  seed(): Uint8Array | undefined;
  stop(deadline: number): Promise<void>;
}

/** Makes a link; nothing happens before `start`. Throws `usage` for an address that can't be used. */
export function createLink(config: LinkConfig, deps: LinkDeps): Link {
  const place = parseManagerUrl(config.url);
  if (typeof place === 'string') throw new UsageError(`manager: ${place}`);
  const address = linkAddress(place);
  const log = deps.log.named('link');
  const metrics = linkMetrics(deps.metrics);
  const spool = new Spool({ directory: join(config.stateDir, 'spool'), bytes: config.spoolBytes }, deps);
  const seedFile = join(config.stateDir, 'seed');

  let connection: Connection | undefined;
  let running: Promise<void> | undefined;
  let stopping = false;
  let wakeUp: (() => void) | undefined;
  let seed: Uint8Array | undefined;
  let offering = 0;
  let refusal: AppError | undefined;
  let waiters: PromiseWithResolvers<void>[] = [];

  function settle(error?: AppError): void {
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

  /** Tells how a connection ended, and how long to wait before the next one. */
  function judge(ended: Ended, failures: number): number {
    const known = Object.values(closeCodes).find(({ code }) => code === ended.code);
    const fields = { manager: config.url, code: ended.code, why: ended.reason };
    if (known !== undefined && !known.retry) {
      log.error('refused by the manager', fields);
      refusal = new AppError('link.refused', `the manager refuses this sensor: ${ended.reason || known.reason}`, {
        context: { code: ended.code },
      });
      settle(refusal);
      return refusedDelayMillis;
    }
    log.warn(ended.welcomed ? 'connection lost' : 'cannot connect', fields);
    return Math.min(mostDelayMillis, firstDelayMillis * 2 ** Math.min(failures, 16));
  }

  async function run(): Promise<void> {
    let failures = 0;
    for (;;) {
      connection = new Connection(
        { address, site: config.site, name: config.name, software: config.software, replay: config.replay },
        { spool, clock: deps.clock, metrics, onWelcome, onAcknowledged: () => settle() },
      );
      const ended = await connection.ended;
      connection = undefined;
      metrics.connected.set(0);
      if (stopping) return;
      failures = ended.welcomed ? 0 : failures + 1;
      const delay = judge(ended, failures) * (0.5 + deps.random());
      const { promise, resolve } = Promise.withResolvers<void>();
      wakeUp = resolve;
      const cancel = deps.clock.after(delay, resolve);
      await promise;
      cancel();
      if (stopping) return;
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

    async offer(part) {
      offering += 1;
      try {
        const plain = encodePart(part);
        const bytes = plain.length < deflateFrom ? plain : await deflate(plain);
        if (bytes.length > linkLimits.body || plain.length > linkLimits.inflated) {
          metrics.oversized.add();
          log.error('a window part is too large for the link and given up', { tap: part.tap, bytes: bytes.length });
          return;
        }
        await spool.append({ kind: DurableKind.PART, inflated: plain === bytes ? 0 : plain.length, bytes });
        connection?.wake();
      } finally {
        offering -= 1;
        settle();
      }
    },

    async drained() {
      if (offering === 0 && spool.pending === 0) return;
      if (refusal !== undefined) throw refusal;
      const waiter = Promise.withResolvers<void>();
      waiters.push(waiter);
      await waiter.promise;
    },

    seed: () => seed,

    async stop(deadline) {
      stopping = true;
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
