import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { StreamFlow } from '../../../test/support/streamFlow.ts';
import { certificate, element, integer, name, printable } from '../../../test/x509/certificateBytes.ts';
import type { FileOptions, Files } from '../files/file.ts';
import { Certificates } from './certificates.ts';

const host = certificate();
const signer = certificate({ serial: integer(9) });
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function recordedFiles(): Files & { seen: FileOptions[] } {
  const seen: FileOptions[] = [];
  return {
    seen,
    open: () => {
      throw new Error('no file is on its way here');
    },
    whole: (options) => {
      seen.push(options);
      return { fuid: 'F', sha256: '' };
    },
  };
}

test('a chain has a row a certificate and none in files.log', () => {
  const files = recordedFiles();
  const flow = new StreamFlow();
  const report = new Certificates(files).chain(flow, [host, signer], false, 5);
  expect(report.fingerprints).toEqual([sha256(host), sha256(signer)]);
  expect(report.matches('host.example')).toBe(true);
  expect(report.matches('other.example')).toBe(false);
  expect(flow.of('x509')).toEqual([
    expect.objectContaining({ ts: 5, fingerprint: sha256(host), host_cert: true, client_cert: false }),
    expect.objectContaining({ fingerprint: sha256(signer), host_cert: false, 'certificate.serial': '09' }),
  ]);
  expect(files.seen).toEqual([]);
});

test('fields that say nothing are absent', () => {
  const flow = new StreamFlow();
  const key = element(0x30, element(0x30, [6, 1, 0x2a]), [3, 2, 0, 1]);
  new Certificates(recordedFiles()).chain(
    flow,
    [certificate({ key, subject: name(['2.5.4.3', printable('x')]) })],
    true,
    1,
  );
  expect(Object.keys(flow.of('x509')[0] ?? {})).toEqual([
    'ts',
    'fingerprint',
    'certificate.version',
    'certificate.serial',
    'certificate.subject',
    'certificate.issuer',
    'certificate.not_valid_before',
    'certificate.not_valid_after',
    'certificate.key_alg',
    'certificate.sig_alg',
    'host_cert',
    'client_cert',
  ]);
});

test('a certificate has one row a day, by its place and whose it is', () => {
  const flow = new StreamFlow();
  const certificates = new Certificates(recordedFiles());
  const show = (chain: Uint8Array[], isOrig: boolean, time: number): number => {
    const before = flow.rows.length;
    certificates.chain(flow, chain, isOrig, time);
    return flow.rows.length - before;
  };
  expect(show([host], false, 0)).toBe(1);
  expect(show([host], false, 86_399)).toBe(0);
  expect(show([host], true, 86_399)).toBe(1);
  expect(show([signer, host], false, 86_399)).toBe(2);
  expect(show([host], false, 86_400)).toBe(1);
  expect(certificates.known).toBe(4);
  // What is a day old is forgotten.
  expect(show([], false, 1_000_000)).toBe(0);
  expect(show([host], false, 1_000_000)).toBe(1);
  expect(certificates.known).toBe(1);
});

test('what is no certificate is passed over', () => {
  const flow = new StreamFlow();
  const report = new Certificates(recordedFiles()).chain(flow, [Uint8Array.of(1, 2), signer], false, 1);
  expect(report.fingerprints).toEqual([sha256(signer)]);
  expect(report.matches('host.example')).toBeUndefined();
  expect(flow.of('x509')).toHaveLength(1);
});

test('the fingerprint is of the certificate, not of what follows it', () => {
  const report = new Certificates(recordedFiles()).chain(
    new StreamFlow(),
    [Uint8Array.from([...host, 0, 0])],
    false,
    1,
  );
  expect(report.fingerprints).toEqual([sha256(host)]);
});

test('a stapled response is a file', () => {
  const files = recordedFiles();
  new Certificates(files).ocsp(new StreamFlow(), Uint8Array.of(1, 2, 3), false, 7);
  expect(files.seen).toEqual([
    expect.objectContaining({ source: 'SSL', isOrig: false, time: 7, depth: 0, mimeType: 'application/ocsp-response' }),
  ]);
});
