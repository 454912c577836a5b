import type { Log, RecordOf } from './record.ts';

/** One row a connection, when a login was seen to succeed, else when the connection is over. */
export const ssh = {
  path: 'ssh',
  text: 'Connections of SSH: who speaks which version, what they agreed on, and whether somebody seems to have got in.',
  fields: [
    { name: 'ts', type: 'time', text: 'Time of the first version line.' },
    { name: 'uid', type: 'string', text: 'Name of the connection, as in `conn.log`.' },
    { name: 'id.orig_h', type: 'addr', text: 'Address of the client.' },
    { name: 'id.orig_p', type: 'port', text: 'Its port.' },
    { name: 'id.resp_h', type: 'addr', text: 'Address of the server.' },
    { name: 'id.resp_p', type: 'port', text: 'Its port.' },
    { name: 'version', type: 'count', optional: true, text: 'Major version that both speak: 1 or 2.' },
    {
      name: 'auth_success',
      type: 'bool',
      optional: true,
      text: 'Whether a login succeeded, guessed from the sizes of what the server sent; absent when that tells nothing.',
    },
    { name: 'auth_attempts', type: 'count', text: 'Logins that were tried, guessed likewise.' },
    {
      name: 'direction',
      type: 'enum',
      optional: true,
      text: '`INBOUND` or `OUTBOUND`, when one end alone is in a local network.',
    },
    { name: 'client', type: 'string', optional: true, text: "The client's version line." },
    { name: 'server', type: 'string', optional: true, text: "The server's." },
    { name: 'cipher_alg', type: 'string', optional: true, text: 'Cipher they agreed on.' },
    { name: 'mac_alg', type: 'string', optional: true, text: 'Message authentication they agreed on.' },
    { name: 'compression_alg', type: 'string', optional: true, text: 'Compression they agreed on.' },
    { name: 'kex_alg', type: 'string', optional: true, text: 'Key exchange they agreed on.' },
    { name: 'host_key_alg', type: 'string', optional: true, text: "Kind of the server's key they agreed on." },
    {
      name: 'host_key_fingerprint',
      type: 'string',
      optional: true,
      text: "`SHA256:` and the first 32 characters of the server's key's SHA-256 in base 64, as Zeek cuts it.",
    },
    { name: 'hassh', type: 'string', optional: true, ours: true, text: "HASSH of the client's offer." },
    { name: 'hasshServer', type: 'string', optional: true, ours: true, text: "HASSH of the server's offer." },
  ],
} as const satisfies Log;

export type SshRecord = RecordOf<typeof ssh>;
