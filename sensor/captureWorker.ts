import { readFileSync } from 'node:fs';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { kernelProgram } from '../core/packet/bpf/kernelProgram.ts';
import type { SealedDigest } from '../core/dnsDigest/sealedPeriod.ts';
import { NetworkSet, nonGlobalNetworks } from '../core/packet/networkSet.ts';
import { LinkType } from '../core/packet/linkType.ts';
import { systemClock } from '../runtime/clock.ts';
import { describeError } from '../runtime/error.ts';
import { FileSource } from './capture/file/fileSource.ts';
import { PacketFilter } from './capture/filter.ts';
import { compileFilter } from './capture/libpcap/compile.ts';
import { LibpcapSource } from './capture/libpcap/source.ts';
import { loadLibc } from './capture/ring/libc.ts';
import { RingSource } from './capture/ring/ringSource.ts';
import type { PacketSource } from './capture/source.ts';
import type { CaptureCommand, CaptureOrder, CaptureReport, CaptureSource, CaptureStop } from './captureOrder.ts';
import { captureLive } from './captureRun.ts';
import { Pace } from './capture/pace.ts';
import { DnsDigests } from './digest/dnsDigests.ts';
import { transferOf } from './digest/packedDigest.ts';
import { RowBatches } from './logs/rowBatches.ts';
import type { RowsInput } from './logs/logsOrder.ts';
import type { MergeInput } from './merge/mergeOrder.ts';
import { Pipeline } from './pipeline.ts';
import { ProtocolStage } from './protocolStage.ts';
import { handOver } from './window/handOver.ts';
import { LossShare } from './window/lossShare.ts';
import type { Window } from './window/window.ts';

/** How often a replay sends rows that are fewer than a batch. */
const MARK_MILLIS = 250;
/** Beyond the time-out of a block, what the kernel may take to hand it over. */
const RETIRE_SLACK_MILLIS = 100;
/** Windows of a worker on their way to the merge thread, beyond which it waits: 36 ms of that thread's time each. */
const ON_THE_WAY = 4;

/**
 * A capture worker: one source, one pipeline, windows out to the merge thread. It never goes back to its event loop while
 * it captures (a synchronous poll waits for packets), so orders are taken off the port between batches.
 */
const port = parentPort!;
const order = workerData as CaptureOrder;

function post(report: CaptureReport): void {
  port.postMessage(report);
}

/** Gives a closed window to the merge thread. Its statistics may be used again at once. */
function give(window: Window, covered: { from: number; to: number }): void {
  const { merge, worker, workers, windowSeconds } = order;
  const onTheWay = new Int32Array(order.handedOver);
  // The ring goes on filling: what is lost then is told as the kernel's drops.
  for (let count = Atomics.load(onTheWay, 0); count >= ON_THE_WAY * workers; count = Atomics.load(onTheWay, 0)) {
    Atomics.wait(onTheWay, 0, count, 1000);
  }
  Atomics.add(onTheWay, 0, 1);
  const handed = handOver(window, { windowSeconds, worker, covered });
  merge.postMessage({ type: 'window', window: handed.window } satisfies MergeInput, handed.transfer);
}

/** A kernel program only where every frame begins with an Ethernet header; the compiled filter decides in any case. */
function kernelFilter(expression: string, names: readonly string[]): ReturnType<typeof kernelProgram> | null {
  const ethernet = names.every((name) => {
    try {
      return readFileSync(`/sys/class/net/${name}/type`, 'utf8').trim() === '1';
    } catch {
      // Not there yet: whatever comes up may have another link type.
      return false;
    }
  });
  return expression !== '' && ethernet ? kernelProgram(compileFilter(expression, LinkType.EN10MB)) : null;
}

/** What sends rows of logs, where somebody wants them. */
function createRows(live: boolean): RowBatches | undefined {
  if (order.rows === undefined) return undefined;
  const { port: to, logs, shared } = order.rows;
  const send = (input: RowsInput, transfer: readonly ArrayBuffer[]): void => to.postMessage(input, transfer);
  return new RowBatches({ logs, shared, live, send });
}

/** Makes digests of DNS and gives them to the merge thread, where they are shipped. */
function createDigests(): DnsDigests | undefined {
  if (order.digests === undefined) return undefined;
  const give = (sealed: SealedDigest): void =>
    order.merge.postMessage({ type: 'digest', sealed } satisfies MergeInput, transferOf(sealed));
  return new DnsDigests({ ...order.digests, give });
}

/** Application protocols: for the counts of windows, for digests, and for rows where somebody wants them. */
function createStage(rows: RowBatches | undefined, digests: DnsDigests | undefined): ProtocolStage {
  const { local } = order;
  return new ProtocolStage({
    sensor: order.rows?.sensor ?? '',
    ...(local === undefined ? {} : { local }),
    wants: new Set(order.rows?.logs),
    mostHeld: order.protocolBytes,
    dnsPlaces: order.dns,
    emit: rows?.emit ?? (() => {}),
    ...(digests === undefined
      ? {}
      : {
          onDns: digests.subscriber,
          onHiddenDns: (kind, octets) => digests.noteEncrypted(kind, octets),
        }),
  });
}

function openSource(source: CaptureSource): PacketSource {
  switch (source.kind) {
    case 'files':
      return new FileSource({ paths: source.paths });
    case 'libpcap':
      return new LibpcapSource(
        {
          interface: source.interface,
          snaplen: source.snaplen,
          promiscuous: source.promiscuous,
          bufferBytes: source.ringBytes,
          timeoutMillis: source.blockTimeoutMillis,
          filter: order.filter,
        },
        systemClock(),
      );
    case 'ring': {
      const { fds, names, ringBytes, blockTimeoutMillis, snaplen, promiscuous } = source;
      return new RingSource(loadLibc(), fds, names, {
        ringBytes,
        blockTimeoutMillis,
        snaplen,
        promiscuous,
        filter: kernelFilter(order.filter, names),
        fanout: order.workers > 1 ? { group: process.pid, size: order.workers, index: order.worker } : null,
        clock: () => performance.now(),
      });
    }
  }
}

async function run(): Promise<void> {
  const source = openSource(order.source);
  const { windowSeconds, worker, workers, deploymentSeed } = order;
  const { live } = source;
  const clock = systemClock();
  // Packets came in a little earlier; the span that is claimed begins when that is certain.
  const covered = live
    ? { from: clock.now() / 1000, to: Number.POSITIVE_INFINITY }
    : { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  let handed = 0;
  const rows = createRows(live);
  const digests = createDigests();
  const stage = createStage(rows, digests);
  const pipeline = new Pipeline({
    windowSeconds,
    live,
    flowSlots: order.flowSlots,
    seed: order.seed,
    statistics: {
      exact: false,
      topCapacity: 1024,
      by: 'octets',
      coin: order.coin + worker,
      local: new NetworkSet(order.local ?? nonGlobalNetworks),
    },
    realms: order.realms,
    checksums: order.checksums,
    recycle: true,
    worker: live ? 0 : worker,
    workers: live ? 1 : workers,
    ...(order.filter === '' ? {} : { filter: new PacketFilter(order.filter) }),
    ...stage.hooks,
    onWindow: (window) => {
      handed++;
      const to = live ? Math.min(covered.to, clock.now() / 1000) : covered.to;
      give(window, { from: covered.from, to });
      const start = window.number * windowSeconds;
      digests?.window(Math.max(covered.from, start), Math.min(to, start + windowSeconds));
    },
  });
  if (deploymentSeed !== undefined) pipeline.keyBy(deploymentSeed);
  stage.attach(pipeline);
  rows?.mark(live ? covered.from : 0);
  const interfaces = new InterfaceStates(source);
  interfaces.tell();
  post({ type: 'ready' });
  const stopped = (): CaptureStop | undefined => {
    const command = receiveMessageOnPort(port)?.message as CaptureCommand | undefined;
    if (command?.type === 'seed') pipeline.keyBy(command.seed);
    return command?.type === 'stop' ? command : undefined;
  };
  if (order.source.kind === 'files') {
    let marked = clock.elapsed();
    await replay(source, pipeline, order.source.speed, () => {
      if (rows !== undefined && clock.elapsed() - marked >= MARK_MILLIS) {
        rows.mark(0);
        marked = clock.elapsed();
      }
      return stopped() !== undefined;
    });
    rows?.end(0);
  } else {
    // What came in before has been handed over by the kernel, and was looked at.
    const lag = (order.source.blockTimeoutMillis + RETIRE_SLACK_MILLIS) / 1000;
    await captureLive({
      source,
      pipeline,
      share: new LossShare(pipeline.windows, windowSeconds, worker === 0, covered.from, clock.elapsed() / 1000),
      windowSeconds,
      blockTimeoutMillis: order.source.blockTimeoutMillis,
      readsClosed: source instanceof RingSource,
      pending: () => pipeline.windows.closed > handed,
      stopped,
      onTick: (caughtUp) => {
        interfaces.tell();
        rows?.mark(Math.max(covered.from, caughtUp - lag));
      },
      onStop: ({ at }) => (covered.to = at),
    });
    rows?.end(Math.min(covered.to, clock.now() / 1000));
  }
  digests?.end();
  order.merge.postMessage({ type: 'end' } satisfies MergeInput);
  post({ type: 'end', files: source instanceof FileSource ? source.files : [] });
}

async function replay(
  source: PacketSource,
  pipeline: Pipeline,
  speed: number | 'max',
  stopped: () => boolean,
): Promise<void> {
  const pace = speed === 'max' ? undefined : new Pace(speed);
  // The order comes once.
  let isOver = false;
  const isStopped = (): boolean => (isOver ||= stopped());
  while (!isStopped()) {
    const got = source.next(0);
    const batch = got instanceof Promise ? await got : got;
    if (batch === 'end') break;
    if (batch === 'idle') continue;
    pace?.wait(batch, () => performance.now(), isStopped);
    if (!isOver) pipeline.process(batch);
    batch.release();
  }
  pipeline.finish();
  source.close();
}

/** Tells of each interface's state when it changes. */
class InterfaceStates {
  readonly #source: PacketSource;
  readonly #told: Map<string, string> = new Map();

  constructor(source: PacketSource) {
    this.#source = source;
  }

  tell(): void {
    if (!(this.#source instanceof RingSource)) return;
    for (const { name, state } of this.#source.interfaces) {
      if (this.#told.get(name) === state) continue;
      this.#told.set(name, state);
      post({ type: 'interface', name, state });
    }
  }
}

run().catch((error: unknown) => {
  post({ type: 'failed', message: describeError(error) });
  process.exitCode = 1;
});
