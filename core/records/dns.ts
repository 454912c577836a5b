import type { Log, RecordOf } from './record.ts';

/** One row a query with its answer; a query without one, and an answer without a query, have a row of their own. */
export const dns = {
  path: 'dns',
  text: 'Questions to name servers with their answers, one row each: DNS, mDNS, LLMNR and the names of NetBIOS.',
  fields: [
    { name: 'ts', type: 'time', text: 'Time of the query; of the answer where no query was seen before it.' },
    { name: 'uid', type: 'string', text: 'Name of the connection, as in `conn.log`.' },
    { name: 'id.orig_h', type: 'addr', text: 'Address of the originator: who asks.' },
    { name: 'id.orig_p', type: 'port', text: 'Its port.' },
    { name: 'id.resp_h', type: 'addr', text: 'Address of the responder: the name server, or a group.' },
    { name: 'id.resp_p', type: 'port', text: 'Its port.' },
    { name: 'proto', type: 'enum', text: '`udp` or `tcp`.' },
    {
      name: 'trans_id',
      type: 'count',
      optional: true,
      text: 'Id of the message, by which an answer is matched to its query.',
    },
    {
      name: 'rtt',
      type: 'interval',
      optional: true,
      text: 'From the query to its answer, where that holds a record that is printed.',
    },
    {
      name: 'query',
      type: 'string',
      optional: true,
      text: "Name that is asked for (the last question's); without a query, the first answer's name.",
    },
    { name: 'qclass', type: 'count', optional: true, text: 'Class of the question.' },
    { name: 'qclass_name', type: 'string', optional: true, text: 'Its name.' },
    { name: 'qtype', type: 'count', optional: true, text: 'Type of the question.' },
    { name: 'qtype_name', type: 'string', optional: true, text: 'Its name.' },
    { name: 'rcode', type: 'count', optional: true, text: 'Response code of the answer.' },
    { name: 'rcode_name', type: 'string', optional: true, text: 'Its name.' },
    { name: 'AA', type: 'bool', text: 'Whether the answer is of a server that is an authority for the name.' },
    { name: 'TC', type: 'bool', text: 'Whether the query says that it was cut.' },
    { name: 'RD', type: 'bool', text: 'Whether the query asks for recursion.' },
    { name: 'RA', type: 'bool', text: 'Whether the answer offers recursion.' },
    { name: 'Z', type: 'count', text: "The query's three bits that are reserved." },
    {
      name: 'answers',
      type: 'vector[string]',
      optional: true,
      text: "What the records of the answer section say, in the message's order.",
    },
    { name: 'TTLs', type: 'vector[interval]', optional: true, text: 'For how long each may be kept.' },
    { name: 'rejected', type: 'bool', text: 'Whether the answer has no record in any section.' },
    { name: 'opcode', type: 'count', optional: true, text: 'Kind of the message.' },
    { name: 'opcode_name', type: 'string', optional: true, text: 'Its name; NetBIOS has its own.' },
  ],
} as const satisfies Log;

export type DnsRecord = RecordOf<typeof dns>;
