import type { Log, RecordOf } from './record.ts';

/** One row an attempt to set up QUIC, from what its Initial packets show. */
export const quic = {
  path: 'quic',
  text: "Connections of QUIC, one row each, from the client's Initial packets and the head of the server's first.",
  fields: [
    { name: 'ts', type: 'time', text: 'Time of the first Initial packet.' },
    { name: 'uid', type: 'string', text: 'Name of the connection, as in `conn.log`.' },
    { name: 'id.orig_h', type: 'addr', text: 'Address of the originator.' },
    { name: 'id.orig_p', type: 'port', text: 'Its port.' },
    { name: 'id.resp_h', type: 'addr', text: 'Address of the responder.' },
    { name: 'id.resp_p', type: 'port', text: 'Its port.' },
    { name: 'version', type: 'string', text: 'Version of the first Initial packet: `1`, `quicv2`, `draft-29` ...' },
    {
      name: 'client_initial_dcid',
      type: 'string',
      optional: true,
      text: 'Connection id, in hex, that the client made for the server: the keys of Initial packets come from it.',
    },
    { name: 'client_scid', type: 'string', optional: true, text: "The client's own connection id, in hex." },
    { name: 'server_scid', type: 'string', optional: true, text: 'Connection id that the server chose, in hex.' },
    { name: 'server_name', type: 'string', optional: true, text: 'Host that the client asks for (SNI).' },
    {
      name: 'client_protocol',
      type: 'string',
      optional: true,
      text: 'The first application protocol that the client offers (ALPN).',
    },
    {
      name: 'history',
      type: 'string',
      text: "Packets in order, in upper case the client's: `i` Initial, `h` Handshake, `z` 0-RTT, `r` Retry, `s` a hello; up to where it is looked at.",
    },
    { name: 'ja3', type: 'string', optional: true, ours: true, text: 'JA3 of the ClientHello.' },
    { name: 'ja4', type: 'string', optional: true, ours: true, text: 'JA4 of the ClientHello.' },
    {
      name: 'encrypted_dns',
      type: 'enum',
      optional: true,
      ours: true,
      text: 'That it carries DNS, by its known shape: `doq` or `doh`.',
    },
  ],
} as const satisfies Log;

export type QuicRecord = RecordOf<typeof quic>;
