import { readFileSync } from 'node:fs';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { kernelProgram } from '../core/packet/bpf/kernelProgram.ts';
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
import type { CaptureOrder, CaptureReport, CaptureSource } from './captureOrder.ts';
import { Pace } from './capture/pace.ts';
import { Pipeline } from './pipeline.ts';
import { partOf } from './window/part.ts';

/**
 * A capture worker: one source, one pipeline, parts out. It never goes back to its event loop while it captures (a
 * synchronous poll waits for packets), so orders are taken off the port between batches.
 */
const WAIT_MILLIS = 100;
const TICK_SECONDS = 0.25;

const port = parentPort!;
const order = workerData as CaptureOrder;

function post(report: CaptureReport, transfer: ArrayBuffer[] = []): void {
  port.postMessage(report, transfer);
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
  const { live } = source;
  const startedAt = Date.now() / 1000;
  const { tap, windowSeconds, worker, workers } = order;
  const pipeline = new Pipeline({
    windowSeconds,
    live,
    flowSlots: order.flowSlots,
    seed: order.seed,
    statistics: { exact: false, topCapacity: 1024, by: 'octets' },
    checksums: order.checksums,
    worker: live ? 0 : worker,
    workers: live ? 1 : workers,
    ...(order.filter === '' ? {} : { filter: new PacketFilter(order.filter) }),
    onWindow: (window) => {
      const covered = {
        from: live ? startedAt : Number.NEGATIVE_INFINITY,
        to: live ? Date.now() / 1000 : Number.POSITIVE_INFINITY,
      };
      const part = partOf(window, { tap, windowSeconds, covered });
      post(
        { type: 'part', part },
        part.sections.map((section) => section.body.buffer as ArrayBuffer),
      );
    },
  });
  const pace = order.source.kind === 'files' && order.source.speed !== 'max' ? new Pace(order.source.speed) : undefined;
  post({ type: 'ready' });
  let stopping = false;
  let nextTick = startedAt;
  if (live) pipeline.tick(startedAt);
  while (!stopping) {
    const got = source.next(WAIT_MILLIS);
    const batch = got instanceof Promise ? await got : got;
    if (batch === 'end') break;
    if (batch !== 'idle') {
      pace?.wait(batch, performance.now());
      pipeline.process(batch);
      batch.release();
    }
    const now = Date.now() / 1000;
    if (live && now >= nextTick) {
      source.takeLoss(pipeline.windows.current.loss);
      pipeline.tick(now);
      nextTick = now + TICK_SECONDS;
    } else if (live && batch === 'idle') {
      pipeline.work();
    }
    if (receiveMessageOnPort(port) !== undefined) stopping = true;
  }
  if (live) source.takeLoss(pipeline.windows.current.loss);
  pipeline.finish();
  source.close();
  post({ type: 'end', files: source instanceof FileSource ? source.files : [] });
}

run().catch((error: unknown) => {
  post({ type: 'failed', message: describeError(error) });
  process.exitCode = 1;
});
