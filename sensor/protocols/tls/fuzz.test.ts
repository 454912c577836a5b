import { expect, test } from 'vitest';
import { fuzzDtls, fuzzQuic, fuzzTls } from '../../../test/tls/fuzz.ts';

test('mutated streams of TLS: nothing is thrown, one row at most', () => {
  expect(fuzzTls(1, 8000).rows).toBeGreaterThan(1000);
});

test('mutated datagrams of DTLS', () => {
  expect(fuzzDtls(2, 6000).rows).toBeGreaterThan(1000);
});

test('mutated datagrams of QUIC, and mutated frames inside of good packets', () => {
  expect(fuzzQuic(3, 600).rows).toBeGreaterThan(100);
});
