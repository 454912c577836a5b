import { expect, test } from 'vitest';
import { dns, dnsOverTcp } from '../../core/packet/build/dns.ts';
import { join } from '../../core/packet/build/octets.ts';
import { MOST_UNKNOWN } from '../../sensor/protocols/dns/session.ts';
import { Random } from '../captures/random.ts';
import { runProtocols } from './protocolRun.ts';
import { tcpConversation, type Turn, udpConversation } from './tcpConversation.ts';

/** Datagrams that no server of names sends. */
function noise(random: Random, count: number, first: readonly number[]): Turn[] {
  return Array.from({ length: count }, (_, i) => ({
    from: i % 2 === 0 ? 'client' : 'server',
    payload: join(
      first,
      Uint8Array.from({ length: random.between(20, 200) }, () => random.below(256)),
    ),
  }));
}

test('datagrams at ports of DNS that are none of it are left alone after 8 KiB a direction', async () => {
  const random = new Random(9);
  const tooMany = [0, 1, 0, 0, 0xff, 0];
  const broken = [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
  const flows = [
    { port: 53, first: tooMany, count: 3000 },
    { port: 137, first: broken, count: 1500 },
    { port: 5353, first: broken, count: 1500 },
    { port: 5355, first: broken, count: 1500 },
  ];
  for (const { port, first, count } of flows) {
    const ends = { clientPort: 40_000, serverPort: port };
    const { protocols, counters, left } = await runProtocols(udpConversation(ends, noise(random, count, first)));
    const counted = protocols['udp dns'];
    expect(counted?.octets).toBeLessThanOrEqual(2 * MOST_UNKNOWN);
    expect(counted?.confirmed).toBe(0);
    expect(counted?.entered).toBeLessThan(count - 200);
    expect([left, counters.leftFlows]).toEqual([0, 1]);
    expect(counters.leftPackets).toBeGreaterThan(200);
  }
});

test('DNS over TCP to port 53 has its rows, through the whole pipeline', async () => {
  const ask = (id: number): Uint8Array => dnsOverTcp(dns({ id, name: `n${id}.example` }));
  const answers = [{ type: 16, data: join([200], new Uint8Array(200).fill(97)) }];
  const reply = (id: number): Uint8Array =>
    dnsOverTcp(dns({ id, name: `n${id}.example`, response: true, answers: Array(60).fill(answers[0]) }));
  const turns: Turn[] = [
    { from: 'client', payload: join(ask(1), ask(2)) },
    { from: 'server', payload: join(reply(2), reply(1)) },
  ];
  const { rows, protocols } = await runProtocols(tcpConversation({ clientPort: 40_000, serverPort: 53 }, turns));
  expect(rows['dns']?.map((row) => [row['query'], row['proto']])).toEqual([
    ['n2.example', 'tcp'],
    ['n1.example', 'tcp'],
  ]);
  expect(rows['conn']?.[0]?.['service']).toBe('dns');
  expect(protocols['tcp dns']).toMatchObject({ created: 1, confirmed: 1, refused: 0 });
});
