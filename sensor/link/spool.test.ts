import {
  appendFileSync,
  closeSync,
  copyFileSync,
  cpSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/log.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { Spool } from './spool.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'picket-spool-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function spoolIn(path: string, bytes = 64 << 20): { spool: Spool; metrics: Metrics } {
  const metrics = new Metrics();
  return {
    spool: new Spool({ directory: path, bytes }, { log: silentLogger(), metrics, clock: systemClock() }),
    metrics,
  };
}

const message = (value: number, length = 10) => ({ kind: 1, inflated: 7, bytes: new Uint8Array(length).fill(value) });
const segments = (path: string): string[] => readdirSync(path).filter((name) => name.endsWith('.seg'));

test('messages are numbered, come back as they were, and are still there after a kill', async () => {
  const { spool } = spoolIn(join(directory, 'a'));
  await spool.open();
  const seqs = await Promise.all([1, 2, 3].map((value) => spool.append(message(value))));
  expect(seqs).toEqual([1, 2, 3]);
  expect(await spool.read(2)).toEqual({ ...message(2), longer: false, bytes: Buffer.from(message(2).bytes) });
  spool.acknowledge([{ first: 2, last: 2 }]);
  expect([spool.pending, spool.nextPending(0), spool.nextPending(2)]).toEqual([2, 1, 3]);
  // What a kill leaves behind: the files as they are, without an orderly close.
  cpSync(join(directory, 'a'), join(directory, 'b'), { recursive: true, filter: (path) => !path.includes('.lock') });
  const { spool: again } = spoolIn(join(directory, 'b'));
  await again.open();
  expect(again.stream).toEqual(spool.stream);
  expect([again.pending, again.nextSeq]).toEqual([3, 4]);
  expect(await again.append(message(4))).toBe(4);
  await Promise.all([spool.close(), again.close()]);
});

test('what was half written at a kill is cut; what stood before it is kept', async () => {
  const path = join(directory, 'a');
  const first = spoolIn(path).spool;
  await first.open();
  await first.append(message(1));
  await first.append(message(2, 5000));
  await first.close();
  const [name = ''] = segments(path);
  const { size } = statSync(join(path, name));
  for (const cut of [1, 4999, 5020]) {
    const copy = join(directory, `cut${cut}`);
    cpSync(path, copy, { recursive: true });
    truncateSync(join(copy, name), size - cut);
    const { spool } = spoolIn(copy);
    await spool.open();
    expect([spool.pending, spool.nextSeq]).toEqual([1, 2]);
    expect(await spool.append(message(3))).toBe(2);
    expect((await spool.read(2))?.bytes[0]).toBe(3);
    await spool.close();
  }
  appendFileSync(join(path, name), Buffer.alloc(100, 255));
  const { spool } = spoolIn(path);
  await spool.open();
  expect([spool.pending, spool.nextSeq]).toEqual([2, 3]);
  await spool.close();
});

test('files go when all of them is acknowledged, and numbers go on afterwards', async () => {
  const path = join(directory, 'a');
  const { spool } = spoolIn(path, 1 << 20);
  await spool.open();
  for (let i = 0; i < 30; i++) await spool.append(message(i, 60_000));
  const before = segments(path).length;
  expect(before).toBeGreaterThan(2);
  spool.acknowledge([{ first: 1, last: 30 }]);
  expect([spool.pending, spool.nextPending(0)]).toEqual([0, undefined]);
  await spool.close();
  expect(segments(path)).toHaveLength(1);
  const { spool: again } = spoolIn(path, 1 << 20);
  await again.open();
  expect(again.nextSeq).toBe(31);
  await again.close();
});

test('beyond its space the oldest messages are given up, and counted', async () => {
  const { spool, metrics } = spoolIn(join(directory, 'a'), 1 << 20);
  await spool.open();
  for (let i = 0; i < 60; i++) await spool.append(message(i, 60_000));
  expect(spool.bytes).toBeLessThanOrEqual(1 << 20);
  const dropped = metrics.read().find(({ name }) => name === 'spool_dropped_messages')?.value ?? 0;
  expect(dropped).toBeGreaterThan(30);
  expect(spool.pending).toBe(60 - dropped);
  expect(spool.nextPending(0)).toBe(dropped + 1);
  expect(await spool.read(1)).toBeUndefined();
  await spool.close();
});

test('a disk that lost synced messages gives no number twice', async () => {
  const { spool } = spoolIn(join(directory, 'a'));
  await spool.open();
  await spool.append(message(1));
  await spool.append(message(2));
  await spool.meet([{ first: 1, last: 9 }]);
  expect(spool.nextSeq).toBe(12);
  expect([await spool.read(10), await spool.read(11)].map((read) => read?.bytes[0])).toEqual([1, 2]);
  expect(spool.pending).toBe(2);
  expect(await spool.append(message(5))).toBe(12);
  await spool.close();
});

test('what a manager has of other numbers than those that were lost is not stored twice', async () => {
  const { spool } = spoolIn(join(directory, 'a'));
  await spool.open();
  for (const value of [1, 2, 3, 4]) await spool.append(message(value));
  // 1 was sent by this life; 2 and 6 are of one that the disk forgot; 3 and 4 the manager never saw.
  spool.handedOver(1);
  await spool.meet([
    { first: 1, last: 2 },
    { first: 6, last: 6 },
  ]);
  const kept = [];
  for (let seq = spool.nextPending(0); seq !== undefined; seq = spool.nextPending(seq + 1))
    kept.push([seq, (await spool.read(seq))?.bytes[0]]);
  expect(kept).toEqual([
    [3, 3],
    [4, 4],
    [7, 2],
  ]);
  // As many numbers as it has are given by now: that does not hide it.
  await spool.append(message(8));
  await spool.meet([{ first: 8, last: 8 }]);
  expect((await spool.read(9))?.bytes[0]).toBe(8);
  await spool.close();
});

test('a message that is damaged on the disk is given up, and holds up nothing', async () => {
  const path = join(directory, 'a');
  const { spool, metrics } = spoolIn(path);
  await spool.open();
  for (const value of [1, 2, 3]) await spool.append(message(value, 1000));
  const [name = ''] = segments(path);
  const file = openSync(join(path, name), 'r+');
  writeSync(file, 'damage', 1500);
  closeSync(file);
  expect((await spool.read(1))?.bytes[0]).toBe(1);
  expect(await spool.read(2)).toBeUndefined();
  expect([spool.pending, spool.nextPending(2)]).toEqual([2, 3]);
  expect(metrics.read().find((metric) => metric.name === 'spool_dropped_messages')?.value).toBe(1);
  await spool.close();
});

test('a file whose first bytes are damaged is set aside', async () => {
  const path = join(directory, 'a');
  const { spool } = spoolIn(path, 1 << 20);
  await spool.open();
  for (let i = 1; i <= 9; i++) await spool.append(message(i, 60_000));
  await spool.close();
  for (const [at, name] of segments(path).entries()) if (at !== 0) writeFileSync(join(path, name), 'xxxxxxxxxxxxxxxxx');
  const { spool: again } = spoolIn(path, 1 << 20);
  await again.open();
  const kept = again.pending;
  expect(kept).toBeGreaterThan(0);
  expect(await again.append(message(7))).toBe(kept + 1);
  expect((await again.read(kept + 1))?.bytes[0]).toBe(7);
  await again.close();
});

test('a spool has one user, and a damaged stream name is told', async () => {
  const path = join(directory, 'a');
  const { spool } = spoolIn(path);
  await spool.open();
  await expect(spoolIn(path).spool.open()).rejects.toThrow('another process');
  await spool.close();
  copyFileSync(import.meta.filename, join(path, 'stream'));
  await expect(spoolIn(path).spool.open()).rejects.toThrow('damaged');
});

test('a full spool gives up rows of logs before anything of windows', async () => {
  const { spool, metrics } = spoolIn(join(directory, 'a'), 1 << 20);
  await spool.open();
  const parts: number[] = [];
  for (let i = 0; i < 40; i++) {
    parts.push(await spool.append(message(1, 5000)));
    for (let n = 0; n < 4; n++) await spool.append({ ...message(2, 15_000), kind: 4 });
  }
  expect(spool.bytes).toBeLessThanOrEqual(1 << 20);
  for (const seq of parts) expect((await spool.read(seq))?.bytes[0]).toBe(1);
  const dropped = metrics.read().find(({ name }) => name === 'spool_dropped_messages')?.value ?? 0;
  expect(dropped).toBeGreaterThan(80);
  expect(spool.pending).toBe(200 - dropped);
  await spool.close();
});
