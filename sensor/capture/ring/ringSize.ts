import { AppError } from '../../../runtime/error.ts';

/** The size of a ring. */
export interface RingShape {
  blockBytes: number;
  blocks: number;
  timeoutMillis: number;
  snaplen: number;
}

const DEFAULT_BLOCK = 1 << 20;
/** A block must hold the largest packet that offloading hands up (64 KiB and its headers), else it is cut. */
const SMALLEST_BLOCK = 1 << 17;
/** A block is the kernel's, full, or being read: with fewer of them a busy ring waits for its reader. */
const FEWEST_BLOCKS = 8;
/** Offsets into the memory of all rings are 32-bit. */
const LARGEST_REGION = 2 ** 32 - 1;

interface RingSizes {
  ringBytes: number;
  blockBytes?: number;
  blockTimeoutMillis: number;
  snaplen: number;
}

/**
 * The shape of each of `count` rings that share `ringBytes`; addresses are there for `spares` more of them. A ring has at
 * least two blocks.
 */
export function ringShape(options: RingSizes, count: number, spares: number): RingShape {
  const bytes = Math.floor(Math.min(options.ringBytes / count, LARGEST_REGION / (count + spares)));
  let blockBytes = options.blockBytes ?? DEFAULT_BLOCK;
  if (blockBytes < 4096 || !Number.isInteger(Math.log2(blockBytes))) {
    throw new AppError('capture.ring', 'the size of a ring block is not a power of two of at least 4096 bytes', {
      context: { blockBytes },
    });
  }
  while (blockBytes > SMALLEST_BLOCK && bytes / blockBytes < FEWEST_BLOCKS) blockBytes /= 2;
  return {
    blockBytes,
    blocks: Math.max(2, Math.floor(bytes / blockBytes)),
    timeoutMillis: Math.max(1, options.blockTimeoutMillis),
    snaplen: options.snaplen,
  };
}
