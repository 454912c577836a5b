import type { EncryptedDns } from '../protocol.ts';

export type { EncryptedDns } from '../protocol.ts';

/**
 * Tells connections that carry DNS inside of TLS or QUIC by their known shape, so that the log of DNS can state what it
 * does not see: DNS over TLS (RFC 7858), over QUIC (RFC 9250), and over HTTPS (RFC 8484) to well-known resolvers only,
 * as nothing else sets that apart from other HTTPS.
 */
export interface EncryptedDnsSigns {
  readonly transport: 'tls' | 'quic';
  /** The responder's. */
  readonly port: number;
  readonly address: string;
  readonly serverName: string | undefined;
  /** Application protocols (ALPN): what was chosen, or the first that is offered. */
  readonly protocol: string | undefined;
}

const DNS_PORT = 853;
const HTTPS_PORT = 443;

/** Server names of public resolvers; what stands below one of them is one too. */
const resolverNames: ReadonlySet<string> = new Set([
  'dns.google',
  'dns64.dns.google',
  'one.one.one.one',
  'cloudflare-dns.com',
  'dns.quad9.net',
  'dns9.quad9.net',
  'dns10.quad9.net',
  'dns11.quad9.net',
  'doh.opendns.com',
  'doh.umbrella.com',
  'doh.familyshield.opendns.com',
  'dns.adguard.com',
  'adguard-dns.com',
  'dns.nextdns.io',
  'doh.cleanbrowsing.org',
  'doh.dns.sb',
  'dns.alidns.com',
  'doh.pub',
  'dns.pub',
  'doh.mullvad.net',
  'dns.mullvad.net',
  'freedns.controld.com',
  'dns.controld.com',
  'doh.applied-privacy.net',
  'dns0.eu',
  'doh.xfinity.com',
  'dns.digitale-gesellschaft.ch',
  'doh.libredns.gr',
]);

/** Their addresses, as logs print them. */
const resolverAddresses: ReadonlySet<string> = new Set([
  '1.1.1.1',
  '1.0.0.1',
  '1.1.1.2',
  '1.0.0.2',
  '1.1.1.3',
  '1.0.0.3',
  '8.8.8.8',
  '8.8.4.4',
  '9.9.9.9',
  '9.9.9.10',
  '9.9.9.11',
  '149.112.112.112',
  '208.67.222.222',
  '208.67.220.220',
  '94.140.14.14',
  '94.140.15.15',
  '223.5.5.5',
  '223.6.6.6',
  '2606:4700:4700::1111',
  '2606:4700:4700::1001',
  '2001:4860:4860::8888',
  '2001:4860:4860::8844',
  '2620:fe::fe',
  '2620:fe::9',
]);

/** Which kind of DNS a connection carries; undefined = none that shows. */
export function encryptedDns(signs: EncryptedDnsSigns): EncryptedDns | undefined {
  const { transport, port, protocol } = signs;
  if (transport === 'quic') {
    if (protocol === 'doq' || protocol?.startsWith('doq-') === true) return 'doq';
    if (port === DNS_PORT && protocol === undefined) return 'doq';
  } else if (protocol === 'dot' || port === DNS_PORT) {
    return 'dot';
  }
  return port === HTTPS_PORT && isHttp(protocol) && isResolver(signs) ? 'doh' : undefined;
}

/** Servers that choose no protocol speak HTTP/1.1. */
function isHttp(protocol: string | undefined): boolean {
  return protocol === undefined || protocol === 'h2' || protocol === 'http/1.1' || protocol.startsWith('h3');
}

function isResolver({ address, serverName }: EncryptedDnsSigns): boolean {
  if (resolverAddresses.has(address)) return true;
  if (serverName === undefined) return false;
  let name = serverName.toLowerCase().replace(/\.$/u, '');
  for (;;) {
    if (resolverNames.has(name)) return true;
    const dot = name.indexOf('.');
    if (dot < 0) return false;
    name = name.slice(dot + 1);
  }
}
