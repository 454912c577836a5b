import { expect, test } from 'vitest';
import { dns, dnsOverTcp } from '../../../core/packet/build/dns.ts';
import { join } from '../../../core/packet/build/octets.ts';
import { Random } from '../../../test/captures/random.ts';
import { answer, createFlow, nothing, query } from '../../../test/protocols/dnsFlow.ts';
import { Dns } from './dns.ts';
import type { DnsExchange } from './exchange.ts';

/** Messages of many types, some of whose records hold anything. */
function seedsOf(random: Random): Uint8Array[] {
  const octets = (): Uint8Array => Uint8Array.from({ length: 40 }, () => random.below(256));
  const types = [2, 6, 12, 15, 16, 28, 29, 33, 35, 38, 43, 44, 46, 47, 48, 50, 51, 99, 65_534];
  return [
    query(1),
    answer(1),
    ...types.map((type) => {
      const answers = [
        { type, data: octets() },
        { type: 5, data: 'b.example' },
      ];
      return dns({ id: 1, name: 'www.example.com', response: true, answers });
    }),
  ];
}

function mutated(random: Random, seeds: readonly Uint8Array[]): Uint8Array {
  const bytes = Uint8Array.from(random.pick(seeds)).subarray(0, random.chance(0.2) ? random.below(60) : undefined);
  for (let n = random.below(6); n > 0 && bytes.length > 0; n--) {
    bytes[random.below(bytes.length)] = random.chance(0.5) ? random.below(256) : random.pick([0, 0xc0, 0xff, 12, 63]);
  }
  return bytes;
}

test('mutated messages: no exception, no growth', () => {
  const random = new Random(5);
  const seeds = seedsOf(random);
  const told: number[] = [];
  const options = { subscribers: [({ answerCount }: DnsExchange): void => void told.push(answerCount)] };
  for (const port of [53, 137, 5353]) {
    const stage = new Dns(options);
    const flow = createFlow('udp', port);
    const analysers = Array.from({ length: 50 }, () => stage.udp.create(flow.flow));
    for (let i = 0; i < 10_000; i++) {
      const bytes = mutated(random, seeds);
      const at = random.below(50);
      analysers[at]!.datagram(random.chance(0.5), bytes, 0, bytes.length, i);
      if (!analysers[at]!.isDone && random.chance(0.98)) continue;
      analysers[at]!.finish(i);
      analysers[at] = stage.udp.create(flow.flow);
    }
    for (const analyser of analysers) analyser.finish(1e5);
    expect(flow.rows.length).toBeGreaterThan(2000);
    expect(stage.held).toEqual(nothing);
  }
  expect(told.length).toBeGreaterThan(6000);
});

test('mutated streams with holes: no exception, no growth', () => {
  const random = new Random(6);
  const seeds = seedsOf(random);
  const stage = new Dns();
  for (let round = 0; round < 300; round++) {
    const { flow } = createFlow('tcp', 53);
    const analyser = stage.tcp.create(flow);
    const messages = Array.from({ length: 30 }, () => dnsOverTcp(mutated(random, seeds)));
    const bytes = join(...messages);
    for (let n = random.below(4); n > 0; n--) bytes[random.below(bytes.length)] = random.below(256);
    for (let at = 0, to = 0; at < bytes.length && !analyser.isDone; at = to) {
      to = Math.min(bytes.length, at + random.between(1, 300));
      const isOrig = random.chance(0.5);
      if (random.chance(0.05)) analyser.gap(isOrig, to - at, round);
      else analyser.data(isOrig, bytes, at, to, round);
      expect(stage.held.octets).toBeLessThanOrEqual(131_072);
    }
    if (random.chance(0.5)) analyser.endOfData(random.chance(0.5), round);
    analyser.finish(round);
    expect(stage.held).toEqual(nothing);
  }
});
