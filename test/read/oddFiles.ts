import { gzipSync, zstdCompressSync } from 'node:zlib';
import { join } from '../../core/packet/build/octets.ts';
import { encodeInterface, encodeSectionHeader } from '../../core/packet/file/pcapngWriter.ts';
import { toPcap, toPcapng } from '../captures/captureBytes.ts';
import type { OddCapture } from './oddParts.ts';
import { START, packet, section, one, nothing, cut, micros, mixed } from './oddParts.ts';

/** Files that are damaged, empty or wrapped, and packets with odd lengths and times. Each has what must come out of it. */
export const oddFiles: readonly OddCapture[] = [
  {
    name: 'no octets',
    bytes: new Uint8Array(0),
    status: 1,
    expected: { ...nothing, files: [{ format: null, complete: false, error: { code: 'file.format' } }] },
  },
  { name: 'three octets', bytes: Uint8Array.of(0xd4, 0xc3, 0xb2), status: 1, expected: nothing },
  { name: 'noise', bytes: new Uint8Array(5000).fill(0x55), status: 1, expected: nothing },
  {
    name: 'a pcap header alone',
    bytes: toPcap([]),
    expected: { ...nothing, files: [{ format: 'pcap', complete: true, linkTypes: ['EN10MB'] }] },
  },
  {
    name: 'half a pcap header',
    bytes: toPcap([]).subarray(0, 20),
    status: 3,
    expected: { ...nothing, files: [{ error: { code: 'file.cut' } }] },
  },
  {
    name: 'a pcapng section alone',
    bytes: encodeSectionHeader(),
    expected: { ...nothing, files: [{ format: 'pcapng', complete: true }] },
  },
  {
    name: 'empty sections around a full one',
    bytes: join(encodeSectionHeader(true), toPcapng([one]), encodeSectionHeader(), encodeInterface({ linkType: 1 })),
    expected: { packets: 1, octets: one.len },
  },
  {
    name: 'a record that is cut',
    bytes: cut(toPcap([one, one]), 1),
    status: 3,
    expected: { packets: 1, files: [{ error: { code: 'file.cut' } }] },
  },
  { name: 'a pcapng block that is cut', bytes: cut(toPcapng([one, one]), 5), status: 3, expected: { packets: 1 } },
  {
    name: 'gzip that is cut',
    bytes: cut(gzipSync(mixed), 600),
    status: 3,
    expected: { files: [{ format: 'pcap', complete: false, error: { code: 'file.compression' } }] },
  },
  {
    name: 'zstd that is cut',
    bytes: cut(zstdCompressSync(mixed), 600),
    status: 3,
    expected: { files: [{ complete: false, error: { code: 'file.compression' } }] },
  },
  { name: 'gzip of nothing', bytes: gzipSync(new Uint8Array(0)), status: 1, expected: nothing },
  {
    name: 'two gzip members',
    bytes: join(gzipSync(toPcap([one])), gzipSync(toPcap([one]).subarray(24))),
    expected: { packets: 2 },
  },
  { name: 'gzip in gzip', bytes: gzipSync(gzipSync(mixed)), status: 1, expected: nothing },
  {
    name: 'less on the wire than captured',
    bytes: toPcap([packet(one.bytes, START, 0, 20), packet(one.bytes, START, 0, 0)]),
    expected: {
      packets: 2,
      octets: 20,
      capturedOctets: 2 * one.len,
      distinct: { hosts: { estimate: 2 }, flows: { estimate: 1 } },
    },
  },
  {
    name: 'packets of no octets',
    bytes: toPcap([packet(new Uint8Array(0)), packet(new Uint8Array(0), START, 0, 60)]),
    expected: { packets: 2, octets: 60, verdicts: { malformed: 1, truncated: 1 } },
  },
  { name: 'a snapshot length of 0', bytes: toPcap([one], { snaplen: 0 }), expected: { packets: 1, octets: one.len } },
  {
    name: 'a snapshot length below the frames',
    bytes: toPcap([one, one], { snaplen: 16 }),
    expected: { packets: 2, octets: 2 * one.len, distinct: { hosts: { estimate: 2 } } },
  },
  {
    name: 'a check sequence in the link type',
    bytes: toPcap([packet(join(one.bytes, [1, 2, 3, 4]))], { linkType: 0x2400_0001 }),
    expected: { packets: 1, files: [{ linkTypes: ['EN10MB'] }], distinct: { hosts: { estimate: 2 } } },
  },
  {
    name: 'times that step back over windows',
    bytes: toPcap([0, 30, 10, 60, 5, 31, 61].map((at) => packet(one.bytes, START + at))),
    expected: {
      packets: 7,
      late: 3,
      firstTime: '2023-11-14T22:13:20.000000000Z',
      lastTime: '2023-11-14T22:14:21.000000000Z',
    },
  },
  {
    name: 'times of 1970',
    bytes: toPcap([packet(one.bytes, 0, 0), packet(one.bytes, 0, 1)]),
    expected: { firstTime: '1970-01-01T00:00:00.000000000Z', lastTime: '1970-01-01T00:00:00.000000001Z' },
  },
  {
    name: 'the last second of pcap',
    bytes: toPcap([packet(one.bytes, 2 ** 32 - 1, 999_999_999)]),
    expected: { lastTime: '2106-02-07T06:28:15.999999999Z' },
  },
  {
    name: 'times beyond 2106 and beyond the year 9999',
    bytes: section(
      [{ linkType: 1 }],
      [5_000_000_000n, 253_402_300_799n, 253_402_300_800n].map((at) => ({
        interface: 0,
        ...micros(at),
        bytes: one.bytes,
      })),
    ),
    expected: { packets: 3, firstTime: '2128-06-11T08:53:20.000000000Z', lastTime: '253402300800.000000000' },
  },
  {
    name: 'a negative if_tsoffset',
    bytes: section(
      [{ linkType: 1, offset: -5_000_000_000 }],
      [
        { interface: 0, ...micros(4_999_999_999n), bytes: one.bytes },
        { interface: 0, ...micros(5_000_000_001n), bytes: one.bytes },
      ],
    ),
    expected: { packets: 2, firstTime: '1969-12-31T23:59:59.000000000Z', lastTime: '1970-01-01T00:00:01.000000000Z' },
  },
  {
    name: 'connections a day apart before 1970',
    bytes: section(
      [{ linkType: 1, offset: -2_000_000_000 }],
      [0n, 86_400n, 172_800n].map((at) => ({ interface: 0, ...micros(at), bytes: one.bytes })),
    ),
    expected: { packets: 3, flows: { total: 3, udp: 3 }, distinct: { flows: { estimate: 1 } } },
  },
];
