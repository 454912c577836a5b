/**
 * What is hashed for the fingerprints of a ClientHello: JA3 (its MD5 is the fingerprint) and JA4's client part, which
 * alone of the JA4+ family is free (BSD 3-Clause). The GREASE values (RFC 8701) are left out of both.
 */
import { isGrease } from './cipherNames.ts';
import { Extension, type ClientHello } from './hello.ts';

/** `version,ciphers,extensions,groups,formats`, decimal numbers in the hello's order. */
export function ja3Text(hello: ClientHello): string {
  const lists = [hello.cipherSuites, hello.extensions, hello.groups].map((list) => withoutGrease(list).join('-'));
  return `${hello.version},${lists.join(',')},${hello.pointFormats.join('-')}`;
}

export type Transport = 'tcp' | 'dtls' | 'quic';

const letters: Readonly<Record<Transport, string>> = { tcp: 't', dtls: 'd', quic: 'q' };

const versionLetters: Readonly<Record<number, string>> = {
  0x0002: 's2',
  0x0300: 's3',
  0x0301: '10',
  0x0302: '11',
  0x0303: '12',
  0x0304: '13',
  0xfeff: 'd1',
  0xfefd: 'd2',
  0xfefc: 'd3',
};

/** The three parts of a JA4: the first as it is, the texts of the others hashed (SHA-256, 12 hex digits). */
export interface Ja4Parts {
  readonly head: string;
  /** '' when there is none: its hash is then twelve zeros. */
  readonly ciphers: string;
  readonly extensions: string;
}

const MOST_TOLD = 99;

export function ja4Parts(hello: ClientHello, transport: Transport): Ja4Parts {
  const ciphers = withoutGrease(hello.cipherSuites);
  const extensions = withoutGrease(hello.extensions);
  const versions = withoutGrease(hello.supportedVersions);
  const version = versions.length === 0 ? hello.version : highest(versions);
  const head =
    letters[transport] +
    (versionLetters[version] ?? '00') +
    (extensions.includes(Extension.SERVER_NAME) ? 'd' : 'i') +
    twoDigits(ciphers.length) +
    twoDigits(extensions.length) +
    protocolLetters(hello.firstProtocol);
  const rest = extensions.filter((type) => type !== Extension.SERVER_NAME && type !== Extension.ALPN);
  const algorithms = withoutGrease(hello.signatureAlgorithms);
  const sorted = rest.map(hex).sort().join(',');
  return {
    head,
    ciphers: ciphers.map(hex).sort().join(','),
    extensions: algorithms.length === 0 ? sorted : `${sorted}_${algorithms.map(hex).join(',')}`,
  };
}

/** DTLS counts its versions downwards. */
function highest(versions: readonly number[]): number {
  const isDtls = versions.some((version) => version >> 8 === 0xfe);
  return isDtls ? Math.min(...versions.filter((version) => version >> 8 === 0xfe)) : Math.max(...versions);
}

function withoutGrease(list: readonly number[]): number[] {
  return list.filter((value) => !isGrease(value));
}

function hex(value: number): string {
  return value.toString(16).padStart(4, '0');
}

function twoDigits(count: number): string {
  return String(Math.min(count, MOST_TOLD)).padStart(2, '0');
}

/** First and last character of the first protocol; where one is no letter or digit, of its octets in hex. */
function protocolLetters(protocol: Uint8Array): string {
  const first = protocol[0];
  const last = protocol.at(-1);
  if (first === undefined || last === undefined) return '00';
  const text = String.fromCharCode(first, last);
  return /^[0-9A-Za-z]{2}$/u.test(text) ? text : (first >> 4).toString(16) + (last & 0x0f).toString(16);
}
