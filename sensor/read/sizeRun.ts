import { getRandomValues } from 'node:crypto';
import { NetworkSet, nonGlobalNetworks } from '../../core/packet/networkSet.ts';
import type { PacketBatch } from '../../core/packet/batch.ts';
import type { WindowPart } from '../../core/summary/part.ts';
import { readingSeed } from '../../core/summary/seed.ts';
import type { PacketFilter } from '../capture/filter.ts';
import { PartMaker } from '../merge/partMaker.ts';
import { Pipeline } from '../pipeline.ts';
import { windowSummaryOf } from '../window/part.ts';
import { PartSizes, type PartSizesReport } from './partSizes.ts';
import { createFilter, FLOW_SLOTS, type RunOptions } from './pipelineRun.ts';

const LIST_CAPACITY = 1024;
/** In a file nothing was missed between its packets. */
const covered = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

/**
 * A sensor's way of a capture beside that of the report: windows with its sketches and lists, a seed, and the parts of every
 * period that it would ship.
 */
export class SizeRun {
  readonly #pipeline: Pipeline;
  readonly #maker: PartMaker;
  readonly #sizes: PartSizes = new PartSizes();

  static async create(options: RunOptions): Promise<SizeRun> {
    return new SizeRun(options, await createFilter(options.filter));
  }

  private constructor(options: RunOptions, filter: PacketFilter | undefined) {
    const { windowSeconds, checksums, flowSlots = FLOW_SLOTS, local = nonGlobalNetworks } = options;
    this.#maker = new PartMaker({ tap: 'tap0', windowSeconds, workers: 1 });
    this.#pipeline = new Pipeline({
      windowSeconds,
      live: false,
      flowSlots,
      seed: getRandomValues(new Uint32Array(20)),
      statistics: {
        exact: false,
        topCapacity: LIST_CAPACITY,
        by: 'octets',
        local: new NetworkSet(local),
        keyed: { seed: Uint8Array.from(readingSeed), windowSeconds },
      },
      worker: 0,
      workers: 1,
      checksums,
      // The part takes the window's statistics over.
      recycle: false,
      ...(filter === undefined ? {} : { filter }),
      onWindow: (window) => this.#take(this.#maker.add(windowSummaryOf(window, { windowSeconds, worker: 0, covered }))),
    });
  }

  /** The batch is not kept. */
  process(batch: PacketBatch): void {
    this.#pipeline.process(batch);
  }

  finish(): PartSizesReport[] {
    this.#pipeline.finish();
    this.#take(this.#maker.finish());
    return this.#sizes.report();
  }

  #take(parts: readonly WindowPart[]): void {
    for (const part of parts) this.#sizes.add(part);
  }
}
