import type { Log, RecordOf } from './record.ts';

/** One row a verdict and flow: what protocols would not do. */
export const weird = {
  path: 'weird',
  text: "What is odd about traffic, under Zeek's names where it has one; a row a name and flow.",
  fields: [
    { name: 'ts', type: 'time', text: 'Time of the packet that showed it.' },
    {
      name: 'uid',
      type: 'string',
      optional: true,
      text: 'Name of the connection, as in `conn.log`; absent where there is none.',
    },
    { name: 'id.orig_h', type: 'addr', optional: true, text: 'Address of the originator.' },
    { name: 'id.orig_p', type: 'port', optional: true, text: 'Its port.' },
    { name: 'id.resp_h', type: 'addr', optional: true, text: 'Address of the responder.' },
    { name: 'id.resp_p', type: 'port', optional: true, text: 'Its port.' },
    { name: 'name', type: 'string', text: 'What it is.' },
    { name: 'addl', type: 'string', optional: true, text: 'More of it, where there is more to say.' },
    { name: 'notice', type: 'bool', text: 'Whether it raised a notice: never here.' },
    { name: 'peer', type: 'string', text: 'Name of the sensor.' },
    { name: 'source', type: 'string', optional: true, text: 'Protocol that found it.' },
  ],
} as const satisfies Log;

export type WeirdRecord = RecordOf<typeof weird>;
