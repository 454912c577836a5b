import v8 from 'node:v8';
import vm from 'node:vm';
import zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { PacketBatch } from '../../core/packet/batch.ts';
import { join } from '../../core/packet/build/octets.ts';
import { maxNeeded } from '../../core/packet/file/captureReader.ts';
import { InterfaceTable } from '../../core/packet/file/interfaceTable.ts';
import { encodeInterface, encodeSectionHeader } from '../../core/packet/file/pcapngWriter.ts';
import type { ByteSupply, RawSource } from '../../sensor/capture/file/byteSupply.ts';
import type { CaptureFileInfo } from '../../sensor/capture/file/captureFile.ts';
import { CaptureFile } from '../../sensor/capture/file/captureFile.ts';
import { InflateSupply } from '../../sensor/capture/file/inflateSupply.ts';
import { toPcap, toPcapng } from '../captures/captureBytes.ts';
import { makeMixedCapture } from '../captures/mixed.ts';
import { Random } from '../captures/random.ts';

const files = 50_000;
const compressedFiles = 2_000;
const seed = 20_240_601;

/** A file in memory, given out in pieces of uneven length. */
class MemorySupply implements ByteSupply {
  taken = 0;
  readonly size: number;
  readonly #bytes: Uint8Array;
  readonly #random: Random;

  constructor(bytes: Uint8Array, random: Random) {
    this.#bytes = bytes;
    this.#random = random;
    this.size = bytes.length;
  }

  read(target: Uint8Array, at: number, length: number): number {
    const count = Math.min(length, this.size - this.taken, 1 + this.#random.below(600));
    target.set(this.#bytes.subarray(this.taken, this.taken + count), at);
    this.taken += count;
    return count;
  }

  close(): void {}
}

class MemoryPieces implements RawSource {
  taken = 0;
  readonly size: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.size = bytes.length;
  }

  pull(): Uint8Array | null {
    const piece = this.#bytes.subarray(this.taken, this.taken + 500);
    this.taken += piece.length;
    return piece.length === 0 ? null : piece;
  }

  close(): void {}
}

const packets = makeMixedCapture({ seed, flows: 6, packets: 24 }).packets.map((packet) => ({
  ...packet,
  bytes: packet.bytes.subarray(0, 90),
}));
const bases: Uint8Array[] = [
  ...[true, false].flatMap((bigEndian) =>
    [true, false].map((nanoseconds) => toPcap(packets, { bigEndian, nanoseconds })),
  ),
  toPcap(packets, { linkType: 249 }),
  toPcapng(packets),
  toPcapng(packets, { bigEndian: true }),
  join(toPcapng(packets.slice(0, 5)), toPcapng(packets.slice(5, 9), { bigEndian: true }), toPcapng(packets.slice(9))),
  join(
    encodeSectionHeader(),
    encodeInterface({ linkType: 1, name: 'a', snaplen: 40, resolution: 0x83, offset: -5 }),
    encodeInterface({ linkType: 12, name: 'b', resolution: 12 }),
    toPcapng(packets).subarray(28),
  ),
];
// The modified magic over records of the standard layout: the guess at the layout has something to do.
bases.push(
  ...bases.slice(0, 2).map((base) => base.map((octet, i) => (i === 2 || i === 3 ? [0xcd, 0x34][i - 2]! : octet))),
);

const words = [
  0, 1, 4, 8, 12, 16, 28, 32, 0xff, 0x100, 0xffff, 0x40000, 0x40001, 0xffffff, 0x7fffffff, 0x80000000, 0xfffffffc,
  0xffffffff,
];

function mutate(random: Random): Uint8Array {
  let bytes: Uint8Array = new Uint8Array(random.pick(bases));
  for (let left = random.between(1, 4); left > 0 && bytes.length > 8; left--) {
    const at = random.below(bytes.length);
    const other = random.below(bytes.length);
    switch (random.below(6)) {
      case 0:
        bytes[at] = random.below(256);
        break;
      case 1:
        bytes[at] = bytes[at]! ^ (1 << random.below(8));
        break;
      case 2: {
        const word = new DataView(bytes.buffer);
        word.setUint32(Math.min(at & ~3, bytes.length - 4), random.pick(words), random.chance(0.5));
        break;
      }
      case 3:
        bytes = bytes.slice(0, at);
        break;
      case 4:
        bytes = join(bytes.subarray(0, at), bytes.subarray(Math.min(at, other), other), bytes.subarray(at));
        break;
      default:
        bytes = join(bytes.subarray(0, Math.min(at, other)), bytes.subarray(Math.max(at, other)));
    }
  }
  return bytes;
}

/** Reads a file to its end and checks what must hold of every batch. */
async function read(open: () => ByteSupply, octets: number, batch: PacketBatch): Promise<CaptureFileInfo> {
  const file = new CaptureFile({ path: 'fuzz', number: 0, interfaces: new InterfaceTable(), chunkOctets: 128, open });
  let count = 0;
  for (;;) {
    const next = file.next(batch);
    if (!(typeof next === 'boolean' ? next : await next)) break;
    count += batch.count;
    check(batch);
    // Each packet takes twelve octets of its file at least: more of them would be no end.
    if (count > octets / 12) throw new Error('packets without octets');
  }
  const { info } = file;
  if (info.packets !== count || info.complete !== (info.error === null)) throw new Error('a false report');
  if ((info.error?.offset ?? 0) > octets) throw new Error('an offset beyond the file');
  file.close();
  return info;
}

function check(batch: PacketBatch): void {
  if (batch.count > batch.capacity || batch.bytes.length > 2 * maxNeeded) throw new Error('a batch beyond its bounds');
  for (let i = 0; i < batch.count; i++) {
    const inside = batch.offset[i]! + batch.caplen[i]! <= batch.bytes.length;
    const timely = Number.isSafeInteger(batch.seconds[i]!) && batch.nanos[i]! < 1e9;
    if (!inside || !timely) throw new Error('a packet outside of its bytes');
  }
}

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc') as () => void;

function memory(): { held: number; rss: number } {
  collect();
  collect();
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  return { held: heapUsed + external + arrayBuffers, rss };
}

test(`${files} mutated capture files, seed ${seed}: no exception, no end missed, nothing outside, no growth`, async () => {
  const random = new Random(seed);
  const batch = new PacketBatch(16);
  const codes = new Map<string, number>();
  let before = memory();
  for (let i = 0; i < files; i++) {
    if (i === files / 10) before = memory();
    const bytes = mutate(random);
    try {
      const { error } = await read(() => new MemorySupply(bytes, random), bytes.length, batch);
      codes.set(error?.code ?? '', (codes.get(error?.code ?? '') ?? 0) + 1);
    } catch (cause) {
      throw new Error(`file ${i}: ${Buffer.from(bytes).toString('base64')}`, { cause });
    }
  }
  const after = memory();
  expect(after.held).toBeLessThanOrEqual(before.held * 1.05);
  expect(after.rss).toBeLessThanOrEqual(before.rss + 64 * 1024 * 1024);
  // All that can be wrong was: else the mutations miss a part of the readers.
  expect([...codes.keys()].toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
    '',
    'file.cut',
    'file.format',
    'file.interface',
    'file.record',
    'file.time',
    'file.version',
  ]);
});

test(`${compressedFiles} mutated compressed files, seed ${seed}`, async () => {
  const random = new Random(seed + 1);
  const batch = new PacketBatch(16);
  for (let i = 0; i < compressedFiles; i++) {
    const format = i % 2 === 0 ? 'gzip' : 'zstd';
    const plain = mutate(random);
    const bytes = new Uint8Array(format === 'gzip' ? zlib.gzipSync(plain) : zlib.zstdCompressSync(plain));
    if (random.chance(0.7)) bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
    const cut = random.chance(0.3) ? bytes.subarray(0, random.below(bytes.length)) : bytes;
    try {
      await read(() => new InflateSupply(format, new MemoryPieces(cut)), Infinity, batch);
    } catch (cause) {
      throw new Error(`file ${i}: ${Buffer.from(cut).toString('base64')}`, { cause });
    }
  }
});
