import { describe, expect, test } from 'vitest';
import { readCapture } from '../../../test/captures/readCapture.ts';
import { PcapMagic } from './pcapWriter.ts';

interface Shape {
  magic: number;
  little: boolean;
  /** Octets of a record header. */
  record: number;
  major?: number;
  minor?: number;
  network?: number;
  snaplen?: number;
  swapLengths?: boolean;
}

interface Record {
  seconds: number;
  fraction: number;
  len: number;
  bytes: Uint8Array;
}

const records: Record[] = [
  { seconds: 1_700_000_000, fraction: 123_456, len: 60, bytes: Uint8Array.of(1, 2, 3, 4, 5) },
  { seconds: 4_294_967_295, fraction: 999_999, len: 3, bytes: Uint8Array.of(6, 7, 8) },
  { seconds: 0, fraction: 0, len: 0, bytes: new Uint8Array(0) },
];

function write(shape: Shape, list: readonly Record[] = records): Uint8Array {
  const { little } = shape;
  const bytes = new Uint8Array(24 + list.reduce((sum, record) => sum + shape.record + record.bytes.length, 0));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, shape.magic, little);
  view.setUint16(4, shape.major ?? 2, little);
  view.setUint16(6, shape.minor ?? 4, little);
  view.setUint32(16, shape.snaplen ?? 65535, little);
  view.setUint32(20, shape.network ?? 1, little);
  let at = 24;
  for (const record of list) {
    view.setUint32(at, record.seconds, little);
    view.setUint32(at + 4, record.fraction, little);
    view.setUint32(at + (shape.swapLengths === true ? 12 : 8), record.bytes.length, little);
    view.setUint32(at + (shape.swapLengths === true ? 8 : 12), record.len, little);
    if (shape.record > 16) {
      view.setUint32(at + 16, 2, little);
      view.setUint16(at + 20, 0x0800, little);
    }
    bytes.set(record.bytes, at + shape.record);
    at += shape.record + record.bytes.length;
  }
  return bytes;
}

const shapes: [name: string, shape: Shape, nanosPerFraction: number][] = [true, false].flatMap((little) => {
  const order = little ? 'little-endian' : 'big-endian';
  return [
    [`microseconds, ${order}`, { magic: PcapMagic.MICROSECONDS, little, record: 16 }, 1000],
    [`nanoseconds, ${order}`, { magic: PcapMagic.NANOSECONDS, little, record: 16 }, 1],
    [`patched under the standard magic, ${order}`, { magic: PcapMagic.MICROSECONDS, little, record: 24 }, 1000],
    [`patched, ${order}`, { magic: PcapMagic.MODIFIED, little, record: 24 }, 1000],
    [`patched with debugging fields, ${order}`, { magic: PcapMagic.MODIFIED, little, record: 28 }, 1000],
    [`version 2.2, ${order}`, { magic: PcapMagic.MICROSECONDS, little, record: 16, minor: 2, swapLengths: true }, 1000],
    [
      `version 543.0, ${order}`,
      { magic: PcapMagic.MICROSECONDS, little, record: 16, major: 543, minor: 0, swapLengths: true },
      1000,
    ],
  ] as [string, Shape, number][];
});

describe.each(shapes)('%s', (_name, shape, nanosPerFraction) => {
  test('records are read whole, whatever the pieces', () => {
    const bytes = write(shape);
    for (const piece of [1, 7, bytes.length]) {
      const { packets, damage, reader } = readCapture(bytes, piece, 2);
      expect(damage).toBeNull();
      expect(packets).toEqual(
        records.map((record) => ({
          seconds: record.seconds,
          nanos: record.fraction * nanosPerFraction,
          caplen: record.bytes.length,
          len: record.len,
          linkType: 1,
          interface: 0,
          bytes: record.bytes,
        })),
      );
      expect(reader?.format).toBe('pcap');
      expect(reader?.subMicrosecond).toBe(nanosPerFraction === 1);
    }
  });

  test('a file that is cut at any octet yields the records before, and says where', () => {
    const bytes = write(shape);
    expect(readCapture(bytes.slice(0, bytes.length - 1)).damage?.code).toBe('file.cut');
    for (let length = 4; length < bytes.length; length++) {
      const { packets, damage } = readCapture(bytes.slice(0, length), 5);
      const starts = [24, 24 + shape.record + 5, 24 + 2 * shape.record + 8];
      const whole = starts.filter((start, i) => start + shape.record + records[i]!.bytes.length <= length).length;
      // A patched record before a cut can look like a standard one: there only the fault itself is sure.
      if (shape.record > 16 && whole < 2) continue;
      expect([length, packets.length]).toEqual([length, whole]);
      if (length === 24 || starts.includes(length)) expect([length, damage]).toEqual([length, null]);
      else
        expect([length, damage]).toMatchObject([length, { code: 'file.cut', offset: length < 24 ? 0 : starts[whole] }]);
    }
  });
});

const standard: Shape = { magic: PcapMagic.MICROSECONDS, little: true, record: 16 };

test('version 2.3 has its lengths in either order: the smaller one was captured', () => {
  const list = records.slice(0, 1);
  for (const swapLengths of [false, true]) {
    const { packets } = readCapture(write({ ...standard, minor: 3, swapLengths }, list));
    expect(packets[0]).toMatchObject({ caplen: 5, len: 60 });
  }
});

test('other versions are refused', () => {
  for (const [major, minor] of [
    [1, 4],
    [3, 0],
    [543, 1],
    [0, 0],
  ] as const) {
    const { packets, damage } = readCapture(write({ ...standard, major, minor }));
    expect(packets).toEqual([]);
    expect(damage).toMatchObject({ code: 'file.version', offset: 0 });
  }
});

test('the link type is in the lower half, the length of a frame check sequence above it', () => {
  expect(readCapture(write({ ...standard, network: 0x2400_0001 })).reader?.linkTypes).toEqual([1]);
  expect(readCapture(write({ ...standard, network: 12 })).packets[0]?.linkType).toBe(101);
});

test('more microseconds than a second has are carried over', () => {
  const list = [{ seconds: 10, fraction: 3_000_001, len: 1, bytes: Uint8Array.of(1) }, ...records];
  expect(readCapture(write(standard, list)).packets[0]).toMatchObject({ seconds: 13, nanos: 1000 });
});

test('a frame may be longer than the snapshot length, but not than any frame is', () => {
  const long = (length: number): Record[] => [
    ...records,
    { seconds: 1, fraction: 1, len: length, bytes: new Uint8Array(length) },
    ...records,
  ];
  expect(readCapture(write({ ...standard, snaplen: 96 }, long(262_144)), 4096)).toMatchObject({ damage: null });
  const { packets, damage } = readCapture(write(standard, long(262_145)));
  expect(packets.length).toBe(3);
  expect(damage).toMatchObject({ code: 'file.record', offset: 24 + 3 * 16 + 8 });
  // USB frames are longer.
  expect(readCapture(write({ ...standard, network: 249 }, long(300_000))).damage).toBeNull();
});

test('a length of four thousand million octets is damage, and no allocation', () => {
  const bytes = write(standard);
  new DataView(bytes.buffer).setUint32(24 + 21 + 8, 0xffffffff, true);
  const { packets, damage } = readCapture(bytes);
  // Two faults in the second record of three: the standard layout still has the fewest.
  expect(packets.length).toBeLessThanOrEqual(1);
  expect(damage?.code).toBe('file.record');
});
