import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { kinds } from '../../core/summary/kinds.ts';
import { encodeEntry } from '../../manager/store/journalEntry.ts';
import { mergeFiles } from '../../manager/store/levelMergeFiles.ts';
import { sql } from '../../manager/store/sql.ts';
import type { Delivery, SpanQuery, SummaryStore, TapSection, WindowRow } from '../../manager/store/summaryStore.ts';
import { encodePart } from '../../proto/partCodec.ts';
import { systemClock } from '../../runtime/clock.ts';
import { createLogger } from '../../runtime/log.ts';
import { SegmentWriter } from '../../runtime/segmentFile.ts';
import { engineProcesses } from './engineProcess.ts';
import { readSection } from './levelAnswers.ts';
import { modelSections } from './levelParts.ts';
import { bodyOf, delivery, openStore, streamOf } from './storeBench.ts';
import type { OpenStore, StoreOptions } from './storeBench.ts';

let directory = '';
const opened: OpenStore[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'picket-store-'));
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(directory, { recursive: true, force: true });
});

async function open(options: StoreOptions = {}): Promise<OpenStore> {
  const store = await openStore(directory, options);
  opened.push(store);
  return store;
}

async function close(store: OpenStore): Promise<void> {
  opened.splice(opened.indexOf(store), 1);
  await store.close();
}

const all: SpanQuery = { cuts: [0, 86_400], accepts: () => true };
/** An hour of arrival; so it lies in the past of every test. */
const hour = 480_000 * 3_600_000;

async function rollUp({ levels }: Pick<OpenStore, 'levels'>): Promise<void> {
  for (let level = 0; level < levels.queue.levels; level++)
    await levels.queue.roll(levels.queue.ready(level), mergeFiles);
}

/** The part of a delivery with another section, of bytes that can't be compressed. */
function withBody({ row }: Delivery, body: Uint8Array): Pick<Delivery, 'bytes'> {
  const none = new Uint8Array(0);
  const section = { kind: 950, version: 1, parameters: none, seedHash: none, body };
  return { bytes: encodePart({ ...row!, sections: [section] }) };
}

async function sectionsOf(store: SummaryStore, query: SpanQuery, kind: number): Promise<TapSection[]> {
  const list: TapSection[] = [];
  for await (const section of store.sections(query, new Set([kind]))) list.push(section);
  return list.sort((a, b) => a.start - b.start);
}

test('answers are the same before, while and after a segment is loaded, and after a restart', async () => {
  const first = await open();
  const count = 200;
  for (let seq = 1; seq <= count; seq++) await first.store.append(delivery(seq, { sensor: seq % 2 === 0 ? 'a' : 'b' }));
  const look = async ({ store }: OpenStore) => ({
    counts: (await store.counts({ ...all, cuts: [0, 1200, 86_400] })).sort((x, y) =>
      `${x.sensor}${x.range}` < `${y.sensor}${y.range}` ? -1 : 1,
    ),
    taps: store.taps().sort((x, y) => (x.sensor < y.sensor ? -1 : 1)),
    received: store.received(streamOf('a')),
    grain: store.grain(0, 86_400, () => true),
  });
  const before = await look(first);
  expect(before.counts).toHaveLength(4);
  expect(before.counts[0]).toMatchObject({
    sensor: 'a',
    range: 0,
    rows: 59,
    presentSeconds: 590,
    loss: { kernel: 59 },
  });
  expect(before.grain).toBe(10);
  await first.loader.drained();
  expect(first.value('journal_waiting_rows')).toBe(0);
  expect(first.value('store_loaded_rows')).toBe(count * 3);
  expect(await look(first)).toEqual(before);
  const sections = await sectionsOf(
    first.store,
    { ...all, cuts: [100, 200], accepts: ({ sensor }) => sensor === 'a' },
    901,
  );
  expect(sections.map(({ start }) => start)).toEqual([100, 120, 140, 160, 180]);
  expect(sections[0]).toMatchObject({ tap: { site: 's', sensor: 'a', tap: 't' }, range: 0, seconds: 10 });
  expect([...(sections[0]?.section.body ?? [])]).toEqual([...bodyOf(10, 40)]);
  expect([...(sections[0]?.section.parameters ?? [])]).toEqual([1]);
  await close(first);
  const second = await open();
  expect(second.value('journal_waiting_rows')).toBe(0);
  expect(await look(second)).toEqual(before);
  expect(await second.store.append(delivery(2, { sensor: 'a' }))).toBe(false);
  expect(await second.store.append(delivery(count + 2, { sensor: 'a' }))).toBe(true);
  expect((await look(second)).taps[0]?.windows).toBe(count / 2 + 1);
});

test('a question sees exactly what was acknowledged before it, whatever moves meanwhile', async () => {
  const { store, journal, loader } = await open();
  let acknowledged = 0;
  const state = { writing: true };
  const seen: [least: number, packets: number, most: number][] = [];
  const writer = (async () => {
    for (let seq = 1; seq <= 1500; seq++) {
      await store.append(delivery(seq, { packets: 1, sections: 1 }));
      acknowledged += 1;
      if (seq % 60 === 0) await journal.cut();
    }
    state.writing = false;
  })();
  const reader = async (): Promise<void> => {
    while (state.writing) {
      // A look at what is in memory alone never leaves the thread to others.
      await setImmediate();
      const least = acknowledged;
      const [counts, sections] = await Promise.all([store.counts(all), sectionsOf(store, all, 900)]);
      seen.push([least, counts[0]?.packets ?? 0, acknowledged + 1], [least, sections.length, acknowledged + 1]);
      expect(new Set(sections.map(({ start }) => start)).size).toBe(sections.length);
    }
  };
  await Promise.all([writer, reader(), reader()]);
  expect(seen.filter(([least, packets, most]) => packets < least || packets > most)).toEqual([]);
  await loader.drained();
  expect((await store.counts(all))[0]?.packets).toBe(1500);
});

test('what is no part, or none that can be read, is kept as it came and is in no answer', async () => {
  const { store, loader, engine, value } = await open();
  const { row: _, ...unread } = delivery(1);
  await store.append({ ...unread, kind: 77, seq: 1, bytes: Uint8Array.of(1, 2, 3) });
  await store.append({ ...unread, seq: 2, bytes: Uint8Array.of(255, 255), inflated: 100 });
  await store.append({ ...delivery(3), bytes: Uint8Array.of(255, 255, 255) });
  await store.append(delivery(4));
  await loader.drained();
  expect((await store.counts(all))[0]).toMatchObject({ packets: 7, rows: 2 });
  expect(await sectionsOf(store, all, 900)).toHaveLength(1);
  const kept = await engine.select(sql`SELECT seq, kind, inflated, data, stream FROM msg_raw ORDER BY seq`);
  expect([...kept.numbers('seq')]).toEqual([1, 2, 3]);
  expect([...kept.numbers('kind')]).toEqual([77, 1, 1]);
  expect([...kept.numbers('inflated')]).toEqual([0, 100, 0]);
  expect(kept.bytes('data').map((data) => [...data])).toEqual([
    [1, 2, 3],
    [255, 255],
    [255, 255, 255],
  ]);
  expect(value('store_unreadable_records')).toBe(2);
});

test('an engine that is killed while it loads and answers costs nothing but time', async () => {
  const { store, loader, journal, value } = await open();
  for (let seq = 1; seq <= 900; seq++) {
    await store.append(delivery(seq, { packets: 1 }));
    if (seq % 100 === 0) {
      await journal.cut();
      for (const pid of engineProcesses()) process.kill(pid, 'SIGKILL');
      expect((await store.counts(all))[0]?.packets).toBe(seq);
    }
  }
  await loader.drained();
  // How often it was up again in time to be killed is the machine's business.
  expect(value('engine_restarts')).toBeGreaterThan(0);
  expect((await store.counts(all))[0]?.packets).toBe(900);
  expect(await sectionsOf(store, all, 901)).toHaveLength(900);
});

test('retention removes what is past by arrival and by time, and only what levels do not need any more', async () => {
  let now = hour;
  const first = await open({ clock: { ...systemClock(), now: () => now } });
  const old = { sensor: 'old', replay: true, arrivedMillis: hour };
  for (let seq = 1; seq <= 10; seq++) await first.store.append(delivery(seq, old));
  await first.journal.cut();
  now += 3 * 3_600_000;
  for (let seq = 1; seq <= 10; seq++)
    await first.store.append(delivery(seq, { sensor: 'new', start: now / 1000 + seq * 10, arrivedMillis: now }));
  await first.loader.drained();
  const raw = async (): Promise<number> =>
    (await first.engine.select(sql`SELECT count() AS n FROM win_raw`)).single('n');
  await first.store.expire();
  expect(await raw()).toBe(20);
  // Seven hours after the arrival of the old ones; but they are in no level yet, so they stay.
  now += 4 * 3_600_000;
  await first.store.expire();
  expect(await raw()).toBe(20);
  await rollUp(first);
  await first.store.expire();
  expect(await raw()).toBe(10);
  expect(first.value('store_dropped_partitions')).toBe(1);
  const counts = await first.store.counts(all);
  expect(counts).toMatchObject([{ sensor: 'old', packets: 55, presentSeconds: 100 }]);
  // Two months later the minutes have gone as well, those of the old capture with their month of arrival.
  now += 70 * 86_400_000;
  await first.store.expire();
  expect((await first.engine.select(sql`SELECT count() AS n FROM win_1m`)).single('n')).toBe(0);
  expect(await raw()).toBe(0);
  expect(await first.store.counts(all)).toEqual(counts);
});

test('what was begun to be read is not removed before it is read', async () => {
  let now = hour;
  const { store, levels, loader, engine, retention } = await open({ clock: { ...systemClock(), now: () => now } });
  for (let seq = 1; seq <= 10; seq++) await store.append(delivery(seq, { arrivedMillis: hour }));
  await loader.drained();
  const taps = [1];
  await rollUp({ levels });
  now += 8 * 3_600_000;
  const reading = levels.open();
  const run = retention.run();
  let removed = false;
  void run.then(() => (removed = true));
  while (levels.grain(0, 86_400, taps) !== 60) await setImmediate();
  for (let turn = 0; turn < 50; turn++) await engine.select(sql`SELECT 1 AS n`);
  expect(removed).toBe(false);
  expect((await engine.select(sql`SELECT count() AS n FROM win_raw`)).single('n')).toBe(10);
  reading.close();
  await run;
  expect((await engine.select(sql`SELECT count() AS n FROM win_raw`)).single('n')).toBe(0);
});

test('long windows among short ones answer as a whole, with their kinds of a minute, waiting or loaded', async () => {
  const { store, loader, levels } = await open();
  const put = async (seq: number, start: number, seconds: number, windowSeconds: number): Promise<void> => {
    const one = delivery(seq);
    const row = { ...one.row!, start, seconds, windowSeconds, coveredFrom: start, coveredTo: start + seconds };
    const sections = modelSections(row, [seq]);
    await store.append({ ...one, bytes: encodePart({ ...row, sections }), row });
  };
  // A full spool merged ten minutes; the parts of one of their minutes and of their periods had gone before.
  await put(1, 0, 600, 600);
  await put(2, 60, 60, 10);
  await put(3, 0, 600, 10);
  await put(4, 3600, 10, 10);
  await put(5, 3600, 60, 10);
  const look = async (): Promise<unknown> => {
    const grains = [store.grain(0, 600, () => true), store.grain(3600, 3660, () => true)];
    const counts = await store.counts({ cuts: [0, 600, 4200], accepts: () => true });
    const sizes = await sectionsOf(store, { ...all, cuts: [0, 600, 4200] }, kinds.sizes.kind);
    const told = sizes.map(({ range, section }) => [range, readSection(kinds.sizes, section).n]);
    const sum = (range: number): number => told.reduce((total, [of, n]) => total + (of === range ? (n ?? 0) : 0), 0);
    return { grains, packets: counts.map(({ packets }) => packets), sizes: [sum(0), sum(1)] };
  };
  const wanted = { grains: [600, 10], packets: [1, 4], sizes: [2, 1] };
  expect(await look()).toEqual(wanted);
  await loader.drained();
  expect(await look()).toEqual(wanted);
  await rollUp({ levels });
  expect(await look()).toEqual(wanted);
});

test('beyond its space the oldest rows of the finest level go first, and the log tells', async () => {
  const lines: string[] = [];
  const log = createLogger({
    name: 'test',
    level: 'warn',
    clock: systemClock(),
    write: (line) => void lines.push(line),
  });
  const { store, loader, journal, engine, levels, value } = await open({
    bytes: 300_000,
    log,
    clock: { ...systemClock(), now: () => hour + 3_700_000 },
  });
  for (const [at, arrivedMillis] of [hour, hour + 3_600_000].entries()) {
    for (let i = 1; i <= 20; i++)
      await store.append({
        ...delivery(at * 20 + i, { arrivedMillis }),
        ...withBody(delivery(at * 20 + i, { arrivedMillis }), crypto.getRandomValues(new Uint8Array(10_000))),
      });
    await journal.cut();
  }
  await loader.drained();
  await rollUp({ levels });
  await store.expire();
  const left = await engine.select(sql`SELECT DISTINCT arrived FROM win_raw`);
  expect([...left.numbers('arrived')]).toEqual([480_001]);
  expect(value('store_early_partitions')).toBe(1);
  expect(lines.join('')).toContain('removed rows before their time');
  expect((await store.counts(all))[0]?.packets).toBe((40 * 41) / 2);
});

test('a journal of the build before is loaded, and its numbers stay known', async () => {
  mkdirSync(join(directory, 'journal'), { recursive: true });
  for (const [number, seqs] of [[1, 2, 3], [4, 5], [6]].entries()) {
    const writer = await SegmentWriter.create(
      join(directory, 'journal', `${String(number + 7).padStart(16, '0')}.seg`),
    );
    const streams: [string, { first: number; last: number }[]][] = [
      [streamOf('n'), [{ first: 1, last: seqs[0]! - 1 }]],
    ];
    await writer.append([
      encodeEntry({ type: 'memory', streams: number === 0 ? [] : streams, expired: [['s/x/y', 12]] }),
    ]);
    for (const seq of seqs) {
      const { bytes, row, ...head } = delivery(seq);
      // It knew windows only.
      const { windowSeconds: _, ...old } = row!;
      await writer.append([encodeEntry({ type: 'message', ...head, row: old as WindowRow }, bytes)]);
    }
    await writer.close();
  }
  const { store, loader, engine, value } = await open();
  expect(await store.append(delivery(5))).toBe(false);
  expect((await store.counts(all))[0]).toMatchObject({ packets: 21, rows: 6, presentSeconds: 60 });
  await loader.drained();
  expect(value('journal_waiting_rows')).toBe(0);
  expect((await store.counts(all))[0]).toMatchObject({ packets: 21, rows: 6, presentSeconds: 60 });
  const rows = await engine.select(sql`SELECT ts, seg, window_seconds FROM win_raw ORDER BY ts`);
  expect([...rows.numbers('seg')]).toEqual([7, 7, 7, 8, 8, 9]);
  expect([...rows.numbers('window_seconds')]).toEqual([10, 10, 10, 10, 10, 10]);
});

test('a directory of the journal that was emptied does not make numbers begin again', async () => {
  const first = await open();
  await first.store.append(delivery(1));
  await first.loader.drained();
  await close(first);
  rmSync(join(directory, 'journal'), { recursive: true });
  const second = await open();
  // The numbers of its stream went with the journal, so it is stored again: but in a segment of its own.
  await second.store.append(delivery(2));
  await second.loader.drained();
  const rows = await second.engine.select(sql`SELECT seg FROM win_raw ORDER BY seg`);
  expect([...rows.numbers('seg')]).toEqual([1, 2]);
  expect(readdirSync(join(directory, 'engine', 'inserts'))).toEqual([]);
});
