/**
 * Who still needs which block of a ring: a count a block in shared memory, so that another thread (one that writes blocks
 * to a disk) can hold a block too. Whoever lets go last gives the block back to the kernel.
 *
 * A count is 0 while the block is the kernel's or waits to be taken, else 1 + the number of holders: it only becomes 0
 * after the block's status did, so that a block is never taken twice.
 */
export class BlockReferences {
  readonly counts: Int32Array;
  readonly #status: Int32Array;
  readonly #first: number;
  readonly #stride: number;

  /** `counts` has an entry a block; the status of block `b` is `status[first + b * stride]`. */
  constructor(counts: Int32Array, status: Int32Array, first: number, stride: number) {
    this.counts = counts;
    this.#status = status;
    this.#first = first;
    this.#stride = stride;
  }

  /** The kernel's status word of a block. */
  status(block: number): number {
    return Atomics.load(this.#status, this.#first + block * this.#stride);
  }

  isHeld(block: number): boolean {
    return Atomics.load(this.counts, block) !== 0;
  }

  /** Takes a retired block, with one holder. */
  take(block: number): void {
    Atomics.store(this.counts, block, 2);
  }

  /** One holder more. Only while another one holds the block. */
  hold(block: number): void {
    Atomics.add(this.counts, block, 1);
  }

  /** One holder less; the last one gives the block back to the kernel and wakes a thread that waits for it. */
  drop(block: number): void {
    if (Atomics.sub(this.counts, block, 1) !== 2) return;
    Atomics.store(this.#status, this.#first + block * this.#stride, 0);
    Atomics.store(this.counts, block, 0);
    Atomics.notify(this.counts, block);
  }

  /** Waits until some holder lets go of the block, at most `millis`. Blocks the thread. */
  wait(block: number, millis: number): void {
    const count = Atomics.load(this.counts, block);
    if (count !== 0) Atomics.wait(this.counts, block, count, millis);
  }
}
