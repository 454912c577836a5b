import { expect, test } from 'vitest';
import { Random } from '../../../test/captures/random.ts';
import { mutate } from '../../../test/support/mutation.ts';
import { client, type Event, play, server, StreamFlow } from '../../../test/support/streamFlow.ts';
import { Sign } from '../protocol.ts';
import { createSmtp } from './smtp.ts';

const smtp = createSmtp();

function talk(events: readonly Event[], piece = Infinity, isPartial = false): StreamFlow {
  const flow = new StreamFlow({ port: 25, isPartial });
  play(smtp.create(flow), events, piece);
  return flow;
}

test.each([
  ['a hello', [server('220 mx\r\n'), client('EHLO me\r\n')], ['smtp']],
  ['any command in any case', [client('noop\r\n')], ['smtp']],
  ['no command', [client('GET / HTTP/1.1\r\n')], []],
  ['a server alone', [server('220 mx\r\n')], []],
  ['no reply', [client('EHLO me\r\n'), server('hello\r\n')], []],
  ['a code out of range', [client('EHLO me\r\n'), server('600 hello\r\n')], []],
  ['no reply late', [client('NOOP\r\n'.repeat(2000)), server('x\r\n')], ['smtp']],
])('%s', (_what, events, services) => {
  expect(talk(events).services).toEqual(services);
  expect(talk(events, 1).services).toEqual(services);
});

test('a stream picked up in the middle is left alone', () => {
  expect(talk([client('EHLO me\r\n')], Infinity, true).services).toEqual([]);
});

const hello = [server('220 mx\r\n'), client('EHLO me\r\n'), server('250-mx\r\n250 STARTTLS\r\n')];

test.each(['STARTTLS', 'x-anonymoustls'])('what follows a %s that is accepted goes on inside', (command) => {
  const events = [...hello, client(`${command}\r\n`), server('220 go\r\nAB'), client('CD'), server('EF')];
  for (const piece of [Infinity, 1]) {
    expect(talk(events, piece).insides).toEqual([{ orig: 'CD', resp: 'ABEF', isFinished: true }]);
  }
});

test('replies belong to commands in their order', () => {
  const pipelined = [
    server('220 mx\r\n'),
    client('NOOP\r\nSTARTTLS\r\n'),
    server('220 noop\r\n'),
    server('454 no\r\n'),
    client('x'),
  ];
  expect(talk(pipelined).insides).toEqual([]);
});

test('lines of a mail are no commands', () => {
  const mail = [
    ...hello,
    client('DATA\r\nSTARTTLS\r\n.\r\n'),
    server('354 go\r\n'),
    server('220 odd\r\n'),
    client('x'),
  ];
  expect(talk(mail).insides).toEqual([]);
  const refused = [
    ...hello,
    client('DATA\r\n'),
    server('554 no\r\n'),
    client('STARTTLS\r\n'),
    server('220 go\r\n'),
    client('x'),
  ];
  expect(talk(refused).insides).toHaveLength(1);
});

test('a long conversation is left alone', () => {
  const analyser = smtp.create(new StreamFlow());
  const bytes = Buffer.from('NOOP\r\n'.repeat(20_000));
  analyser.data(true, bytes, 0, bytes.length, 1);
  expect(analyser.isDone).toBe(true);
});

test('by content a client says hello to a server that greets', () => {
  const sign = (isOrig: boolean, octets: string): Sign =>
    smtp.recognise!(isOrig, Buffer.from(octets, 'latin1'), octets.length);
  expect(sign(true, 'EHLO me\r\n')).toBe(Sign.YES);
  expect(sign(true, 'NOOP\r\n helo me\r\n')).toBe(Sign.YES);
  expect(sign(true, 'NOOP\r\n')).toBe(Sign.MORE);
  expect(sign(true, '\u0000\u0001')).toBe(Sign.NO);
  expect(sign(false, ' 220-mx')).toBe(Sign.YES);
  expect(sign(false, '220')).toBe(Sign.MORE);
  expect(sign(false, 'HTTP/1.1')).toBe(Sign.NO);
});

test('changed conversations are read or refused', () => {
  const random = new Random(7);
  const pieces = [
    ...hello,
    client('MAIL FROM:<a>\r\nDATA\r\n'),
    server('250 ok\r\n354 go\r\n'),
    client('x\r\n.\r\nSTARTTLS\r\n'),
    server('220 go\r\n'),
  ];
  let known = 0;
  for (let round = 0; round < 4000; round++) {
    const events = pieces.map((event) =>
      'octets' in event && random.chance(0.3)
        ? { ...event, octets: mutate(random, Buffer.from(event.octets as string, 'latin1')) }
        : event,
    );
    if (talk(events, random.pick([Infinity, 1, 5])).services.length > 0) known++;
  }
  expect(known).toBeGreaterThan(1000);
});
