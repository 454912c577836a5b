import { hash } from 'node:crypto';
import { ja3Text, ja4Parts, type Transport } from '../../../core/tls/fingerprint.ts';
import type { ClientHello } from '../../../core/tls/hello.ts';

/** Digits of a JA4's two hashes. */
const SHORT = 12;

export interface Fingerprints {
  readonly ja3: string;
  readonly ja4: string;
}

/** Of a hello that only counts. */
export const noFingerprints: Fingerprints = { ja3: '', ja4: '' };

export function fingerprintsOf(hello: ClientHello, transport: Transport): Fingerprints {
  const { head, ciphers, extensions } = ja4Parts(hello, transport);
  return { ja3: hash('md5', ja3Text(hello)), ja4: `${head}_${shortHash(ciphers)}_${shortHash(extensions)}` };
}

function shortHash(text: string): string {
  return text === '' ? '0'.repeat(SHORT) : hash('sha256', text).slice(0, SHORT);
}
