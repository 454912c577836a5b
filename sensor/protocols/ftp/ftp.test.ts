import { expect, test } from 'vitest';
import { Random } from '../../../test/captures/random.ts';
import { mutate } from '../../../test/support/mutation.ts';
import { client, clientGap, type Event, play, server, StreamFlow } from '../../../test/support/streamFlow.ts';
import { Sign } from '../protocol.ts';
import { createFtp } from './ftp.ts';

const ftp = createFtp()[0]!;

function talk(events: readonly Event[], piece = Infinity): StreamFlow {
  const flow = new StreamFlow({ port: 21 });
  play(ftp.create(flow), events, piece);
  return flow;
}

test.each([
  ['a command', [client('PASV\r\n')], ['ftp']],
  ['a command with an argument', [server('220 hi\r\n'), client('  USER me\n')], ['ftp']],
  ['half a command', [client('PASV')], []],
  ['two letters', [client('ab\r\n')], []],
  ['a word that is too long', [client(`${'A'.repeat(101)}\r\n`)], []],
  ['octets that are no text', [client('\u0016\u0003\u0001\r\n')], []],
  ['a server alone', [server('220 hi\r\n')], []],
  ['a reply in lines', [server('220-hi\r\nthere\r\n220 x\r\n'), client('QUIT\r\n')], ['ftp']],
  ['no reply', [server('hello\r\n'), client('QUIT\r\n')], []],
  ['no reply after a command', [client('QUIT\r\n'), server('2x0 bye\r\n')], []],
  ['a code that runs on', [client('QUIT\r\n'), server('2201 bye\r\n')], []],
  ['a code below', [client('QUIT\r\n'), server('099 bye\r\n')], []],
  ['no reply late', [client('NOOP\r\n'.repeat(2000)), server('x\r\n')], ['ftp']],
])('%s', (_what, events, services) => {
  expect(talk(events).services).toEqual(services);
  expect(talk(events, 1).services).toEqual(services);
});

test('what follows an AUTH TLS that is accepted goes on inside', () => {
  const events = [client('AUTH TLS\r\n'), server('234 go\r\nAB'), client('CD'), server('EF')];
  for (const piece of [Infinity, 1]) {
    const flow = talk(events, piece);
    expect(flow.insides).toEqual([{ orig: 'CD', resp: 'ABEF', isFinished: true }]);
  }
});

test('a refusal, another mechanism or a hole leave it as it is', () => {
  expect(talk([client('AUTH TLS\r\n'), server('502 no\r\n'), client('CD')]).insides).toEqual([]);
  expect(talk([client('AUTH GSSAPI\r\n'), server('234 go\r\n'), client('CD')]).insides).toEqual([]);
  expect(talk([client('AUTH TLS\r\n'), clientGap(3), server('234 go\r\n')]).insides).toEqual([]);
});

test('a long conversation is left alone', () => {
  const analyser = ftp.create(new StreamFlow());
  const bytes = Buffer.from('NOOP\r\n'.repeat(20_000));
  analyser.data(true, bytes, 0, bytes.length, 1);
  expect(analyser.isDone).toBe(true);
});

test('by content a client logs in and a server asks for its password', () => {
  const sign = (isOrig: boolean, octets: string): Sign =>
    ftp.recognise!(isOrig, Buffer.from(octets, 'latin1'), octets.length);
  expect(sign(true, 'USER me\r\n')).toBe(Sign.YES);
  expect(sign(true, 'FEAT\r\nuser me\r\n')).toBe(Sign.YES);
  expect(sign(true, 'FEAT\r\n')).toBe(Sign.MORE);
  expect(sign(true, '\u0016\u0003')).toBe(Sign.NO);
  expect(sign(true, 'x'.repeat(2000))).toBe(Sign.NO);
  expect(sign(false, '220 hi\r\n331 password\r\n')).toBe(Sign.YES);
  expect(sign(false, '220 hi\r\n')).toBe(Sign.MORE);
  expect(sign(false, 'HTTP/1.1')).toBe(Sign.NO);
});

test('changed conversations are read or refused', () => {
  const random = new Random(6);
  const pieces = [
    server('220-hi\r\n220 x\r\n'),
    client('USER a\r\n'),
    server('331 p\r\n'),
    client('AUTH TLS\r\n'),
    server('234 ok\r\nxx'),
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
