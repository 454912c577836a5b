import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StreamFlow } from '../../../test/support/streamFlow.ts';
import type { FileOptions } from './file.ts';
import { FileTracker } from './fileTracker.ts';

const hex = (name: string, bytes: Uint8Array): string => createHash(name).update(bytes).digest('hex');
const counting = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i % 251);

function options(flow: StreamFlow, more: Partial<FileOptions> = {}): FileOptions {
  return { flow, source: 'HTTP', isOrig: false, time: 10, depth: 0, ...more };
}

test('a file in pieces has the hashes of the whole', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 9 }),
      (length, pieces) => {
        const flow = new StreamFlow();
        const content = counting(length);
        const file = new FileTracker().open(options(flow));
        let at = 0;
        for (let i = 0; at < length; i++) {
          const to = Math.min(length, at + pieces[i % pieces.length]!);
          const wire = content.slice(at, to);
          file.data(wire, 0, wire.length, 10 + i);
          wire.fill(0);
          at = to;
        }
        file.end(99);
        expect(flow.of('files')).toMatchObject([
          {
            ts: 10,
            fuid: file.fuid,
            seen_bytes: length,
            missing_bytes: 0,
            md5: hex('md5', content),
            sha1: hex('sha1', content),
            sha256: hex('sha256', content),
            analyzers: ['MD5', 'SHA1', 'SHA256'],
          },
        ]);
      },
    ),
  );
});

test('a file with a hole has no hashes', () => {
  const flow = new StreamFlow();
  const file = new FileTracker().open(options(flow));
  file.data(Buffer.from('%PDF-1.7'), 0, 8, 11);
  file.gap(5, 12);
  file.data(counting(9), 0, 9, 13);
  file.end(14);
  const [row] = flow.of('files');
  expect(row).toMatchObject({ seen_bytes: 17, missing_bytes: 5, mime_type: 'application/pdf', duration: 3 });
  expect(row).not.toHaveProperty('sha256');
});

test('a file is over when it has what was announced', () => {
  const flow = new StreamFlow();
  const file = new FileTracker().open(options(flow));
  file.announce(4, 10);
  file.data(counting(4), 0, 4, 10);
  expect(file.isOver).toBe(true);
  file.data(counting(4), 0, 4, 10);
  file.end(11);
  expect(flow.of('files')).toMatchObject([{ seen_bytes: 4, total_bytes: 4, timedout: false }]);
});

test('a file that does not move for minutes is given up', () => {
  const flow = new StreamFlow();
  const file = new FileTracker().open(options(flow));
  file.data(counting(4), 0, 4, 20);
  file.expire(140);
  expect(file.isOver).toBe(false);
  file.expire(251);
  expect(file.isOver).toBe(true);
  expect(flow.of('files')).toMatchObject([{ timedout: true, duration: 10 }]);
});

test('ranges in any order are one file, and hold no more than their bound', () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 1 }),
      fc.integer({ min: 1, max: 100 }),
      (order, size) => {
        const files = new FileTracker();
        const flow = new StreamFlow();
        const content = counting(8 * size);
        const file = files.share('a', options(flow));
        file.announce(content.length, 10);
        for (const i of order) file.dataAt(i * size, content, i * size, (i + 1) * size, 10);
        files.finish();
        const [row] = flow.of('files');
        const highest = Math.max(...order) + 1;
        expect(row).toMatchObject({ seen_bytes: order.length * size, missing_bytes: (highest - order.length) * size });
        const isWhole = order.length === 8;
        expect(row!['timedout']).toBe(!isWhole);
        expect(row!['sha256']).toBe(
          highest === order.length ? hex('sha256', content.subarray(0, highest * size)) : undefined,
        );
      },
    ),
  );
  const flow = new StreamFlow();
  const file = new FileTracker().share('a', options(flow));
  const block = counting(65_536);
  for (let i = 1; i < 40; i++) file.dataAt(i * 2 * block.length, block, 0, block.length, 10);
  file.end(11);
  expect(flow.of('files')[0]!['overflow_bytes']).toBeGreaterThan(0);
});

test('what waits is bounded, and over with the packets', () => {
  const files = new FileTracker();
  const flow = new StreamFlow();
  for (let i = 0; i < 5000; i++) files.share(`${i}`, options(flow)).dataAt(0, counting(3), 0, 3, 10);
  expect(files.waiting).toBe(512);
  expect(files.counters.dropped).toBe(4488);
  files.finish();
  expect(files.waiting).toBe(0);
  expect(flow.of('files')).toHaveLength(5000);
  expect(new Set(flow.of('files').map((row) => row['fuid'])).size).toBe(5000);
});

test('beyond the budget hashes are shed, and time brings it back', () => {
  const files = new FileTracker(1000);
  const flow = new StreamFlow();
  const give = (octets: number, time: number): void => {
    const file = files.open(options(flow, { time }));
    file.data(counting(octets), 0, octets, time);
    file.end(time);
  };
  give(600, 10);
  give(600, 10);
  give(400, 10);
  give(900, 11);
  expect(
    flow.of('files').map((row) => [row['seen_bytes'], (row['analyzers'] as string[]).length, 'md5' in row]),
  ).toEqual([
    [600, 3, true],
    [600, 0, false],
    [400, 3, true],
    [900, 3, true],
  ]);
  expect(files.counters).toMatchObject({ shed: 1, hashedOctets: 1900, octets: 2500 });
});

test('a file that is whole at once has its row', () => {
  const flow = new StreamFlow();
  const bytes = Buffer.from('GIF89a and so on');
  const { fuid, sha256 } = new FileTracker().whole(options(flow, { source: 'SSL' }), bytes);
  expect(sha256).toBe(hex('sha256', bytes));
  expect(flow.of('files')).toMatchObject([{ fuid, sha256, mime_type: 'image/gif', source: 'SSL', duration: 0 }]);
});
