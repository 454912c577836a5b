import type { SensorConfig } from './config.ts';

const MIB = 2 ** 20;

/** The runtime, its code and both threads' pools, before any worker. Measured: 125 MiB with one idle worker. */
const BASE_BYTES = 96 * MIB;
/** A slot, its two places in the index, its places in the lists of the open windows. */
const SLOT_BYTES = 384;
/** Fragments that wait for their datagram (`sensor/flow/fragmentPool.ts`), of each worker. */
const FRAGMENT_BYTES = 16 * MIB;
/** Sketches and lists of the open windows of a worker, and the objects of a thread. */
const LEAST_HEAP_BYTES = 32 * MIB;
const YOUNG_BYTES = 8 * MIB;

/** What of a sensor's memory goes where. */
export interface MemoryPlan {
  /** All that the configuration asks for, with the least heaps. */
  neededBytes: number;
  /** What each thread's heap may grow to: its share of what is left. */
  heapBytes: number;
  /** The part of a worker's heap that new objects begin in. */
  youngBytes: number;
}

type Sizes = Pick<SensorConfig, 'memoryBytes' | 'ringBytes' | 'flowSlots' | 'workers'>;

/** Divides `memoryBytes`. Everything that grows with traffic has its bound in here. */
export function planMemory({ memoryBytes, ringBytes, flowSlots, workers }: Sizes): MemoryPlan {
  const worker = ringBytes + flowSlots * SLOT_BYTES + FRAGMENT_BYTES;
  const fixed = BASE_BYTES + workers * (worker + YOUNG_BYTES);
  const threads = workers + 1;
  return {
    neededBytes: fixed + threads * LEAST_HEAP_BYTES,
    heapBytes: Math.max(LEAST_HEAP_BYTES, Math.floor((memoryBytes - fixed) / threads)),
    youngBytes: YOUNG_BYTES,
  };
}

/** Whole mebibytes in so many bytes, as thread limits are given. */
export function mebibytes(bytes: number): number {
  return Math.floor(bytes / MIB);
}

/** Why the configuration does not fit into `memoryBytes`, naming the keys, or undefined. */
export function memoryFault(sizes: Sizes): string | undefined {
  const { neededBytes } = planMemory(sizes);
  if (neededBytes <= sizes.memoryBytes) return undefined;
  const { ringBytes, flowSlots, workers } = sizes;
  const mib = (bytes: number): string => `${Math.ceil(bytes / MIB)} MiB`;
  return (
    `${mib(sizes.memoryBytes)} is not enough: ringBytes (${mib(ringBytes)}) and flowSlots ` +
    `(${mib(flowSlots * SLOT_BYTES)}) for each of workers (${workers}) need ${mib(neededBytes)} with all else; ` +
    `raise it, or lower one of them`
  );
}
