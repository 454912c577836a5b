import { expect, test } from 'vitest';
import { encryptedDns, type EncryptedDnsSigns } from './encryptedDns.ts';

const https: EncryptedDnsSigns = {
  transport: 'tls',
  port: 443,
  address: '198.51.100.1',
  serverName: 'www.example.com',
  protocol: 'h2',
};

test.each<[string, Partial<EncryptedDnsSigns>, string | undefined]>([
  ['any HTTPS', {}, undefined],
  ['port 853', { port: 853, protocol: undefined }, 'dot'],
  ['the protocol dot', { port: 4433, protocol: 'dot' }, 'dot'],
  ['a resolver by name', { serverName: 'DNS.Google.' }, 'doh'],
  ['a name below a resolver', { serverName: 'abc123.dns.nextdns.io' }, 'doh'],
  ['a resolver by address', { address: '1.1.1.1', serverName: undefined, protocol: undefined }, 'doh'],
  ['a name that ends alike', { serverName: 'notdns.google' }, undefined],
  ['a resolver with another protocol', { address: '1.1.1.1', protocol: 'imap' }, undefined],
  ['a resolver on another port', { address: '1.1.1.1', port: 8443 }, undefined],
  ['QUIC with the protocol doq', { transport: 'quic', port: 8853, protocol: 'doq' }, 'doq'],
  ['QUIC with a draft of doq', { transport: 'quic', port: 784, protocol: 'doq-i03' }, 'doq'],
  ['QUIC at port 853 without a protocol', { transport: 'quic', port: 853, protocol: undefined }, 'doq'],
  ['QUIC at port 853 with HTTP/3', { transport: 'quic', port: 853, protocol: 'h3' }, undefined],
  ['HTTP/3 to a resolver', { transport: 'quic', address: '8.8.8.8', protocol: 'h3' }, 'doh'],
])('%s', (_what, signs, kind) => {
  expect(encryptedDns({ ...https, ...signs })).toBe(kind);
});
