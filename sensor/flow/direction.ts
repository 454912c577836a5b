/**
 * Who opened a flow: Zeek's rules, which guess by ports that servers are likely to use when the first packet does not
 * tell. The ports are those that Zeek 8's own protocol scripts declare as `likely_server_ports`.
 */
import { TcpFlag } from '../../core/packet/numbers.ts';
import type { PacketFields } from '../../core/packet/fields.ts';
import { appendHistory, Letter } from './history.ts';
import { LinkBit, SLOT_WORDS, StateBit, Word } from './layout.ts';

const tcpPorts = [
  21, 22, 25, 53, 79, 80, 81, 88, 110, 135, 139, 143, 389, 443, 445, 502, 563, 585, 587, 614, 631, 636, 989, 990, 992,
  993, 995, 1080, 1434, 1883, 2811, 3128, 3268, 3306, 3389, 5222, 5223, 5269, 5432, 6379, 6666, 6667, 6668, 6669, 8000,
  8080, 8888, 20000,
];
const udpPorts = [
  53, 67, 88, 123, 137, 161, 162, 389, 443, 514, 784, 1812, 2123, 2152, 3268, 3389, 3544, 4789, 5060, 5353, 5355, 6081,
  20000,
];

/** Answers by table whether a port is likely a server's; 16 KiB, one an owner. */
export class ServerPorts {
  readonly #tcp = new Uint8Array(8192);
  readonly #udp = new Uint8Array(8192);

  constructor(tcp: readonly number[] = tcpPorts, udp: readonly number[] = udpPorts) {
    for (const port of tcp) this.#tcp[port >> 3]! |= 1 << (port & 7);
    for (const port of udp) this.#udp[port >> 3]! |= 1 << (port & 7);
  }

  tcp(port: number): boolean {
    return (this.#tcp[port >> 3]! & (1 << (port & 7))) !== 0;
  }

  udp(port: number): boolean {
    return (this.#udp[port >> 3]! & (1 << (port & 7))) !== 0;
  }

  /**
   * Whether the *receiver* of a connection's first TCP packet is its originator. A SYN without ACK is always sent by the
   * originator. Otherwise the sender is taken for the server when its port is likely one and the receiver's is not; when
   * both are, when it is the smaller one and the packet is no SYN-ACK (those are left alone because of stealth scans).
   */
  flipsTcp(flags: number, source: number, destination: number): boolean {
    if ((flags & (TcpFlag.SYN | TcpFlag.ACK)) === TcpFlag.SYN) return false;
    if (!this.tcp(source)) return false;
    if (!this.tcp(destination)) return true;
    return (flags & TcpFlag.SYN) === 0 && source < destination;
  }

  /** The same for UDP, by ports alone. */
  flipsUdp(source: number, destination: number): boolean {
    return this.udp(source) && !this.udp(destination);
  }
}

/** Notes in a new slot who opened its flow, and the VLANs it was seen on. `direction` is 0 when end A sent the packet. */
export function markOrigin(
  u32: Uint32Array,
  slot: number,
  fields: PacketFields,
  direction: number,
  isFlipped: boolean,
): void {
  const at = slot * SLOT_WORDS;
  let state = u32[at + Word.STATE]!;
  if ((direction === 1) !== isFlipped) state |= StateBit.ORIG_B;
  if (isFlipped) state |= StateBit.FLIPPED;
  u32[at + Word.STATE] = state;
  if (isFlipped) appendHistory(u32, at, Letter.FLIP);
  u32[at + Word.LINKS] = fields.outerCount > 0 ? LinkBit.TUNNEL : vlanLinks(fields);
}

/** The limited broadcast address is no server: Zeek does not turn the roles round there. */
export function isBroadcast(fields: PacketFields): boolean {
  return fields.address[7] === 0xffffffff && fields.address[6] === 0xffff;
}

/** VLAN ids as `Word.LINKS` has them. Inside a tunnel they are not the connection's, but its carrier's. */
export function vlanLinks(fields: PacketFields): number {
  let links = 0;
  if (fields.vlan >= 0) links |= LinkBit.VLAN | fields.vlan;
  if (fields.innerVlan >= 0) links |= LinkBit.INNER_VLAN | (fields.innerVlan << 16);
  return links;
}
