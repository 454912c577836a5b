/** Zeek's names of versions, groups and alerts. */
import { greaseName } from './cipherNames.ts';

export const Version = {
  SSL2: 0x0002,
  SSL3: 0x0300,
  TLS10: 0x0301,
  TLS11: 0x0302,
  TLS12: 0x0303,
  TLS13: 0x0304,
  DTLS10: 0xfeff,
  DTLS12: 0xfefd,
  DTLS13: 0xfefc,
} as const;

const versions: Readonly<Record<number, string>> = {
  [Version.SSL2]: 'SSLv2',
  [Version.SSL3]: 'SSLv3',
  [Version.TLS10]: 'TLSv10',
  [Version.TLS11]: 'TLSv11',
  [Version.TLS12]: 'TLSv12',
  [Version.TLS13]: 'TLSv13',
  [Version.DTLS10]: 'DTLSv10',
  [Version.DTLS12]: 'DTLSv12',
  [Version.DTLS13]: 'DTLSv13',
};

/** Drafts of TLS 1.3 are told as Zeek's script has them: by division, not by octets. */
export function isDraft(version: number): boolean {
  return Math.floor(version / 0xff) === 0x7f;
}

export function versionName(version: number): string {
  const name = versions[version];
  if (name !== undefined) return name;
  return isDraft(version) ? `TLSv13-draft${version % 0x7f}` : `unknown-${version}`;
}

/** Versions that a hello's header may have, before anything later says another. */
export function isKnownVersion(version: number): boolean {
  return version in versions || version >> 8 === 0x7f;
}

/** Versions whose records go over to encryption by ChangeCipherSpec alone. */
export function isBefore13(version: number): boolean {
  return version === Version.SSL2 || (version >= Version.SSL3 && version <= Version.TLS12);
}

/** Named groups by number, from 1 (IANA's TLS Supported Groups). */
const firstGroups = [
  'sect163k1 sect163r1 sect163r2 sect193r1 sect193r2 sect233k1 sect233r1 sect239k1 sect283k1 sect283r1',
  'sect409k1 sect409r1 sect571k1 sect571r1 secp160k1 secp160r1 secp160r2 secp192k1 secp192r1 secp224k1',
  'secp224r1 secp256k1 secp256r1 secp384r1 secp521r1 brainpoolP256r1 brainpoolP384r1 brainpoolP512r1',
  'x25519 x448 brainpoolP256r1tls13 brainpoolP384r1tls13 brainpoolP512r1tls13',
  'GC256A GC256B GC256C GC256D GC512A GC512B GC512C curveSM2',
]
  .join(' ')
  .split(' ');

const laterGroups: Readonly<Record<number, string>> = {
  256: 'ffdhe2048',
  257: 'ffdhe3072',
  258: 'ffdhe4096',
  259: 'ffdhe6144',
  260: 'ffdhe8192',
  512: 'MLKEM512',
  513: 'MLKEM768',
  514: 'MLKEM1024',
  4587: 'SecP256r1MLKEM768',
  4588: 'X25519MLKEM768',
  4589: 'SecP384r1MLKEM1024',
  4590: 'curveSM2MLKEM768',
  16696: 'CECPQ2',
  25497: 'X25519Kyber768Draft00',
  25498: 'SecP256r1Kyber768Draft00',
  0xff01: 'arbitrary_explicit_prime_curves',
  0xff02: 'arbitrary_explicit_char2_curves',
};

export function groupName(group: number): string {
  return firstGroups[group - 1] ?? laterGroups[group] ?? greaseName(group) ?? `unknown-${group}`;
}

const alerts: Readonly<Record<number, string>> = {
  0: 'close_notify',
  10: 'unexpected_message',
  20: 'bad_record_mac',
  21: 'decryption_failed',
  22: 'record_overflow',
  30: 'decompression_failure',
  40: 'handshake_failure',
  41: 'no_certificate',
  42: 'bad_certificate',
  43: 'unsupported_certificate',
  44: 'certificate_revoked',
  45: 'certificate_expired',
  46: 'certificate_unknown',
  47: 'illegal_parameter',
  48: 'unknown_ca',
  49: 'access_denied',
  50: 'decode_error',
  51: 'decrypt_error',
  60: 'export_restriction',
  70: 'protocol_version',
  71: 'insufficient_security',
  80: 'internal_error',
  86: 'inappropriate_fallback',
  90: 'user_canceled',
  100: 'no_renegotiation',
  110: 'unsupported_extension',
  111: 'certificate_unobtainable',
  112: 'unrecognized_name',
  113: 'bad_certificate_status_response',
  114: 'bad_certificate_hash_value',
  115: 'unknown_psk_identity',
  116: 'certificate_required',
  117: 'general_error',
  120: 'no_application_protocol',
  121: 'ech_required',
};

export function alertName(description: number): string {
  return alerts[description] ?? `unknown-${description}`;
}
