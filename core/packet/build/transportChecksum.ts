import { IpProtocol } from '../numbers.ts';
import { internetChecksum } from './checksum.ts';
import { u16, u32 } from './octets.ts';

/** Where the checksum is in the header, by protocol. */
const places = new Map<number, number>([
  [IpProtocol.TCP, 16],
  [IpProtocol.UDP, 6],
  [IpProtocol.ICMPV6, 2],
]);

/** Writes the checksum of the transport segment that begins at `start`, if it has one with a pseudo-header and it is still zero. */
export function fillChecksum(packet: Uint8Array, start: number, protocol: number, addresses: Uint8Array): void {
  const place = places.get(protocol);
  if (place === undefined || start + place + 2 > packet.length) return;
  if (packet[start + place] !== 0 || packet[start + place + 1] !== 0) return;
  const segment = packet.subarray(start);
  // The same sum for both IP versions: IPv6's longer fields only add zeros (RFC 8200, 8.1).
  const sum = internetChecksum(addresses, [...u32(segment.length), 0, 0, 0, protocol], segment);
  packet.set(u16(protocol === IpProtocol.UDP && sum === 0 ? 0xffff : sum), start + place);
}
