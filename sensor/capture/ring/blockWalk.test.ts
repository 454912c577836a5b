import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PacketBatch } from '../../../core/packet/batch.ts';
import { LinkType } from '../../../core/packet/linkType.ts';
import { BlockWalk } from './blockWalk.ts';

const BLOCK = 4096;
/** The walked block is the middle one of three: what is around it must stay as it is. */
const START = BLOCK;

interface Frame {
  bytes: number[];
  hardware?: number;
  net?: number;
  status?: number;
  tci?: number;
  tpid?: number;
  length?: number;
}

function blockOf(frames: Frame[]): { memory: ArrayBuffer; words: DataView; headers: number[] } {
  const memory = new ArrayBuffer(BLOCK * 3);
  new Uint8Array(memory).fill(0xee);
  new Uint8Array(memory, START, BLOCK).fill(0);
  const words = new DataView(memory);
  words.setUint32(START + 12, frames.length, true);
  words.setUint32(START + 16, 48, true);
  const headers: number[] = [];
  let at = START + 48;
  frames.forEach((frame, i) => {
    const mac = 82;
    const size = (mac + frame.bytes.length + 15) & ~15;
    headers.push(at);
    words.setUint32(at, i === frames.length - 1 ? 0 : size, true);
    words.setUint32(at + 4, 4_000_000_000 + i, true);
    words.setUint32(at + 8, 999_999_990 + i, true);
    words.setUint32(at + 12, frame.bytes.length, true);
    words.setUint32(at + 16, frame.length ?? frame.bytes.length, true);
    words.setUint32(at + 20, frame.status ?? 1, true);
    words.setUint16(at + 24, mac, true);
    words.setUint16(at + 26, mac + (frame.net ?? 14), true);
    words.setUint32(at + 32, frame.tci ?? 0, true);
    words.setUint16(at + 36, frame.tpid ?? 0, true);
    words.setUint16(at + 56, frame.hardware ?? 1, true);
    new Uint8Array(memory).set(frame.bytes, at + mac);
    at += size;
  });
  return { memory, words, headers };
}

function walk(memory: ArrayBuffer, options: { capacity?: number; snaplen?: number; limit?: Float64Array } = {}) {
  const walker = new BlockWalk(memory, options.snaplen ?? 262_144);
  const bytes = new Uint8Array(memory);
  const packets: { frame: number[]; len: number; seconds: number; nanos: number; tci: number; linkType: number }[] = [];
  const batch = new PacketBatch(options.capacity ?? 1024);
  batch.setBytes(bytes);
  walker.begin(START, BLOCK);
  let pieces = 0;
  while (walker.left > 0) {
    batch.count = 0;
    walker.read(batch, 3, options.limit ?? Float64Array.of(Infinity));
    pieces++;
    for (let i = 0; i < batch.count; i++) {
      const at = batch.offset[i]!;
      expect(at).toBeGreaterThanOrEqual(START);
      expect(at + batch.caplen[i]!).toBeLessThanOrEqual(START + BLOCK);
      expect(batch.interface[i]).toBe(3);
      packets.push({
        frame: Array.from(bytes.subarray(at, at + batch.caplen[i]!)),
        len: batch.len[i]!,
        seconds: batch.seconds[i]!,
        nanos: batch.nanos[i]!,
        tci: batch.vlanTci[i]!,
        linkType: batch.linkType[i]!,
      });
    }
  }
  const around = [...bytes.subarray(0, START), ...bytes.subarray(START + BLOCK)];
  expect(around.every((byte) => byte === 0xee)).toBe(true);
  return { packets, pieces, walker };
}

const addresses = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

test('hands over frames, lengths and times', () => {
  const { memory } = blockOf([{ bytes: [...addresses, 8, 0, 42], length: 1500 }, { bytes: [...addresses, 8, 6] }]);
  const { packets, walker } = walk(memory);
  expect(packets).toEqual([
    {
      frame: [...addresses, 8, 0, 42],
      len: 1500,
      seconds: 4_000_000_000,
      nanos: 999_999_990,
      tci: -1,
      linkType: LinkType.EN10MB,
    },
    {
      frame: [...addresses, 8, 6],
      len: 14,
      seconds: 4_000_000_001,
      nanos: 999_999_991,
      tci: -1,
      linkType: LinkType.EN10MB,
    },
  ]);
  expect([walker.damaged, walker.lost]).toEqual([0, 0]);
});

test('puts the VLAN tag back, and a second walk finds the same frames', () => {
  const { memory } = blockOf([
    { bytes: [...addresses, 8, 0, 42], status: 0x51, tci: 0x24d2, tpid: 0x88a8 },
    { bytes: [...addresses, 8, 0, 43], status: 0x11, tci: 0, tpid: 0xdead },
  ]);
  const first = walk(memory).packets;
  expect(first.map(({ frame, len, tci }) => ({ frame, len, tci }))).toEqual([
    { frame: [...addresses, 0x88, 0xa8, 0x24, 0xd2, 8, 0, 42], len: 19, tci: 0x24d2 },
    { frame: [...addresses, 0x81, 0, 0, 0, 8, 0, 43], len: 19, tci: 0 },
  ]);
  expect(walk(memory).packets.map(({ frame, len }) => ({ frame, len }))).toEqual(
    first.map(({ frame, len }) => ({ frame, len })),
  );
});

test('cuts to the snap length after the tag is back', () => {
  const { memory } = blockOf([{ bytes: [...addresses, 8, 0, 42, 43], status: 0x51, tci: 5, tpid: 0x8100 }]);
  const { packets } = walk(memory, { snaplen: 16 });
  expect(packets[0]!.frame).toEqual([...addresses, 0x81, 0, 0, 5]);
  expect(packets[0]!.len).toBe(20);
});

test('interfaces without a link header give raw IP, others their number', () => {
  const { memory } = blockOf([
    { bytes: [0x45, 0, 0, 0], hardware: 65534, net: 0 },
    { bytes: [1, 2, 3, 4, 0x60, 0], hardware: 778, net: 4, length: 100 },
    { bytes: [9], hardware: 280, net: 0 },
    { bytes: [...addresses, 8, 0], hardware: 772 },
  ]);
  expect(walk(memory).packets.map(({ frame, len, linkType }) => ({ frame, len, linkType }))).toEqual([
    { frame: [0x45, 0, 0, 0], len: 4, linkType: LinkType.RAW },
    { frame: [0x60, 0], len: 96, linkType: LinkType.RAW },
    { frame: [9], len: 1, linkType: 280 },
    { frame: [...addresses, 8, 0], len: 14, linkType: LinkType.EN10MB },
  ]);
});

test('a block with more packets than a batch holds comes in pieces', () => {
  const { memory } = blockOf(Array.from({ length: 10 }, (_, i) => ({ bytes: [...addresses, 8, 0, i] })));
  const { packets, pieces } = walk(memory, { capacity: 4 });
  expect(pieces).toBe(3);
  expect(packets.map(({ frame }) => frame[14])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('stops before a packet that is later than the limit, and goes on from there', () => {
  const { memory } = blockOf(Array.from({ length: 5 }, (_, i) => ({ bytes: [...addresses, 8, 0, i] })));
  const walker = new BlockWalk(memory, 262_144);
  const batch = new PacketBatch(16);
  const next = new Float64Array(2);
  walker.begin(START, BLOCK);
  walker.read(batch, 0, Float64Array.of(3_999_999_999));
  expect([batch.count, walker.left]).toEqual([0, 5]);
  walker.nextTime(next, 1);
  expect(next[1]).toBeCloseTo(4_000_000_000.999, 2);
  walker.read(batch, 0, Float64Array.of(4_000_000_002));
  walker.read(batch, 1, Float64Array.of(4_000_000_003));
  expect([batch.count, walker.left]).toEqual([3, 2]);
  walker.read(batch, 2, Float64Array.of(Infinity));
  expect(Array.from(batch.seconds.subarray(0, batch.count), (s) => s - 4e9)).toEqual([0, 1, 2, 3, 4]);
  expect([...batch.interface.subarray(0, 5)]).toEqual([0, 0, 1, 2, 2]);
  walker.nextTime(next, 1);
  expect(next[1]).toBe(Infinity);
  expect(walker.damaged).toBe(0);
});

test.each<[string, (words: DataView, headers: number[]) => void, number]>([
  ['a next header that does not lead on', (words, headers) => words.setUint32(headers[1]!, 0, true), 2],
  ['a next header inside this one', (words, headers) => words.setUint32(headers[1]!, 8, true), 2],
  ['a next header outside the block', (words, headers) => words.setUint32(headers[1]!, 0xffff_fff0, true), 2],
  ['a next header that is not aligned', (words, headers) => words.setUint32(headers[1]!, 98, true), 2],
  ['a captured length outside the block', (words, headers) => words.setUint32(headers[1]! + 12, 0xffff_ffff, true), 1],
  ['a frame outside the block', (words, headers) => words.setUint16(headers[1]! + 24, 0xffff, true), 1],
  ['a frame inside its header', (words, headers) => words.setUint16(headers[1]! + 24, 60, true), 1],
  ['a first header outside the block', (words) => words.setUint32(START + 16, 0xffff_fff8, true), 0],
  ['a first header inside the block header', (words) => words.setUint32(START + 16, 8, true), 0],
])('%s ends the block, and what was not read is counted', (_, damage, whole) => {
  for (const capacity of [1024, 1, 2]) {
    const { memory, words, headers } = blockOf(Array.from({ length: 4 }, () => ({ bytes: [...addresses, 8, 0] })));
    damage(words, headers);
    const { packets, walker } = walk(memory, { capacity });
    expect(packets.length).toBe(whole);
    expect([walker.damaged, walker.lost]).toEqual([1, 4 - whole]);
  }
});

test('a packet count larger than the block is no loop', () => {
  const { memory, words } = blockOf([{ bytes: [...addresses, 8, 0] }]);
  words.setUint32(START + 12, 0xffff_ffff, true);
  const { packets, walker } = walk(memory);
  expect(packets.length).toBe(1);
  expect(walker.lost).toBe(0xffff_fffe);
});

test('nothing outside a block is touched, whatever stands in it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: BLOCK / 4 - 1 }), fc.oneof(fc.nat(200), fc.integer()))),
      fc.integer({ min: 1, max: 5 }),
      (changes, capacity) => {
        const { memory } = blockOf(
          Array.from({ length: 12 }, (_, i) => ({ bytes: [...addresses, 8, 0, i], status: i % 2 === 0 ? 0x51 : 1 })),
        );
        const words = new DataView(memory);
        for (const [word, value] of changes) words.setInt32(START + word * 4, value, true);
        walk(memory, { capacity });
      },
    ),
    { numRuns: 2000, seed: 1 },
  );
});
