import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LinkType } from './linkType.ts';
import { spread } from './spread.ts';

const ipv4 = (source: number, destination: number): number[] => {
  const bytes = new Uint8Array(28);
  bytes[0] = 0x45;
  new DataView(bytes.buffer).setUint32(12, source);
  new DataView(bytes.buffer).setUint32(16, destination);
  return [...bytes];
};
const macs = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];
const of = (bytes: number[], linkType: number, offset = 0): number => {
  const array = Uint8Array.from([...Array.from({ length: offset }, () => 0xff), ...bytes]);
  return spread(array, new DataView(array.buffer), offset, bytes.length, linkType);
};

const packet = ipv4(0x0a00_0001, 0xc0a8_0101);
const back = ipv4(0xc0a8_0101, 0x0a00_0001);
const want = of(packet, LinkType.RAW);

test('both directions are equal, and not 0', () => {
  expect(want).toBeGreaterThan(0);
  expect(of(back, LinkType.RAW)).toBe(want);
});

test.each<[string, number[], number]>([
  ['Ethernet', [...macs, 8, 0, ...packet], LinkType.EN10MB],
  ['QinQ', [...macs, 0x88, 0xa8, 0, 1, 0x81, 0, 0, 2, 8, 0, ...packet], LinkType.EN10MB],
  ['MPLS', [...macs, 0x88, 0x47, 0, 1, 0, 9, 0, 1, 1, 9, ...packet], LinkType.EN10MB],
  ['a pseudowire', [...macs, 0x88, 0x47, 0, 1, 1, 9, 0, 0, 0, 0, ...macs, 8, 0, ...packet], LinkType.EN10MB],
  ['PPPoE', [...macs, 0x88, 0x64, 0x11, 0, 0, 1, 0, 30, 0, 0x21, ...packet], LinkType.EN10MB],
  ['PPP', [0xff, 3, 0, 0x21, ...packet], LinkType.PPP],
  ['compressed PPP', [0x21, ...packet], LinkType.PPP],
  ['SLL', [0, 0, 0, 1, 0, 6, ...macs.slice(0, 8), 8, 0, ...packet], LinkType.LINUX_SLL],
  ['SLL2', [8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, ...macs.slice(0, 8), ...packet], LinkType.LINUX_SLL2],
  ['NULL', [2, 0, 0, 0, ...packet], LinkType.NULL],
  ['LOOP', [0, 0, 0, 2, ...packet], LinkType.LOOP],
  ['IPV4', packet, LinkType.IPV4],
])('is of the first IP header behind %s', (_, bytes, linkType) => {
  expect(of(bytes, linkType)).toBe(want);
  expect(of(bytes, linkType, 5)).toBe(want);
  // Cut anywhere before the addresses' end: nothing to go by.
  const before = bytes.length - packet.length + 20;
  for (let length = 0; length < before; length++) expect(of(bytes.slice(0, length), linkType)).toBe(0);
});

test('what has no IP header is 0', () => {
  expect(of([...macs, 8, 6, ...packet], LinkType.EN10MB)).toBe(0);
  expect(of(packet, 147)).toBe(0);
  expect(
    of([...macs, ...Array.from({ length: 9 }, () => [0x81, 0, 0, 1]).flat(), 8, 0, ...packet], LinkType.EN10MB),
  ).toBe(0);
});

test.each<[string, (i: number) => number[]]>([
  ['many clients of one server', (i) => ipv4(0x0a00_0000 + i, 0xc0a8_0001)],
  ['two networks numbered alike', (i) => ipv4(0x0a00_0000 + i, 0x0a01_0000 + i)],
  ['two networks numbered in opposite order', (i) => ipv4(0x0a00_0000 + i, 0x0a01_0000 - i)],
  ['neighbours', (i) => ipv4(0x0a00_0000 + 2 * i, 0x0a00_0001 + 2 * i)],
])('spreads %s evenly', (_, make) => {
  for (const workers of [2, 3, 4, 8]) {
    const counts = new Uint32Array(workers);
    for (let i = 0; i < 4000; i++) {
      const worker = of(make(i), LinkType.RAW) % workers;
      counts[worker] = counts[worker]! + 1;
    }
    for (const count of counts) expect(Math.abs(count - 4000 / workers)).toBeLessThan(6 * Math.sqrt(4000 / workers));
  }
});

test('any bytes give a number, and only those of the packet are read', () => {
  const linkTypes = [0, 1, 9, 101, 108, 113, 228, 229, 276];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.constantFrom(...linkTypes), (bytes, linkType) => {
      const got = of([...bytes], linkType);
      expect(Number.isInteger(got) && got >= 0 && got < 2 ** 32).toBe(true);
      const longer = Uint8Array.from([...bytes, ...Array.from({ length: 64 }, () => 0x45)]);
      expect(spread(longer, new DataView(longer.buffer), 0, bytes.length, linkType)).toBe(got);
    }),
    { numRuns: 2000, seed: 1 },
  );
});
