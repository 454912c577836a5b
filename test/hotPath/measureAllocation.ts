import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { getHeapSpaceStatistics } from 'node:v8';
import { PacketBatch } from '../../core/packet/batch.ts';
import { handOver } from '../../sensor/window/handOver.ts';
import { Pipeline } from '../../sensor/pipeline.ts';
import { makeMixedCapture } from '../captures/mixed.ts';

/**
 * Runs the pipeline over packets that are in memory, by blocks, and prints what the heap did as one line of JSON. A
 * process of its own, started with `--expose-gc`: nothing else may allocate while it measures.
 */
export interface Allocation {
  packets: number;
  windows: number;
  /** Growth of the heap from one forced collection to another, over all measured blocks. */
  grownPerPacket: number;
  /** Octets that came to be in the young generation while blocks ran in which no window ended. */
  newPerPacket: number;
  /** Collections while blocks ran, and blocks of those in which no window ended. */
  collections: number;
  collectionsBetweenWindows: number;
}

const BATCH = 4096;
/** Different packets; they are sent again and again, each round later than the one before. */
const PACKETS = 100_000;
const SECONDS = 20;
/** Until then code is being compiled, which goes on beside it and is slow on a busy machine. */
const WARM_ROUNDS = 12;

declare const gc: () => void;

function makeBatches(startSeconds: number): PacketBatch[] {
  const { packets } = makeMixedCapture({ packets: PACKETS, flows: 8000, seconds: SECONDS, startSeconds });
  const batches: PacketBatch[] = [];
  for (let at = 0; at < packets.length; at += BATCH) {
    const part = packets.slice(at, at + BATCH);
    const batch = new PacketBatch(BATCH);
    const bytes = Buffer.concat(part.map((packet) => packet.bytes));
    batch.setBytes(bytes);
    let offset = 0;
    for (const [i, packet] of part.entries()) {
      batch.offset[i] = offset;
      batch.caplen[i] = packet.bytes.length;
      batch.len[i] = packet.len;
      batch.seconds[i] = packet.seconds;
      batch.nanos[i] = packet.nanos;
      batch.vlanTci[i] = -1;
      batch.linkType[i] = 1;
      offset += packet.bytes.length;
    }
    batch.count = part.length;
    batches.push(batch);
  }
  return batches;
}

/** Moves the times of all packets, so that the next round comes after this one. */
function shift(batches: readonly PacketBatch[], seconds: number): void {
  for (const batch of batches) for (let i = 0; i < batch.count; i++) batch.seconds[i]! += seconds;
}

function newSpaceUsed(): number {
  return getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')!.space_used_size;
}

async function measure(windowSeconds: number, rounds: number, startSeconds: number): Promise<Allocation> {
  let windows = 0;
  const pipeline = new Pipeline({
    windowSeconds,
    live: false,
    flowSlots: 65_536,
    seed: Uint32Array.from({ length: 20 }, (_, i) => Math.imul(i + 1, 0x9e3779b1)),
    // As `picket read` without windows, and as a sensor with them.
    statistics:
      windowSeconds === 0
        ? { exact: true, topCapacity: 2048, by: 'octets' }
        : { exact: false, topCapacity: 1024, by: 'octets', keyed: { seed: new Uint8Array(16), windowSeconds } },
    realms: { realm: 'plant', realms: ['vlan:100=office', 'tunnel:4000000000=lab'] },
    recycle: windowSeconds > 0,
    worker: 0,
    workers: 1,
    checksums: false,
    onWindow: (window) => {
      windows++;
      handOver(window, { windowSeconds, worker: 0, covered: { from: 0, to: Number.POSITIVE_INFINITY } });
    },
  });
  const batches = makeBatches(startSeconds);
  // What the capture's conversations may last beyond the seconds in which they begin.
  const last = batches.at(-1)!;
  const span = Math.ceil(last.seconds[last.count - 1]! - startSeconds) + 1;
  const collections: number[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) collections.push(entry.startTime);
  });
  observer.observe({ entryTypes: ['gc'] });
  /** Sends all batches once, and adds up what the blocks did. Also run to warm up, so that it is compiled itself. */
  async function send(tally: Tally): Promise<void> {
    for (const batch of batches) {
      const had = windows;
      const used = newSpaceUsed();
      const from = performance.now();
      pipeline.process(batch);
      const to = performance.now();
      const grown = newSpaceUsed() - used;
      tally.packets += batch.count;
      // What a window's end allocates is not the packets'.
      if (windows !== had) continue;
      tally.quiet.push(from, to);
      // After a collection the difference means nothing; the collection itself is counted.
      if (grown < 0) continue;
      tally.made += grown;
      tally.blocks++;
      tally.quietPackets += batch.count;
    }
    shift(batches, span);
    await setImmediate();
  }
  for (let round = 0; round < WARM_ROUNDS; round++) await send(new Tally());
  const tally = new Tally();
  await collect();
  collections.length = 0;
  const heapBefore = process.memoryUsage().heapUsed;
  const windowsBefore = windows;
  for (let round = 0; round < rounds; round++) await send(tally);
  const ran = collections.length;
  const { quiet } = tally;
  const between = collections.filter((at) => quiet.some((from, i) => i % 2 === 0 && at >= from && at <= quiet[i + 1]!));
  await collect();
  const grown = process.memoryUsage().heapUsed - heapBefore;
  observer.disconnect();
  return {
    packets: tally.packets,
    windows: windows - windowsBefore,
    grownPerPacket: grown / tally.packets,
    newPerPacket: Math.max(0, tally.made - tally.blocks * probeCost()) / tally.quietPackets,
    collections: ran,
    collectionsBetweenWindows: between.length,
  };
}

/** Over blocks of packets; the quiet ones are those in which no window ended. */
class Tally {
  packets = 0;
  blocks = 0;
  quietPackets = 0;
  /** Octets that came to be in the young generation in quiet blocks, with those of the probes. */
  made = 0;
  /** When quiet blocks ran: begins in even places, ends in odd ones. */
  readonly quiet: number[] = [];
}

/** What looking at the young generation itself puts there: the least of many tries. */
function probeCost(): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 50; i++) {
    const before = newSpaceUsed();
    const cost = newSpaceUsed() - before;
    if (cost > 0 && cost < least) least = cost;
  }
  return least;
}

async function collect(): Promise<void> {
  gc();
  await setImmediate();
  await setImmediate();
}

const [, , windowSeconds = '0', rounds = '20', startSeconds = '1700000000'] = process.argv;
const allocation = await measure(Number(windowSeconds), Number(rounds), Number(startSeconds));
process.stdout.write(`${JSON.stringify(allocation)}\n`);
