import type { Log, RecordOf } from './record.ts';

/** Zeek's `conn_state`, each with what it says. */
export const connStates = {
  S0: 'a SYN (or a first datagram) without an answer',
  S1: 'established, not closed',
  SF: 'established and closed in order; for UDP both ends sent',
  REJ: 'the attempt was refused',
  S2: 'established; the originator closed, the responder did not',
  S3: 'established; the responder closed, the originator did not',
  RSTO: 'established; the originator reset it',
  RSTR: 'the responder reset it',
  RSTOS0: 'the originator sent a SYN and a RST; no SYN-ACK was seen',
  RSTRH: 'the responder sent a SYN-ACK and a RST; no SYN was seen',
  SH: 'the originator sent a SYN and a FIN; no SYN-ACK was seen',
  SHR: 'the responder sent a SYN-ACK and a FIN; no SYN was seen',
  OTH: 'no SYN, only traffic in the middle; and all protocols but TCP and UDP',
} as const;

export type ConnState = keyof typeof connStates;

/** One row a connection, when it is over. */
export const conn = {
  path: 'conn',
  text: 'Connections (TCP) and exchanges (UDP, ICMP, other IP protocols), one row each, when they are over.',
  fields: [
    { name: 'ts', type: 'time', text: 'Time of the first packet.' },
    { name: 'uid', type: 'string', text: 'Name of the connection: a hash of sensor, key and first time.' },
    { name: 'id.orig_h', type: 'addr', text: 'Address of the originator.' },
    { name: 'id.orig_p', type: 'port', text: "Its port; ICMP: the first message's type." },
    { name: 'id.resp_h', type: 'addr', text: 'Address of the responder.' },
    {
      name: 'id.resp_p',
      type: 'port',
      text: 'Its port; ICMP: the type of the answer, or where there is none the code.',
    },
    { name: 'proto', type: 'enum', text: '`tcp`, `udp`, `icmp` (of either version) or `unknown_transport`.' },
    {
      name: 'service',
      type: 'string',
      optional: true,
      text: 'Application protocols that were recognised, joined by commas.',
    },
    { name: 'duration', type: 'interval', optional: true, text: 'Last time less first time, when above zero.' },
    {
      name: 'orig_bytes',
      type: 'count',
      optional: true,
      text: 'Payload octets of the originator, for TCP by sequence numbers; absent when `duration` is.',
    },
    { name: 'resp_bytes', type: 'count', optional: true, text: 'Payload octets of the responder, likewise.' },
    { name: 'conn_state', type: 'string', optional: true, text: 'How the connection went: see the table of states.' },
    { name: 'local_orig', type: 'bool', optional: true, text: 'Whether the originator is in a local network.' },
    { name: 'local_resp', type: 'bool', optional: true, text: 'Whether the responder is.' },
    { name: 'missed_bytes', type: 'count', text: 'Octets that were acknowledged and never seen.' },
    {
      name: 'history',
      type: 'string',
      optional: true,
      text: 'What happened, a letter each; upper case by the originator.',
    },
    { name: 'orig_pkts', type: 'count', optional: true, text: 'Packets of the originator.' },
    { name: 'orig_ip_bytes', type: 'count', optional: true, text: 'Sum of the lengths of its IP packets.' },
    { name: 'resp_pkts', type: 'count', optional: true, text: 'Packets of the responder.' },
    { name: 'resp_ip_bytes', type: 'count', optional: true, text: 'Sum of the lengths of its IP packets.' },
    {
      name: 'tunnel_parents',
      type: 'set[string]',
      optional: true,
      text: 'Names of the connections that carried it in a tunnel.',
    },
    { name: 'ip_proto', type: 'count', optional: true, text: "IANA's number of the IP protocol." },
    { name: 'vlan', type: 'count', optional: true, text: 'Outer VLAN id of the first packet.' },
    { name: 'inner_vlan', type: 'count', optional: true, text: 'Second VLAN id of the first packet.' },
    { name: 'community_id', type: 'string', optional: true, text: 'Community ID v1, seed 0.' },
    {
      name: 'rtt',
      type: 'interval',
      optional: true,
      ours: true,
      text: "Round trip of TCP's handshake: from the SYN to the ACK that follows the SYN-ACK.",
    },
    {
      name: 'orig_retransmits',
      type: 'count',
      optional: true,
      ours: true,
      text: 'TCP segments that the originator sent again, up to 65,535.',
    },
    {
      name: 'resp_retransmits',
      type: 'count',
      optional: true,
      ours: true,
      text: 'TCP segments that the responder sent again, likewise.',
    },
  ],
} as const satisfies Log;

export type ConnRecord = RecordOf<typeof conn>;
