/**
 * Memory for fragments' bytes: pages of 2 KiB, made in slabs as they are needed up to a bound, handed out and taken back,
 * and never given to the collector. So neither a flood nor a long life costs an allocation a packet.
 */
export const PAGE_BYTES = 2048;
export const PAGE_SHIFT = 11;
const SLAB_PAGES = 128;

export class FragmentPool {
  readonly #limit: number;
  readonly #pages: Uint8Array[] = [];
  readonly #free: Int32Array;
  #freeCount = 0;

  /** A pool of at most `bytes`, rounded up to whole pages. */
  constructor(bytes: number) {
    this.#limit = Math.max(1, Math.ceil(bytes / PAGE_BYTES));
    this.#free = new Int32Array(this.#limit);
  }

  /** The number of a page, or -1 when all are in use. */
  take(): number {
    if (this.#freeCount === 0 && !this.#grow()) return -1;
    return this.#free[--this.#freeCount]!;
  }

  give(page: number): void {
    this.#free[this.#freeCount++] = page;
  }

  page(page: number): Uint8Array {
    return this.#pages[page]!;
  }

  /** Bytes of the pages that are handed out. */
  get used(): number {
    return (this.#pages.length - this.#freeCount) * PAGE_BYTES;
  }

  #grow(): boolean {
    const count = Math.min(SLAB_PAGES, this.#limit - this.#pages.length);
    if (count === 0) return false;
    const slab = new ArrayBuffer(count * PAGE_BYTES);
    for (let i = 0; i < count; i++) {
      this.#free[this.#freeCount++] = this.#pages.length;
      this.#pages.push(new Uint8Array(slab, i * PAGE_BYTES, PAGE_BYTES));
    }
    return true;
  }
}
