import { expect, test } from 'vitest';
import { cipherName, isGrease } from './cipherNames.ts';
import { alertName, groupName, versionName } from './names.ts';

test.each([
  [0x0000, 'TLS_NULL_WITH_NULL_NULL'],
  [0x000a, 'TLS_RSA_WITH_3DES_EDE_CBC_SHA'],
  [0x001b, 'TLS_DH_ANON_WITH_3DES_EDE_CBC_SHA'],
  [0x002f, 'TLS_RSA_WITH_AES_128_CBC_SHA'],
  [0x0039, 'TLS_DHE_RSA_WITH_AES_256_CBC_SHA'],
  [0x006d, 'TLS_DH_ANON_WITH_AES_256_CBC_SHA256'],
  [0x009f, 'TLS_DHE_RSA_WITH_AES_256_GCM_SHA384'],
  [0x00a7, 'TLS_DH_ANON_WITH_AES_256_GCM_SHA384'],
  [0x00ad, 'TLS_RSA_PSK_WITH_AES_256_GCM_SHA384'],
  [0x00b9, 'TLS_RSA_PSK_WITH_NULL_SHA384'],
  [0x00c5, 'TLS_DH_ANON_WITH_CAMELLIA_256_CBC_SHA256'],
  [0x1303, 'TLS_CHACHA20_POLY1305_SHA256'],
  [0xc019, 'TLS_ECDH_ANON_WITH_AES_256_CBC_SHA'],
  [0xc022, 'TLS_SRP_SHA_DSS_WITH_AES_256_CBC_SHA'],
  [0xc028, 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384'],
  [0xc030, 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'],
  [0xc03b, 'TLS_ECDHE_PSK_WITH_NULL_SHA384'],
  [0xc04f, 'TLS_ECDH_RSA_WITH_ARIA_256_CBC_SHA384'],
  [0xc05b, 'TLS_DH_ANON_WITH_ARIA_256_GCM_SHA384'],
  [0xc071, 'TLS_ECDHE_PSK_WITH_ARIA_256_CBC_SHA384'],
  [0xc085, 'TLS_DH_ANON_WITH_CAMELLIA_256_GCM_SHA384'],
  [0xc09b, 'TLS_ECDHE_PSK_WITH_CAMELLIA_256_CBC_SHA384'],
  [0xc0a3, 'TLS_DHE_RSA_WITH_AES_256_CCM_8'],
  [0xc0ab, 'TLS_PSK_DHE_WITH_AES_256_CCM_8'],
  [0xc0af, 'TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8'],
  [0xcca9, 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256'],
  [0xccae, 'TLS_RSA_PSK_WITH_CHACHA20_POLY1305_SHA256'],
  [0xd005, 'TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256'],
  [0x010080, 'SSLv20_CK_RC4_128_WITH_MD5'],
  [0x3a3a, 'grease_0x3A3A'],
  [0x1234, 'unknown-4660'],
])('suite %i is %s', (suite, name) => {
  expect(cipherName(suite)).toBe(name);
});

test('no suite has two names, no name two suites', () => {
  const names = Array.from({ length: 0x10000 }, (_, suite) => cipherName(suite)).filter(
    (name) => !name.startsWith('unknown-'),
  );
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThan(380);
});

test('versions, drafts among them', () => {
  expect([0x0002, 0x0300, 0x0304, 0xfefd, 0x7f1c, 64_282].map(versionName)).toEqual([
    'SSLv2',
    'SSLv3',
    'TLSv13',
    'DTLSv12',
    'TLSv13-draft28',
    'unknown-64282',
  ]);
});

test('groups and alerts', () => {
  expect([1, 23, 29, 41, 42, 256, 4588, 0x0a0a].map(groupName)).toEqual([
    'sect163k1',
    'secp256r1',
    'x25519',
    'curveSM2',
    'unknown-42',
    'ffdhe2048',
    'X25519MLKEM768',
    'grease_0x0A0A',
  ]);
  expect([0, 112, 200].map(alertName)).toEqual(['close_notify', 'unrecognized_name', 'unknown-200']);
});

test('GREASE has sixteen values', () => {
  expect(Array.from({ length: 0x10000 }, (_, value) => value).filter(isGrease)).toHaveLength(16);
});
