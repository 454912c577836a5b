import { expect, test } from 'vitest';
import { Random } from '../../../test/captures/random.ts';
import { mutate } from '../../../test/support/mutation.ts';
import { client, type Event, play, server, StreamFlow } from '../../../test/support/streamFlow.ts';
import type { FileOptions, Files } from '../files/file.ts';
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

interface Seen {
  options: FileOptions;
  octets: string;
  gaps: number;
  isOver: boolean;
}

/** What mails are made of. */
function filesOf(events: readonly Event[], piece = Infinity): Seen[] {
  const seen: Seen[] = [];
  const files: Files = {
    whole: () => ({ fuid: 'F', sha256: '' }),
    open: (options) => {
      const one: Seen = { options, octets: '', gaps: 0, isOver: false };
      seen.push(one);
      return {
        fuid: 'F',
        mimeType: undefined,
        data: (bytes, from, to) => {
          one.octets += Buffer.from(bytes.subarray(from, to)).toString('latin1');
        },
        gap: (length) => {
          one.gaps += length;
        },
        end: () => {
          expect(one.isOver).toBe(false);
          one.isOver = true;
        },
      };
    },
  };
  play(createSmtp(files).create(new StreamFlow({ port: 25 })), events, piece);
  return seen;
}

const mail = (text: string): Event[] => [...hello, client('DATA\r\n'), server('354 go\r\n'), client(text)];

test.each([Infinity, 1, 9])('a mail is a file, its headers apart, in pieces of %d', (piece) => {
  const [file, ...others] = filesOf(mail('Subject: x\r\n folded\r\n\r\none\r\n..two\r\n.\r\nQUIT\r\n'), piece);
  expect(others).toEqual([]);
  expect(file).toMatchObject({ octets: 'one\r\n.two\r\n', isOver: true });
  expect(file?.options).toMatchObject({ source: 'SMTP', isOrig: true, depth: 1 });
});

test('each part is a file, decoded and named', () => {
  const text = [
    'Content-Type: multipart/mixed; boundary="b"',
    '',
    'before',
    '--b',
    '',
    'text',
    '--b',
    'Content-Type: multipart/alternative; boundary=c',
    '',
    '--c',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    'a=41',
    '--c--',
    'between',
    '--b',
    'Content-Disposition: attachment; filename="x.bin"',
    'Content-Transfer-Encoding: base64',
    '',
    'AAEC',
    'Aw==',
    '--b--',
    'after',
    '.',
    '',
  ].join('\r\n');
  const files = filesOf(mail(text));
  expect(files.map(({ octets, isOver, options }) => [octets, isOver, options.depth, options.fileName])).toEqual([
    ['text', true, 2, undefined],
    ['aA\r\n', true, 4, undefined],
    ['\0\u0001\u0002\u0003', true, 5, 'x.bin'],
  ]);
});

test('a mail within a mail, and mails one after another', () => {
  const inner = 'Content-Type: message/rfc822\r\n\r\nSubject: y\r\n\r\nin\r\n.\r\n';
  const two = [
    ...mail(inner),
    server('250 ok\r\n'),
    client('DATA\r\n'),
    server('354 go\r\n'),
    client('\r\nnext\r\n.\r\n'),
  ];
  expect(filesOf(two).map(({ octets, options }) => [octets, options.depth])).toEqual([
    ['in\r\n', 2],
    ['next\r\n', 3],
  ]);
});

test('a mail that is cut, or lacks octets, is over with what came', () => {
  expect(filesOf(mail('\r\none\r\ntw'))).toMatchObject([{ octets: 'one\r\n', isOver: true }]);
  const holed = [...mail('\r\none\r\n'), { isOrig: true, gap: 7 }, client('two\r\n')];
  expect(filesOf(holed)).toMatchObject([{ octets: 'one\r\n', gaps: 7, isOver: true }]);
});

test('a mail that is refused is none', () => {
  expect(filesOf([...hello, client('DATA\r\n'), server('554 no\r\n'), client('\r\nQUIT\r\n')])).toEqual([]);
});

test('changed mails end each file once', () => {
  const random = new Random(8);
  const text =
    'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/x\r\n\r\nA: b\r\n\r\nx\r\n--b\r\n' +
    'Content-Transfer-Encoding: base64\r\n\r\nAAEC\r\n--b--\r\n.\r\n';
  let count = 0;
  for (let round = 0; round < 2000; round++) {
    const changed = mutate(random, Buffer.from(text, 'latin1'));
    const files = filesOf([...mail(''), client(changed)], random.pick([Infinity, 3]));
    expect(files.every(({ isOver }) => isOver)).toBe(true);
    count += files.length;
  }
  expect(count).toBeGreaterThan(1000);
});
