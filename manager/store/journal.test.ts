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
import { systemClock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/log.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { createJournal } from './journal.ts';
import type { JournalView } from './journalView.ts';
import type { Delivery } from './summaryStore.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'picket-journal-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const journal = (changes: { bytes?: number; segmentBytes?: number; segmentSeconds?: number } = {}, loadedTo = 0) =>
  createJournal(
    { directory, bytes: 1 << 30, segmentBytes: 1 << 20, segmentSeconds: 3600, ...changes },
    { clock: systemClock(), log: silentLogger(), metrics: new Metrics(), loadedTo: () => loadedTo },
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

const all = { from: 0, to: 1_000_000, accepts: () => true };
const stream = 'ab'.repeat(16);
const files = (): string[] => readdirSync(directory).sort();
const newest = (): string => join(directory, files().at(-1) ?? '');
const startsOf = (view: JournalView): number[] => view.rows.map(({ start }) => start);

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
  expect(second.received(stream)).toEqual([
    { first: 1, last: 3 },
    { first: 5, last: 5 },
  ]);
  expect(startsOf(second.view(all, 0))).toEqual([10, 20, 30, 50]);
  expect(startsOf(second.view({ ...all, from: 20, to: 30 }, 0))).toEqual([20]);
  const bodies: number[] = [];
  const view = second.view({ ...all, from: 10, to: 40 }, 0);
  for await (const { start, section } of view.sections([10, 40], new Set([17]))) {
    expect(section.kind).toBe(17);
    bodies.push(start * 100 + (section.body[0] ?? 0));
  }
  expect(bodies).toEqual([1001, 2002, 3003]);
  await view.close();
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
    expect(again.received(stream), String(size)).toEqual([{ first: 1, last: 1 }]);
    expect(await again.append(delivery(2))).toBe(true);
    expect(startsOf(again.view(all, 0))).toEqual([10, 20]);
    await again.stop(0);
  }
  appendFileSync(newest(), Buffer.alloc(5000, 0xff));
  const last = journal();
  await last.start();
  expect(startsOf(last.view(all, 0))).toEqual([10, 20]);
  await last.stop(0);
});

test('numbers outlive the segments that they came with, and what is loaded is not read again', async () => {
  const first = journal({ segmentBytes: 1 << 16 });
  await first.start();
  for (let seq = 1; seq <= 60; seq++) await first.append(delivery(seq, 3000));
  const oldest = first.oldestClosed();
  expect(oldest?.number).toBe(1);
  const waiting = first.view(all, 0);
  if (oldest !== undefined) await first.release(oldest);
  const fewer = startsOf(first.view(all, 0));
  expect(fewer.length).toBeLessThan(60);
  expect(startsOf(first.view(all, 2)).length).toBeLessThan(fewer.length);
  // Who began to read before still has all of it; then the file goes.
  expect(files()).toContain('0000000000000001.seg');
  let sections = 0;
  for await (const _ of waiting.sections([0, 1_000_000], new Set([16]))) sections += 1;
  expect(sections).toBe(60);
  await waiting.close();
  expect(files()).not.toContain('0000000000000001.seg');
  await first.stop(0);
  const second = journal({}, 2);
  await second.start();
  expect(files()).not.toContain('0000000000000002.seg');
  expect(second.received(stream)).toEqual([{ first: 1, last: 60 }]);
  expect(startsOf(second.view(all, 0)).length).toBeLessThan(fewer.length);
  await second.stop(0);
});

test('a segment is closed by size, by age, at a whole hour, and numbers go on above what is loaded', async () => {
  const first = journal({ segmentBytes: 1 << 16, segmentSeconds: 1 }, 41);
  await first.start();
  await first.append(delivery(1));
  await first.append({ ...delivery(2), arrivedMillis: 3_600_000 });
  expect(first.oldestClosed()).toMatchObject({ number: 42, hour: 0, messages: 1 });
  const oldest = first.oldestClosed();
  if (oldest !== undefined) await first.release(oldest);
  await first.someClosed();
  expect(first.oldestClosed()).toMatchObject({ number: 43, hour: 1, messages: 1 });
  await first.cut();
  expect(files()).toEqual(['0000000000000043.seg', '0000000000000044.seg']);
  await first.stop(0);
});

test('a full journal takes nothing, says so, and takes again when there is room', async () => {
  const first = journal({ bytes: 1 << 16, segmentBytes: 1 << 15 });
  await first.start();
  let seq = 0;
  const fill = async (): Promise<void> => {
    for (;;) await first.append(delivery((seq += 1), 3000));
  };
  await expect(fill()).rejects.toMatchObject({ code: 'journal.full' });
  expect(first.received(stream)).toEqual([{ first: 1, last: seq - 1 }]);
  const oldest = first.oldestClosed();
  if (oldest !== undefined) await first.release(oldest);
  expect(await first.append(delivery(seq))).toBe(true);
  await first.stop(0);
});

test('a foreign file in the place of a segment is refused, not overwritten', async () => {
  writeFileSync(join(directory, '0000000000000001.seg'), 'something else entirely');
  await expect(journal().start()).rejects.toThrow('not a segment file');
});

test('messages that inflate to much are spread over segments, so that each can be loaded', async () => {
  const first = journal();
  await first.start();
  const bomb = { ...delivery(1), inflated: 8 << 20 };
  await Promise.all(Array.from({ length: 30 }, (_, i) => first.append({ ...bomb, seq: i + 1 })));
  await first.cut();
  const sizes: number[] = [];
  for (let oldest = first.oldestClosed(); oldest !== undefined; oldest = first.oldestClosed()) {
    sizes.push(oldest.inflated);
    await first.release(oldest);
  }
  expect(sizes.length).toBeGreaterThan(2);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(96 << 20);
  await first.stop(0);
});
