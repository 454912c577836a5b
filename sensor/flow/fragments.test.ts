import { expect, test } from 'vitest';
import { Decoder } from '../../core/packet/decoder.ts';
import { fragmentIpv4, ipv4 } from '../../core/packet/build/ipv4.ts';
import { ipv6, ipv6Fragment, ipv6Options } from '../../core/packet/build/ipv6.ts';
import { udp } from '../../core/packet/build/transport.ts';
import { Reason } from '../../core/packet/verdict.ts';
import { Random } from '../../test/captures/random.ts';
import { FlowClock } from './clock.ts';
import { FragmentResult, FragmentTable, fragmentLimits } from './fragments.ts';

const decoder = new Decoder();

function add(table: FragmentTable, packet: Uint8Array): number {
  decoder.decodeDatagram(packet, new DataView(packet.buffer, packet.byteOffset, packet.byteLength), packet.length);
  return table.add(decoder.fields, packet.length + 14);
}

function makeTable(limits = {}): { clock: FlowClock; table: FragmentTable } {
  const clock = new FlowClock();
  clock.advance(1000, 0);
  return { clock, table: new FragmentTable(clock, { ...fragmentLimits, ...limits }) };
}

function datagram(length: number, id = 7, seed = 1): Uint8Array {
  const payload = udp({ sourcePort: 53, destinationPort: 4000 }, new Random(seed).bytes(length));
  return ipv4(
    { source: '192.0.2.1', destination: '192.0.2.2', protocol: 17, id, options: [7, 7, 4, 0, 0, 0, 0] },
    payload,
  );
}

function result(table: FragmentTable): Uint8Array {
  return table.datagram.slice(0, table.length);
}

test('an IPv4 datagram comes back as it was, whatever the order', () => {
  const { table } = makeTable();
  const whole = datagram(4001);
  const pieces = fragmentIpv4(whole, 1480);
  expect(pieces.length).toBe(3);
  expect(add(table, pieces[2]!)).toBe(FragmentResult.HELD);
  expect(add(table, pieces[0]!)).toBe(FragmentResult.HELD);
  expect(table.inUse).toBe(1);
  expect(add(table, pieces[1]!)).toBe(FragmentResult.COMPLETE);
  expect(result(table)).toEqual(whole);
  expect(table.frames).toBe(3);
  expect(table.octets).toBe(pieces.reduce((sum, piece) => sum + piece.length + 14, 0));
  expect([table.seen, table.reassembled, table.unmatched, table.datagrams, table.inUse, table.bytesInUse]).toEqual([
    3, 3, 0, 1, 0, 0,
  ]);
});

test('an IPv6 datagram loses its Fragment header and keeps the headers before it', () => {
  const { table } = makeTable();
  const payload = new Random(2).bytes(3000);
  const ends = { source: '2001:db8::1', destination: '2001:db8::2' };
  const piece = (from: number, to: number, more: boolean): Uint8Array =>
    ipv6(
      { ...ends, protocol: 0, keepChecksum: true },
      ipv6Options(44, ipv6Fragment({ next: 99, id: 5, offset: from, more }, payload.subarray(from, to))),
    );
  expect(add(table, piece(1200, 3000, false))).toBe(FragmentResult.HELD);
  expect(add(table, piece(0, 1200, true))).toBe(FragmentResult.COMPLETE);
  expect(result(table)).toEqual(ipv6({ ...ends, protocol: 0, keepChecksum: true }, ipv6Options(99, payload)));
});

test('the first of overlapping bytes wins; duplicates are no overlaps', () => {
  const { table } = makeTable();
  const whole = datagram(1000);
  const other = datagram(1000, 7, 99);
  const [first, second] = fragmentIpv4(whole, 512);
  add(table, second!);
  expect(add(table, second!)).toBe(FragmentResult.HELD);
  expect([table.overlaps, table.duplicates]).toEqual([0, 1]);
  add(table, fragmentIpv4(other, 512)[1]!);
  expect([table.overlaps, table.duplicates]).toEqual([1, 1]);
  expect(add(table, first!)).toBe(FragmentResult.COMPLETE);
  expect(result(table)).toEqual(whole);
  expect(table.reassembled).toBe(4);
});

test('fragments that can not be right are refused with a reason', () => {
  const { table } = makeTable();
  const head = { source: '192.0.2.1', destination: '192.0.2.2' };
  const piece = (protocol: number, id: number, offset: number, length: number, more: boolean): Uint8Array =>
    ipv4({ ...head, protocol, id, fragmentOffset: offset, moreFragments: more }, new Uint8Array(length));
  const refused = (packet: Uint8Array, reason: number): void => {
    expect(add(table, packet)).toBe(FragmentResult.REFUSED);
    expect(table.reason).toBe(reason);
  };
  refused(piece(6, 1, 0, 8, true), Reason.FRAGMENT_TINY);
  refused(piece(6, 1, 8, 64, false), Reason.FRAGMENT_TINY);
  refused(piece(17, 2, 65_528, 100, false), Reason.FRAGMENT_LENGTH);
  refused(piece(17, 2, 64, 0, true), Reason.FRAGMENT_LENGTH);
  add(table, piece(17, 3, 64, 64, false));
  refused(piece(17, 3, 128, 8, true), Reason.FRAGMENT_TEARDROP);
  refused(piece(17, 3, 64, 32, false), Reason.FRAGMENT_TEARDROP);
  add(table, piece(17, 4, 64, 64, true));
  refused(piece(17, 4, 8, 8, false), Reason.FRAGMENT_TEARDROP);
  table.flush();
  expect(table.seen).toBe(table.reassembled + table.unmatched);
  expect([table.inUse, table.bytesInUse]).toEqual([0, 0]);
});

test('a fragment cut by the snap length is refused', () => {
  const { table } = makeTable();
  const [first] = fragmentIpv4(datagram(1000), 512);
  add(table, first!);
  decoder.fields.payloadCaptured -= 1;
  expect(table.add(decoder.fields, 100)).toBe(FragmentResult.REFUSED);
  expect(table.reason).toBe(Reason.FRAGMENT_TRUNCATED);
});

test('what is not whole in time is given up, and memory comes back', () => {
  const { clock, table } = makeTable({ seconds: 30 });
  for (let id = 0; id < 100; id++) add(table, fragmentIpv4(datagram(2000, id), 1480)[0]!);
  expect(table.inUse).toBe(100);
  clock.advance(1030, 0);
  table.expire();
  expect(table.inUse).toBe(100);
  clock.advance(1030, 1);
  table.expire();
  expect([table.inUse, table.bytesInUse, table.unmatched]).toEqual([0, 0, 100]);
});

test('a full table lets the oldest go', () => {
  const { table } = makeTable({ datagrams: 4 });
  const pieces = Array.from({ length: 6 }, (_, id) => fragmentIpv4(datagram(2000, id), 1480));
  for (const [first] of pieces) add(table, first!);
  expect([table.inUse, table.evicted, table.unmatched]).toEqual([4, 2, 2]);
  expect(add(table, pieces[5]![1]!)).toBe(FragmentResult.COMPLETE);
  expect(add(table, pieces[0]![1]!)).toBe(FragmentResult.HELD);
});

test('a flood of sparse fragments leaves the memory at its bound', () => {
  const bytes = 256 * 1024;
  const { clock, table } = makeTable({ bytes });
  // Each fragment claims another place of another datagram, so together they stand for far more than they carry.
  const packet = ipv4(
    { source: '192.0.2.1', destination: '192.0.2.2', protocol: 99, id: 1, moreFragments: true },
    new Uint8Array(8),
  );
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  for (let i = 0; i < 70_000; i++) {
    view.setUint16(4, i % 5000);
    view.setUint16(6, 0x2000 | ((i * 257) % 8000));
    decoder.decodeDatagram(packet, view, packet.length);
    table.add(decoder.fields, 60);
    expect(table.bytesInUse <= bytes).toBe(true);
  }
  expect(table.inUse).toBeLessThanOrEqual(bytes / 2048);
  clock.advance(2000, 0);
  table.expire();
  expect([table.inUse, table.bytesInUse]).toEqual([0, 0]);
  expect(table.seen).toBe(table.reassembled + table.unmatched);
});

test('any mix of shuffled, lost, doubled and overlapping fragments gives what a plain reference gives', () => {
  const random = new Random(11);
  for (let round = 0; round < 400; round++) {
    const { table } = makeTable();
    const total = random.between(1, 300) * 8 - random.below(8);
    const source = random.bytes(total);
    const pieces: { from: number; to: number; data: Uint8Array }[] = [];
    for (let from = 0; from < total;) {
      const to = Math.min(total, from + random.between(1, 40) * 8);
      pieces.push({ from, to, data: source.subarray(from, to) });
      from = to;
    }
    for (let extra = random.below(4); extra > 0; extra--) {
      const from = random.below(Math.ceil(total / 8)) * 8;
      const to = Math.min(total, from + random.between(1, 30) * 8);
      pieces.push({ from, to, data: random.chance(0.5) ? source.subarray(from, to) : random.bytes(to - from) });
    }
    if (random.chance(0.2)) pieces.splice(random.below(pieces.length), 1);
    for (let i = pieces.length - 1; i > 0; i--) {
      const j = random.below(i + 1);
      [pieces[i], pieces[j]] = [pieces[j]!, pieces[i]!];
    }
    const reference = new Uint8Array(total);
    const known = new Uint8Array(total);
    let isDone = false;
    for (const { from, to, data } of pieces) {
      for (let i = from; i < to; i++) {
        if (known[i] === 1) continue;
        known[i] = 1;
        reference[i] = data[i - from]!;
      }
      const packet = ipv4(
        {
          source: '10.0.0.1',
          destination: '10.0.0.2',
          protocol: 99,
          id: 3,
          fragmentOffset: from,
          moreFragments: to < total,
        },
        data,
      );
      // A single piece is no fragment at all.
      if (from === 0 && to === total) break;
      const answer = add(table, packet);
      const isWhole = known.every((byte) => byte === 1);
      expect(answer).toBe(isWhole ? FragmentResult.COMPLETE : FragmentResult.HELD);
      if (!isWhole) continue;
      expect(result(table).subarray(20)).toEqual(reference);
      isDone = true;
      break;
    }
    table.flush();
    expect(table.seen).toBe(table.reassembled + table.unmatched);
    expect(table.datagrams).toBe(isDone ? 1 : 0);
    expect([table.inUse, table.bytesInUse]).toEqual([0, 0]);
  }
});
