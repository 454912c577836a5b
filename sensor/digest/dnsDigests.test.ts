import { inflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { DnsDigest } from '../../core/dnsDigest/digest.ts';
import { decodeDigest } from '../../core/dnsDigest/digestDecoder.ts';
import { openSealed, type SealedDigest } from '../../core/dnsDigest/sealedPeriod.ts';
import { Refusal } from '../../core/sketch/refusal.ts';
import { DurableKind } from '../../proto/link.ts';
import { createExchange } from '../protocols/dns/exchange.ts';
import { DnsDigests } from './dnsDigests.ts';
import { packDigest, transferOf } from './packedDigest.ts';

interface Setup {
  digests: DnsDigests;
  given: SealedDigest[];
  /** One query for a name, with one address as its answer. */
  ask: (name: string, time: number) => void;
}

function setup(): Setup {
  const given: SealedDigest[] = [];
  const digests = new DnsDigests({
    tap: 'tap0',
    periodSeconds: 600,
    bytes: 1 << 20,
    seeds: [1, 2, 3],
    give: (sealed) => given.push(structuredClone(sealed, { transfer: transferOf(sealed) })),
  });
  const exchange = createExchange();
  exchange.ends.set([0, 0, 0xffff, 0x0a000001, 0, 0, 0xffff, 0x0a000002]);
  Object.assign(exchange, { serverPort: 53, hasQuery: true, hasReply: true, qtype: 1, qclass: 1, rcode: 0, rtt: 0.01 });
  exchange.answerCount = 1;
  const ask = (name: string, time: number): void => {
    exchange.name = name;
    exchange.time = time;
    exchange.answers[0] = { owner: name, rrtype: 1, rdata: '192.0.2.1', ttl: 60 };
    digests.subscriber(exchange);
  };
  return { digests, given, ask };
}

function brief({ start, seconds, coveredFrom, coveredTo, totals, pairs }: DnsDigest): unknown[] {
  return [
    start,
    seconds,
    coveredFrom,
    coveredTo,
    totals.queries,
    pairs.map(({ rrname, count }) => `${rrname} ${count}`),
  ];
}

test('new pairs go with their window, the rest with the period, each sight once', () => {
  const { digests, given, ask } = setup();
  ask('a.example', 1205);
  digests.window(1203.5, 1210);
  ask('a.example', 1212);
  digests.window(1210, 1220);
  ask('b.example', 1795);
  digests.window(1790, 1800);
  digests.end();
  expect(given.map((sealed) => brief(openSealed(sealed)))).toEqual([
    [1200, 0, 1203.5, 1210, 0, ['a.example 1']],
    [1200, 0, 1220, 1800, 0, ['b.example 1']],
    [1200, 600, 1203.5, 1800, 3, ['a.example 1']],
  ]);
});

test('a period without DNS says that it was looked at', () => {
  const { digests, given } = setup();
  for (let at = 600; at < 2400; at += 60) digests.window(at, at + 60);
  digests.end();
  expect(given.map((sealed) => brief(openSealed(sealed)).slice(0, 5))).toEqual([
    [600, 600, 600, 1200, 0],
    [1200, 600, 1200, 1800, 0],
    [1800, 600, 1800, 2400, 0],
  ]);
});

test('windows with a hole between them end the period before', () => {
  const { digests, given, ask } = setup();
  ask('a.example', 610);
  digests.window(600, 660);
  digests.window(600, 660);
  digests.window(9000, 9060);
  digests.end();
  expect(given.map((sealed) => brief(openSealed(sealed)).slice(0, 5))).toEqual([
    [600, 0, 600, 660, 0],
    [600, 600, 600, 660, 1],
    [9000, 600, 9000, 9060, 0],
  ]);
});

test('encrypted DNS is counted by period', () => {
  const { digests, given } = setup();
  digests.noteEncrypted('doq', 1000);
  digests.noteEncrypted('doq', 500);
  digests.window(600, 1200);
  digests.window(1200, 1800);
  expect(given.map(({ encrypted }) => encrypted.doq)).toEqual([
    { flows: 2, octets: 1500 },
    { flows: 0, octets: 0 },
  ]);
});

test('messages are of the kind, deflated, and come back', () => {
  const { digests, given, ask } = setup();
  for (let i = 0; i < 50; i++) ask(`host${i % 5}.example`, 700 + i);
  digests.window(600, 1200);
  const messages = given.flatMap((sealed) => packDigest(sealed));
  const [pairs, period] = messages.map((message) => {
    expect(message).toMatchObject({ kind: DurableKind.DNS, longer: false });
    const digest = decodeDigest(inflateRawSync(message!.bytes, { maxOutputLength: message!.inflated }));
    if (digest instanceof Refusal) throw new Error(String(digest));
    return digest;
  });
  expect(pairs!.pairs.length).toBe(5);
  expect(period!.names.map(({ name, count }) => [name, count])).toEqual(
    Array.from({ length: 5 }, (_, i) => [`host${i}.example`, 10]),
  );
  expect(period!.queries.map(({ name, count }) => [name, count])).toEqual(
    Array.from({ length: 5 }, (_, i) => [`host${i}.example`, 10]),
  );
  expect(period!.other.queries).toBe(0);
});
