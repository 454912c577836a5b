import { expect, test } from 'vitest';
import { dns, DnsType } from '../../../core/packet/build/dns.ts';
import { join } from '../../../core/packet/build/octets.ts';
import type { DnsRecord } from '../../../core/records/dns.ts';
import { Random } from '../../../test/captures/random.ts';
import { DnsAnalyser } from './analyser.ts';

const id = {
  uid: 'C1',
  'id.orig_h': '192.0.2.1',
  'id.orig_p': 4000,
  'id.resp_h': '192.0.2.53',
  'id.resp_p': 53,
  proto: 'udp',
} as const;

/** An analyser whose flows all have that responder's port, and what it handed out and told. */
function create(port = 53) {
  const rows: DnsRecord[] = [];
  const told: string[] = [];
  const analyser = new DnsAnalyser(
    {
      id: () => ({ ...id, 'id.resp_p': port }),
      turnRound: () => told.push('turned') > 0,
      violation: () => void told.push('violation'),
    },
    (row) => rows.push(row),
  );
  const send = (isOriginator: boolean, bytes: Uint8Array, time: number, slot = 7): void =>
    analyser.datagram(slot, isOriginator, bytes, 0, bytes.length, time);
  return { analyser, rows, told, send };
}

const query = (number: number, name = 'a.example', type: number = DnsType.A): Uint8Array =>
  dns({ id: number, name, type });
const answer = (number: number, name = 'a.example'): Uint8Array =>
  dns({ id: number, name, response: true, answers: [{ type: DnsType.A, data: '203.0.113.7', ttl: 30 }] });

test('a query and its answer are one row', () => {
  const { analyser, rows, send } = create();
  send(true, query(5), 100.5);
  expect(rows).toEqual([]);
  send(false, answer(5), 100.75);
  expect(rows).toEqual([
    {
      ...id,
      ts: 100.5,
      trans_id: 5,
      rtt: 0.25,
      query: 'a.example',
      qclass: 1,
      qclass_name: 'C_INTERNET',
      qtype: 1,
      qtype_name: 'A',
      rcode: 0,
      rcode_name: 'NOERROR',
      AA: false,
      TC: false,
      RD: true,
      RA: true,
      Z: 0,
      answers: ['203.0.113.7'],
      TTLs: [30],
      rejected: false,
      opcode: 0,
      opcode_name: 'query',
    },
  ]);
  expect(analyser.end(7)).toBe('dns');
  expect(analyser.end(7)).toBeUndefined();
  expect(rows.length).toBe(1);
});

test('what stays without its other half has a row when the flow ends', () => {
  const { analyser, rows, send } = create();
  send(true, query(1), 1);
  send(true, query(2), 2);
  send(false, answer(3), 3);
  send(false, answer(2), 4);
  expect(rows.map((row) => [row.trans_id, row.ts, row.rtt])).toEqual([[2, 2, 2]]);
  analyser.end(7);
  expect(rows.slice(1).map((row) => [row.trans_id, row.ts, row.qtype, row.rcode, row.query])).toEqual([
    [1, 1, 1, undefined, 'a.example'],
    [3, 3, undefined, 0, 'a.example'],
  ]);
});

test('an answer without records is a rejection', () => {
  const { rows, send } = create();
  send(true, query(1), 1);
  send(false, dns({ id: 1, name: 'a.example', response: true, rcode: 3 }), 2);
  expect(rows[0]).toMatchObject({ rejected: true, rcode_name: 'NXDOMAIN', RA: false });
  expect(rows[0]!.rtt).toBeUndefined();
});

test('queries of one id are answered in their order, and a flood of them is bounded', () => {
  const { rows, send } = create();
  for (let i = 0; i < 3; i++) send(true, query(9, `n${i}`), i);
  for (let i = 0; i < 3; i++) send(false, answer(9), 10 + i);
  expect(rows.map((row) => row.query)).toEqual(['n0', 'n1', 'n2']);
  for (let i = 0; i < 10_000; i++) send(true, query(i), 20);
  expect(rows.length).toBeGreaterThan(9900);
  for (let i = 0; i < 10_000; i++) send(true, query(9), 30);
  expect(rows.length).toBeGreaterThan(19_800);
});

test('mDNS is not matched; NetBIOS names are decoded', () => {
  const mdns = create(5353);
  mdns.send(true, query(0), 1);
  mdns.send(false, answer(0), 2);
  expect(mdns.rows.map((row) => [row.qtype, row.rcode])).toEqual([
    [1, undefined],
    [undefined, 0],
  ]);
  const netbios = create(137);
  netbios.send(true, query(1, `CK${'A'.repeat(30)}`, 33), 1);
  netbios.analyser.end(7);
  expect(netbios.rows[0]).toMatchObject({ query: '*', qtype_name: 'NBSTAT', opcode_name: 'netbios-query' });
});

test('a flow that begins with an answer is turned round; what is no DNS is told once, and few octets of it are read', () => {
  const turned = create();
  turned.send(true, answer(1), 1);
  turned.send(true, answer(2), 2);
  expect(turned.told).toEqual(['turned']);
  const { analyser, told, send } = create();
  const alien = join([0, 1, 0, 0, 255, 255], new Uint8Array(1400));
  for (let i = 0; i < 1000; i++) send(true, alien, i);
  expect(told).toEqual(['violation']);
  expect(analyser.counters).toMatchObject({ entered: 1000, refused: 1 });
  expect(analyser.counters.octets).toBeLessThanOrEqual(12_000);
  expect(analyser.end(7)).toBeUndefined();
  // Cut messages: 8 KiB a direction, then headers.
  const cut = create();
  const broken = join(
    [0, 1, 1, 0, 0, 25, 0, 0, 0, 0, 0, 0],
    ...Array.from({ length: 24 }, () => [63, ...new Uint8Array(63).fill(97), 0, 0, 1, 0, 1]),
  );
  for (let i = 0; i < 100; i++) cut.send(true, broken, i);
  expect(cut.analyser.counters.octets).toBeLessThanOrEqual(8192 + broken.length + 100 * 12);
});

test('mutated messages: no exception, no growth', () => {
  const random = new Random(5);
  const seeds = [
    query(1),
    answer(1),
    ...[6, 15, 16, 33, 35, 46, 47, 48, 50].map((type) =>
      dns({
        id: 1,
        name: 'www.example.com',
        response: true,
        answers: [
          { type, data: Uint8Array.from({ length: 40 }, () => random.below(256)) },
          { type: 5, data: 'b.example' },
        ],
      }),
    ),
  ];
  for (const port of [53, 137, 5353]) {
    const { analyser, rows, send } = create(port);
    for (let i = 0; i < 20_000; i++) {
      const bytes = Uint8Array.from(random.pick(seeds)).subarray(0, random.chance(0.2) ? random.below(60) : undefined);
      for (let n = random.below(6); n > 0 && bytes.length > 0; n--) {
        bytes[random.below(bytes.length)] = random.chance(0.5)
          ? random.below(256)
          : random.pick([0, 0xc0, 0xff, 12, 63]);
      }
      const slot = random.below(50);
      send(random.chance(0.5), bytes, i, slot);
      if (random.chance(0.02)) analyser.end(slot);
    }
    for (let slot = 0; slot < 50; slot++) analyser.end(slot);
    expect(rows.length).toBeGreaterThan(5000);
    expect(analyser.waiting).toEqual({ messages: 0, characters: 0, flows: 0 });
  }
});
