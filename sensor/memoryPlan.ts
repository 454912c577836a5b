import { heapOctets } from '../core/dnsDigest/sizes.ts';
import type { SensorConfig } from './config.ts';
import { STREAM_BOUNDS } from './flow/streams/bounds.ts';
import { MOST_ON_THE_WAY } from './logs/logsOrder.ts';

const MIB = 2 ** 20;

/** The runtime, its code and all threads' pools, before any worker. Measured: 120 MiB of it are files that others share. */
const BASE_BYTES = 96 * MIB;
/**
 * A slot, its two places in the index, its places in the lists of the open windows, what its streams are at, and what
 * protocols know of it.
 */
const SLOT_BYTES = 410;
/** Fragments that wait for their datagram (`sensor/flow/fragmentPool.ts`), of each worker. */
const FRAGMENT_BYTES = 16 * MIB;
/** Segments above holes of TCP streams, of each worker. */
const STREAM_BYTES = STREAM_BOUNDS.total;
/** What flows whose payload is looked at may take at least, of each worker: buffers and objects of its heap. */
const PROTOCOL_BYTES = 12 * MIB;
/** A worker's windows on their way to the merge thread: four of 1.25 MiB with all lists full, and one being made. */
const HANDED_OVER_BYTES = 6 * MIB;
/** Lists of the three longer periods in the merge thread, 2 MiB each when full, and what merging two takes. */
const PERIOD_BYTES = 8 * MIB;
/** The objects of a thread (a capture worker's, with the lists of its open windows, are 12 MiB), and room to collect in. */
const LEAST_HEAP_BYTES = 24 * MIB;
const YOUNG_BYTES = 8 * MIB;
/** Rows of logs on their way to their thread, as columns; as rows and lines they are in its heap. */
const LOGS_BYTES = MOST_ON_THE_WAY;
/** A digest's tables, and of what is handed over half as much at most. Its texts are in heaps: its worker's, the merge thread's. */
const DIGEST_SHARE = 1.5;
/** Packet sockets opened beyond those in use, for interfaces that come back: they can't be opened later. */
const SPARES = 4;

/** What of a sensor's memory goes where. */
export interface MemoryPlan {
  /** All that the configuration asks for, with the least heaps. */
  neededBytes: number;
  /** What the heap of the merge thread may grow to: what it needs at least, and its share of what is left. */
  heapBytes: number;
  /** The same of the main thread and of that of logs. */
  plainHeapBytes: number;
  /** The same of a capture worker, and what of it flows whose payload is looked at may take, with their buffers. */
  workerHeapBytes: number;
  protocolBytes: number;
  /** The part of a worker's heap that new objects begin in. */
  youngBytes: number;
  /**
   * Spare sockets. With several workers an interface that is made again needs a new ring, and the old one can't be given
   * back: as many as there is memory for.
   */
  spares: number;
}

type Sizes = Pick<SensorConfig, 'memoryBytes' | 'ringBytes' | 'flowSlots' | 'workers'> & {
  interfaces: readonly string[];
  logs?: Pick<SensorConfig['logs'], 'directory' | 'ship'>;
  dns?: Pick<SensorConfig['dns'], 'digests' | 'digestBytes'>;
};

/** Whether anybody wants rows of logs. */
export function makesLogs(logs: Sizes['logs']): boolean {
  return logs !== undefined && (logs.directory !== undefined || logs.ship.length > 0);
}

/** Divides `memoryBytes`. Everything that grows with traffic has its bound in here. */
export function planMemory({ memoryBytes, ringBytes, flowSlots, workers, interfaces, logs, dns }: Sizes): MemoryPlan {
  const [digestBytes, texts] =
    dns?.digests === true ? [dns.digestBytes * DIGEST_SHARE, heapOctets(dns.digestBytes)] : [0, 0];
  const waiting = FRAGMENT_BYTES + STREAM_BYTES + PROTOCOL_BYTES;
  const worker = ringBytes + flowSlots * SLOT_BYTES + waiting + HANDED_OVER_BYTES + digestBytes;
  const logBytes = makesLogs(logs) ? LOGS_BYTES + YOUNG_BYTES : 0;
  const fixed = BASE_BYTES + PERIOD_BYTES + YOUNG_BYTES + logBytes + workers * (worker + YOUNG_BYTES);
  const threads = workers + 2 + Number(makesLogs(logs));
  const neededBytes = fixed + threads * LEAST_HEAP_BYTES + (workers + 1) * texts;
  const spareBytes = workers === 1 ? 0 : ringBytes / Math.max(1, interfaces.length);
  const fitting = spareBytes === 0 ? SPARES : Math.floor((memoryBytes - neededBytes) / spareBytes);
  const spares = Math.max(0, Math.min(SPARES, fitting));
  const more = Math.max(0, Math.floor((memoryBytes - neededBytes - spares * spareBytes) / threads));
  const heapBytes = LEAST_HEAP_BYTES + texts + more;
  return {
    neededBytes,
    heapBytes,
    plainHeapBytes: LEAST_HEAP_BYTES + more,
    workerHeapBytes: heapBytes + PROTOCOL_BYTES,
    protocolBytes: PROTOCOL_BYTES + Math.floor(more / 2),
    youngBytes: YOUNG_BYTES,
    spares,
  };
}

/** Whole mebibytes in so many bytes, as thread limits are given. */
export function mebibytes(bytes: number): number {
  return Math.floor(bytes / MIB);
}

/**
 * What bounds the main thread's heap as workers' are bounded. V8's own bound for new objects is 48 MiB, of which an idle
 * sensor would use 30; a semi-space is a third of it.
 */
export function heapFlags({ plainHeapBytes, youngBytes }: MemoryPlan): string[] {
  return [`--max-old-space-size=${mebibytes(plainHeapBytes)}`, `--max-semi-space-size=${mebibytes(youngBytes / 3)}`];
}

/** Why the configuration does not fit into `memoryBytes` and what would, naming the keys, or undefined. */
export function memoryFault(sizes: Sizes): string | undefined {
  const { neededBytes } = planMemory(sizes);
  const { memoryBytes, ringBytes, flowSlots, workers } = sizes;
  if (neededBytes <= memoryBytes) return undefined;
  const mib = (bytes: number): string => `${Math.ceil(bytes / MIB)} MiB`;
  const slots = flowSlots - (neededBytes - memoryBytes) / workers / SLOT_BYTES;
  const fewer = Math.floor(slots / 1024) * 1024;
  const alternative = fewer >= 1024 ? `flowSlots to ${fewer} or less` : 'ringBytes, flowSlots or workers lower';
  return (
    `${mib(memoryBytes)} is not enough: ringBytes (${mib(ringBytes)}) and flowSlots ` +
    `(${mib(flowSlots * SLOT_BYTES)}) for each of workers (${workers}) need ${mib(neededBytes)} with all else; ` +
    `set memoryBytes to ${Math.ceil(neededBytes / MIB)}MiB or more, or ${alternative}`
  );
}
