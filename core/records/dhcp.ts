import type { Log, RecordOf } from './record.ts';

/** One row a transaction: messages of all flows with one id that follow each other within seconds. */
export const dhcp = {
  path: 'dhcp',
  text: 'Addresses that were asked for and handed out by DHCP, a row each conversation of one transaction id.',
  fields: [
    { name: 'ts', type: 'time', text: 'Time of the first message.' },
    {
      name: 'uids',
      type: 'set[string]',
      text: 'Names of the connections that carried it, as in `conn.log`; ten at most.',
    },
    {
      name: 'client_addr',
      type: 'addr',
      optional: true,
      text: 'Address of the client: its own, or the one it was given.',
    },
    { name: 'server_addr', type: 'addr', optional: true, text: 'Address of the server that gave one.' },
    { name: 'mac', type: 'string', optional: true, text: 'Hardware address of the client.' },
    { name: 'host_name', type: 'string', optional: true, text: 'Name that the client gives itself (option 12).' },
    { name: 'client_fqdn', type: 'string', optional: true, text: 'Its full name (option 81).' },
    { name: 'domain', type: 'string', optional: true, text: 'Domain that the server tells (option 15).' },
    { name: 'requested_addr', type: 'addr', optional: true, text: 'Address that the client asks for (option 50).' },
    { name: 'assigned_addr', type: 'addr', optional: true, text: 'Address that the server gave.' },
    { name: 'lease_time', type: 'interval', optional: true, text: 'For how long (option 51).' },
    { name: 'client_message', type: 'string', optional: true, text: 'What the client says of a refusal (option 56).' },
    { name: 'server_message', type: 'string', optional: true, text: 'What the server says of one.' },
    { name: 'msg_types', type: 'vector[string]', text: 'Kinds of the messages, in order; 50 at most.' },
    { name: 'duration', type: 'interval', text: 'From the first message to the last.' },
  ],
} as const satisfies Log;

export type DhcpRecord = RecordOf<typeof dhcp>;
