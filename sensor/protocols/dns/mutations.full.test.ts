import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { dnsOverTcp } from '../../../core/packet/build/dns.ts';
import { join } from '../../../core/packet/build/octets.ts';
import { Random } from '../../../test/captures/random.ts';
import { createFlow, nothing } from '../../../test/protocols/dnsFlow.ts';
import { FileSource } from '../../capture/file/fileSource.ts';
import { ProtocolStage } from '../../protocolStage.ts';
import { createRun } from '../../read/pipelineRun.ts';
import { Dns } from './dns.ts';
import type { DnsExchange } from './exchange.ts';

const captures = fileURLToPath(new URL('../../../../shared/pcaps/', import.meta.url));
const names = [
  'malcolm-test-artifacts__DNS.pcap',
  'ndpi__fuzz-2006-06-26-2594.pcap',
  'dnscap__dnso1tcp-bighole.pcap',
  'zeek__dns-edns-ecs.pcap',
];
const ports: ReadonlySet<number> = new Set([53, 137, 5353, 5355]);
const ROUNDS = 300_000;

/** Payloads of the captures' datagrams to and from ports of DNS. */
async function realMessages(): Promise<Uint8Array[]> {
  const messages: Uint8Array[] = [];
  const options = { filter: '', checksums: false, windows: false, windowSeconds: 10, by: 'octets' as const };
  const stage = new ProtocolStage({ sensor: 'test', emit: () => {} });
  stage.hooks.onPacket = (_pipeline, fields) => {
    const { bytes, payloadOffset, payloadCaptured, sourcePort, destinationPort } = fields;
    if (payloadCaptured < 12 || (!ports.has(sourcePort) && !ports.has(destinationPort))) return;
    messages.push(bytes.slice(payloadOffset, payloadOffset + Math.min(payloadCaptured, 2048)));
  };
  const { pipeline } = await createRun({ ...options, flowSlots: 4096 }, 0, 1, stage);
  const source = new FileSource({ paths: names.map((name) => captures + name) });
  for (;;) {
    const batch = await source.next();
    if (batch === 'end') break;
    pipeline.process(batch);
    batch.release();
  }
  source.close();
  return messages;
}

function mutated(random: Random, seeds: readonly Uint8Array[]): Uint8Array {
  const bytes = Uint8Array.from(random.pick(seeds));
  for (let n = random.below(8); n > 0; n--) {
    const at = random.below(bytes.length);
    const other = random.pick(seeds);
    if (random.chance(0.2)) bytes.set(other.subarray(0, Math.min(other.length, bytes.length - at)), at);
    else bytes[at] = random.chance(0.5) ? random.below(256) : random.pick([0, 0xc0, 0xff, 12, 63, bytes.length & 255]);
  }
  return random.chance(0.1) ? bytes.subarray(0, random.below(bytes.length)) : bytes;
}

test('real messages, mutated: no exception, no growth', async (ctx) => {
  if (!existsSync(captures)) ctx.skip('not in CI: no captures beside the checkout');
  const seeds = await realMessages();
  expect(seeds.length).toBeGreaterThan(1000);
  const random = new Random(11);
  let told = 0;
  const stage = new Dns({ subscribers: [({ answerCount }: DnsExchange): void => void (told += answerCount + 1)] });
  for (const port of [53, 137, 5353]) {
    const { flow, rows } = createFlow('udp', port, port === 5353);
    let analyser = stage.udp.create(flow);
    for (let i = 0; i < ROUNDS / 3; i++) {
      const bytes = mutated(random, seeds);
      analyser.datagram(random.chance(0.5), bytes, 0, bytes.length, i);
      if (!analyser.isDone && random.chance(0.999)) continue;
      analyser.finish(i);
      rows.length = 0;
      analyser = stage.udp.create(flow);
    }
    analyser.finish(ROUNDS);
    expect(stage.held).toEqual(nothing);
  }
  for (let round = 0; round < ROUNDS / 300; round++) {
    const { flow } = createFlow('tcp', 53);
    const analyser = stage.tcp.create(flow);
    const bytes = join(...Array.from({ length: 50 }, () => dnsOverTcp(mutated(random, seeds))));
    for (let at = 0, to = 0; at < bytes.length && !analyser.isDone; at = to) {
      to = Math.min(bytes.length, at + random.between(1, 1400));
      if (random.chance(0.01)) analyser.gap(random.chance(0.5), to - at, round);
      else analyser.data(random.chance(0.5), bytes, at, to, round);
    }
    analyser.finish(round);
    expect(stage.held).toEqual(nothing);
  }
  expect(told).toBeGreaterThan(ROUNDS / 4);
});
