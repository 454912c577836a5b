import { expect, test } from 'vitest';
import * as make from '../../test/tls/handshakeBytes.ts';
import { readClientHello, readServerHello } from './hello.ts';

const full = make.clientHelloBody({
  version: 0x0303,
  sessionId: [1, 2, 3],
  cipherSuites: [0x1301, 0xc02f],
  extensions: [
    make.serverName('www.example.com'),
    make.groups(0x001d, 0x0017),
    make.pointFormats(0, 1),
    make.algorithms(0x0403, 0x0804),
    make.protocols('h2', 'http/1.1'),
    make.versions(0x0304, 0x0303),
    make.ticket(7),
    make.extension(41, [0, 0]),
  ],
});

test('a ClientHello is read with its extensions', () => {
  const bytes = make.octets([0xff, 0xff], full, [0xff]);
  const hello = readClientHello(bytes, 2, 2 + full.length);
  expect(hello).toEqual({
    isBroken: false,
    version: 0x0303,
    sessionId: Uint8Array.of(1, 2, 3),
    extensions: [0, 10, 11, 13, 16, 43, 35, 41],
    protocols: ['h2', 'http/1.1'],
    firstProtocol: make.octets(make.text('h2')),
    hasPreSharedKey: true,
    cipherSuites: [0x1301, 0xc02f],
    serverNames: ['www.example.com'],
    groups: [0x001d, 0x0017],
    pointFormats: [0, 1],
    signatureAlgorithms: [0x0403, 0x0804],
    supportedVersions: [0x0304, 0x0303],
    hasTicket: true,
  });
});

test('a ClientHello without extensions is whole; one that is cut anywhere else is broken', () => {
  const bare = make.clientHelloBody({ cipherSuites: [0x002f] });
  for (let length = 0; length <= full.length; length++) {
    const hello = readClientHello(make.octets(full), 0, length);
    const isAtBorder = length === full.length || !hello.isBroken;
    expect(hello.isBroken).toBe(!isAtBorder);
  }
  expect(readClientHello(make.octets(bare), 0, bare.length)).toMatchObject({ isBroken: false, extensions: [] });
  expect(readClientHello(make.octets(full), 0, full.length - 1).isBroken).toBe(true);
  expect(readClientHello(make.octets(full), 0, 33).isBroken).toBe(true);
});

test('an extension that is empty says that it is understood; a list inside that is too long breaks the hello', () => {
  const empty = make.serverHelloBody({ extensions: [make.extension(0, []), make.extension(16, [])] });
  expect(readServerHello(make.octets(empty), 0, empty.length)).toMatchObject({ isBroken: false, protocols: [] });
  const long = make.clientHelloBody({ extensions: [make.extension(16, [0, 9, 2, 0x68, 0x32])] });
  expect(readClientHello(make.octets(long), 0, long.length).isBroken).toBe(true);
});

test('a ServerHello says what was chosen, and whether it is a retry', () => {
  const chosen = make.serverHelloBody({
    cipherSuites: [0x1302],
    extensions: [make.selectedVersion(0x0304), make.keyShare(0x001d), make.protocols('h2')],
  });
  expect(readServerHello(make.octets(chosen), 0, chosen.length)).toMatchObject({
    isBroken: false,
    cipherSuite: 0x1302,
    selectedVersion: 0x0304,
    group: 0x001d,
    protocols: ['h2'],
    isRetry: false,
  });
  const retry = make.serverHelloBody({ random: make.retryRandom, extensions: [make.retryGroup(0x0018)] });
  expect(readServerHello(make.octets(retry), 0, retry.length)).toMatchObject({ isRetry: true, group: 0x0018 });
});

test("drafts' ServerHello has neither session id nor compression", () => {
  const body = [...make.u16(0x7f12), ...make.retryRandom, ...make.u16(0x1301)];
  expect(readServerHello(make.octets(body), 0, body.length)).toMatchObject({ isBroken: false, cipherSuite: 0x1301 });
});

test('a hello of DTLS has a cookie; a session id of more than 32 octets counts as none', () => {
  const body = make.clientHelloBody({ version: 0xfefd, cookie: [9, 9], cipherSuites: [0xc02b] });
  expect(readClientHello(make.octets(body), 0, body.length)).toMatchObject({ isBroken: false, cipherSuites: [0xc02b] });
  const long = make.clientHelloBody({ sessionId: Array.from({ length: 33 }, () => 1) });
  expect(readClientHello(make.octets(long), 0, long.length).sessionId).toHaveLength(0);
});
