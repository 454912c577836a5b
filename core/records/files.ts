import type { Log, RecordOf } from './record.ts';

/** One row a file and connection: bodies and their parts, stapled answers about certificates. Contents are not kept. */
export const files = {
  path: 'files',
  text: 'Files that connections carried, one row each: what they are and their hashes. Contents are not kept.',
  fields: [
    { name: 'ts', type: 'time', text: "Time of the file's first octets." },
    { name: 'fuid', type: 'string', text: 'Name of the file, as in the other logs.' },
    { name: 'uid', type: 'string', text: 'Name of the connection, as in `conn.log`.' },
    { name: 'id.orig_h', type: 'addr', text: "Address of the connection's originator." },
    { name: 'id.orig_p', type: 'port', text: 'Its port.' },
    { name: 'id.resp_h', type: 'addr', text: "Address of the connection's responder." },
    { name: 'id.resp_p', type: 'port', text: 'Its port.' },
    { name: 'source', type: 'string', text: 'Protocol that carried it: `HTTP`, `SSL`.' },
    { name: 'depth', type: 'count', text: 'Depth in what carries it; 0 in HTTP and SSL.' },
    {
      name: 'analyzers',
      type: 'set[string]',
      text: 'What was made of the content: `MD5`, `SHA1`, `SHA256`, and what read it.',
    },
    { name: 'mime_type', type: 'string', optional: true, text: 'What it is, by its first 4,096 octets.' },
    { name: 'filename', type: 'string', optional: true, text: 'What it is called, where a header says so.' },
    { name: 'duration', type: 'interval', text: 'From its first octets to its last.' },
    { name: 'local_orig', type: 'bool', text: 'Whether who sent it is in a local network.' },
    { name: 'is_orig', type: 'bool', text: "Whether the connection's originator sent it." },
    { name: 'seen_bytes', type: 'count', text: 'Octets that were seen, after chunks and compression are undone.' },
    {
      name: 'total_bytes',
      type: 'count',
      optional: true,
      text: 'Octets that it should have, as announced; of a compressed body it is not known.',
    },
    { name: 'missing_bytes', type: 'count', text: 'Octets that never came.' },
    { name: 'overflow_bytes', type: 'count', text: 'Octets of a file in ranges that there was no room to wait with.' },
    { name: 'timedout', type: 'bool', text: 'Whether it was given up while more was expected.' },
    {
      name: 'md5',
      type: 'string',
      optional: true,
      text: 'Hash of the content, in hex; absent when octets are missing.',
    },
    { name: 'sha1', type: 'string', optional: true, text: 'Likewise.' },
    { name: 'sha256', type: 'string', optional: true, text: 'Likewise.' },
  ],
} as const satisfies Log;

export type FilesRecord = RecordOf<typeof files>;
