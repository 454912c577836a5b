import { describe, expect, test } from 'vitest';
import { Random } from '../../test/captures/random.ts';
import { mutate } from '../../test/support/mutation.ts';
import * as make from '../../test/x509/certificateBytes.ts';
import { readCertificate, type Certificate } from './certificate.ts';
import { isGoodFor } from './hostNames.ts';

function read(parts: make.Parts): Certificate {
  const certificate = readCertificate(make.certificate(parts));
  if (certificate === undefined) throw new Error('refused');
  return certificate;
}

const refused = (parts: make.Parts): boolean => readCertificate(make.certificate(parts)) === undefined;
const cn = (value: make.Octets): make.Octets => make.name(['2.5.4.3', value]);

describe('what a certificate says', () => {
  test('plain fields', () => {
    const bytes = make.certificate({ extensions: [make.basicConstraints(make.element(1, [0xff]), make.integer(3))] });
    expect(readCertificate(bytes)).toEqual({
      size: bytes.length,
      version: 3,
      serial: '010203',
      subject: { text: 'CN=host.example', commonName: 'host.example' },
      issuer: { text: 'CN=Issuer', commonName: 'Issuer' },
      notBefore: Date.UTC(2020, 0, 2, 3, 4, 5) / 1000,
      notAfter: Date.UTC(2030, 0, 2, 3, 4, 5) / 1000,
      key: { algorithm: 'rsaEncryption', type: 'rsa', length: 1024, exponent: '65537' },
      signatureAlgorithm: 'sha256WithRSAEncryption',
      names: undefined,
      constraints: { ca: true, pathLength: 3 },
    });
  });

  test('a version that is left out is the first', () => {
    expect(read({ version: [] }).version).toBe(1);
  });

  test('what follows it is none of it', () => {
    const bytes = make.certificate();
    expect(readCertificate(Uint8Array.from([...bytes, 1, 2, 3]))?.size).toBe(bytes.length);
  });

  test.each([
    [[0], '00'],
    [[0x7f], '7F'],
    [[0, 0x80], '80'],
    [[0xff, 0x01], '-FF'],
    [[0x80, 0], '-8000'],
    [Array.from({ length: 36 }, () => 0x11), `${'11'.repeat(35)}\\\n11`],
  ])('serial number %j', (octets, text) => {
    expect(read({ serial: make.integer(...octets) }).serial).toBe(text);
  });

  test.each([
    ['utc', make.utcTime('491231235959Z'), Date.UTC(2049, 11, 31, 23, 59, 59)],
    ['of the last century', make.utcTime('500101000000Z'), Date.UTC(1950, 0, 1)],
    ['without seconds', make.utcTime('2001020304Z'), Date.UTC(2020, 0, 2, 3, 4)],
    ['generalized', make.generalizedTime('20500102030405Z'), Date.UTC(2050, 0, 2, 3, 4, 5)],
    ['with a fraction', make.generalizedTime('20500102030405.25Z'), Date.UTC(2050, 0, 2, 3, 4, 5)],
    ['with a zone', make.generalizedTime('20500102030405+0130'), Date.UTC(2050, 0, 2, 3, 4, 5) + 90_000],
    ['out of range', make.utcTime('201301000000Z'), Date.UTC(2021, 0, 1)],
    ['utc that does not end', make.utcTime('200102030405+00'), 0],
    ['nothing', make.utcTime(''), 0],
  ])('time %s', (_what, notBefore, milliseconds) => {
    expect(read({ notBefore }).notBefore).toBe(milliseconds / 1000);
  });
});

describe('names', () => {
  test('the last part comes first, parts of a set are joined by a plus', () => {
    const pair = (type: string, value: string): number[] => make.sequence(make.oid(type), make.printable(value));
    const subject = make.sequence(
      make.set(pair('2.5.4.6', 'DE')),
      make.set(pair('2.5.4.10', 'A'), pair('2.5.4.11', 'B')),
      make.set(pair('2.5.4.3', 'one')),
      make.set(pair('2.5.4.3', 'two')),
    );
    expect(read({ subject }).subject).toEqual({ text: 'CN=two,CN=one,OU=B+O=A,C=DE', commonName: 'two' });
  });

  test.each([
    ['marks', make.printable('a,b+c"d\\e<f>g;h=i'), 'CN=a\\,b\\+c\\"d\\\\e\\<f\\>g\\;h=i'],
    ['spaces at its ends', make.printable('  a b '), 'CN=\\  a b\\ '],
    ['a hash mark first', make.printable('#a#'), 'CN=\\#a#'],
    ['control characters', make.printable('a\n\u007f'), 'CN=a\\0A\\7F'],
    ['UTF-8', make.utf8('ä€'), 'CN=\\C3\\A4\\E2\\82\\AC'],
    ['a Teletex string', make.element(0x14, [0xe4]), 'CN=\\C3\\A4'],
    ['a BMP string', make.element(0x1e, [0, 0x41, 0x20, 0xac]), 'CN=A\\E2\\82\\AC'],
    ['a Universal string', make.element(0x1c, [0, 1, 0xf6, 0]), 'CN=\\F0\\9F\\98\\80'],
    ['a type that is no text', make.integer(5), 'CN=#020105'],
    ['nothing', make.printable(''), 'CN='],
  ])('%s', (_what, value, text) => {
    expect(read({ subject: cn(value) }).subject.text).toBe(text);
  });

  test('a part that has no name is printed in digits and hex', () => {
    const subject = make.name(['1.2.3.4', make.printable('ab')]);
    expect(read({ subject }).subject.text).toBe('1.2.3.4=#13026162');
  });

  test('an empty name, and one that is too long', () => {
    expect(read({ subject: make.name() }).subject).toEqual({ text: '', commonName: undefined });
    expect(read({ subject: cn(make.printable('x'.repeat(3000))) }).subject.text).toBe(`CN=${'x'.repeat(2044)}`);
  });

  test('strings that do not come out even are refused with the certificate', () => {
    expect(refused({ subject: cn(make.element(0x1e, [0])) })).toBe(true);
    expect(refused({ subject: cn(make.element(0x0c, [0xc3])) })).toBe(true);
  });
});

describe('keys', () => {
  const ec = (parameters: make.Octets): make.Octets =>
    make.sequence(make.algorithm('1.2.840.10045.2.1', parameters), make.bitString([4, 1, 2]));
  test.each([
    [
      'elliptic',
      ec(make.oid('1.3.132.0.34')),
      { algorithm: 'id-ecPublicKey', type: 'ecdsa', length: 384, curve: 'secp384r1' },
    ],
    ['of a curve without a name', ec(make.oid('1.2.3')), { algorithm: 'id-ecPublicKey' }],
    [
      'of a curve in numbers',
      ec(make.sequence(make.integer(1), make.sequence(), make.sequence(), [4, 0], make.integer(0x7f, 1))),
      { algorithm: 'id-ecPublicKey', type: 'ecdsa', length: 15 },
    ],
    [
      'DSA',
      make.sequence(
        make.algorithm('1.2.840.10040.4.1', make.sequence(make.integer(0, 0xff, 0))),
        make.bitString([2, 1, 1]),
      ),
      { algorithm: 'dsaEncryption', type: 'dsa', length: 16 },
    ],
    ['Edwards', make.sequence(make.algorithm('1.3.101.112', []), make.bitString([1])), { algorithm: 'ED25519' }],
    ['unknown', make.sequence(make.algorithm('1.2.3.4'), make.bitString([1])), { algorithm: '1.2.3.4' }],
    [
      'RSA under the name of a signature',
      make.sequence(
        make.algorithm('1.2.840.113549.1.1.4'),
        make.bitString(make.sequence(make.integer(5), make.integer(3))),
      ),
      { algorithm: 'md5WithRSAEncryption', type: 'rsa', length: 3, exponent: '3' },
    ],
    [
      'RSA that is broken',
      make.sequence(make.algorithm('1.2.840.113549.1.1.1'), make.bitString([1])),
      { algorithm: 'rsaEncryption' },
    ],
  ])('%s', (_what, key, expected) => {
    expect(read({ key }).key).toEqual(expected);
  });

  test('a signature whose algorithm has no name', () => {
    expect(read({ signature: make.algorithm('1.2.3') }).signatureAlgorithm).toBe('');
  });
});

describe('extensions', () => {
  test('alternative names of each kind, others passed over', () => {
    const extensions = [
      make.alternativeNames(
        make.hostName('a.example'),
        make.element(0x81, make.text('b@c.example')),
        make.element(0x86, make.text('http://d/')),
        make.element(0x87, [192, 0, 2, 1]),
        make.element(0x87, [0xfe, 0x80, ...Array.from({ length: 13 }, () => 0), 1]),
        make.element(0x87, [1, 2]),
        make.element(0xa0, []),
        make.hostName('e.example'),
      ),
    ];
    expect(read({ extensions }).names).toEqual({
      dns: ['a.example', 'e.example'],
      email: ['b@c.example'],
      uri: ['http://d/'],
      ip: ['192.0.2.1', 'fe80::1'],
    });
  });

  test('one that is broken in itself is left out', () => {
    const broken = [make.extension('2.5.29.17', [1, 2]), make.extension('2.5.29.19', make.sequence([1, 2, 0, 0]))];
    expect(read({ extensions: broken })).toMatchObject({ names: undefined, constraints: undefined });
    expect(read({ extensions: [make.basicConstraints()] }).constraints).toEqual({ ca: false });
  });
});

test.each([
  ['a serial number that is padded', { serial: make.integer(0, 1) }],
  ['an empty serial number', { serial: make.integer() }],
  ['a time of no kind', { notBefore: make.printable('200102030405Z') }],
  ['something after the extensions', { rest: [5, 0] }],
  ['an extension of no form', { extensions: [[5, 0]] }],
  ['a key of no form', { key: make.sequence() }],
])('%s is refused', (_what, parts) => {
  expect(refused(parts)).toBe(true);
});

test.each([
  ['the same', ['www.a.example'], 'www.a.example', true],
  ['the same in other letters', ['www.a.example'], 'WWW.a.example', false],
  ['another', ['www.a.example'], 'a.example', false],
  ['a wildcard', ['x.example', '*.a.example'], 'www.a.example', true],
  ['a wildcard spans one label', ['*.a.example'], 'x.www.a.example', false],
  ['a wildcard stands for a label', ['*.a.example'], 'a.example', false],
  ['a wildcard after a prefix', ['w*.a.example'], 'www.a.example', true],
  ['a wildcard before a suffix', ['*w.a.example'], 'www.a.example', false],
  ['a wildcard of a top domain', ['*.example'], 'a.example', false],
  ['a wildcard further on', ['www.*.example.org'], 'www.a.example.org', false],
  ['names in place of the subject', [], 'host.example', false],
])('hosts: %s', (_what, hosts, host, isGood) => {
  const certificate = read({ extensions: [make.alternativeNames(...hosts.map(make.hostName))] });
  expect(isGoodFor(certificate, host)).toBe(isGood);
});

test('hosts: the last common name, where there are no names', () => {
  expect(isGoodFor(read({}), 'host.example')).toBe(true);
  expect(isGoodFor(read({ subject: make.name() }), '')).toBe(false);
});

test('changed and random octets are read or refused', () => {
  const random = new Random(9);
  const whole = make.certificate({
    subject: make.name(['2.5.4.3', make.utf8('ä')], ['1.2.3.4', make.element(0x1e, [0, 0x41])]),
    extensions: [
      make.alternativeNames(make.hostName('a.b.c'), make.element(0x87, [1, 2, 3, 4])),
      make.basicConstraints(),
    ],
  });
  let good = 0;
  for (let round = 0; round < 20_000; round++) {
    const bytes = random.chance(0.9) ? mutate(random, whole) : random.bytes(random.below(300));
    const certificate = readCertificate(bytes);
    if (certificate === undefined) continue;
    good++;
    expect(certificate.size).toBeLessThanOrEqual(bytes.length);
    isGoodFor(certificate, 'a.b.c');
  }
  expect(good).toBeGreaterThan(2000);
});
