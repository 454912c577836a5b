import { crc32c, internetChecksum } from './checksum.ts';
import type { Octets } from './octets.ts';
import { join, none, padding, u16, u32 } from './octets.ts';

export interface TcpHeader {
  sourcePort: number;
  destinationPort: number;
  sequence?: number;
  acknowledgement?: number;
  /** `TcpFlag`s; ACK unless given. */
  flags?: number;
  window?: number;
  urgent?: number;
  /** Option octets, padded with zeros to a multiple of four. */
  options?: Octets;
}

/** A TCP segment (RFC 9293). Its checksum is zero until `ipv4` or `ipv6` takes it as payload. */
export function tcp(header: TcpHeader, payload: Octets = none): Uint8Array {
  const options = header.options ?? [];
  const fill = padding(options.length, 4);
  const words = 5 + (options.length + fill.length) / 4;
  return join(
    [...u16(header.sourcePort), ...u16(header.destinationPort)],
    [...u32(header.sequence ?? 0), ...u32(header.acknowledgement ?? 0)],
    [words << 4, header.flags ?? 16, ...u16(header.window ?? 65535), 0, 0, ...u16(header.urgent ?? 0)],
    options,
    fill,
    payload,
  );
}

/** A UDP datagram (RFC 768). Its checksum is zero until `ipv4` or `ipv6` takes it as payload. */
export function udp(
  header: { sourcePort: number; destinationPort: number; length?: number },
  payload: Octets = none,
): Uint8Array {
  const length = header.length ?? payload.length + 8;
  return join([...u16(header.sourcePort), ...u16(header.destinationPort), ...u16(length), 0, 0], payload);
}

/** The second word of an ICMP message, as identifier and sequence number of an echo, or as four octets. */
export interface IcmpHeader {
  type: number;
  code?: number;
  identifier?: number;
  sequence?: number;
  rest?: Octets;
}

/** An ICMP message (RFC 792) with its checksum. An error's payload is the quoted packet. */
export function icmp(header: IcmpHeader, payload: Octets = none): Uint8Array {
  const message = icmpBody(header, payload);
  message.set(u16(internetChecksum(message)), 2);
  return message;
}

/** An ICMPv6 message (RFC 4443). Its checksum is zero until `ipv6` takes it as payload. */
export function icmpv6(header: IcmpHeader, payload: Octets = none): Uint8Array {
  return icmpBody(header, payload);
}

function icmpBody(header: IcmpHeader, payload: Octets): Uint8Array {
  const rest = header.rest ?? [...u16(header.identifier ?? 0), ...u16(header.sequence ?? 0)];
  return join([header.type, header.code ?? 0, 0, 0], rest, payload);
}

/** An SCTP packet (RFC 9260) with its checksum. */
export function sctp(
  header: { sourcePort: number; destinationPort: number; tag?: number },
  chunks: Octets,
): Uint8Array {
  const packet = join(u16(header.sourcePort), u16(header.destinationPort), u32(header.tag ?? 1), u32(0), chunks);
  packet.set(u32(crc32c(packet)).toReversed(), 8);
  return packet;
}

/** One SCTP chunk, padded: type 0 = DATA, 1 = INIT, 2 = INIT ACK, 6 = ABORT, 7 = SHUTDOWN ... */
export function sctpChunk(type: number, value: Octets, flags = 0): Uint8Array {
  return join([type, flags, ...u16(value.length + 4)], value, padding(value.length, 4));
}
