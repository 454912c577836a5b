import { systemClock } from '../runtime/clock.ts';
import type { PacketSource } from './capture/source.ts';
import type { CaptureStop } from './captureOrder.ts';
import type { Pipeline } from './pipeline.ts';
import type { LossShare } from './window/lossShare.ts';

/** Longest wait for packets: an order to stop is not seen any sooner. */
const WAIT_MILLIS = 100;
const TICK_SECONDS = 0.25;
/** Packets after which feeding goes on for another slice: each slice feeds more flows than so many packets can touch. */
const PACKETS_A_SLICE = 1024;
/** Beyond the time-out of a block, what the kernel may take to hand it over. */
const RETIRE_SLACK_MILLIS = 100;

export interface LiveRun {
  source: PacketSource;
  pipeline: Pipeline;
  share: LossShare;
  windowSeconds: number;
  blockTimeoutMillis: number;
  /** Whether a source that was closed still gives what it has (a ring does; libpcap frees its memory). */
  readsClosed: boolean;
  /** Windows that were closed and are not handed out yet. */
  pending: () => boolean;
  /** The order to stop, once there is one. */
  stopped: () => CaptureStop | undefined;
  /**
   * Called at each tick. `caughtUp`: when nothing that the kernel had handed over waited to be read, the last time that this
   * was so, in seconds since 1970. A worker that is behind, or was not run for a while, can't speak for later packets.
   */
  onTick: (caughtUp: number) => void;
  /** Called once, before what is still in the ring is read: what is captured later is not covered. */
  onStop: (stop: CaptureStop) => void;
}

/**
 * Captures until it is told to stop: then lets no more packets in (where the source can), reads what the kernel still has,
 * and hands out every window. Busy, it goes from batch to batch; idle, it wakes for ticks only.
 */
export async function captureLive(run: LiveRun): Promise<void> {
  const { source, pipeline, windowSeconds } = run;
  const clock = systemClock();
  let now = clock.now() / 1000;
  let nextTick = now;
  let caughtUp = now;
  for (let stop = run.stopped(); ; stop = run.stopped()) {
    if (now >= nextTick) {
      run.share.take(source, now, clock.elapsed() / 1000);
      pipeline.tick(now);
      run.onTick(caughtUp);
      nextTick = Math.min(now + TICK_SECONDS, (Math.floor(now / windowSeconds) + 1) * windowSeconds);
    } else if (nextTick - now > 2 * TICK_SECONDS) {
      // The clock went back.
      nextTick = now;
    }
    if (stop !== undefined) {
      run.onStop(stop);
      break;
    }
    const wait = run.pending() ? 0 : Math.min(WAIT_MILLIS, Math.max(0, Math.ceil((nextTick - now) * 1000)));
    const before = clock.now() / 1000;
    let got = await takeBatch(run, 0);
    if (got === 'idle') {
      caughtUp = before;
      if (wait > 0) got = await takeBatch(run, wait);
    }
    if (got === 'end') break;
    now = clock.now() / 1000;
  }
  if (run.readsClosed) source.close();
  for (const end = clock.elapsed() + run.blockTimeoutMillis + RETIRE_SLACK_MILLIS; clock.elapsed() < end;) {
    const got = await takeBatch(run, Math.max(0, Math.ceil(end - clock.elapsed())));
    if (got === 'end') break;
  }
  run.share.take(source, clock.now() / 1000, clock.elapsed() / 1000);
  if (!run.readsClosed) source.close();
  pipeline.finish();
}

/** Counts the next batch, if there is one, and feeds what closed windows left. */
async function takeBatch({ source, pipeline, pending }: LiveRun, wait: number): Promise<'end' | 'idle' | 'packets'> {
  const got = source.next(wait);
  const batch = got instanceof Promise ? await got : got;
  if (batch === 'end') return batch;
  if (batch === 'idle') {
    pipeline.work();
    return batch;
  }
  const { count } = batch;
  pipeline.process(batch);
  batch.release();
  for (let left = count; left > 0 && pending(); left -= PACKETS_A_SLICE) pipeline.work();
  return 'packets';
}
