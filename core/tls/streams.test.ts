import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as make from '../../test/tls/handshakeBytes.ts';
import { FragmentStream, mergedSpans } from './dtls.ts';
import { HandshakeStream, MOST_MESSAGE } from './handshakes.ts';
import { RecordStream, type RecordHandler } from './recordStream.ts';

/** Writes down records; contents of application data are not wanted. */
class Records implements RecordHandler {
  readonly seen: string[] = [];

  wants(_isOrig: boolean, type: number): boolean {
    return type !== 23;
  }

  record(isOrig: boolean, type: number, bytes: Uint8Array, from: number, to: number): boolean {
    this.seen.push(`${isOrig ? '>' : '<'}${type}:${Buffer.from(bytes.subarray(from, to)).toString('hex')}`);
    return true;
  }
}

const stream = make.octets(
  make.handshake(make.clientHello({ extensions: [make.serverName('a.example')] })),
  make.changeCipherSpec,
  make.data(700),
  make.record(21, []),
  make.alert(1, 0),
);

function feed(pieces: readonly number[]): { seen: string[]; isGood: boolean } {
  const records = new Records();
  const cut = new RecordStream(records);
  let at = 0;
  let isGood = true;
  for (const piece of [...pieces, stream.length]) {
    const end = Math.min(stream.length, at + piece);
    if (isGood && end > at) isGood = cut.data(true, stream.slice(at, end), 0, end - at);
    at = end;
  }
  return { seen: records.seen, isGood };
}

test('records are the same however the stream is cut', () => {
  const whole = feed([]);
  expect(whole.isGood).toBe(true);
  expect(whole.seen.map((one) => one.slice(0, 4))).toEqual(['>22:', '>20:', '>23:', '>21:', '>21:']);
  expect(whole.seen[2]).toBe('>23:');
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 60 }), (pieces) => {
      expect(feed(pieces)).toEqual(whole);
    }),
  );
});

test.each([
  ['an HTTP request', [...Buffer.from('GET / HTTP/1.1\r\n')]],
  ['a record of an unknown kind first', make.record(99, [1])],
  ['a version that there is none of', [22, 4, 0, 0, 1, 0]],
  ['a record that is longer than TLS allows', [22, 3, 3, 0xff, 0xff, 1]],
])('%s is no TLS', (_what, start) => {
  const records = new Records();
  expect(new RecordStream(records).data(true, make.octets(start), 0, start.length)).toBe(false);
  expect(records.seen).toEqual([]);
});

test('a stream that loses its records later is told so', () => {
  const records = new Records();
  const cut = new RecordStream(records);
  expect(cut.data(true, make.octets(make.alert(1, 0)), 0, 7)).toBe(true);
  expect(cut.data(true, make.octets([22, 9, 9, 0, 0]), 0, 5)).toBe(false);
});

test("SSLv2's hello of a client may be answered in TLS", () => {
  const records = new Records();
  const cut = new RecordStream(records);
  const body = [...make.u16(3, 0, 4), 1, 0, 0x80, 9, 9, 9, 9];
  const hello = [0x80, body.length + 3, 1, 3, 1, ...body];
  expect(cut.data(true, make.octets(hello), 0, hello.length)).toBe(true);
  expect(cut.data(false, make.octets(make.alert(2, 40)), 0, 7)).toBe(true);
  expect(records.seen.map((one) => one.slice(0, 5))).toEqual(['>301:', '<21:0']);
});

test('handshake messages are the same however records cut them', () => {
  const messages = make.octets(make.clientHello(), make.certificates([1, 2, 3]), make.helloDone, make.keyExchange(23));
  const read = (pieces: readonly number[]): string[] => {
    const seen: string[] = [];
    const cut = new HandshakeStream();
    let at = 0;
    for (const piece of [...pieces, messages.length]) {
      const end = Math.min(messages.length, at + piece);
      cut.data(messages.slice(at, end), 0, end - at, (type, bytes, from, to) => {
        seen.push(`${type}:${Buffer.from(bytes.subarray(from, to)).toString('hex')}`);
        return true;
      });
      at = end;
    }
    return seen;
  };
  const whole = read([]);
  expect(whole.map((one) => one.split(':')[0])).toEqual(['1', '11', '14', '12']);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 40 }), (pieces) => {
      expect(read(pieces)).toEqual(whole);
    }),
  );
});

test('a message that says it is too long ends the stream, and nothing is kept for it', () => {
  const start = make.octets([11, ...make.u24(MOST_MESSAGE)]);
  expect(new HandshakeStream().data(start, 0, start.length, () => true)).toBe(false);
  expect(new HandshakeStream().data(start, 0, 2, () => true)).toBe(true);
});

test('fragments of DTLS make a message in any order, overlapping, some twice', () => {
  const body = Array.from({ length: 100 }, (_, i) => i);
  const spans = fc
    .shuffledSubarray([0, 10, 25, 40, 55, 70, 85, 90], { minLength: 8 })
    .map((begins) => begins.map((from) => [from, Math.min(100, from + 20)] as const));
  fc.assert(
    fc.property(spans, (pieces) => {
      const fragments = new FragmentStream();
      const seen: number[][] = [];
      for (const [from, to] of pieces) {
        const bytes = make.octets(make.dtlsFragment(11, body, { sequence: 3, from, to }));
        const isGood = fragments.data(bytes, 13, bytes.length, (type, message, at, end) => {
          seen.push([type, ...message.subarray(at, end)]);
          return true;
        });
        expect(isGood).toBe(true);
      }
      // What comes again after the message was whole begins another one.
      expect(seen[0]).toEqual([11, ...body]);
    }),
  );
});

test('fragments that pass the end of their message are refused', () => {
  const bytes = make.octets(make.dtlsFragment(11, [1, 2, 3, 4], { sequence: 0, from: 1, to: 4 }));
  bytes[13 + 3] = 2;
  expect(new FragmentStream().data(bytes, 13, bytes.length, () => true)).toBe(false);
  expect(new FragmentStream().data(bytes, 13, 20, () => true)).toBe(false);
});

test('spans stay apart and in order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(50), fc.integer({ min: 1, max: 9 })), { maxLength: 30 }), (pieces) => {
      let spans: number[] = [];
      const covered = new Set<number>();
      for (const [from, length] of pieces) {
        spans = mergedSpans(spans, from, from + length);
        for (let i = from; i < from + length; i++) covered.add(i);
      }
      let count = 0;
      for (let i = 0; i < spans.length; i += 2) {
        count += spans[i + 1]! - spans[i]!;
        if (i > 0) expect(spans[i]!).toBeGreaterThan(spans[i - 1]!);
      }
      expect(count).toBe(covered.size);
    }),
  );
});
