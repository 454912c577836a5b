import type { Certificate } from './certificate.ts';

/**
 * Whether a certificate is good for a host (RFC 6125, 6.4, as Zeek does it): by its alternative names where it has that
 * extension, else by its last common name. Letters compare in either case.
 */
export function isGoodFor(certificate: Certificate, host: string): boolean {
  const { names, subject } = certificate;
  const patterns = names === undefined ? [subject.commonName ?? ''] : names.dns;
  const wanted = host.toLowerCase();
  return patterns.some((pattern) => matches(pattern.toLowerCase(), wanted));
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
