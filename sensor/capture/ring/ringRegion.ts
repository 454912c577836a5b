import { getSystemErrorName } from 'node:util';
import { AppError } from '../../../runtime/error.ts';
import { MAP_ADDRESSES, MAP_FAILED, PROT_NONE } from './libc.ts';
import type { Libc } from './libc.ts';

/**
 * Addresses for several rings in a row, so that one view covers them all and a batch can hold packets of each. A place
 * where no ring was mapped must not be read: that ends the process.
 */
export class RingRegion {
  readonly memory: ArrayBuffer;
  readonly #pointer: bigint;
  readonly #ringBytes: number;
  #rings = 0;

  /** Room for `rings` rings of `ringBytes` (whole pages). Takes no memory yet. */
  constructor(libc: Libc, ringBytes: number, rings: number) {
    const bytes = ringBytes * rings;
    const pointer = libc.mmap(null, bytes, PROT_NONE, MAP_ADDRESSES, -1, 0);
    if (pointer === MAP_FAILED) {
      throw new AppError('capture.ring', `no addresses for the rings: ${getSystemErrorName(-libc.errno())}`, {
        context: { bytes },
      });
    }
    this.#pointer = pointer;
    this.#ringBytes = ringBytes;
    this.memory = libc.memory(pointer, bytes);
  }

  /** The place of the next ring: its address, and where it begins in `memory`. */
  nextPlace(): { pointer: bigint; start: number } {
    const start = this.#rings++ * this.#ringBytes;
    return { pointer: this.#pointer + BigInt(start), start };
  }
}
