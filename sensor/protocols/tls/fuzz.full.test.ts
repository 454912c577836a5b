import { expect, test } from 'vitest';
import { fuzzDtls, fuzzQuic, fuzzTls } from '../../../test/tls/fuzz.ts';

test('a long run of mutated TLS, DTLS and QUIC', { timeout: 300_000 }, () => {
  for (let seed = 100; seed < 103; seed++) {
    expect(fuzzTls(seed, 40_000).rows).toBeGreaterThan(0);
    expect(fuzzDtls(seed, 30_000).rows).toBeGreaterThan(0);
    expect(fuzzQuic(seed, 6000).rows).toBeGreaterThan(0);
  }
});
