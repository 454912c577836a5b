import type { Log, RecordOf } from './record.ts';

/** One row a request with its answer; a request without one, and an answer without a request, have a row of their own. */
export const http = {
  path: 'http',
  text: 'Requests of HTTP with their answers, one row each.',
  fields: [
    { name: 'ts', type: 'time', text: 'Time of the request; of the answer where no request was seen before it.' },
    { name: 'uid', type: 'string', text: 'Name of the connection, as in `conn.log`.' },
    { name: 'id.orig_h', type: 'addr', text: 'Address of the originator: who asks.' },
    { name: 'id.orig_p', type: 'port', text: 'Its port.' },
    { name: 'id.resp_h', type: 'addr', text: 'Address of the responder: the server.' },
    { name: 'id.resp_p', type: 'port', text: 'Its port.' },
    { name: 'trans_depth', type: 'count', text: 'Place in the connection, from 1.' },
    { name: 'method', type: 'string', optional: true, text: 'Method of the request.' },
    { name: 'host', type: 'string', optional: true, text: 'Header `Host`, as sent.' },
    { name: 'uri', type: 'string', optional: true, text: 'Target of the request, with its percent-encoding undone.' },
    { name: 'referrer', type: 'string', optional: true, text: 'Header `Referer`.' },
    { name: 'version', type: 'string', optional: true, text: 'Version of the answer.' },
    { name: 'user_agent', type: 'string', optional: true, text: 'Header `User-Agent`.' },
    { name: 'origin', type: 'string', optional: true, text: 'Header `Origin`.' },
    {
      name: 'request_body_len',
      type: 'count',
      text: "Octets of the request's body, after chunks and compression are undone.",
    },
    { name: 'response_body_len', type: 'count', text: "Octets of the answer's body, likewise." },
    { name: 'status_code', type: 'count', optional: true, text: 'Status of the final answer.' },
    { name: 'status_msg', type: 'string', optional: true, text: 'Its words.' },
    {
      name: 'info_code',
      type: 'count',
      optional: true,
      text: 'Status of the last answer that was only informational.',
    },
    { name: 'info_msg', type: 'string', optional: true, text: 'Its words.' },
    { name: 'tags', type: 'set[enum]', text: 'Always empty: no rule fills it.' },
    {
      name: 'username',
      type: 'string',
      optional: true,
      text: 'User of Basic authentication. Passwords are never kept.',
    },
    {
      name: 'proxied',
      type: 'set[string]',
      optional: true,
      text: 'Headers that tell of a proxy, each as `NAME -> value`.',
    },
    {
      name: 'orig_fuids',
      type: 'vector[string]',
      optional: true,
      text: 'Names of the files that the client sent, as in `files.log`; 15 at most.',
    },
    {
      name: 'orig_filenames',
      type: 'vector[string]',
      optional: true,
      text: 'What they are called, where they have names.',
    },
    { name: 'orig_mime_types', type: 'vector[string]', optional: true, text: 'What they are, by their content.' },
    {
      name: 'resp_fuids',
      type: 'vector[string]',
      optional: true,
      text: 'Names of the files that the server sent, likewise.',
    },
    { name: 'resp_filenames', type: 'vector[string]', optional: true, text: 'What they are called.' },
    { name: 'resp_mime_types', type: 'vector[string]', optional: true, text: 'What they are, by their content.' },
  ],
} as const satisfies Log;

export type HttpRecord = RecordOf<typeof http>;
