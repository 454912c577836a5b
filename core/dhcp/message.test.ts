import { expect, test } from 'vitest';
import { Random } from '../../test/captures/random.ts';
import { dhcpMessage, kind, type Message, text } from '../../test/dhcp/dhcpBytes.ts';
import { mutate } from '../../test/support/mutation.ts';
import { readMessage } from './message.ts';
import { messageTypeName } from './messageTypes.ts';

function read(message: Message): ReturnType<typeof readMessage> {
  const bytes = dhcpMessage(message);
  const wire = new Uint8Array(bytes.length + 8).fill(0xee);
  wire.set(bytes, 5);
  return readMessage(wire, 5, 5 + bytes.length);
}

test('all that is logged', () => {
  const options: Message['options'] = [
    kind(5),
    [12, text('host')],
    [15, text('example.org\0\0')],
    [50, [192, 0, 2, 5]],
    [51, [0, 0, 0x0e, 0x10]],
    [56, text('no')],
    [61, [1, 2, 0, 0, 0, 0, 9]],
    [81, [0, 0, 0, ...text('host.example.org')]],
    [99, [1, 2, 3]],
  ];
  expect(read({ given: [192, 0, 2, 6], options })).toEqual({
    transaction: 0x01020304,
    type: 5,
    given: '192.0.2.6',
    hardware: '02:00:00:00:00:01',
    identifier: '02:00:00:00:00:09',
    hostName: 'host',
    clientName: 'host.example.org',
    domain: 'example.org',
    requested: '192.0.2.5',
    lease: 3600,
    message: 'no',
  });
});

test.each([
  ['of eight octets', [1, 2, 3, 4, 5, 6, 7, 8], '01:02:03:04:05:06:07:08'],
  ['of six', [1, 2, 3, 4, 5, 6], '01:02:03:04:05:06'],
])('a hardware address %s', (_what, hardware, printed) => {
  expect(read({ hardware })?.hardware).toBe(printed);
});

test('an identifier of another kind is none, one that is too short is empty', () => {
  expect(read({ options: [[61, [0, ...text('abcdef')]]] })?.identifier).toBeUndefined();
  expect(read({ options: [[61, [1, 2, 3]]] })?.identifier).toBe('');
});

test('a domain of one character is empty, as with Zeek', () => {
  expect(read({ options: [[15, text('a')]] })?.domain).toBe('');
});

test('the first kind counts, zeros between options are passed over', () => {
  expect(read({ options: [kind(1), kind(2)] })?.type).toBe(1);
  expect(read({ options: [], end: [0, 0, 53, 1, 3, 255] })?.type).toBe(3);
  expect(read({ options: [] })?.type).toBe(0);
});

test.each<[string, Message]>([
  ['another cookie', { cookie: [1, 2, 3, 4] }],
  ['no end', { end: [] }],
  ['an option that passes the end', { options: [], end: [12, 200, 1] }],
  ['an option without its length', { options: [], end: [12] }],
  ['an empty identifier', { options: [[61, []]] }],
  ['a full name without its flags', { options: [[81, [0, 0]]] }],
])('%s is refused', (_what, message) => {
  expect(read(message)).toBeUndefined();
});

test('kinds have names', () => {
  expect([1, 8, 18, 0, 19].map(messageTypeName)).toEqual([
    'DISCOVER',
    'INFORM',
    'TLS',
    'unknown-message-type-0',
    'unknown-message-type-19',
  ]);
});

test('changed and random octets are read or refused', () => {
  const random = new Random(5);
  const whole = dhcpMessage({
    options: [kind(3), [12, text('host')], [61, [1, 2, 3, 4, 5, 6, 7]], [81, [0, 0, 0, 65]]],
  });
  let good = 0;
  for (let round = 0; round < 20_000; round++) {
    const bytes = random.chance(0.9) ? mutate(random, whole) : random.bytes(random.below(400));
    if (readMessage(bytes, 0, bytes.length) !== undefined) good++;
  }
  expect(good).toBeGreaterThan(2000);
});
