import { expect, test } from 'vitest';
import { dns } from '../../core/packet/build/dns.ts';
import { runProtocols } from './protocolRun.ts';
import { type Turn, udpConversation } from './tcpConversation.ts';

const ends = { clientPort: 40_000, serverPort: 53 };
const ask = (id: number): Turn => ({ from: 'client', payload: dns({ id, name: 'a.example' }) });
const answer = (id: number): Turn => ({ from: 'server', payload: dns({ id, name: 'a.example', response: true }) });

test('a flow of DNS that rests after its first exchange goes on as if it had not', async () => {
  const turns = [ask(1), answer(1), ask(2), answer(2), ask(3), ask(4), answer(4), answer(3), ask(5)];
  const { rows, left, counters } = await runProtocols(udpConversation(ends, turns));
  expect(rows['dns']?.map((row) => [row['trans_id'], row['rcode']])).toEqual([
    [1, 0],
    [2, 0],
    [4, 0],
    [3, 0],
    [5, undefined],
  ]);
  expect(new Set(rows['dns']?.map((row) => row['uid']))).toEqual(new Set([rows['conn']?.[0]?.['uid']]));
  expect(rows['conn']).toMatchObject([{ service: 'dns', 'id.resp_p': 53 }]);
  expect([left, counters.heldOctets]).toEqual([0, 0]);
});

test('an answer by the originator turns a flow round only if it is the first message', async () => {
  const late: Turn = { from: 'client', payload: dns({ id: 9, name: 'a.example', response: true }) };
  const { rows } = await runProtocols(udpConversation(ends, [ask(1), answer(1), late]));
  expect(rows['conn']).toMatchObject([{ 'id.resp_p': 53 }]);
  expect(rows['dns']).toHaveLength(2);
  const turned = await runProtocols(udpConversation(ends, [late]));
  expect(turned.rows['conn']).toMatchObject([{ 'id.orig_p': 53 }]);
});

test('what is no DNS after it is still told of, and takes the name back', async () => {
  const odd: Turn = { from: 'client', payload: Uint8Array.from([0, 1, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 1]) };
  const { rows } = await runProtocols(udpConversation(ends, [ask(1), answer(1), odd, odd]));
  expect(rows['conn']?.[0]).not.toHaveProperty('service');
  expect(rows['conn']?.[0]?.['history']).toContain('X');
  expect(rows['weird']).toHaveLength(1);
});
