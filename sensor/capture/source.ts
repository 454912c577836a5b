import type { PacketBatch } from '../../core/packet/batch.ts';

/** What was lost before a packet reached us, each since the last time it was asked for (deltas, never totals). */
export interface SourceLoss {
  /** Packets the kernel dropped because the ring or buffer was full. */
  kernel: number;
  /** Times the ring was frozen (TPACKET_V3's `tp_freeze_q_cnt`). */
  freezes: number;
  /** Packets the network card or its driver says it dropped or missed (sysfs statistics). */
  nic: number;
  /** Milliseconds in which not every interface of the source could be captured (down, gone); each moment counts once. */
  blindMillis: number;
}

/** An interface that packets of a source come from; its index is `PacketBatch.interface`. */
export interface SourceInterface {
  name: string;
  linkType: number;
  snaplen: number;
}

/**
 * Where packets come from: a ring, libpcap, files. Hands over batches in place.
 *
 * `next(waitMillis)` answers with a batch that is borrowed until its `release()`; with `'idle'` when a live source saw
 * nothing for `waitMillis`; with `'end'` when there will be no more. A live source answers at once (it waits by a
 * synchronous poll, in a thread of its own); a file source may answer with a promise, since inflating is asynchronous.
 * At most one batch is out at a time unless the source says otherwise.
 */
export interface PacketSource {
  readonly live: boolean;
  readonly interfaces: readonly SourceInterface[];
  next(waitMillis: number): PacketBatch | 'idle' | 'end' | Promise<PacketBatch | 'idle' | 'end'>;
  /** Adds what was lost since the last call to `into`. */
  takeLoss(into: SourceLoss): void;
  close(): void;
}
