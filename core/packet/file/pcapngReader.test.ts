import { describe, expect, test } from 'vitest';
import { readCapture } from '../../../test/captures/readCapture.ts';
import { join } from '../build/octets.ts';
import {
  BlockType,
  encodeInterface,
  encodeSectionHeader,
  enhancedPacketOctets,
  putEnhancedPacket,
} from './pcapngWriter.ts';

const frame = Uint8Array.of(1, 2, 3, 4, 5);

function block(type: number, body: readonly number[], little = true): Uint8Array {
  const length = 12 + body.length;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, little);
  view.setUint32(4, length, little);
  bytes.set(body, 8);
  view.setUint32(length - 4, length, little);
  return bytes;
}

function packet(from: number, units: bigint, bytes: Uint8Array = frame, little = true, len = bytes.length): Uint8Array {
  const all = new Uint8Array(enhancedPacketOctets(bytes.length));
  const view = new DataView(all.buffer);
  putEnhancedPacket(view, 0, little, from, Number(units >> 32n), Number(units & 0xffffffffn), bytes.length, len);
  all.set(bytes, 28);
  return all;
}

const section = encodeSectionHeader();
const ethernet = encodeInterface({ linkType: 1 });
const second = 1_700_000_000n;

describe.each([true, false])('little-endian: %s', (little) => {
  const head = [encodeSectionHeader(!little), encodeInterface({ linkType: 1, name: 'eth0', snaplen: 96 }, !little)];
  const file = join(
    ...head,
    block(0x0bad, [1, 2, 3, 4], little),
    packet(0, second * 1_000_000n + 5n, frame, little, 60),
    encodeInterface({ linkType: 12, name: 'tun0', resolution: 9, offset: -3600 }, !little),
    packet(1, second * 1_000_000_000n + 7n, frame.subarray(0, 4), little),
    // An obsolete packet block: interface 1, 9 drops, then as an enhanced one.
    block(
      BlockType.OBSOLETE_PACKET,
      [
        ...(little ? [1, 0, 9, 0] : [0, 1, 0, 9]),
        ...packet(1, second * 1_000_000_000n, frame.subarray(0, 4), little).subarray(12, 32),
      ],
      little,
    ),
    block(BlockType.SIMPLE_PACKET, [...(little ? [5, 0, 0, 0] : [0, 0, 0, 5]), 1, 2, 3, 4, 5, 0, 0, 0], little),
  );
  const expected = [
    { seconds: 1_700_000_000, nanos: 5000, caplen: 5, len: 60, linkType: 1, interface: 0, bytes: frame },
    {
      seconds: 1_700_000_000 - 3600,
      nanos: 7,
      caplen: 4,
      len: 4,
      linkType: 101,
      interface: 1,
      bytes: frame.subarray(0, 4),
    },
    {
      seconds: 1_700_000_000 - 3600,
      nanos: 0,
      caplen: 4,
      len: 4,
      linkType: 101,
      interface: 1,
      bytes: frame.subarray(0, 4),
    },
    { seconds: 0, nanos: 0, caplen: 5, len: 5, linkType: 1, interface: 0, bytes: frame },
  ];

  test('every kind of packet block is read, whatever the pieces, and other blocks are skipped', () => {
    for (const piece of [1, 13, file.length]) {
      const { packets, damage, interfaces, reader } = readCapture(file, piece, 3);
      expect(damage).toBeNull();
      expect(packets).toEqual(expected);
      expect(interfaces).toEqual([
        { file: 0, name: 'eth0', linkType: 1, snaplen: 96 },
        { file: 0, name: 'tun0', linkType: 101, snaplen: 0 },
      ]);
      expect(reader?.linkTypes).toEqual([1, 101]);
      expect(reader?.subMicrosecond).toBe(true);
    }
  });

  test('a file that is cut at any octet yields the packets before, and says where', () => {
    const starts: number[] = [];
    for (let at = 0; at < file.length;) {
      starts.push(at);
      at += new DataView(file.buffer).getUint32(at + 4, little);
    }
    const ends = [...starts.slice(1), file.length];
    const packetBlocks = [3, 5, 6, 7];
    for (let length = 4; length < file.length; length++) {
      const { packets, damage } = readCapture(file.slice(0, length), 9);
      expect(packets).toEqual(expected.slice(0, packetBlocks.filter((i) => ends[i]! <= length).length));
      const cut = starts.findLast((start) => start <= length)!;
      if (cut === length) expect(damage).toBeNull();
      else expect(damage).toMatchObject({ code: 'file.cut', offset: cut });
    }
  });
});

test('sections have a byte order and interfaces of their own; the same description keeps its number', () => {
  const one = [section, encodeInterface({ linkType: 1, name: 'a' }), packet(0, 1n)];
  const two = [
    encodeSectionHeader(true),
    encodeInterface({ linkType: 113, name: 'b' }, true),
    packet(0, 2n, frame, false),
  ];
  const { packets, damage, interfaces } = readCapture(join(...one, ...two, ...one));
  expect(damage).toBeNull();
  expect(packets.map((each) => [each.interface, each.linkType])).toEqual([
    [0, 1],
    [1, 113],
    [0, 1],
  ]);
  expect(interfaces.map((each) => each.name)).toEqual(['a', 'b']);
});

test('equal interfaces of one section stay apart', () => {
  const { packets } = readCapture(join(section, ethernet, ethernet, packet(0, 1n), packet(1, 1n)));
  expect(packets.map((each) => each.interface)).toEqual([0, 1]);
});

test('a simple packet is cut to the snapshot length of the first interface', () => {
  const small = encodeInterface({ linkType: 1, snaplen: 4 });
  const { packets } = readCapture(join(section, small, block(BlockType.SIMPLE_PACKET, [9, 0, 0, 0, 1, 2, 3, 4])));
  expect(packets[0]).toMatchObject({ caplen: 4, len: 9 });
});

const resolutionOf = (...value: number[]): Uint8Array =>
  block(BlockType.INTERFACE, [
    1,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    9,
    0,
    value.length,
    0,
    ...value,
    ...[0, 0, 0].slice(0, (4 - (value.length % 4)) % 4),
  ]);
const badLength = (length: number): Uint8Array => {
  const bytes = packet(0, 1n);
  new DataView(bytes.buffer).setUint32(4, length, true);
  return bytes;
};
const badTrailer = packet(0, 1n);
badTrailer[badTrailer.length - 4] = 0;

const good = join(section, ethernet, packet(0, 1n));
const faults: [name: string, bytes: Uint8Array, code: string][] = [
  ['a block length of 8', badLength(8), 'file.record'],
  ['a block length of 37', badLength(37), 'file.record'],
  ['a block length of 2^32 - 4', badLength(0xfffffffc), 'file.record'],
  ['lengths that do not match', badTrailer, 'file.record'],
  [
    'a frame longer than its block',
    block(BlockType.ENHANCED_PACKET, [...packet(0, 1n).subarray(8, 20), 9, 0, 0, 0, 9, 0, 0, 0, 1, 2, 3, 4]),
    'file.record',
  ],
  ['a simple frame longer than its block', block(BlockType.SIMPLE_PACKET, [9, 0, 0, 0, 1, 2, 3, 4]), 'file.record'],
  ['a packet block without its fields', block(BlockType.ENHANCED_PACKET, [0, 0, 0, 0]), 'file.record'],
  ['a packet of an interface that is not there', packet(1, 1n), 'file.interface'],
  ['a packet after a new section', join(section, packet(0, 1n)).subarray(28), 'file.interface'],
  ['a resolution of two octets', resolutionOf(6, 6), 'file.interface'],
  ['a resolution of 10^-20', resolutionOf(20), 'file.interface'],
  ['an option beyond its block', block(BlockType.INTERFACE, [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 255, 0]), 'file.interface'],
  ['an interface block without its fields', block(BlockType.INTERFACE, [1, 0, 0, 0]), 'file.interface'],
  [
    'a section of version 2',
    block(BlockType.SECTION, [0x4d, 0x3c, 0x2b, 0x1a, 2, 0, 0, 0, ...Array<number>(8).fill(255)]),
    'file.version',
  ],
  ['a section without a byte order', block(BlockType.SECTION, Array<number>(16).fill(0)), 'file.record'],
];

test.each(faults)('%s ends the file, after what came before', (_name, bytes, code) => {
  const whole = code === 'file.interface' && bytes[0] === 6 && bytes[8] === 0 ? join(good, section) : good;
  const { packets, damage } = readCapture(join(whole, bytes, packet(0, 2n)));
  expect(packets.length).toBe(1);
  expect(damage).toMatchObject({ code, offset: whole.length });
});

test('a time beyond 2^53 seconds is damage; one before 1970 is not', () => {
  const slow = encodeInterface({ linkType: 1, resolution: 0 });
  expect(readCapture(join(section, slow, packet(0, 2n ** 53n - 1n))).packets[0]?.seconds).toBe(2 ** 53 - 1);
  expect(readCapture(join(section, slow, packet(0, 2n ** 53n))).damage).toMatchObject({
    code: 'file.time',
    offset: 28 + slow.length,
  });
  const early = encodeInterface({ linkType: 1, offset: -10 });
  expect(readCapture(join(section, early, packet(0, 1n))).packets[0]).toMatchObject({ seconds: -10, nanos: 1000 });
});

test('a section without interfaces or packets is a whole file', () => {
  expect(readCapture(section)).toMatchObject({ packets: [], damage: null });
});
