import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Distinct } from '../../core/sketch/distinct/distinct.ts';
import { Refusal } from '../../core/sketch/refusal.ts';
import { kinds, LG_K } from '../../core/summary/kinds.ts';
import { noLoss, type Section, type WindowPart } from '../../core/summary/part.ts';
import { decodeSection, encodeSection } from '../../core/summary/section.ts';
import { Split } from '../../core/summary/split.ts';
import { Intervals } from '../../proto/intervals.ts';
import { systemClock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/log.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { packPart, unpackPart } from './partBytes.ts';
import { mergeMessages } from './partMerger.ts';
import { Spool } from './spool.ts';
import type { SpoolMessage } from './spoolRecord.ts';

const start = 1_700_000_400;
const hour = 3600;

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'picket-merge-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

interface Life {
  spool: Spool;
  metrics: Metrics;
}

function spoolIn(path: string, bytes: number, atStep?: (step: string) => Promise<void>): Life {
  const metrics = new Metrics();
  const deps = { log: silentLogger(), metrics, clock: systemClock(), ...(atStep === undefined ? {} : { atStep }) };
  return { spool: new Spool({ directory: path, bytes, sentAhead: 4 }, deps), metrics };
}

const value = (metrics: Metrics, name: string): number =>
  metrics.read().find((metric) => metric.name === name)?.value ?? Number.NaN;

/** What a kill leaves behind: the files as they are. */
function copyOf(path: string, name: string): string {
  const copy = join(directory, name);
  cpSync(path, copy, { recursive: true, filter: (file) => !file.includes('.lock') });
  return copy;
}

function windowAt(i: number, octets = 100 + i): WindowPart {
  const at = start + 10 * i;
  const remote = new Distinct(false);
  for (let key = 0; key < 60; key++)
    remote.addHash(
      Int32Array.of(
        Math.imul(i * 64 + key, 0x9e37_79b1),
        Math.imul(key, 77),
        Math.imul(i * 64 + key, 0x85eb_ca6b),
        key * i,
      ),
    );
  const sections = [encodeSection(kinds.sources, [LG_K], new Split(new Distinct(false), remote))];
  const span = { start: at, seconds: 10, windowSeconds: 10, coveredFrom: at, coveredTo: at + 10 };
  return { tap: 'core', ...span, packets: 1 + i, octets, loss: { ...noLoss, kernel: 1 }, sections };
}

async function packed(part: WindowPart): Promise<SpoolMessage> {
  const message = await packPart(part);
  if (message === undefined) throw new Error('too large');
  return message;
}

/** What parts say in sum: packets, octets, loss, covered seconds, and the registers of all their sources. */
function totals(parts: readonly WindowPart[]): unknown {
  const all = new Split(new Distinct(false), new Distinct(false));
  let [packets, octets, kernel, seconds] = [0, 0, 0, 0];
  for (const part of parts) {
    packets += part.packets;
    octets += part.octets;
    kernel += part.loss.kernel;
    seconds += part.coveredTo - part.coveredFrom - part.loss.blindMillis / 1000;
    for (const section of part.sections) {
      const one = decodeSection(kinds.sources, section);
      if (one instanceof Refusal) throw new Error(one.toString());
      kinds.sources.merge(all, one);
    }
  }
  const body = Buffer.from(kinds.sources.encode(all)).toString('base64');
  return { packets, octets, kernel, seconds, body };
}

/** What a stopped spool holds: closing waits for the merge that is under way. */
async function partsIn(spool: Spool, path: string, bytes: number): Promise<WindowPart[]> {
  await spool.close();
  const { spool: again } = spoolIn(path, bytes);
  await again.open();
  const parts = await partsOf(again);
  await again.close();
  return parts;
}

async function partsOf(spool: Spool): Promise<WindowPart[]> {
  const parts: WindowPart[] = [];
  for (let seq = spool.nextPending(0); seq !== undefined; seq = spool.nextPending(seq + 1)) {
    const message = await spool.read(seq);
    const part = message === undefined ? undefined : await unpackPart(message);
    if (part !== undefined) parts.push(part);
  }
  return parts;
}

test('a full spool becomes coarser and loses nothing, also when it is killed between the steps of a merge', async () => {
  const path = join(directory, 'a');
  const copies: { step: string; path: string; windows: number }[] = [];
  let windows = 0;
  const { spool, metrics } = spoolIn(path, 36 << 10, async (step) => {
    copies.push({ step, path: copyOf(path, `at${copies.length}`), windows });
  });
  await spool.open();
  const parts = Array.from({ length: 420 }, (_, i) => windowAt(i));
  for (const part of parts) {
    await spool.append(await packed(part));
    windows += 1;
  }
  const kept = await partsIn(spool, path, 36 << 10);
  expect(value(metrics, 'spool_dropped_messages')).toBe(0);
  expect(value(metrics, 'spool_merged_messages')).toBeGreaterThan(300);
  expect(kept.length).toBeLessThan(parts.length / 4);
  expect(new Set(kept.map(({ seconds }) => seconds))).toContain(600);
  expect(totals(kept)).toEqual(totals(parts));
  expect(copies.length).toBeGreaterThan(9);
  // Some of them, of each kind of step.
  for (const [i, copy] of copies.entries()) {
    if (i % 7 !== 0) continue;
    const again = spoolIn(copy.path, 36 << 10).spool;
    await again.open();
    const found = await partsOf(again);
    expect(totals(found), copy.step).toEqual(totals(parts.slice(0, copy.windows)));
    expect(again.pending).toBe(found.length);
    // And once more: what the first opening cleaned up is clean.
    await again.close();
    const third = spoolIn(copy.path, 36 << 10).spool;
    await third.open();
    expect(totals(await partsOf(third)), copy.step).toEqual(totals(parts.slice(0, copy.windows)));
    await third.close();
  }
}, 60_000);

test('messages are bounded in number as well: silent windows take hardly any space', async () => {
  const path = join(directory, 'a');
  const metrics = new Metrics();
  const deps = { log: silentLogger(), metrics, clock: systemClock() };
  const spool = new Spool({ directory: path, bytes: 64 << 20, messages: 256 }, deps);
  await spool.open();
  const windows = 2000;
  for (let i = 0; i < windows; i++) {
    const at = start + i;
    const span = { start: at, seconds: 1, windowSeconds: 1, coveredFrom: at, coveredTo: at + 1 };
    const part = { tap: 'core', ...span, packets: 1, octets: 60, loss: noLoss, sections: [] };
    await spool.append(await packed(part));
    expect(spool.pending).toBeLessThanOrEqual(256 + 16);
  }
  const parts = await partsIn(spool, path, 64 << 20);
  expect(parts.reduce((sum, { packets }) => sum + packets, 0)).toBe(windows);
  expect(parts.reduce((sum, { coveredFrom, coveredTo }) => sum + coveredTo - coveredFrom, 0)).toBe(windows);
  expect(value(metrics, 'spool_dropped_messages')).toBe(0);
  expect(value(metrics, 'spool_merged_messages')).toBeGreaterThan(windows - 256);
});

test('windows around one that is elsewhere are not told as a gap', async () => {
  const stored = await Promise.all(
    [0, 1, 3, 4, 5].map(async (i) => ({ seq: i + 1, message: await packed(windowAt(i)) })),
  );
  const merged = await mergeMessages(stored, 60);
  expect(merged.map(({ seqs }) => seqs)).toEqual([
    [1, 2],
    [4, 5, 6],
  ]);
  const parts = await Promise.all(merged.map(async ({ message }) => unpackPart(message)));
  expect(parts).toMatchObject([
    { start, seconds: 60, coveredFrom: start, coveredTo: start + 20, loss: { blindMillis: 0 } },
    { start, seconds: 60, coveredFrom: start + 30, coveredTo: start + 60, loss: { blindMillis: 0 } },
  ]);
});

test('what may have been sent is never merged, in this life or the next', async () => {
  const path = join(directory, 'a');
  const { spool } = spoolIn(path, 48 << 10);
  await spool.open();
  const parts = Array.from({ length: 400 }, (_, i) => windowAt(i));
  for (const part of parts.slice(0, 40)) await spool.append(await packed(part));
  // Ten are sent; those behind them are only marked ahead, and free again when the connection is over.
  expect(spool.mayHaveBeenSent(1)).toBe(false);
  for (let seq = 1; seq <= 10; seq++) {
    expect(spool.mayHaveBeenSent(seq)).toBe(seq % 4 !== 1);
    expect(await spool.reserve(seq)).toBe(true);
    expect(spool.mayHaveBeenSent(seq)).toBe(true);
    spool.handedOver(seq);
  }
  expect(spool.mayHaveBeenSent(11)).toBe(true);
  await spool.disconnected();
  expect(spool.mayHaveBeenSent(11)).toBe(false);
  const copy = copyOf(path, 'killed');
  await spool.close();
  const again = spoolIn(copy, 48 << 10).spool;
  await again.open();
  for (const part of parts.slice(40, 200)) await again.append(await packed(part));
  for (let seq = 1; seq <= 10; seq++)
    expect(await again.read(seq), String(seq)).toEqual(expect.objectContaining({ kind: 1 }));
  expect(await again.read(12)).toBeUndefined();
  expect(totals(await partsIn(again, copy, 48 << 10))).toEqual(totals(parts.slice(0, 200)));
  // Without the file nobody knows: none is merged, and the oldest have to go.
  rmSync(join(copy, 'sent'));
  const unknown = spoolIn(copy, 48 << 10);
  await unknown.spool.open();
  expect(unknown.spool.mayHaveBeenSent(unknown.spool.nextSeq - 1)).toBe(true);
  await unknown.spool.close();
});

test('longer periods go into the windows that they tell of, kinds of a minute along with them', async () => {
  const { spool, metrics } = spoolIn(join(directory, 'a'), 40 << 10);
  await spool.open();
  const quantiles = (n: number): Section => ({
    ...encodeSection(kinds.sizes, [200], kinds.sizes.empty([200])),
    // Another section for each minute, so that none can stand for another.
    parameters: Uint8Array.of(200, 1),
    seedHash: Uint8Array.of(n & 255, n >> 8),
  });
  const parts: WindowPart[] = [];
  for (let i = 0; i < 240; i++) {
    parts.push(windowAt(i));
    if (i % 6 < 5) continue;
    const own = parts.filter((part) => part.seconds === 10).slice(-6);
    const sum = (of: (part: WindowPart) => number): number => own.reduce((all, part) => all + of(part), 0);
    const from = own[0]?.start ?? 0;
    parts.push({
      ...windowAt(i),
      start: from,
      seconds: 60,
      coveredFrom: from,
      coveredTo: from + 60,
      packets: sum(({ packets }) => packets),
      octets: sum(({ octets }) => octets),
      loss: { ...noLoss, kernel: 6 },
      sections: [quantiles(i)],
    });
  }
  for (const part of parts) await spool.append(await packed(part));
  const kept = await partsIn(spool, join(directory, 'a'), 40 << 10);
  expect(value(metrics, 'spool_dropped_messages')).toBe(0);
  const isWindow = (part: WindowPart): boolean => part.seconds === part.windowSeconds;
  expect(kept.filter(isWindow).length).toBeLessThan(120);
  const onlySources = (all: readonly WindowPart[]): WindowPart[] =>
    all
      .filter(isWindow)
      .map((part) => ({ ...part, sections: part.sections.filter(({ kind }) => kind === kinds.sources.kind) }));
  expect(totals(onlySources(kept))).toEqual(totals(onlySources(parts)));
  const minutes = kept.flatMap(({ sections }) => sections.filter(({ kind }) => kind === kinds.sizes.kind));
  expect(minutes).toHaveLength(40);
});

test('whatever is sent, acknowledged, killed and merged: a manager has every window once', async () => {
  const action = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('append' as const), count: fc.integer({ min: 1, max: 40 }) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('send' as const),
        count: fc.integer({ min: 1, max: 30 }),
        backlog: fc.boolean(),
        acknowledged: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('disconnect' as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('kill' as const), stepsBack: fc.nat(2) }) },
  );
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 25 }), async (actions) => {
      run += 1;
      let lives = 0;
      let path = join(directory, `run${run}`);
      let steps: { path: string; appended: number; received: number }[] = [];
      const received = new Intervals();
      const stored: WindowPart[] = [];
      let appended = 0;
      let messages = 0;
      const look = async (): Promise<void> => {
        steps = [...steps.slice(-2), { path: copyOf(path, `run${run}step${lives++}`), appended, received: messages }];
      };
      let { spool, metrics } = spoolIn(path, 24 << 10, look);
      await spool.open();
      const take = async (seq: number): Promise<void> => {
        const message = await spool.read(seq);
        if (message === undefined) return;
        spool.handedOver(seq);
        if (received.has(seq)) return;
        received.add(seq);
        messages += 1;
        const part = await unpackPart(message);
        if (part !== undefined) stored.push(part);
      };
      for (const act of actions) {
        if (act.do === 'append') {
          for (let i = 0; i < act.count; i++) {
            await spool.append(await packed(windowAt(appended)));
            appended += 1;
          }
        } else if (act.do === 'send') {
          let from = act.backlog ? 0 : Math.max(0, spool.nextSeq - act.count);
          for (let i = 0; i < act.count; i++) {
            const seq = spool.nextPending(from);
            if (seq === undefined) break;
            if (spool.mayHaveBeenSent(seq) || (await spool.reserve(seq))) await take(seq);
            from = seq + 1;
          }
          if (act.acknowledged) spool.acknowledge(received.toList());
        } else if (act.do === 'disconnect') {
          await spool.disconnected();
          await spool.meet(received.toList());
        } else {
          // Back to the directory as it was between two steps, where nothing has happened since; else as it is now.
          const step = steps.at(-1 - act.stepsBack);
          const usable = step !== undefined && step.appended === appended && step.received === messages;
          const next = usable ? step.path : copyOf(path, `run${run}life${lives++}`);
          await spool.close();
          path = next;
          steps = [];
          ({ spool, metrics } = spoolIn(path, 24 << 10, look));
          await spool.open();
          await spool.meet(received.toList());
        }
      }
      // A merge may be under way: what it makes comes when it is done.
      while (spool.pending > 0) {
        const seq = spool.nextPending(0);
        if (seq === undefined) await new Promise<void>((resolve) => void setImmediate(resolve));
        else if (spool.mayHaveBeenSent(seq) || (await spool.reserve(seq))) await take(seq);
        spool.acknowledge(received.toList());
      }
      expect(value(metrics, 'spool_dropped_messages')).toBe(0);
      await spool.close();
      const parts = Array.from({ length: appended }, (_, i) => windowAt(i));
      expect({ ...(totals(stored) as object), seconds: 0 }).toEqual({ ...(totals(parts) as object), seconds: 0 });
    }),
    { numRuns: 12, seed: 5 },
  );
}, 120_000);

test('an hour is the longest window, and what cannot be merged goes, counted', async () => {
  const { spool, metrics } = spoolIn(join(directory, 'a'), 12 << 10);
  await spool.open();
  const filler = (i: number): Section => ({
    kind: 999,
    version: 1,
    parameters: new Uint8Array(0),
    seedHash: new Uint8Array(0),
    body: crypto.getRandomValues(new Uint8Array(200 + (i % 3))),
  });
  const count = 300;
  for (let i = 0; i < count; i++) {
    const part = windowAt(i * 20);
    await spool.append(await packed({ ...part, sections: [filler(i)] }));
  }
  const { bytes } = spool;
  const kept = await partsIn(spool, join(directory, 'a'), 12 << 10);
  expect(Math.max(...kept.map(({ seconds }) => seconds))).toBeLessThanOrEqual(hour);
  expect(value(metrics, 'spool_dropped_messages')).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(16 << 10);
});
