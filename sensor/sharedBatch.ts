import { PacketBatch } from '../core/packet/batch.ts';

/** Bytes of packets that a shared batch has room for at first; it grows when a batch needs more. */
const ROOM = 4 << 20;

/** What a worker is told of a batch in shared memory. The memories are named once, and again when they changed. */
export interface SharedBatchMessage {
  slot: number;
  count: number;
  arrays?: SharedArrayBuffer;
  bytes?: SharedArrayBuffer;
}

/**
 * A batch in shared memory: copied into once by the thread that reads files, looked at by all workers. A copy of 4 MiB
 * takes a millisecond, and spares every worker the reading, inflating and merging.
 */
export class SharedBatch {
  readonly slot: number;
  #arrays: SharedArrayBuffer;
  #bytes: SharedArrayBuffer = new SharedArrayBuffer(ROOM);
  #batch: PacketBatch;
  #told = false;

  constructor(slot: number, capacity: number) {
    this.slot = slot;
    this.#arrays = new SharedArrayBuffer(PacketBatch.size(capacity));
    this.#batch = new PacketBatch(capacity, this.#arrays);
    this.#batch.setBytes(new Uint8Array(this.#bytes));
  }

  /** Copies `from` and says what workers are to be told. */
  fill(from: PacketBatch): SharedBatchMessage {
    const { count } = from;
    if (count > this.#batch.capacity) {
      this.#arrays = new SharedArrayBuffer(PacketBatch.size(from.capacity));
      this.#batch = new PacketBatch(from.capacity, this.#arrays);
      this.#batch.setBytes(new Uint8Array(this.#bytes));
      this.#told = false;
    }
    let low = Number.POSITIVE_INFINITY;
    let high = 0;
    for (let i = 0; i < count; i++) {
      low = Math.min(low, from.offset[i]!);
      high = Math.max(high, from.offset[i]! + from.caplen[i]!);
    }
    if (count === 0) low = 0;
    if (high - low > this.#bytes.byteLength) {
      this.#bytes = new SharedArrayBuffer(high - low);
      this.#batch.setBytes(new Uint8Array(this.#bytes));
      this.#told = false;
    }
    const to = this.#batch;
    to.count = count;
    to.bytes.set(from.bytes.subarray(low, high));
    for (let i = 0; i < count; i++) to.offset[i] = from.offset[i]! - low;
    to.caplen.set(from.caplen.subarray(0, count));
    to.len.set(from.len.subarray(0, count));
    to.seconds.set(from.seconds.subarray(0, count));
    to.nanos.set(from.nanos.subarray(0, count));
    to.vlanTci.set(from.vlanTci.subarray(0, count));
    to.interface.set(from.interface.subarray(0, count));
    to.linkType.set(from.linkType.subarray(0, count));
    const message: SharedBatchMessage = { slot: this.slot, count };
    if (!this.#told) {
      message.arrays = this.#arrays;
      message.bytes = this.#bytes;
      this.#told = true;
    }
    return message;
  }
}

/** A worker's side: the batches it was told of, by slot. */
export class SharedBatches {
  readonly #batches: PacketBatch[] = [];

  /** The batch a message is about. */
  open(message: SharedBatchMessage): PacketBatch {
    if (message.arrays !== undefined && message.bytes !== undefined) {
      const capacity = message.arrays.byteLength / PacketBatch.size(1);
      const batch = new PacketBatch(capacity, message.arrays);
      batch.setBytes(new Uint8Array(message.bytes));
      this.#batches[message.slot] = batch;
    }
    const batch = this.#batches[message.slot]!;
    batch.count = message.count;
    return batch;
  }
}
