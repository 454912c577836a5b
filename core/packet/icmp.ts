import type { PacketFields } from './fields.ts';
import { Layer, refuseShort } from './layer.ts';
import { Short } from './verdict.ts';

const HEADER = 8;
const ONE_WAY = 255;

/** Message types that answer each other (RFC 792, 950, 1256), as Community ID v1 pairs them. */
const counterparts4 = pairs([8, 0], [13, 14], [15, 16], [17, 18], [10, 9]);
/** RFC 4443, 2710, 4861, 4620, 6275. */
const counterparts6 = pairs([128, 129], [133, 134], [135, 136], [130, 131], [139, 140], [144, 145]);

function pairs(...list: readonly (readonly [number, number])[]): Uint8Array {
  const table = new Uint8Array(256).fill(ONE_WAY);
  for (const [a, b] of list) {
    table[a] = b;
    table[b] = a;
  }
  return table;
}

/** The type that answers an ICMP or ICMPv6 message of `type`, or -1 when nothing does. `version` is 4 or 6. */
export function icmpCounterpart(version: number, type: number): number {
  const other = (version === 4 ? counterparts4 : counterparts6)[type & 0xff]!;
  return other === ONE_WAY ? -1 : other;
}

/**
 * ICMP (RFC 792). The type stands in the source port; in the destination port the type of the answer, or where there is
 * none the code: so a request and its answer are one flow. Packets quoted in errors are not traffic and not looked at.
 */
export function icmp(fields: PacketFields): number {
  return message(fields, counterparts4, Short.ICMP);
}

/** ICMPv6 (RFC 4443), neighbour discovery included. */
export function icmpv6(fields: PacketFields): number {
  return message(fields, counterparts6, Short.ICMPV6);
}

function message(fields: PacketFields, counterparts: Uint8Array, short: number): number {
  const { bytes, pos } = fields;
  if (pos + HEADER > fields.end) return refuseShort(fields, HEADER, short);
  const type = bytes[pos]!;
  const other = counterparts[type]!;
  fields.sourcePort = type;
  fields.destinationPort = other === ONE_WAY ? bytes[pos + 1]! : other;
  fields.transport = 1;
  fields.pos = pos + HEADER;
  fields.payloadOffset = fields.pos;
  fields.payloadLength = fields.wireEnd - fields.pos;
  fields.payloadCaptured = fields.end - fields.pos;
  return Layer.DONE;
}
