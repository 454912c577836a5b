import { randomFillSync } from 'node:crypto';
import { MessageChannel } from 'node:worker_threads';
import type { MessagePort, Worker } from 'node:worker_threads';
import { coinOf } from '../core/summary/coin.ts';
import type { Health } from '../core/summary/health.ts';
import { encodeHealth } from '../core/summary/health.ts';
import { AppError } from '../runtime/error.ts';
import type { Stage } from '../runtime/lifecycle.ts';
import { startThread } from '../runtime/threads.ts';
import type { CaptureFileInfo } from './capture/file/captureFile.ts';
import type { CaptureCommand, CaptureOrder, CaptureReport, CaptureSource, DigestsOrder } from './captureOrder.ts';
import type { SensorConfig, SensorOptions } from './config.ts';
import { LogThread } from './logThread.ts';
import type { LogEvents } from './logThread.ts';
import { mebibytes } from './memoryPlan.ts';
import type { MemoryPlan } from './memoryPlan.ts';
import { threadFault } from './threadFault.ts';
import type { MergeCommand, MergeOrder, MergeReport, PackedPart } from './merge/mergeOrder.ts';

export interface CaptureSetup {
  config: SensorConfig;
  /** Interfaces; none in a replay. */
  names: readonly string[];
  /** Packet sockets, for the source `ring`. */
  fds: readonly number[];
  /** Which packets are looked at; '' = all. */
  filter: string;
  replay: SensorOptions['replay'];
  memory: MemoryPlan;
}

export interface CaptureEvents extends LogEvents {
  /** A part is complete (undefined: and too large for the link); resolves when it is on the disk or given up. */
  onPart: (part: PackedPart | undefined) => Promise<void>;
  /** An interface's state changed. */
  onState: (name: string, state: string) => void;
  /** A thread died: the daemon ends. */
  onFailed: (error: unknown) => void;
}

/** The capture workers of a tap, the thread that merges what they see, and the one of logs. */
export class CaptureThreads implements Stage {
  readonly name = 'capture';
  /** Resolves when the files of a replay are read and all their parts were given. */
  readonly ended: Promise<readonly CaptureFileInfo[]>;
  readonly #setup: CaptureSetup;
  readonly #events: CaptureEvents;
  readonly #count: number;
  readonly #coin: number;
  readonly #handedOver = new SharedArrayBuffer(4);
  readonly #logs: LogThread;
  readonly #workers: Worker[] = [];
  readonly #gone: Promise<unknown>[] = [];
  readonly #filesRead = Promise.withResolvers<readonly CaptureFileInfo[]>();
  readonly #merged = Promise.withResolvers<void>();
  #merge: Worker | undefined;
  #seed: Uint8Array | undefined;
  #stopping = false;

  constructor(setup: CaptureSetup, events: CaptureEvents) {
    this.#setup = setup;
    this.#events = events;
    const { site, name, tap } = setup.config;
    this.#coin = coinOf(site, name, tap);
    this.#count = setup.replay === undefined ? setup.config.workers : 1;
    this.#logs = new LogThread(setup.config, this.#count, setup.replay === undefined);
    const all = Promise.all([this.#filesRead.promise, this.#merged.promise, this.#logs.ended]);
    this.ended = all.then(([files]) => files);
  }

  /** Starts all threads; resolves when every worker captures. */
  async start(): Promise<void> {
    const channels = Array.from({ length: this.#count }, () => new MessageChannel());
    this.#startMerge(channels.map(({ port2 }) => port2));
    const { memory } = this.#setup;
    this.#logs.start(limitsOf({ ...memory, heapBytes: memory.plainHeapBytes }), this.#events, (error) =>
      this.#fail(error),
    );
    await Promise.all(channels.map(({ port1 }, worker) => this.#startWorker(worker, port1)));
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    // One moment for all: up to it each of them has seen its share.
    this.#command({ type: 'stop', at: Date.now() / 1000 });
    await Promise.all(this.#gone);
    await this.#merged.promise;
    await this.#logs.ended;
  }

  /** The deployment's seed: windows that begin from now on are keyed by it. */
  setSeed(seed: Uint8Array): void {
    this.#seed = seed;
    this.#command({ type: 'seed', seed });
  }

  /** Readings of the sensor's health for the next part of a minute. */
  addHealth(health: Health): void {
    this.#merge?.postMessage({ type: 'health', body: encodeHealth(health) } satisfies MergeCommand);
  }

  /** The threads, by what they do. */
  get threads(): { role: string; thread: Worker }[] {
    const merge = this.#merge === undefined ? [] : [{ role: 'merge', thread: this.#merge }];
    const logs = this.#logs.thread === undefined ? [] : [{ role: 'logs', thread: this.#logs.thread }];
    return [...this.#workers.map((thread) => ({ role: 'capture', thread })), ...merge, ...logs];
  }

  /** Windows that were handed over and are not dealt with yet. */
  get waiting(): number {
    return Atomics.load(new Int32Array(this.#handedOver), 0);
  }

  /** Rows of logs that were given up since their thread was behind. */
  get droppedRows(): number {
    return this.#logs.dropped;
  }

  #command(command: CaptureCommand): void {
    for (const thread of this.#workers) thread.postMessage(command);
  }

  #startMerge(ports: MessagePort[]): void {
    const { config, replay, memory } = this.#setup;
    const { tap, windowSeconds } = config;
    const live = replay === undefined;
    const order: MergeOrder = { tap, windowSeconds, coin: this.#coin, ports, handedOver: this.#handedOver, live };
    const thread = startThread('merge', order, { transferList: ports, resourceLimits: limitsOf(memory) });
    this.#merge = thread;
    let isWhole = false;
    thread.on('message', (report: MergeReport) => {
      if (report.type === 'parts') this.#give(report);
      else if (report.type === 'failed') this.#fail(new AppError('capture.failed', `merging: ${report.message}`));
      else isWhole = true;
    });
    thread.on('error', (error) => this.#fail(threadFault('merge', error)));
    thread.on('exit', () => {
      this.#merged.resolve();
      if (isWhole) return;
      this.#fail(new AppError('capture.ended', 'the merge thread ended'));
      // They may wait for it.
      for (const worker of this.#workers) void worker.terminate();
    });
  }

  #give({ parts, windows }: Extract<MergeReport, { type: 'parts' }>): void {
    Promise.all(parts.map((part) => this.#events.onPart(part)))
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        if (windows === 0) return;
        const onTheWay = new Int32Array(this.#handedOver);
        Atomics.sub(onTheWay, 0, windows);
        Atomics.notify(onTheWay, 0);
      });
  }

  #startWorker(worker: number, merge: MessagePort): Promise<void> {
    const { config, filter, replay, memory } = this.#setup;
    const rows = this.#logs.orderOf(worker);
    const order: CaptureOrder = {
      rows,
      protocolBytes: memory.protocolBytes,
      dns: { morePorts: config.dns.ports, byContent: config.dns.byContent },
      digests: digestsOrder(config),
      source: captureSource(this.#setup, worker, this.#count),
      windowSeconds: config.windowSeconds,
      flowSlots: config.flowSlots,
      seed: randomFillSync(new Uint32Array(20)),
      deploymentSeed: this.#seed,
      coin: this.#coin,
      filter,
      checksums: config.checksums,
      local: config.networks.local,
      realms: { realm: config.realm, realms: config.realms },
      worker,
      workers: this.#count,
      merge,
      handedOver: this.#handedOver,
    };
    const transferList = rows === undefined ? [merge] : [merge, rows.port];
    const resourceLimits = limitsOf({ ...memory, heapBytes: memory.workerHeapBytes });
    const thread = startThread('capture', order, { transferList, resourceLimits });
    this.#workers.push(thread);
    const ready = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    this.#gone.push(gone.promise);
    const fail = (error: unknown): void => {
      ready.reject(error);
      this.#fail(error);
    };
    thread.on('message', (report: CaptureReport) => {
      if (report.type === 'ready') ready.resolve();
      else if (report.type === 'interface') this.#events.onState(report.name, report.state);
      else if (report.type === 'end') this.#filesRead.resolve(report.files);
      else fail(new AppError('capture.failed', report.message));
    });
    thread.on('error', (error) => fail(threadFault('capture', error)));
    thread.on('exit', () => {
      gone.resolve();
      if (replay === undefined) fail(new AppError('capture.ended', 'a capture worker ended'));
    });
    return ready.promise;
  }

  #fail(error: unknown): void {
    if (!this.#stopping) this.#events.onFailed(error);
  }
}

function digestsOrder({ tap, dns }: SensorConfig): DigestsOrder | undefined {
  if (!dns.digests) return undefined;
  const [a = 0, b = 0, c = 0] = randomFillSync(new Uint32Array(3));
  return { tap, periodSeconds: dns.periodSeconds, bytes: dns.digestBytes, seeds: [a, b, c] };
}

function limitsOf({ heapBytes, youngBytes }: MemoryPlan): {
  maxOldGenerationSizeMb: number;
  maxYoungGenerationSizeMb: number;
} {
  return { maxOldGenerationSizeMb: mebibytes(heapBytes), maxYoungGenerationSizeMb: mebibytes(youngBytes) };
}

function captureSource({ config, names, fds, replay }: CaptureSetup, worker: number, workers: number): CaptureSource {
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
