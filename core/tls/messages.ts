/** Bodies of handshake messages other than hellos (RFC 5246 section 7.4, RFC 6066 section 8, RFC 8422 section 5.4). */
import { Cursor } from './cursor.ts';
import { Version } from './names.ts';

const NAMED_CURVE = 3;
/** Certificates of one message. */
const MOST_CERTIFICATES = 256;
const STATUS_OCSP = 1;

/** The certificates of a message before TLS 1.3, as copies; undefined: it is broken. Empty ones are left out. */
export function readCertificates(bytes: Uint8Array, from: number, to: number): Uint8Array[] | undefined {
  const cursor = new Cursor(bytes, from, to);
  const list = cursor.within(cursor.u24());
  const certificates: Uint8Array[] = [];
  while (list.left > 0 && certificates.length < MOST_CERTIFICATES) {
    const length = list.u24();
    const at = list.take(length);
    if (at < 0) return undefined;
    if (length > 0) certificates.push(bytes.slice(at, at + length));
  }
  return cursor.isBroken ? undefined : certificates;
}

/** The stapled OCSP response of a CertificateStatus, as a copy; undefined: there is none. */
export function readStatus(bytes: Uint8Array, from: number, to: number): Uint8Array | undefined {
  const cursor = new Cursor(bytes, from, to);
  const type = cursor.u8();
  cursor.u24();
  if (cursor.isBroken || type !== STATUS_OCSP || cursor.left === 0) return undefined;
  return bytes.slice(cursor.at, cursor.end);
}

/** What a ServerKeyExchange says of its group: -1 = nothing. */
export interface KeyExchange {
  readonly isBroken: boolean;
  readonly group: number;
}

const NOTHING: KeyExchange = { isBroken: false, group: -1 };

/** Reads a ServerKeyExchange by the suite's name and the version that was chosen: only ECDHE's names a group. */
export function readKeyExchange(
  suite: string,
  version: number,
  bytes: Uint8Array,
  from: number,
  to: number,
): KeyExchange {
  const isAnonymous = suite.startsWith('TLS_ECDH_ANON_');
  if (!isAnonymous && !suite.startsWith('TLS_ECDHE_')) return NOTHING;
  const cursor = new Cursor(bytes, from, to);
  if (cursor.u8() !== NAMED_CURVE) return { isBroken: cursor.isBroken, group: -1 };
  const group = cursor.u16();
  cursor.take(cursor.u8());
  if (!isAnonymous) {
    if (version > Version.TLS11 && version !== Version.DTLS10) cursor.u16();
    cursor.take(cursor.u16());
  }
  return { isBroken: cursor.isBroken, group: cursor.isBroken ? -1 : group };
}

/** Reads the versions and suites of SSLv2's hello of a server, after the five octets of its head. */
export interface ServerHello2 {
  readonly isBroken: boolean;
  readonly version: number;
  /** The first suite of those that it knows; 0 = none. */
  readonly cipherSuite: number;
  readonly certificate: Uint8Array;
}

export function readServerHello2(bytes: Uint8Array, from: number, to: number): ServerHello2 {
  const cursor = new Cursor(bytes, from, to);
  const version = cursor.u16();
  const certificateLength = cursor.u16();
  const suitesLength = cursor.u16();
  const idLength = cursor.u16();
  const at = cursor.take(certificateLength);
  const suites = cursor.within(suitesLength);
  const cipherSuite = suites.left >= 3 ? suites.u24() : 0;
  cursor.take(idLength);
  const certificate = at < 0 ? bytes.slice(0, 0) : bytes.slice(at, at + certificateLength);
  return { isBroken: cursor.isBroken, version, cipherSuite, certificate };
}

/** Reads the session id of SSLv2's hello of a client, after the five octets of its head; undefined: it is broken. */
export function readClientHello2(bytes: Uint8Array, from: number, to: number): Uint8Array | undefined {
  const cursor = new Cursor(bytes, from, to);
  const suitesLength = cursor.u16();
  const idLength = cursor.u16();
  const challengeLength = cursor.u16();
  cursor.take(suitesLength);
  const at = cursor.take(idLength);
  cursor.take(challengeLength);
  return cursor.isBroken || at < 0 ? undefined : bytes.slice(at, at + idLength);
}
