import type { PacketFields } from './fields.ts';
import { geneve } from './geneve.ts';
import { gtp } from './gtp.ts';
import { Layer, refuse, refuseShort } from './layer.ts';
import { teredo } from './teredo.ts';
import { Reason, Short } from './verdict.ts';
import { TunnelPort } from './numbers.ts';
import { vxlan } from './vxlan.ts';

const HEADER = 8;

/**
 * UDP (RFC 768). A length that does not fit the IP packet is malformed, and the datagram still counts for its ports;
 * 0 means "to the end" (RFC 2675).
 *
 * Tunnels are known by their port and by their header: a datagram on the port whose header is not the tunnel's is a
 * plain one.
 */
export function udp(fields: PacketFields): number {
  const { view, pos } = fields;
  if (pos + HEADER > fields.end) return refuseShort(fields, HEADER, Short.UDP);
  const source = view.getUint16(pos);
  const destination = view.getUint16(pos + 2);
  const length = view.getUint16(pos + 4);
  fields.sourcePort = source;
  fields.destinationPort = destination;
  fields.transport = 1;
  const available = fields.wireEnd - pos;
  if (length !== 0 && (length < HEADER || length > available)) {
    fields.payloadOffset = pos + HEADER;
    fields.payloadLength = length < HEADER ? 0 : length - HEADER;
    fields.payloadCaptured = fields.end - pos - HEADER;
    return refuse(fields, Reason.UDP_LENGTH);
  }
  if (length !== 0 && length < available) {
    fields.wireEnd = pos + length;
    if (fields.wireEnd < fields.end) fields.end = fields.wireEnd;
  }
  fields.pos = pos + HEADER;
  fields.payloadOffset = fields.pos;
  fields.payloadLength = fields.wireEnd - fields.pos;
  fields.payloadCaptured = fields.end > fields.pos ? fields.end - fields.pos : 0;
  if (destination === TunnelPort.VXLAN) return vxlan(fields);
  if (destination === TunnelPort.GENEVE) return geneve(fields);
  if (destination === TunnelPort.GTP_U || source === TunnelPort.GTP_U) return gtp(fields);
  if (destination === TunnelPort.TEREDO || source === TunnelPort.TEREDO) return teredo(fields);
  return Layer.DONE;
}
