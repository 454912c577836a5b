import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { api } from './api.ts';
import { Intervals } from './intervals.ts';
import { decodeMessage, encodeMessage } from './linkCodec.ts';
import { commonVersion, linkLimits, linkVersion } from './link.ts';
import type { LinkMessage } from './linkMessages.ts';
import { decodePart, encodePart } from './partCodec.ts';
import { routes } from './routes.ts';
import { formatTime, parseTime } from './time.ts';

const folder = import.meta.dirname;
const bytes = (length: number, from = 1): Uint8Array => Uint8Array.from({ length }, (_, i) => (from + i) & 255);
const max = Number.MAX_SAFE_INTEGER;

const messages: LinkMessage[] = [
  {
    type: 'hello',
    versionMin: 1,
    versionMax: 3,
    site: 'oslo',
    name: 'a-1',
    software: '0.1.0',
    stream: bytes(16),
    replay: true,
  },
  {
    type: 'welcome',
    version: 2,
    seed: bytes(16, 5),
    received: [
      { first: 1, last: 9 },
      { first: 11, last: max },
    ],
    credit: { messages: 32, bytes: max },
  },
  { type: 'durable', stream: bytes(16), seq: max, kind: 7, bytes: bytes(300), inflated: 4000 },
  { type: 'ack', stream: bytes(16), received: [{ first: 5, last: 5 }] },
  { type: 'request', id: bytes(16), kind: 4, deadline: 1_800_000_000_000, bytes: bytes(3), have: 2 },
  { type: 'response', id: bytes(8), state: 'refused', code: 'unknown-kind', bytes: bytes(0), index: 7 },
  { type: 'credit', messages: 16, bytes: 1 << 20 },
  { type: 'clockQuestion', asked: 1_700_000_000_123.5, offset: -0.25, uncertainty: 0.001 },
  { type: 'clockAnswer', asked: 1_700_000_000_123.5, received: 1_700_000_000_200.25, answered: 1_700_000_000_201 },
];

test('every message comes back as it was, in all fields', () => {
  for (const message of messages) expect({ ...decodeMessage(encodeMessage(message)) }).toEqual(message);
});

const part = {
  tap: 'tap0',
  start: -86_400,
  seconds: 60,
  windowSeconds: 10,
  coveredFrom: -86_399.5,
  coveredTo: -86_390.25,
  packets: max,
  octets: max - 1,
  loss: { kernel: 1, nic: 2, shed: 3, unrecorded: 4, freezes: 5, blindMillis: 6 },
  sections: [
    { kind: 1, version: 2, parameters: bytes(2), seedHash: bytes(8), body: bytes(4136) },
    { kind: 9999, version: 1, parameters: bytes(0), seedHash: bytes(0), body: bytes(0) },
  ],
};

test('a part comes back as it was, in all fields, from any window of a capture', () => {
  expect(decodePart(encodePart(part))).toEqual({ type: 'part', ...part });
  for (const start of [0, 2 ** 33, -(2 ** 40), 1e12])
    expect(decodePart(encodePart({ ...part, start }))).toMatchObject({ start });
});

test('a window that says nothing of its length is as long as its part', () => {
  expect(decodePart(encodePart({ ...part, windowSeconds: 60 }))).toMatchObject({ seconds: 60, windowSeconds: 60 });
  expect(decodePart(encodePart({ ...part, windowSeconds: 7 }))).toMatchObject({ type: 'fault' });
});

test('what is out of range is a fault with its reason', () => {
  expect(decodePart(encodePart({ ...part, tap: 'a b' }))).toMatchObject({
    type: 'fault',
    reason: 'part without a fit tap',
  });
  expect(decodePart(encodePart({ ...part, packets: 2 ** 60 }))).toMatchObject({ type: 'fault' });
  expect(decodePart(encodePart({ ...part, coveredTo: Number.NaN }))).toMatchObject({ type: 'fault' });
  expect(decodePart(encodePart({ ...part, seconds: 0 }))).toMatchObject({ type: 'fault' });
  for (const unfit of [
    {
      type: 'hello',
      versionMin: 2,
      versionMax: 1,
      site: 'a',
      name: 'b',
      software: '',
      stream: bytes(16),
      replay: false,
    },
    {
      type: 'hello',
      versionMin: 1,
      versionMax: 1,
      site: '../a',
      name: 'b',
      software: '',
      stream: bytes(16),
      replay: false,
    },
    {
      type: 'hello',
      versionMin: 1,
      versionMax: 1,
      site: 'a',
      name: 'b',
      software: '',
      stream: bytes(15),
      replay: false,
    },
    { type: 'durable', stream: bytes(16), seq: 0, kind: 1, bytes: bytes(1), inflated: 0 },
    { type: 'durable', stream: bytes(16), seq: 1, kind: 1, bytes: bytes(1), inflated: linkLimits.inflated + 1 },
    { type: 'durable', stream: bytes(16), seq: 1, kind: 1, bytes: new Uint8Array(linkLimits.body + 1), inflated: 0 },
    { type: 'ack', stream: bytes(16), received: [{ first: 6, last: 5 }] },
  ] satisfies LinkMessage[]) {
    expect(decodeMessage(encodeMessage(unfit)), JSON.stringify(unfit).slice(0, 80)).toMatchObject({ type: 'fault' });
  }
});

test('damaged messages are faults or messages, never exceptions', () => {
  const seeds = [...messages.map(encodeMessage), encodePart(part)];
  fc.assert(
    fc.property(
      fc.nat(),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
      fc.nat(400),
      (which, edits, cut) => {
        const seed = seeds[which % seeds.length]?.slice() ?? bytes(0);
        for (const [at, value] of edits) seed[at % Math.min(seed.length, 64)] = value;
        const input = seed.subarray(0, cut > 300 ? seed.length : cut);
        expect(decodeMessage(input).type).toBeTypeOf('string');
        expect(decodePart(input).type).toBeTypeOf('string');
      },
    ),
    { numRuns: 3000, seed: 7 },
  );
});

test('generating the code again gives what is committed', () => {
  const out = mkdtempSync(join(tmpdir(), 'picket-proto-'));
  try {
    const line = readFileSync(join(folder, '../tools/generate'), 'utf8')
      .split('\n')
      .find((text) => text.includes('pbjs'));
    const options = /pbjs (.*) -o /.exec(line ?? '')?.[1]?.split(' ');
    if (options === undefined) throw new Error('tools/generate has no line for protobuf');
    const tool = join(folder, '../node_modules/protobufjs-cli/bin/pbjs');
    execFileSync(process.execPath, [tool, ...options, '-o', join(out, 'picket.js'), 'picket.proto'], { cwd: folder });
    for (const file of ['picket.js', 'picket.d.ts']) {
      expect(
        readFileSync(join(out, file), 'utf8') === readFileSync(join(folder, 'gen', file), 'utf8'),
        `run npm run generate: ${file}`,
      ).toBe(true);
    }
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});

test('two sides agree on the highest version that both speak', () => {
  expect(commonVersion(1, linkVersion)).toBe(linkVersion);
  expect(commonVersion(1, linkVersion + 1)).toBe(linkVersion);
  expect(commonVersion(linkVersion + 1, linkVersion + 1)).toBeUndefined();
});

test('a set of numbers is the same as one kept number by number', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.nat(8)), { maxLength: 30 }), (additions) => {
      const intervals = new Intervals();
      const plain = new Set<number>();
      for (const [first, more] of additions) {
        intervals.add(first, first + more);
        for (let value = first; value <= first + more; value++) plain.add(value);
      }
      for (let value = 0; value < 72; value++) {
        expect(intervals.has(value)).toBe(plain.has(value));
        const missing = intervals.nextMissing(value);
        expect(plain.has(missing)).toBe(false);
        expect(intervals.covers(value, missing - 1) || missing === value).toBe(true);
      }
      const list = intervals.toList();
      for (const [index, { first }] of list.entries())
        if (index > 0) expect(first).toBeGreaterThan((list[index - 1]?.last ?? 0) + 1);
      expect(list.reduce((sum, { first, last }) => sum + last - first + 1, 0)).toBe(plain.size);
      expect(intervals.last).toBe(Math.max(0, ...plain));
      expect(new Intervals(list.toReversed()).toList()).toEqual(list);
      for (const { first, last } of list)
        expect([intervals.covers(first, last), intervals.covers(first, last + 1)]).toEqual([true, false]);
    }),
  );
});

test('the plain list of routes and the table are the same', () => {
  expect(Object.entries(api).map(([name, { method, path }]) => [name, { method, path }])).toEqual(
    Object.entries(routes),
  );
  for (const route of Object.values(api)) expect(route.say).toMatch(/^[A-Z].*\.$/);
});

test('times as text and back', () => {
  expect(formatTime(1_700_000_000, 5)).toBe('2023-11-14T22:13:20.000000005Z');
  expect(formatTime(-1, 999_999_999)).toBe('1969-12-31T23:59:59.999999999Z');
  expect(formatTime(253_402_300_800)).toBe('253402300800.000000000');
  expect(parseTime('2023-11-14T22:13:20Z')).toBe(1_700_000_000);
  expect(parseTime('2023-11-14T23:13+01:00')).toBe(1_699_999_980);
  expect(parseTime('2023-11-14T22:13:20.5Z')).toBe(1_700_000_000.5);
  expect(parseTime('-12.25')).toBe(-12.25);
  for (const text of ['', 'now', '2023-13-01T00:00:00Z', '2023-02-30T00:00:00Z', '2023-11-14', '1e5', 'Infinity'])
    expect(parseTime(text), text).toBeUndefined();
});

test('a window without packets takes at most 64 bytes, with a long name too', () => {
  const loss = { kernel: 0, nic: 0, shed: 0, unrecorded: 0, freezes: 0, blindMillis: 0 };
  const span = { start: 1_700_000_000, seconds: 10, windowSeconds: 10 };
  const covered = { coveredFrom: 1_700_000_000, coveredTo: 1_700_000_010 };
  const empty = { tap: 'tap0', ...span, ...covered, packets: 0, octets: 0, loss, sections: [] };
  expect(encodePart(empty).length).toBeLessThanOrEqual(36);
  expect(encodePart({ ...empty, tap: 'x'.repeat(32) }).length).toBeLessThanOrEqual(64);
  expect({ ...decodePart(encodePart(empty)) }).toEqual({ type: 'part', ...empty });
});
