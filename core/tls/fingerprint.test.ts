import { expect, test } from 'vitest';
import * as make from '../../test/tls/handshakeBytes.ts';
import { ja3Text, ja4Parts } from './fingerprint.ts';
import { readClientHello, type ClientHello } from './hello.ts';

function helloOf(options: make.HelloOptions): ClientHello {
  const body = make.clientHelloBody(options);
  return readClientHello(make.octets(body), 0, body.length);
}

const typical: make.HelloOptions = {
  cipherSuites: [0x0a0a, 0x1302, 0x1301, 0xc02f],
  extensions: [
    make.extension(0x1a1a, []),
    make.serverName('example.com'),
    make.groups(0x2a2a, 0x001d, 0x0017),
    make.pointFormats(0),
    make.protocols('h2', 'http/1.1'),
    make.algorithms(0x0804, 0x0403),
    make.versions(0x3a3a, 0x0304, 0x0303),
  ],
};

test('JA3 leaves GREASE out and keeps the order', () => {
  expect(ja3Text(helloOf(typical))).toBe('771,4866-4865-49199,0-10-11-16-13-43,29-23,0');
  expect(ja3Text(helloOf({ cipherSuites: [47] }))).toBe('771,47,,,');
});

test('JA4 counts without GREASE, sorts, and leaves names and protocols out of its second hash', () => {
  expect(ja4Parts(helloOf(typical), 'tcp')).toEqual({
    head: 't13d0306h2',
    ciphers: '1301,1302,c02f',
    extensions: '000a,000b,000d,002b_0804,0403',
  });
});

test('JA4 without a server name, protocols, algorithms or extensions', () => {
  expect(ja4Parts(helloOf({ version: 0x0301, cipherSuites: [47] }), 'quic')).toEqual({
    head: 'q10i010000',
    ciphers: '002f',
    extensions: '',
  });
});

test('JA4 of DTLS: the version counts downwards', () => {
  const dtls = helloOf({ version: 0xfefd, cookie: [], extensions: [make.versions(0xfefd, 0xfefc)] });
  expect(ja4Parts(dtls, 'dtls').head).toBe('dd3i010100');
});

test.each([
  ['h', 'hh'],
  ['h3-29', 'h9'],
  ['\u0001x', '08'],
  ['', '00'],
])('JA4 of the protocol %j', (name, letters) => {
  const hello = helloOf({ extensions: [make.protocols(name)] });
  expect(ja4Parts(hello, 'tcp').head.slice(-2)).toBe(letters);
});

test('JA4 tells no more than 99', () => {
  const hello = helloOf({ cipherSuites: Array.from({ length: 120 }, (_, i) => i + 1) });
  expect(ja4Parts(hello, 'tcp').head).toBe('t12i990000');
});
