import type { Certificate } from './certificate.ts';

/**
 * Whether a certificate is good for a host (RFC 6125, 6.4, as Zeek does it): by its alternative names where it has that
 * extension, else by its last common name. Upper and lower case are apart, which RFC 6125 has not and Zeek has.
 */
export function isGoodFor(certificate: Certificate, host: string): boolean {
  const { names, subject } = certificate;
  const patterns = names === undefined ? [subject.commonName ?? ''] : names.dns;
  return patterns.some((pattern) => matches(pattern, host));
}

/**
 * A name with a wildcard stands for names that differ in its first label: the wildcard is the last character of that
 * label, spans no dot, and at least two labels follow (`*.a.b`, `f*.a.b`).
 */
function matches(pattern: string, host: string): boolean {
  if (pattern === '' || host === '') return false;
  if (pattern === host) return true;
  const star = pattern.indexOf('*');
  if (star < 0 || host.includes('*')) return false;
  const rest = pattern.slice(star + 1);
  if (!rest.startsWith('.') || !rest.slice(1).includes('.') || rest.includes('*')) return false;
  const prefix = pattern.slice(0, star);
  if (prefix.includes('.')) return false;
  const dot = host.indexOf('.');
  return dot > 0 && host.slice(dot) === rest && host.slice(0, dot).startsWith(prefix);
}
