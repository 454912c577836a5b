import type { Log, RecordOf } from './record.ts';

/** One row a handshake of TLS or SSL over TCP, or of DTLS. */
export const ssl = {
  path: 'ssl',
  text: 'Handshakes of TLS and SSL over TCP and of DTLS, one row each. Those of QUIC are in `quic.log`.',
  fields: [
    { name: 'ts', type: 'time', text: 'Time of the first record.' },
    { name: 'uid', type: 'string', text: 'Name of the connection, as in `conn.log`.' },
    { name: 'id.orig_h', type: 'addr', text: 'Address of the originator.' },
    { name: 'id.orig_p', type: 'port', text: 'Its port.' },
    { name: 'id.resp_h', type: 'addr', text: 'Address of the responder.' },
    { name: 'id.resp_p', type: 'port', text: 'Its port.' },
    { name: 'version', type: 'string', optional: true, text: 'Version that the server chose.' },
    { name: 'cipher', type: 'string', optional: true, text: 'Cipher suite that the server chose.' },
    { name: 'curve', type: 'string', optional: true, text: 'Group of the key exchange, where the server named one.' },
    { name: 'server_name', type: 'string', optional: true, text: 'Host that the client asks for (SNI).' },
    {
      name: 'resumed',
      type: 'bool',
      text: 'Whether an earlier session goes on: by its id, a ticket or a pre-shared key.',
    },
    { name: 'last_alert', type: 'string', optional: true, text: 'The last alert that was sent in plain text.' },
    {
      name: 'next_protocol',
      type: 'string',
      optional: true,
      text: 'Application protocol that the server chose (ALPN).',
    },
    { name: 'established', type: 'bool', text: 'Whether both sides went over to encryption.' },
    {
      name: 'ssl_history',
      type: 'string',
      text: "Messages in order, a letter each, in upper case the client's; 100 at most.",
    },
    {
      name: 'cert_chain_fps',
      type: 'vector[string]',
      optional: true,
      text: "SHA-256 of the server's certificates, where any were seen; as `fingerprint` in `x509.log`.",
    },
    {
      name: 'client_cert_chain_fps',
      type: 'vector[string]',
      optional: true,
      text: "SHA-256 of the client's certificates.",
    },
    {
      name: 'sni_matches_cert',
      type: 'bool',
      optional: true,
      text: "Whether the server's certificate is good for `server_name`.",
    },
    {
      name: 'ja3',
      type: 'string',
      optional: true,
      ours: true,
      text: "JA3 of the connection's first ClientHello.",
    },
    {
      name: 'ja4',
      type: 'string',
      optional: true,
      ours: true,
      text: "JA4 of the connection's first ClientHello.",
    },
    {
      name: 'encrypted_dns',
      type: 'enum',
      optional: true,
      ours: true,
      text: 'That it carries DNS, by its known shape: `dot` or `doh`.',
    },
  ],
} as const satisfies Log;

export type SslRecord = RecordOf<typeof ssl>;
