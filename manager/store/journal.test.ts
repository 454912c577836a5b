import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  readFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DurableKind } from '../../proto/link.ts';
import { encodePart } from '../../proto/partCodec.ts';
import { silentLogger } from '../../runtime/log.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { createJournal } from './journal.ts';
import type { Delivery, SpanQuery } from './summaryStore.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'picket-journal-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const journal = (changes: { bytes?: number; segmentBytes?: number } = {}) =>
  createJournal(
    { directory, bytes: 1 << 30, segmentBytes: 1 << 20, ...changes },
    { log: silentLogger(), metrics: new Metrics() },
  );

function delivery(seq: number, size = 10): Delivery {
  const loss = { kernel: 0, nic: 0, shed: 0, unrecorded: 0, freezes: 0, blindMillis: 0 };
  const counts = {
    start: seq * 10,
    seconds: 10,
    windowSeconds: 10,
    coveredFrom: seq * 10,
    coveredTo: seq * 10 + 10,
    packets: seq,
    octets: 0,
    loss,
  };
  const section = {
    kind: 16,
    version: 1,
    parameters: new Uint8Array(0),
    seedHash: new Uint8Array(0),
    body: new Uint8Array(size).fill(seq),
  };
  const owner = { site: 's', sensor: 'n', replay: false };
  const bytes = encodePart({ tap: 't', ...counts, sections: [section, { ...section, kind: 17 }] });
  return {
    ...owner,
    stream: 'ab'.repeat(16),
    seq,
    kind: DurableKind.PART,
    arrivedMillis: 1,
    bytes,
    inflated: 0,
    row: { ...owner, tap: 't', ...counts },
  };
}

const all: SpanQuery = { cuts: [0, 1_000_000], accepts: () => true };
const newest = (): string => join(directory, readdirSync(directory).sort().at(-1) ?? '');

test('what was appended is there once, in order of time, also after a restart', async () => {
  const first = journal();
  await first.start();
  const stored = await Promise.all([3, 1, 2, 1, 3].map((seq) => first.append(delivery(seq))));
  expect(stored).toEqual([true, true, true, false, false]);
  await first.stop(0);
  const second = journal();
  await second.start();
  expect(await second.append(delivery(2))).toBe(false);
  expect(await second.append(delivery(5))).toBe(true);
  expect(second.received('ab'.repeat(16))).toEqual([
    { first: 1, last: 3 },
    { first: 5, last: 5 },
  ]);
  expect(await second.counts(all)).toMatchObject([{ tap: 't', range: 0, packets: 11, rows: 4, presentSeconds: 40 }]);
  expect(await second.counts({ ...all, cuts: [20, 30, 60] })).toMatchObject([
    { range: 0, packets: 2 },
    { range: 1, packets: 8 },
  ]);
  expect(second.grain(0, 100, all.accepts)).toBe(10);
  const bodies: number[] = [];
  for await (const { start, section } of second.sections({ ...all, cuts: [10, 40] }, new Set([17]))) {
    expect(section.kind).toBe(17);
    bodies.push(start * 100 + (section.body[0] ?? 0));
  }
  expect(bodies).toEqual([1001, 2002, 3003]);
  expect(second.taps()).toMatchObject([{ tap: 't', from: 10, to: 60, seconds: 10, windows: 4 }]);
  await second.stop(0);
});

test('what a crash left half written is cut, with its number', async () => {
  const first = journal();
  await first.start();
  await first.append(delivery(1));
  const whole = statSync(newest()).size;
  await first.append(delivery(2, 3000));
  await first.stop(0);
  const bytes = readFileSync(newest());
  for (const size of [whole + 1, whole + 9, whole + 1000, bytes.length - 1]) {
    writeFileSync(newest(), bytes);
    truncateSync(newest(), size);
    const again = journal();
    await again.start();
    expect(again.received('ab'.repeat(16)), String(size)).toEqual([{ first: 1, last: 1 }]);
    expect(await again.append(delivery(2))).toBe(true);
    expect(await again.counts(all)).toMatchObject([{ rows: 2 }]);
    await again.stop(0);
  }
  appendFileSync(newest(), Buffer.alloc(5000, 0xff));
  const last = journal();
  await last.start();
  expect(await last.counts(all)).toMatchObject([{ rows: 2 }]);
  await last.stop(0);
});

test('numbers outlive the segments that they came with', async () => {
  const config = { bytes: 64 << 10, segmentBytes: 16 << 10 };
  const first = journal(config);
  await first.start();
  for (let seq = 1; seq <= 60; seq++) await first.append(delivery(seq, 3000));
  await first.stop(0);
  expect(readdirSync(directory).length).toBeLessThan(7);
  const second = journal(config);
  await second.start();
  expect(second.received('ab'.repeat(16))).toEqual([{ first: 1, last: 60 }]);
  const [tap] = second.taps();
  expect(tap?.windows).toBeLessThan(20);
  expect(tap?.expiredTo).toBe(tap?.from);
  await second.stop(0);
});

test('a foreign file in the place of a segment is refused, not overwritten', async () => {
  writeFileSync(join(directory, '0000000000000001.seg'), 'something else entirely');
  await expect(journal().start()).rejects.toThrow('not a segment file');
});
