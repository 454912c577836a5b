import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import zlib from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { join } from '../../../core/packet/build/octets.ts';
import { encodeInterface, encodeSectionHeader } from '../../../core/packet/file/pcapngWriter.ts';
import type { CapturedPacket } from '../../../test/captures/captureBytes.ts';
import { toPcap, toPcapng } from '../../../test/captures/captureBytes.ts';
import { makeMixedCapture } from '../../../test/captures/mixed.ts';
import type { ReadPacket } from '../../../test/captures/readCapture.ts';
import { packetAt } from '../../../test/captures/readCapture.ts';
import type { FileSourceOptions } from './fileSource.ts';
import { FileSource } from './fileSource.ts';

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'picket-files-'));
afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

let made = 0;
function place(bytes: Uint8Array, name = `f${made++}`): string {
  const file = path.join(directory, name);
  fs.writeFileSync(file, bytes);
  return file;
}

async function readAll(options: FileSourceOptions): Promise<{ packets: ReadPacket[]; source: FileSource }> {
  const source = new FileSource(options);
  const packets: ReadPacket[] = [];
  for (;;) {
    const batch = await source.next();
    if (batch === 'end') break;
    for (let i = 0; i < batch.count; i++) packets.push(packetAt(batch, i));
    batch.release();
  }
  source.close();
  return { packets, source };
}

function simple(packets: readonly (ReadPacket | CapturedPacket)[]): unknown[] {
  return packets.map(({ seconds, nanos, len, bytes }) => [seconds, nanos, len, Buffer.from(bytes).toString('base64')]);
}

const mixed = makeMixedCapture({ seed: 3, flows: 60, packets: 900 });
const pcap = mixed.pcap();
const octets = mixed.packets.reduce((sum, packet) => sum + packet.len, 0);
const capturedOctets = mixed.packets.reduce((sum, packet) => sum + packet.bytes.length, 0);
const whole = {
  format: 'pcap',
  linkTypes: ['EN10MB'],
  packets: 900,
  octets,
  capturedOctets,
  complete: true,
  error: null,
};

const half = Math.floor(pcap.length / 2);
const forms: [name: string, bytes: Uint8Array][] = [
  ['plain', pcap],
  ['gzip', zlib.gzipSync(pcap)],
  ['gzip of two members', join(zlib.gzipSync(pcap.subarray(0, half)), zlib.gzipSync(pcap.subarray(half)))],
  ['zstd', zlib.zstdCompressSync(pcap)],
  [
    'zstd of two frames',
    join(zlib.zstdCompressSync(pcap.subarray(0, half)), zlib.zstdCompressSync(pcap.subarray(half))),
  ],
];

describe.each(forms)('%s', (name, bytes) => {
  test('a file is read whole in small chunks and large ones, and counted', async () => {
    for (const chunkOctets of [64, 5000, 1 << 20]) {
      const file = place(bytes);
      const { packets, source } = await readAll({ paths: [file], chunkOctets, batchPackets: 100 });
      expect(simple(packets)).toEqual(simple(mixed.packets));
      expect(source.files).toEqual([{ path: file, ...whole }]);
      expect(source.progress).toEqual({ octets: bytes.length, total: bytes.length });
      expect(source.subMicrosecond).toBe(true);
    }
  });

  test('standard input is read in whatever pieces it comes', async () => {
    for (const size of [1, 700]) {
      const pieces: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += at < 10 ? size : 700) {
        pieces.push(Buffer.from(bytes.subarray(at, at + (at < 10 ? size : 700))));
      }
      const { packets, source } = await readAll({ paths: ['-'], stdin: () => Readable.from(pieces) });
      expect(simple(packets)).toEqual(simple(mixed.packets));
      expect(source.files).toEqual([{ path: '-', ...whole }]);
      expect(source.progress).toEqual({ octets: bytes.length, total: null });
    }
  });

  test('a file that is cut yields what came before, and an error', async () => {
    for (const share of [0.3, 0.77, 0.999]) {
      const file = place(bytes.subarray(0, Math.floor(bytes.length * share)));
      const { packets, source } = await readAll({ paths: [file], chunkOctets: 4096 });
      const info = source.files[0]!;
      // Blocks of zstd are large: a cut one is lost.
      if (!name.startsWith('zstd')) expect(packets.length).toBeGreaterThan(share * 900 * 0.5);
      else if (share > 0.7) expect(packets.length).toBeGreaterThan(0);
      expect(simple(packets)).toEqual(simple(mixed.packets.slice(0, packets.length)));
      expect(info.complete).toBe(false);
      expect(info.packets).toBe(packets.length);
      expect(info.error?.code).toBe(bytes === pcap ? 'file.cut' : 'file.compression');
      const consumed = mixed.packets
        .slice(0, packets.length)
        .reduce((sum, packet) => sum + 16 + packet.bytes.length, 24);
      if (bytes === pcap) expect(info.error?.offset).toBe(consumed);
      else if (packets.length > 0) expect(info.error?.offset).toBeGreaterThanOrEqual(consumed);
    }
  });
});

test('a plain file is answered for at once, in place', () => {
  const source = new FileSource({ paths: [place(pcap)] });
  const batch = source.next();
  expect(batch).toBeTypeOf('object');
  expect(batch).not.toBeInstanceOf(Promise);
  source.close();
});

test('corrupt compressed data end the file', async () => {
  const params = { [zlib.constants.ZSTD_c_checksumFlag]: 1 };
  for (const compressed of [zlib.gzipSync(pcap), zlib.zstdCompressSync(pcap, { params })]) {
    const bytes = new Uint8Array(compressed);
    bytes.fill(0xff, 5000, 5100);
    const { packets, source } = await readAll({ paths: [place(bytes)] });
    // What is wrong is found by the inflater, or by what it made of it.
    expect(source.files[0]).toMatchObject({ complete: false, packets: packets.length });
    expect(source.files[0]?.error?.code).toMatch(/^file\.(compression|record)$/);
  }
});

test('octets behind the last frame or member that are neither are an error', async () => {
  for (const compressed of [zlib.gzipSync(pcap), zlib.zstdCompressSync(pcap)]) {
    const { packets, source } = await readAll({ paths: [place(join(compressed, Buffer.from('rubbish')))] });
    expect(simple(packets)).toEqual(simple(mixed.packets.slice(0, packets.length)));
    expect(packets.length).toBeGreaterThan(600);
    expect(source.files[0]).toMatchObject({ complete: false, error: { code: 'file.compression' } });
  }
});

test('what a small compressed file inflates to does not fill the memory', async () => {
  // 512 MiB of one unknown block after another shrink to a few kilobytes.
  const block = new Uint8Array(1 << 20);
  const view = new DataView(block.buffer);
  view.setUint32(0, 0x0bad, true);
  view.setUint32(4, block.length, true);
  view.setUint32(block.length - 4, block.length, true);
  const body = zlib.zstdCompressSync(block);
  const head = zlib.zstdCompressSync(join(encodeSectionHeader(), encodeInterface({ linkType: 1 })));
  const file = place(join(head, ...Array.from({ length: 512 }, () => body)));
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  const source = new FileSource({ paths: [file] });
  for (;;) {
    const batch = await source.next();
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    if (batch === 'end') break;
  }
  expect(source.files[0]).toMatchObject({ packets: 0, complete: true });
  expect(most).toBeLessThan(192 << 20);
});

test('what is no capture is said so', async () => {
  const cases: [bytes: Uint8Array | string, code: string, offset: number | null][] = [
    [new Uint8Array(0), 'file.format', 0],
    [Uint8Array.of(0xd4, 0xc3), 'file.format', 0],
    [Buffer.from('not a capture'), 'file.format', 0],
    [zlib.gzipSync('not a capture'), 'file.format', 0],
    [pcap.subarray(0, 20), 'file.cut', 0],
    [path.join(directory, 'missing'), 'file.unreadable', null],
    [directory, 'file.unreadable', null],
  ];
  for (const [input, code, offset] of cases) {
    const file = typeof input === 'string' ? input : place(input);
    const { packets, source } = await readAll({ paths: [file] });
    expect(packets).toEqual([]);
    expect(source.files[0]).toMatchObject({ complete: false, packets: 0, error: { code, offset } });
  }
});

describe('several files', () => {
  const parts = (count: number, pick: (i: number) => number): CapturedPacket[][] =>
    Array.from({ length: count }, (_, part) => mixed.packets.filter((_, i) => pick(i) === part));

  test('that overlap are merged by time, whatever they are', async () => {
    const [a, b, c] = parts(3, (i) => (i * 7) % 3) as [CapturedPacket[], CapturedPacket[], CapturedPacket[]];
    const paths = [place(toPcap(a)), place(zlib.gzipSync(toPcapng(b))), '-'];
    const stdin = (): Readable => Readable.from([Buffer.from(toPcap(c, { bigEndian: true }))]);
    const { packets, source } = await readAll({ paths, stdin, batchPackets: 50 });
    expect(simple(packets)).toEqual(simple(mixed.packets));
    expect(source.files.map((file) => [file.packets, file.complete])).toEqual(
      [a, b, c].map((part) => [part.length, true]),
    );
    expect(new Set(source.interfaces.map((each) => each.file))).toEqual(new Set([0, 1, 2]));
    expect(packets.every((packet) => packet.linkType === 1)).toBe(true);
  });

  test('that follow each other are handed over in place, named in any order', async () => {
    const paths = parts(5, (i) => Math.floor(i / 180)).map((part) => place(toPcap(part)));
    const { packets } = await readAll({ paths: paths.toReversed() });
    expect(simple(packets)).toEqual(simple(mixed.packets));
  });

  test('with equal times keep the order of the files, and a file its own order', async () => {
    const at = (seconds: number, mark: number): CapturedPacket => ({
      seconds,
      nanos: 0,
      bytes: Uint8Array.of(mark),
      len: 1,
    });
    const first = [at(1, 1), at(5, 2), at(3, 3), at(6, 4)];
    const second = [at(1, 11), at(4, 12), at(6, 13)];
    const { packets } = await readAll({ paths: [place(toPcap(first)), place(toPcap(second))], batchPackets: 2 });
    expect(packets.map((packet) => packet.bytes[0])).toEqual([1, 11, 12, 2, 3, 4, 13]);
  });

  test('of which some are damaged: the others are still read', async () => {
    const [a, b] = parts(2, (i) => i % 2) as [CapturedPacket[], CapturedPacket[]];
    const damaged = toPcap(b);
    const paths = [
      path.join(directory, 'missing'),
      place(toPcap(a)),
      place(damaged.subarray(0, damaged.length - 3)),
      place(Buffer.from('text')),
    ];
    const { packets, source } = await readAll({ paths });
    expect(packets.length).toBe(899);
    expect(source.files.map((file) => file.error?.code)).toEqual([
      'file.unreadable',
      undefined,
      'file.cut',
      'file.format',
    ]);
    expect(source.files.map((file) => file.packets)).toEqual([0, 450, 449, 0]);
  });

  test('by the hundred are not all open at once', async () => {
    const count = 300;
    const paths = Array.from({ length: count }, (_, i) =>
      place(toPcap([{ seconds: 1000 + i, nanos: 0, bytes: Uint8Array.of(i & 255), len: 1 }])),
    );
    const source = new FileSource({ paths });
    let most = 0;
    let packets = 0;
    for (;;) {
      const batch = await source.next();
      if (batch === 'end') break;
      packets += batch.count;
      most = Math.max(most, fs.readdirSync('/proc/self/fd').length);
    }
    source.close();
    expect(packets).toBe(count);
    expect(most).toBeLessThan(150);
  });

  test('standard input named twice is read once', async () => {
    const { packets, source } = await readAll({ paths: ['-', '-'], stdin: () => Readable.from([Buffer.from(pcap)]) });
    expect(simple(packets)).toEqual(simple(mixed.packets));
    expect(source.files.map((file) => file.error?.code)).toEqual([undefined, 'file.unreadable']);
  });

  test('none at all end at once', async () => {
    expect((await readAll({ paths: [] })).packets).toEqual([]);
  });
});
