import type { PacketFields } from './fields.ts';
import { Layer, refuse, refuseShort } from './layer.ts';
import { Reason, Short } from './verdict.ts';

const HEADER = 20;

/** TCP (RFC 9293). Options are passed over; they may be cut by the snap length without harm. */
export function tcp(fields: PacketFields): number {
  const { view, pos } = fields;
  if (pos + HEADER > fields.end) return refuseShort(fields, HEADER, Short.TCP);
  const size = (view.getUint8(pos + 12) >> 4) << 2;
  if (size < HEADER || pos + size > fields.wireEnd) return refuse(fields, Reason.TCP_OFFSET);
  fields.sourcePort = view.getUint16(pos);
  fields.destinationPort = view.getUint16(pos + 2);
  fields.tcpSequence = view.getUint32(pos + 4);
  fields.tcpAcknowledgement = view.getUint32(pos + 8);
  fields.tcpFlags = view.getUint8(pos + 13);
  fields.tcpWindow = view.getUint16(pos + 14);
  fields.transport = 1;
  const start = pos + size;
  fields.pos = start;
  fields.payloadOffset = start;
  fields.payloadLength = fields.wireEnd - start;
  fields.payloadCaptured = start < fields.end ? fields.end - start : 0;
  return Layer.DONE;
}
