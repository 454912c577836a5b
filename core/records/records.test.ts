import { expect, test } from 'vitest';
import { Refusal } from '../sketch/refusal.ts';
import { decodeColumns, encodeColumns } from './columns.ts';
import { conn, type ConnRecord } from './conn.ts';
import { describe as describeLog } from './describe.ts';
import { jsonLine } from './jsonLine.ts';
import type { Log, Row } from './record.ts';
import { tsvFooter, tsvHeader, tsvLine } from './tsv.ts';
import { connectionUid } from './uid.ts';

const full = {
  ts: 1490976024.793542,
  uid: 'Ck2ueS2THdwwk6D6Sh',
  'id.orig_h': '172.16.42.216',
  'id.orig_p': 3440,
  'id.resp_h': '172.16.42.1',
  'id.resp_p': 53,
  proto: 'udp',
  service: 'dns',
  duration: 0.051048994064331055,
  orig_bytes: 47,
  resp_bytes: 9_007_199_254_740_991,
  conn_state: 'SF',
  local_orig: true,
  local_resp: false,
  missed_bytes: 3,
  history: 'Dd',
  orig_pkts: 1,
  orig_ip_bytes: 75,
  resp_pkts: 2,
  resp_ip_bytes: 103,
  tunnel_parents: ['CEn8ji2ArRkoAsnQwa', 'x,y\tz'],
  ip_proto: 17,
  vlan: 5,
  inner_vlan: 6,
  community_id: '1:xxsrQP/b+/kpqFv1r+7lhZE5F0k=',
  rtt: 0.000012,
  orig_retransmits: 7,
  resp_retransmits: 8,
} as const satisfies ConnRecord;

const least = {
  ts: 5,
  uid: 'C',
  'id.orig_h': '::1',
  'id.orig_p': 0,
  'id.resp_h': '::2',
  'id.resp_p': 0,
  proto: 'icmp',
  missed_bytes: 0,
} as const satisfies ConnRecord;

test('a JSON line has Zeek order and numbers, and leaves out what is absent', () => {
  expect(jsonLine(conn, least)).toBe(
    '{"ts":5.0,"uid":"C","id.orig_h":"::1","id.orig_p":0,"id.resp_h":"::2","id.resp_p":0,"proto":"icmp","missed_bytes":0}',
  );
  const line = jsonLine(conn, full);
  expect(line.startsWith('{"ts":1490976024.793542,"uid":"Ck2ueS2THdwwk6D6Sh","id.orig_h":"172.16.42.216",')).toBe(true);
  expect(line).toContain('"duration":0.051048994064331055,"orig_bytes":47,"resp_bytes":9007199254740991,');
  expect(JSON.parse(line)).toEqual(full);
  expect(Object.keys(JSON.parse(line) as object)).toEqual(conn.fields.map((field) => field.name));
  expect(jsonLine(conn, full, new Set(['proto', 'ts']))).toBe('{"ts":1490976024.793542,"proto":"udp"}');
});

test('TSV has header lines, unset and empty marks, and escapes', () => {
  const header = tsvHeader(conn, '2026-01-31-23-59-59').split('\n');
  expect(header.slice(0, 6)).toEqual([
    '#separator \\x09',
    '#set_separator\t,',
    '#empty_field\t(empty)',
    '#unset_field\t-',
    '#path\tconn',
    '#open\t2026-01-31-23-59-59',
  ]);
  expect(header[6]!.split('\t').length).toBe(conn.fields.length + 1);
  expect(header[7]!.split('\t').slice(0, 3)).toEqual(['#types', 'time', 'string']);
  const cells = tsvLine(conn, full).split('\t');
  expect(cells.length).toBe(conn.fields.length);
  expect(cells[0]).toBe('1490976024.793542');
  expect(cells[8]).toBe('0.051049');
  expect(cells[12]).toBe('T');
  expect(cells[20]).toBe('CEn8ji2ArRkoAsnQwa,x\\x2cy\\x09z');
  expect(tsvLine(conn, least, new Set(['duration', 'proto']))).toBe('icmp\t-');
  expect(
    tsvLine(
      conn,
      { ...full, service: '-', history: '', tunnel_parents: [] },
      new Set(['service', 'history', 'tunnel_parents']),
    ),
  ).toBe('\\x2d\t(empty)\t(empty)');
  expect(tsvFooter('x')).toBe('#close\tx\n');
});

test('columns give back every field', () => {
  const rows: Row[] = [full, least, { ...full, 'id.orig_h': 'é\u{1f600}', tunnel_parents: [] }];
  for (let i = 0; i < 70; i++) rows.push(i % 3 === 0 ? full : least);
  expect(decodeColumns(conn, encodeColumns(conn, rows))).toEqual(rows);
  expect(decodeColumns(conn, encodeColumns(conn, []))).toEqual([]);
});

test('columns refuse damage, and never throw', () => {
  const good = encodeColumns(conn, [full, least, full]);
  const other: Log = { path: 'conn', text: '', fields: conn.fields.slice(1) };
  expect(decodeColumns(other, good)).toBeInstanceOf(Refusal);
  for (let cut = 0; cut < good.byteLength; cut++)
    expect(decodeColumns(conn, good.slice(0, cut))).toBeInstanceOf(Refusal);
  let seed = 1;
  const next = (): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) >>> 8;
  for (let i = 0; i < 20_000; i++) {
    const bytes = new Uint8Array(good.slice(0));
    for (let n = next() % 4; n >= 0; n--) bytes[next() % bytes.length] = next() % 3 === 0 ? 0xff : next() & 255;
    const rows = decodeColumns(conn, bytes.buffer);
    if (!(rows instanceof Refusal)) expect(rows.length).toBeLessThan(100);
  }
  const huge = new DataView(good.slice(0));
  huge.setUint32(12, 0xffffffff, true);
  expect(decodeColumns(conn, huge.buffer)).toEqual(new Refusal('records conn', 'rows'));
});

test('names of connections follow from sensor, key and time', () => {
  const key = Uint8Array.of(1, 2, 3);
  const name = connectionUid('oslo/a', key, 1490976024, 5);
  expect(name).toMatch(/^C[0-9A-Za-z]{10,17}$/u);
  expect(connectionUid('oslo/a', key, 1490976024, 5)).toBe(name);
  const others = [
    connectionUid('oslo/b', key, 1490976024, 5),
    connectionUid('oslo/a', Uint8Array.of(1, 2, 4), 1490976024, 5),
    connectionUid('oslo/a', key, 1490976025, 5),
    connectionUid('oslo/a', key, 1490976024, 6),
  ];
  expect(new Set([name, ...others]).size).toBe(5);
});

test('the documentation page names every field', () => {
  const page = describeLog(conn);
  for (const field of conn.fields) expect(page).toContain(`| \`${field.name}\` | ${field.type} |`);
  expect(page).toContain('| `rtt` | interval | optional, not in Zeek |');
});
