import { expect, test } from 'vitest';
import { dns, dnsOverTcp } from '../../../core/packet/build/dns.ts';
import { join } from '../../../core/packet/build/octets.ts';
import { Random } from '../../../test/captures/random.ts';
import { answer, nothing, overTcp, overUdp, query } from '../../../test/protocols/dnsFlow.ts';
import { Dns } from './dns.ts';
import type { DnsExchange } from './exchange.ts';
import { MOST_UNKNOWN } from './session.ts';

test('a query and its answer are one row', () => {
  const { id, rows, told, send, analyser, stage } = overUdp();
  send(true, query(5), 100.5);
  expect(rows).toEqual([]);
  send(false, answer(5), 100.75);
  expect(rows).toEqual([
    {
      ...id,
      proto: 'udp',
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
  analyser.finish(101);
  expect([rows.length, told]).toEqual([1, ['dns']]);
  expect(stage.held).toEqual(nothing);
});

test('what stays without its other half has a row when the flow ends', () => {
  const { rows, send, analyser } = overUdp();
  send(true, query(1), 1);
  send(true, query(2), 2);
  send(false, answer(3), 3);
  send(false, answer(2), 4);
  expect(rows.map((row) => [row['trans_id'], row['ts'], row['rtt']])).toEqual([[2, 2, 2]]);
  analyser.finish(5);
  expect(rows.slice(1).map((row) => [row['trans_id'], row['ts'], row['qtype'], row['rcode'], row['query']])).toEqual([
    [1, 1, 1, undefined, 'a.example'],
    [3, 3, undefined, 0, 'a.example'],
  ]);
});

test('an answer without records is a rejection', () => {
  const { rows, send } = overUdp();
  send(true, query(1), 1);
  send(false, dns({ id: 1, name: 'a.example', response: true, rcode: 3 }), 2);
  expect(rows[0]).toMatchObject({ rejected: true, rcode_name: 'NXDOMAIN', RA: false });
  expect(rows[0]!['rtt']).toBeUndefined();
});

test('queries of one id are answered in their order, and a flood of them is bounded', () => {
  const { rows, send, stage } = overUdp();
  for (let i = 0; i < 3; i++) send(true, query(9, `n${i}`), i);
  for (let i = 0; i < 3; i++) send(false, answer(9), 10 + i);
  expect(rows.map((row) => row['query'])).toEqual(['n0', 'n1', 'n2']);
  for (let i = 0; i < 10_000; i++) send(true, query(i), 20);
  expect(rows.length).toBeGreaterThan(9900);
  for (let i = 0; i < 10_000; i++) send(true, query(9), 30);
  expect(rows.length).toBeGreaterThan(19_800);
  expect(stage.held.messages).toBeLessThan(200);
});

test('what goes to a group is not matched; NetBIOS names are decoded', () => {
  const group = overUdp(5353, {}, true);
  group.send(true, query(0), 1);
  group.send(false, answer(0), 2);
  expect(group.rows.map((row) => [row['qtype'], row['rcode']])).toEqual([
    [1, undefined],
    [undefined, 0],
  ]);
  const netbios = overUdp(137);
  netbios.send(true, query(1, `CK${'A'.repeat(30)}`, 33), 1);
  netbios.analyser.finish(2);
  expect(netbios.rows[0]).toMatchObject({ query: '*', qtype_name: 'NBSTAT', opcode_name: 'netbios-query' });
});

test('a flow that begins with an answer is turned round', () => {
  const { told, send } = overUdp();
  send(true, answer(1), 1);
  send(true, answer(2), 2);
  expect(told).toEqual(['turned', 'dns']);
});

test('faults are told under their names', () => {
  const { told, send } = overUdp();
  send(true, Uint8Array.of(1, 2, 3), 1);
  send(true, join([0, 1, 0x30, 0, 0, 1], new Uint8Array(6)), 2);
  send(true, join([0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], [0xc0, 12, 0, 1, 0, 1]), 4);
  send(true, join([0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], [9, 97]), 5);
  send(true, join([0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], [1, 97, 0, 0]), 6);
  send(true, join([0, 1, 0, 0, 1, 0], new Uint8Array(6)), 7);
  send(true, query(8), 8);
  expect(told).toEqual([
    'DNS_truncated_len_lt_hdr_len',
    'DNS_unknown_opcode 6',
    'violation',
    'DNS_label_forward_compress_offset',
    'DNS_label_len_gt_pkt',
    'DNS_truncated_quest_too_short',
    'DNS_Conn_count_too_large 256 > 25',
    'violation',
    'no dns',
  ]);
});

test('of a flow that is no DNS no more than 8 KiB a direction is looked at', () => {
  const alien = overUdp();
  const bytes = join([0, 1, 0, 0, 255, 255], new Uint8Array(60_000));
  for (let i = 0; i < 3000; i++) alien.send(true, bytes, i);
  expect(alien.analyser.isDone).toBe(true);
  expect(alien.stage.counters.octets).toBeLessThanOrEqual(MOST_UNKNOWN);
  expect(alien.stage.counters.messages).toBeGreaterThan(1000);
  const cut = overUdp();
  const broken = join(
    [0, 1, 1, 0, 0, 25, 0, 0, 0, 0, 0, 0],
    ...Array.from({ length: 24 }, () => [63, ...new Uint8Array(63).fill(97), 0, 0, 1, 0, 1]),
  );
  for (let i = 0; i < 100; i++) cut.send(false, broken, i);
  expect(cut.stage.counters.octets).toBeLessThanOrEqual(MOST_UNKNOWN);
  // Early in a flow it is left at once.
  const once = overUdp();
  once.send(true, query(1), 1);
  once.send(true, bytes.subarray(0, 100), 2);
  expect(once.analyser.isDone).toBe(true);
  const tcp = overTcp();
  const noise = new Uint8Array(MOST_UNKNOWN * 4).fill(0xf7);
  for (let i = 0; i < 100; i++) tcp.send(i % 2 === 0, noise, i);
  // The stage ends an analyser that is not sure; it is neither here.
  expect([tcp.analyser.isSure, tcp.rows]).toEqual([false, []]);
  tcp.analyser.finish(101);
  expect(tcp.stage.held).toEqual(nothing);
});

test('a dynamic update is told with its words', () => {
  const { rows, send } = overUdp();
  const records = [
    [0xc0, 12, 0, 255, 0, 254, 0, 0, 0, 0, 0, 0],
    [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 9],
    [0xc0, 12, 0, 16, 0, 255, 0, 0, 0, 0, 0, 0],
  ].map((bytes) => Uint8Array.from(bytes));
  const zone = join([1, 97, 7, ...new TextEncoder().encode('example'), 0], [0, 6, 0, 1]);
  const body = join(zone, ...records);
  send(true, join([0, 1, 0x28, 0, 0, 1, 0, 1, 0, 2, 0, 0], body), 1);
  send(false, join([0, 1, 0xa8, 0, 0, 1, 0, 1, 0, 2, 0, 0], body), 2);
  expect(rows).toMatchObject([
    {
      query: 'a.example',
      qtype_name: 'SOA',
      opcode_name: 'dynamic-update',
      answers: ['pre: NameNotInUse a.example', 'add: A a.example 192.0.2.9', 'del: RRSet TXT'],
      TTLs: [0, 60, 0],
    },
  ]);
});

test('subscribers are told of exchanges without a row being made', () => {
  const told: Partial<DnsExchange>[] = [];
  const note = (exchange: DnsExchange): void => {
    const answers = exchange.answers.slice(0, exchange.answerCount).map((one) => ({ ...one }));
    told.push({ ...exchange, ends: Uint32Array.from(exchange.ends), answers });
  };
  const { rows, send, analyser } = overUdp(53, { subscribers: [note], isLogged: false });
  send(true, query(1, 'A.Example'), 1);
  send(false, answer(1), 1.5);
  // A label that holds a dot, a blank and an octet beyond ASCII.
  send(true, join(query(2, '').subarray(0, 12), [4, 97, 0x2e, 0x20, 0xff, 1, 98, 0, 0, 1, 0, 1]), 2);
  send(true, query(3, ''), 3);
  send(false, dns({ id: 3, name: '', response: true, rcode: 2 }), 4);
  analyser.finish(5);
  expect(rows).toEqual([]);
  expect(told).toMatchObject([
    {
      time: 1,
      ends: Uint32Array.of(0, 0, 0xffff, 0xc000_0201, 0, 0, 0xffff, 0xc000_0235),
      serverPort: 53,
      transport: 'udp',
      hasQuery: true,
      hasReply: true,
      name: 'a.example',
      qtype: 1,
      qclass: 1,
      rcode: 0,
      rtt: 0.5,
      answers: [{ owner: 'a.example', rrtype: 1, rdata: '203.0.113.7', ttl: 30 }],
    },
    { name: '', qtype: 1, rcode: 2, rtt: 1, answerCount: 0 },
    { name: 'a\\046\\032\\255.b', qtype: 1, rcode: undefined, rtt: Number.NaN, hasReply: false, answers: [] },
  ]);
});

test('DNS is told by its content, nothing else is', () => {
  const { udp, tcp } = new Dns({ byContent: true });
  const asked = query(1);
  const answered = answer(1);
  for (const bytes of [asked, answered]) {
    expect(udp.recognise?.(true, bytes, 0, bytes.length)).toBe(2);
    const framed = dnsOverTcp(bytes);
    expect(tcp.recognise?.(true, framed, framed.length)).toBe(2);
    expect(tcp.recognise?.(true, framed, 9)).toBe(1);
    expect(tcp.recognise?.(true, bytes, bytes.length)).not.toBe(2);
    expect(udp.recognise?.(true, bytes, 0, bytes.length - 1)).toBe(0);
  }
  expect(udp.recognise?.(true, join(asked, [0]), 0, asked.length + 1)).toBe(0);
  const random = new Random(4);
  for (let i = 0; i < 20_000; i++) {
    const bytes = Uint8Array.from({ length: random.below(80) }, () => random.below(256));
    expect(udp.recognise?.(true, bytes, 0, bytes.length)).toBe(0);
  }
  expect('recognise' in new Dns().udp).toBe(false);
});
