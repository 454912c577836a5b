import { expect, test } from 'vitest';

import { PacketBatch } from '../../core/packet/batch.ts';
import { LinkType } from '../../core/packet/linkType.ts';
import { PacketFilter } from './filter.ts';
import type { Libpcap } from './libpcap/library.ts';
import { needLibpcap } from '../../test/bpf/needLibpcap.ts';

/** A batch of [link type, frame] one behind the other. */
function batchOf(...packets: readonly (readonly [linkType: number, frame: string])[]): PacketBatch {
  const batch = new PacketBatch(packets.length);
  const memory = packets.flatMap(([, frame]) => [0xee, ...octets(frame)]);
  batch.setBytes(Uint8Array.from(memory));
  let at = 0;
  for (const [i, [linkType, frame]] of packets.entries()) {
    const { length } = octets(frame);
    batch.offset[i] = at + 1;
    batch.caplen[i] = length;
    batch.len[i] = length;
    batch.linkType[i] = linkType;
    at += 1 + length;
  }
  batch.count = packets.length;
  return batch;
}

/** Octets in hexadecimal; IPv4 with no payload that is worth a look. */
const octets = (text: string): number[] => [...Buffer.from(text.replaceAll(' ', ''), 'hex')];
const ip = (from: string, to: string): string => `45000014 00000000 40590000 c00002${from} c00002${to}`;
const ethernet = (payload: string): string => `020000000002 020000000001 0800 ${payload}`;
const tagged = (payload: string): string => `020000000002 020000000001 8100 0007 0800 ${payload}`;

function selected(library: Libpcap, expression: string, batch: PacketBatch): number[] {
  const filter = new PacketFilter(expression, library);
  return Array.from({ length: batch.count }, (_, i) => i).filter((i) => filter.accept(batch, i));
}

test('each link type has its own program', (context) => {
  const library = needLibpcap(context);
  const batch = batchOf(
    [LinkType.EN10MB, ethernet(ip('01', '02'))],
    [LinkType.RAW, ip('01', '02')],
    [LinkType.RAW, ip('03', '02')],
    [LinkType.EN10MB, ethernet(ip('03', '01'))],
    [LinkType.EN10MB, tagged(ip('01', '02'))],
    [LinkType.LOOP, `00000002 ${ip('01', '09')}`],
  );
  expect(selected(library, 'src 192.0.2.1', batch)).toEqual([0, 1, 5]);
  expect(selected(library, 'host 192.0.2.1', batch)).toEqual([0, 1, 3, 5]);
  expect(selected(library, '', batch)).toEqual([0, 1, 2, 3, 4, 5]);
});

test('BSD loopback is read in the byte order of the machine that captured it', (context) => {
  const library = needLibpcap(context);
  const batch = batchOf(
    [LinkType.NULL, `02000000 ${ip('01', '02')}`],
    [LinkType.NULL, `00000002 ${ip('01', '02')}`],
    [LinkType.NULL, `00000003 ${ip('01', '02')}`],
    [LinkType.NULL, '0000'],
  );
  expect(selected(library, 'host 192.0.2.2', batch)).toEqual([0, 1]);
});

test('a link type for which the expression has no meaning is named, with what it cost', (context) => {
  const library = needLibpcap(context);
  const filter = new PacketFilter('vlan 7', library);
  const batch = batchOf(
    [LinkType.RAW, ip('01', '02')],
    [LinkType.EN10MB, tagged(ip('01', '02'))],
    [LinkType.RAW, ip('01', '02')],
    [147, '00'],
  );
  expect([0, 1, 2, 3].map((i) => filter.accept(batch, i))).toEqual([false, true, false, false]);
  const [raw, unknown] = filter.refusals();
  expect(raw).toMatchObject({ linkType: LinkType.RAW, packets: 2 });
  expect(raw!.message).toMatch(/^filter: "vlan 7": .*: no packet of link type RAW is selected$/);
  expect(unknown).toMatchObject({ linkType: 147, packets: 1 });
});

test('an expression that no link type has a meaning for is refused at once; one that some have is not', (context) => {
  const library = needLibpcap(context);
  expect(() => new PacketFilter('tcp prot 80', library)).toThrow('filter: "tcp prot 80": syntax error');
  expect(new PacketFilter('wlan type mgt', library).refusals()).toEqual([]);
});
