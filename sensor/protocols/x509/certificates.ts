/** Certificates of a handshake: their rows in `x509.log`, and what `ssl.log` says of them. */
import { createHash } from 'node:crypto';
import { cutList, cutText, MOST_NAMES } from '../../../core/records/limits.ts';
import { x509, type X509Record } from '../../../core/records/x509.ts';
import { readCertificate, type Certificate } from '../../../core/x509/certificate.ts';
import { isGoodFor } from '../../../core/x509/hostNames.ts';
import type { Files } from '../files/file.ts';
import type { ProtocolFlow } from '../protocol.ts';

/** A certificate that had its row has none for so long (Zeek's default). */
const QUIET_SECONDS = 86_400;
/** Certificates whose row is remembered; what comes when there are more has a row each time. */
const MOST_KNOWN = 65_536;

/** What is told of a chain of certificates. */
export interface ChainReport {
  /** SHA-256 of each certificate in hex, in the chain's order; what is no certificate is left out. */
  readonly fingerprints: readonly string[];
  /** Whether the first certificate is good for that host; `undefined` when it is no certificate. */
  matches(serverName: string): boolean | undefined;
}

const unread: ChainReport = { fingerprints: [], matches: () => undefined };

/** One for all flows of a pipeline: it knows which certificates have had their row. */
export class Certificates {
  /** Somebody wants to know more of a handshake than that it was. */
  readonly isRead: boolean;
  readonly #files: Files;
  /** When each had its row, in that order. */
  readonly #known: Map<string, number> = new Map();

  /** `isRead`: somebody wants to know of them; else nobody looks at them. */
  constructor(files: Files, isRead: boolean = true) {
    this.#files = files;
    this.isRead = isRead;
  }

  /** Certificates that are remembered. */
  get known(): number {
    return this.#known.size;
  }

  /**
   * The certificates of one message, in order, seen at `time` seconds: rows of `x509.log`. As in Zeek they have none in
   * `files.log`. `isOrig`: the client showed them.
   */
  chain(flow: ProtocolFlow, certificates: readonly Uint8Array[], isOrig: boolean, time: number): ChainReport {
    if (!this.isRead) return unread;
    const fingerprints: string[] = [];
    let first: Certificate | undefined;
    for (const [place, bytes] of certificates.entries()) {
      const certificate = readCertificate(bytes);
      if (certificate === undefined) continue;
      if (place === 0) first = certificate;
      const fingerprint = createHash('sha256').update(bytes.subarray(0, certificate.size)).digest('hex');
      fingerprints.push(fingerprint);
      const isHost = place === 0;
      if (!this.#isNew(`${fingerprint}${Number(isHost)}${Number(isOrig)}`, time)) continue;
      flow.emit(x509, rowOf(certificate, { ts: time, fingerprint, host_cert: isHost, client_cert: isOrig }));
    }
    return { fingerprints, matches: (host) => first && isGoodFor(first, host) };
  }

  /** A stapled OCSP response: a row of `files.log`. */
  ocsp(flow: ProtocolFlow, response: Uint8Array, isOrig: boolean, time: number): void {
    const mimeType = 'application/ocsp-response';
    this.#files.whole({ flow, source: 'SSL', isOrig, time, depth: 0, mimeType }, response);
  }

  /** Whether it has had no row for a day; then it is taken to have one now. */
  #isNew(key: string, time: number): boolean {
    const known = this.#known;
    for (const [oldest, since] of known) {
      if (time - since < QUIET_SECONDS) break;
      known.delete(oldest);
    }
    const since = known.get(key);
    if (since !== undefined && time - since < QUIET_SECONDS) return false;
    if (known.size < MOST_KNOWN) known.set(key, time);
    return true;
  }
}

type Seen = Pick<X509Record, 'ts' | 'fingerprint' | 'host_cert' | 'client_cert'>;

function rowOf(certificate: Certificate, seen: Seen): X509Record {
  const { key, names, constraints } = certificate;
  return {
    ts: seen.ts,
    fingerprint: seen.fingerprint,
    'certificate.version': certificate.version,
    'certificate.serial': certificate.serial,
    'certificate.subject': cutText(certificate.subject.text),
    'certificate.issuer': cutText(certificate.issuer.text),
    'certificate.not_valid_before': certificate.notBefore,
    'certificate.not_valid_after': certificate.notAfter,
    'certificate.key_alg': key.algorithm,
    'certificate.sig_alg': certificate.signatureAlgorithm,
    ...(key.type !== undefined && { 'certificate.key_type': key.type }),
    ...(key.length !== undefined && { 'certificate.key_length': key.length }),
    ...(key.exponent !== undefined && { 'certificate.exponent': key.exponent }),
    ...(key.curve !== undefined && { 'certificate.curve': key.curve }),
    ...(names !== undefined && names.dns.length > 0 && { 'san.dns': cutList(names.dns, MOST_NAMES) }),
    ...(names !== undefined && names.uri.length > 0 && { 'san.uri': cutList(names.uri, MOST_NAMES) }),
    ...(names !== undefined && names.email.length > 0 && { 'san.email': cutList(names.email, MOST_NAMES) }),
    ...(names !== undefined && names.ip.length > 0 && { 'san.ip': cutList(names.ip, MOST_NAMES) }),
    ...(constraints !== undefined && { 'basic_constraints.ca': constraints.ca }),
    ...(constraints?.pathLength !== undefined && { 'basic_constraints.path_len': constraints.pathLength }),
    host_cert: seen.host_cert,
    client_cert: seen.client_cert,
  };
}
