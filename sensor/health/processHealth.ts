import { statfs } from 'node:fs/promises';
import type { Worker } from 'node:worker_threads';
import { Health } from '../../core/summary/health.ts';
import type { Metrics } from '../../runtime/metrics.ts';

export interface HealthDeps {
  /** Every metric of the daemon is a gauge too: queues, what was dropped, whether the manager is there. */
  metrics: Metrics;
  /** Directory of the sensor's state. */
  stateDir: string;
  /** Threads by what they are, and when they are; the names come once a thread or several times, then they add. */
  threads: () => readonly { role: string; thread: Worker }[];
  /** How far the sensor's clock is ahead of the manager's, and how far that may be off; undefined while not known. */
  clockOffset: () => number | undefined;
  clockUncertainty: () => number | undefined;
}

/**
 * Reads how the sensor is doing. CPU times are those since the reading before; what can't be read is left out.
 *
 * | gauge | what |
 * | --- | --- |
 * | cpu.millis, cpu.capture.millis, cpu.merge.millis | processor time of the process, of the capture workers, of the merge thread |
 * | memory.rss.bytes, memory.heap.bytes, memory.buffers.bytes | of the process; main thread's heap; typed arrays that are its |
 * | disk.free.bytes, disk.used.bytes | of the file system of the state directory |
 * | clock.offset.micros, clock.uncertainty.micros | the sensor's clock is so much ahead of the manager's |
 * | uptime.seconds | of the process |
 * | the metrics | `spool_pending_messages` is `spool.pending.messages` |
 */
export class ProcessHealth {
  readonly #deps: HealthDeps;
  #cpu = 0;
  readonly #threadCpu: Map<Worker, number> = new Map();

  constructor(deps: HealthDeps) {
    this.#deps = deps;
  }

  /** One reading of every gauge. */
  async read(): Promise<Health> {
    const { metrics, clockOffset, clockUncertainty } = this.#deps;
    const health = new Health();
    const { user, system } = process.cpuUsage();
    health.note('cpu.millis', (user + system - this.#cpu) / 1000);
    this.#cpu = user + system;
    const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
    health.note('memory.rss.bytes', rss);
    health.note('memory.heap.bytes', heapUsed);
    health.note('memory.buffers.bytes', arrayBuffers);
    health.note('uptime.seconds', process.uptime());
    health.note('clock.offset.micros', (clockOffset() ?? Number.NaN) * 1e6);
    health.note('clock.uncertainty.micros', (clockUncertainty() ?? Number.NaN) * 1e6);
    for (const { name, value } of metrics.read()) health.note(name.replaceAll('_', '.'), value);
    await Promise.all([this.#readThreads(health), this.#readDisk(health)]);
    return health;
  }

  async #readThreads(health: Health): Promise<void> {
    const millis = new Map<string, number>();
    const threads = this.#deps.threads();
    await Promise.all(
      threads.map(async ({ role, thread }) => {
        // A thread that has ended has no time any more.
        const usage = await thread.cpuUsage().catch(() => undefined);
        if (usage === undefined) return;
        const used = (usage.user + usage.system) / 1000;
        const before = this.#threadCpu.get(thread) ?? 0;
        this.#threadCpu.set(thread, used);
        millis.set(role, (millis.get(role) ?? 0) + used - before);
      }),
    );
    for (const [role, used] of millis) health.note(`cpu.${role}.millis`, used);
  }

  async #readDisk(health: Health): Promise<void> {
    const place = await statfs(this.#deps.stateDir).catch(() => undefined);
    if (place === undefined) return;
    health.note('disk.free.bytes', place.bavail * place.bsize);
    health.note('disk.used.bytes', (place.blocks - place.bfree) * place.bsize);
  }
}
