import type { PacketFields } from './fields.ts';
import { Layer, refuseShort } from './layer.ts';
import { Short } from './verdict.ts';

const HEADER = 12;

/** SCTP's common header (RFC 9260); chunks are payload. */
export function sctp(fields: PacketFields): number {
  const { view, pos } = fields;
  if (pos + HEADER > fields.end) return refuseShort(fields, HEADER, Short.SCTP);
  fields.sourcePort = view.getUint16(pos);
  fields.destinationPort = view.getUint16(pos + 2);
  fields.transport = 1;
  fields.pos = pos + HEADER;
  fields.payloadOffset = fields.pos;
  fields.payloadLength = fields.wireEnd - fields.pos;
  fields.payloadCaptured = fields.end - fields.pos;
  return Layer.DONE;
}
