import { expect, test } from 'vitest';
import { dns, dnsOverTcp } from '../../../core/packet/build/dns.ts';
import { join } from '../../../core/packet/build/octets.ts';
import { Random } from '../../../test/captures/random.ts';
import { answer, overTcp, query } from '../../../test/protocols/dnsFlow.ts';

test('messages over TCP come in pieces and one behind the other', () => {
  const random = new Random(3);
  const streams = [query, answer].map((make) =>
    join(...Array.from({ length: 40 }, (_, i) => dnsOverTcp(make(i, `n${i}.example`)))),
  );
  const whole = overTcp();
  whole.send(true, streams[0]!, 1);
  whole.send(false, streams[1]!, 2);
  expect(whole.rows.length).toBe(40);
  expect(whole.rows[7]).toMatchObject({ proto: 'tcp', query: 'n7.example', rtt: 1, answers: ['203.0.113.7'] });
  for (let round = 0; round < 50; round++) {
    const pieces = overTcp();
    for (const isOrig of [true, false]) {
      const bytes = streams[isOrig ? 0 : 1]!;
      for (let at = 0, to = 0; at < bytes.length; at = to) {
        to = Math.min(bytes.length, at + random.between(1, round < 10 ? 3 : 200));
        pieces.analyser.data(isOrig, bytes, at, to, isOrig ? 1 : 2);
      }
    }
    expect(pieces.rows).toEqual(whole.rows);
    expect(pieces.stage.held).toMatchObject({ octets: 0, messages: 0 });
  }
});

test('a hole within a message costs that one; behind another the direction goes on only with a message', () => {
  const within = overTcp();
  const first = dnsOverTcp(query(1));
  within.send(true, first.subarray(0, 20), 1);
  within.analyser.gap(true, first.length - 25, 1);
  within.send(true, join(first.subarray(first.length - 5), dnsOverTcp(query(2))), 2);
  within.analyser.finish(3);
  expect(within.rows.map((row) => [row['trans_id'], row['qtype']])).toEqual([
    [1, undefined],
    [2, 1],
  ]);
  const between = overTcp();
  between.send(true, dnsOverTcp(query(1)), 1);
  between.analyser.gap(true, 1000, 2);
  between.send(true, dnsOverTcp(query(2)), 3);
  between.analyser.gap(true, 1000, 4);
  between.send(true, query(3), 5);
  between.send(true, dnsOverTcp(query(4)), 6);
  between.analyser.finish(7);
  expect(between.rows.map((row) => row['trans_id'])).toEqual([1, 2]);
  expect(between.stage.counters.lost).toBe(1);
});

test('what there is of a message is read at the end of its data', () => {
  const { rows, analyser, send } = overTcp();
  send(true, dnsOverTcp(query(1)).subarray(0, 20), 1);
  analyser.endOfData(true, 2);
  analyser.finish(3);
  expect(rows).toMatchObject([{ trans_id: 1, ts: 2 }]);
});

test('a large first message makes it sure by its header', () => {
  const { analyser, send } = overTcp();
  const large = dns({
    id: 1,
    name: 'a.example',
    response: true,
    answers: Array.from({ length: 40 }, () => ({ type: 16, data: join([200], new Uint8Array(200).fill(97)) })),
  });
  send(false, dnsOverTcp(large).subarray(0, 100), 1);
  expect(analyser.isSure).toBe(true);
});
