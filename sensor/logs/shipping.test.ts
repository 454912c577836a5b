import { inflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decodeColumns } from '../../core/records/columns.ts';
import { conn } from '../../core/records/conn.ts';
import { dns } from '../../core/records/dns.ts';
import { decodeLogBatch, type LogBatch } from '../../core/records/logBatch.ts';
import type { Row } from '../../core/records/record.ts';
import { Refusal } from '../../core/sketch/refusal.ts';
import { DurableKind } from '../../proto/link.ts';
import { LOGS_SHARED_BYTES, LogsShared, MOST_ON_THE_WAY, type RowsInput } from './logsOrder.ts';
import { RowBatches } from './rowBatches.ts';
import { Shipments } from './shipments.ts';

const row = (ts: number, query = 'a.example'): Row => ({
  ts,
  uid: 'C1',
  'id.orig_h': '10.0.0.1',
  'id.orig_p': 5,
  'id.resp_h': '10.0.0.2',
  'id.resp_p': 53,
  proto: 'udp',
  query,
  AA: false,
  TC: false,
  RD: false,
  RA: false,
  Z: 0,
  rejected: false,
});

function shipping(live = true): { shipments: Shipments; batches: () => (LogBatch & { queries: unknown[] })[] } {
  const made: (LogBatch & { queries: unknown[] })[] = [];
  const shipments = new Shipments({ tap: 'tap0', live, logs: [dns] }, ({ kind, inflated, bytes }) => {
    expect(kind).toBe(DurableKind.LOG);
    const batch = decodeLogBatch(inflated === 0 ? bytes : inflateRawSync(bytes));
    if (batch instanceof Refusal) throw new Error(String(batch));
    const rows = decodeColumns(dns, Uint8Array.from(batch.columns).buffer);
    if (rows instanceof Refusal) throw new Error(String(rows));
    expect(rows.length).toBe(batch.rows);
    made.push({ ...batch, queries: rows.map(({ query }) => query) });
  });
  return { shipments, batches: () => made.splice(0) };
}

test('spans of messages follow each other, also where there was nothing for a while', () => {
  const { shipments, batches } = shipping();
  shipments.begin(100);
  expect(batches()).toMatchObject([{ from: 100, to: 100, rows: 0, first: 0, last: 0 }]);
  shipments.add(dns, [row(99, 'a'), row(101, 'b')], 500, 101);
  shipments.add(conn, [row(99)], 500, 101);
  shipments.seal(101.5);
  expect(batches()).toMatchObject([
    { log: 'dns', tap: 'tap0', from: 100, to: 101.5, first: 99, last: 101, rows: 2, dropped: 0, queries: ['a', 'b'] },
  ]);
  shipments.seal(102);
  shipments.seal(150);
  expect(batches()).toEqual([]);
  shipments.seal(161.5);
  expect(batches()).toMatchObject([{ from: 101.5, to: 161.5, rows: 0, first: 0, last: 0 }]);
  shipments.dropped('dns', 5);
  shipments.seal(162);
  shipments.seal(163, true);
  expect(batches()).toMatchObject([
    { from: 161.5, to: 162, rows: 0, dropped: 5 },
    { from: 162, to: 163, rows: 0, dropped: 0 },
  ]);
});

test('many rows go before their time, and too many for one message in several', () => {
  const { shipments, batches } = shipping();
  shipments.begin(100);
  batches();
  shipments.add(dns, [row(1)], 256 << 10, 100.5);
  expect(batches()).toMatchObject([{ from: 100, to: 100.5, rows: 1 }]);
  let seed = 1;
  const word = (): string => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0).toString(36);
  const names = Array.from({ length: 9 }, () => Array.from({ length: 40_000 }, word).join('.'));
  shipments.add(
    dns,
    names.map((name, i) => row(i, name)),
    1 << 22,
    101,
  );
  const several = batches();
  expect(several.length).toBeGreaterThan(1);
  expect(several.flatMap(({ queries }) => queries)).toEqual(names);
  expect([several[0]!.from, several.at(-1)!.to]).toEqual([100.5, 101]);
  shipments.add(dns, [row(1, Array.from({ length: 600_000 }, word).join('.'))], 1, 101);
  shipments.seal(102);
  expect(batches()).toMatchObject([{ from: 101, to: 102, rows: 0, dropped: 1 }]);
});

test('in a replay the span is that of the rows', () => {
  const { shipments, batches } = shipping(false);
  shipments.add(dns, [row(7), row(5)], 100, 0);
  shipments.seal(0);
  shipments.seal(0, true);
  expect(batches()).toMatchObject([{ from: 5, to: 7, first: 5, last: 7, rows: 2 }]);
});

function batching(): { batches: RowBatches; sent: RowsInput[]; shared: Int32Array } {
  const shared = new SharedArrayBuffer(LOGS_SHARED_BYTES);
  const sent: RowsInput[] = [];
  const send = (input: RowsInput): void => void sent.push(input);
  return { batches: new RowBatches({ logs: ['dns'], shared, live: true, send }), sent, shared: new Int32Array(shared) };
}

test('a worker sends wanted rows as columns, and then up to when these are all', () => {
  const { batches, sent, shared } = batching();
  batches.mark(10);
  for (let i = 0; i < 600; i++) batches.emit(dns, row(i));
  batches.emit(conn, row(1));
  batches.end(11);
  expect(sent.map(({ type }) => type)).toEqual(['mark', 'rows', 'rows', 'mark', 'end']);
  const rows = sent.flatMap((input) => (input.type === 'rows' ? [decodeColumns(dns, input.columns)] : [])).flat();
  expect(rows).toEqual(Array.from({ length: 600 }, (_, i) => row(i)));
  const bytes = sent.reduce((sum, input) => sum + (input.type === 'rows' ? input.columns.byteLength : 0), 0);
  expect(shared[LogsShared.BYTES_ON_THE_WAY]).toBe(bytes);
});

test('live, rows are given up and counted when the other end is behind', () => {
  const { batches, sent, shared } = batching();
  shared[LogsShared.BYTES_ON_THE_WAY] = MOST_ON_THE_WAY;
  for (let i = 0; i < 3; i++) batches.emit(dns, row(i));
  batches.mark(10);
  shared[LogsShared.BYTES_ON_THE_WAY] = 0;
  batches.emit(dns, row(4));
  batches.mark(11);
  expect(sent).toMatchObject([
    { type: 'mark', at: 10, dropped: [['dns', 3]] },
    { type: 'rows', rows: 1 },
    { type: 'mark', at: 11, dropped: [] },
  ]);
  expect(shared[LogsShared.ROWS_DROPPED]).toBe(3);
});
