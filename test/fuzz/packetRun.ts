/**
 * One fuzz run over the packet path, in a process of its own, so that a hang or a crash is seen from outside:
 *
 *   node test/fuzz/packetRun.ts PACKETS SEED [FOLDER-OF-CAPTURES]
 *
 * Mutated packets go through decoding, reassembly, flow table and windows; each is decoded a second time with other
 * bytes around it. Prints one line of JSON: what was counted, memory after a tenth and after all, gauges at the end.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import v8 from 'node:v8';
import vm from 'node:vm';
import { PacketBatch } from '../../core/packet/batch.ts';
import { Decoder } from '../../core/packet/decoder.ts';
import type { PacketFields } from '../../core/packet/fields.ts';
import { FileSource } from '../../sensor/capture/file/fileSource.ts';
import { Pipeline } from '../../sensor/pipeline.ts';
import { makeMixedCapture } from '../captures/mixed.ts';
import { Random } from '../captures/random.ts';
import { mutate, mutateLinkType, type Seed } from './mutator.ts';

const BATCH = 256;
const MOST = 2048;
/** Bytes around each frame that belong to nobody. */
const MARGIN = 64;
const PER_SECOND = 10_000;
const SEEDS_A_FILE = 300;
const SECONDS = 1_700_000_000;

export interface Memory {
  heap: number;
  external: number;
  arrayBuffers: number;
  resident: number;
}

export interface PacketRun {
  packets: number;
  seeds: number;
  /** Packets whose decoded fields changed with the bytes around them. */
  leaks: number;
  tenth: Memory;
  all: Memory;
  /** At the end, after every time-out: flows, datagrams and bytes in reassembly. */
  gauges: { flows: number; datagrams: number; bytes: number };
  fragments: { seen: number; reassembled: number; unmatched: number };
  connections: number;
  /** Packets by verdict: none, truncated, malformed, unsupported. */
  verdicts: number[];
}

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc') as () => void;

async function readSeeds(folder: string | undefined): Promise<Seed[]> {
  const seeds: Seed[] = makeMixedCapture({ flows: 300, packets: 3000 }).packets.map(({ bytes }) => ({
    bytes,
    linkType: 1,
  }));
  if (folder === undefined) return seeds;
  for (const name of readdirSync(folder).toSorted()) {
    const source = new FileSource({ paths: [join(folder, name)], batchPackets: SEEDS_A_FILE });
    const batch = await source.next();
    if (batch !== 'end') {
      for (let i = 0; i < batch.count; i++) {
        const from = batch.offset[i]!;
        const bytes = new Uint8Array(batch.bytes.subarray(from, from + Math.min(MOST, batch.caplen[i]!)));
        if (bytes.length > 0) seeds.push({ bytes, linkType: batch.linkType[i]! });
      }
      batch.release();
    }
    source.close();
  }
  return seeds;
}

function measure(): Memory {
  collect();
  collect();
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  return { heap: heapUsed, external, arrayBuffers, resident: rss };
}

/** What must not depend on the bytes around a frame. */
function digest(fields: PacketFields, offset: number): number {
  let hash = 0;
  const mix = (value: number): void => {
    hash = Math.imul(hash ^ value, 0x01000193) ^ (hash >>> 15);
  };
  mix(fields.verdict);
  mix(fields.reason);
  mix(fields.linkKind);
  mix(fields.ipVersion);
  mix(fields.transport);
  mix(fields.vlan);
  mix(fields.innerVlan);
  mix(fields.outerCount);
  if (fields.ipVersion !== 0) {
    for (let i = 0; i < 8; i++) mix(fields.address[i]!);
    mix(fields.protocol);
    mix(fields.ipLength);
    mix(fields.sourcePort * 65_536 + fields.destinationPort);
    mix(fields.payloadLength);
    mix(fields.payloadCaptured);
    mix(fields.payloadOffset - offset);
  }
  if (fields.transport === 1 && fields.protocol === 6) {
    mix(fields.tcpFlags);
    mix(fields.tcpSequence);
    mix(fields.tcpAcknowledgement);
    mix(fields.tcpWindow);
  }
  if (fields.fragment === 1) {
    mix(fields.fragmentId);
    mix(fields.fragmentOffset * 2 + fields.fragmentMore);
    mix(fields.fragmentPayload - offset);
  }
  return hash;
}

async function run(total: number, seed: number, folder: string | undefined): Promise<PacketRun> {
  const random = new Random(seed);
  const seeds = await readSeeds(folder);
  const verdicts = [0, 0, 0, 0];
  let connections = 0;
  const pipeline = new Pipeline({
    windowSeconds: 10,
    live: false,
    flowSlots: 16_384,
    seed: Uint32Array.from({ length: 20 }, () => random.word()),
    statistics: { exact: false, topCapacity: 64, by: 'octets' },
    worker: 0,
    workers: 1,
    checksums: false,
    recycle: true,
    onConnection: () => connections++,
    onWindow: ({ counters }) => counters.verdicts.forEach((count, i) => (verdicts[i]! += count)),
  });
  const first = new Decoder();
  const second = new Decoder();
  const batch = new PacketBatch(BATCH);
  const stride = MOST + 2 * MARGIN;
  const bytes = new Uint8Array(BATCH * stride);
  const others = new Uint8Array(BATCH * stride);
  const other = new PacketBatch(BATCH);
  batch.setBytes(bytes);
  other.setBytes(others);
  let leaks = 0;
  let tenth: Memory | undefined;
  for (let done = 0; done < total; done += BATCH) {
    bytes.fill(0x45);
    others.fill(0xa7);
    for (let i = 0; i < BATCH; i++) {
      const at = i * stride + MARGIN;
      const pick = random.below(seeds.length);
      const length = mutate(random, seeds[pick]!, seeds, bytes, at, MOST);
      others.set(bytes.subarray(at, at + length), at);
      // What mutation left behind the frame's end is nobody's either.
      bytes.fill(0x45, at + length, at + MOST + MARGIN);
      const time = (done + i) / PER_SECOND;
      batch.offset[i] = at;
      batch.caplen[i] = length;
      batch.len[i] = random.chance(0.05) ? random.below(70_000) : length;
      batch.seconds[i] = SECONDS + Math.floor(time);
      batch.nanos[i] = Math.floor((time % 1) * 1e9);
      batch.vlanTci[i] = -1;
      batch.linkType[i] = mutateLinkType(random, seeds[pick]!.linkType);
      other.offset[i] = at;
      other.caplen[i] = length;
      other.len[i] = batch.len[i]!;
      other.linkType[i] = batch.linkType[i]!;
    }
    batch.count = BATCH;
    for (let i = 0; i < BATCH; i++) {
      first.decode(batch, i);
      second.decode(other, i);
      if (digest(first.fields, batch.offset[i]!) !== digest(second.fields, batch.offset[i]!)) leaks++;
    }
    pipeline.process(batch);
    if (tenth === undefined && done + BATCH >= total / 10) tenth = measure();
  }
  const all = measure();
  // Five minutes of silence end the longest time-out; sweeping goes slot by slot.
  pipeline.clock.advance(SECONDS + Math.ceil(total / PER_SECOND) + 400, 0);
  for (let i = 0; i < 64; i++) pipeline.work();
  const { fragments, flows } = pipeline;
  const gauges = { flows: flows.table.count, datagrams: fragments.inUse, bytes: fragments.bytesInUse };
  pipeline.finish();
  const { seen, reassembled, unmatched } = fragments;
  return {
    packets: total,
    seeds: seeds.length,
    leaks,
    tenth: tenth ?? all,
    all,
    gauges,
    fragments: { seen, reassembled, unmatched },
    connections,
    verdicts,
  };
}

const [packets, seed, folder] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(await run(Number(packets), Number(seed), folder))}\n`);
