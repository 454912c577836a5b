import { expect, test } from 'vitest';
import { dns, dnsName } from '../packet/build/dns.ts';
import { join, u16, u32 } from '../packet/build/octets.ts';
import { DnsMessage } from './message.ts';

const string = (text: string): Uint8Array => join([text.length], new TextEncoder().encode(text));

function recordOf(type: number, data: Uint8Array): string | undefined {
  const message = new DnsMessage(true);
  const bytes = dns({
    name: 'A.example',
    type,
    response: true,
    answers: [
      { type, data, ttl: 5 },
      { type: 1, data: '192.0.2.1' },
    ],
  });
  message.read(bytes, 0, bytes.length, false);
  // What follows is read whatever the first said.
  expect(message.answerRecords.at(-1)).toEqual({ owner: 'a.example', rrtype: 1, rdata: '192.0.2.1', ttl: 300 });
  return message.answerRecords.length === 1 ? undefined : message.answerRecords[0]?.rdata;
}

test('records have the form of zone files', () => {
  const name = dnsName('ns.example');
  expect(
    recordOf(
      28,
      Uint8Array.from({ length: 16 }, (_, i) => (i === 15 ? 7 : 0)),
    ),
  ).toBe('::7');
  for (const type of [2, 5, 12]) expect(recordOf(type, name)).toBe('ns.example');
  expect(recordOf(2, dnsName(''))).toBe('.');
  expect(recordOf(12, Uint8Array.of(4, 97, 0x2e, 0x5c, 0x20, 0))).toBe('a\\046\\092\\032');
  expect(recordOf(15, join(u16(10), name))).toBe('10 ns.example');
  expect(recordOf(33, join(u16(1), u16(2), u16(443), name))).toBe('1 2 443 ns.example');
  const numbers = [1, 2, 3, 4, 5].map(u32);
  expect(recordOf(6, join(name, dnsName('mail.example'), ...numbers))).toBe('ns.example mail.example 1 2 3 4 5');
  expect(recordOf(16, join(string('a "b"'), string(''), [2, 0x5c, 0xff]))).toBe('"a \\"b\\"" "" "\\\\\\255"');
  expect(recordOf(65, Uint8Array.of(0, 1, 0))).toBe('\\# 3 000100');
  expect(recordOf(257, new Uint8Array(600))).toBeUndefined();
  expect(recordOf(41, new Uint8Array(8))).toBeUndefined();
  expect(recordOf(48, Uint8Array.of(1, 1, 3, 8, 9))).toBe('DNSKEY 8');
});

test('only who asks for records gets them', () => {
  const message = new DnsMessage();
  const bytes = dns({ name: 'a.example', response: true, answers: [{ type: 1, data: '192.0.2.1' }] });
  message.read(bytes, 0, bytes.length, false);
  expect([message.answers, message.answerRecords]).toEqual([['192.0.2.1'], []]);
});
