/**
 * Numbers and layouts of the kernel's packet socket (packet(7), linux/if_packet.h, linux/if.h, linux/filter.h). Host byte
 * order except where said; Picket runs on little-endian machines only (x86-64, arm64).
 */

export const AF_PACKET = 17;
export const ETH_P_ALL = 3;
export const SOL_SOCKET = 1;
export const SOL_PACKET = 263;

export const SocketOption = { ERROR: 4, ATTACH_FILTER: 26 } as const;

export const PacketOption = {
  ADD_MEMBERSHIP: 1,
  DROP_MEMBERSHIP: 2,
  RX_RING: 5,
  STATISTICS: 6,
  VERSION: 10,
  FANOUT: 18,
  FANOUT_DATA: 22,
  IGNORE_OUTGOING: 23,
} as const;

export const TPACKET_V3 = 2;
export const MEMBERSHIP_PROMISCUOUS = 1;
/** PACKET_FANOUT_CBPF: the group's classic BPF program chooses the member, modulo their number. */
export const FANOUT_CBPF = 6;

/** Requests of netdevice(7): they work on any socket, and look into the network namespace that the socket is of. */
export const Ioctl = { GET_FLAGS: 0x8913, GET_HARDWARE: 0x8927, GET_INDEX: 0x8933 } as const;
export const IFF_UP = 1;
export const IFF_RUNNING = 0x40;
/** struct ifreq: the name in 16 bytes, then a union. */
export const IFREQ_BYTES = 40;
export const IFREQ_VALUE = 16;

/** Types of hardware (linux/if_arp.h) that are asked for by name. */
export const Hardware = { ETHERNET: 1, LOOPBACK: 772 } as const;

export const ENODEV = 19;
export const ENXIO = 6;

/** struct pollfd: descriptor, events (u16 @4), answer (u16 @6). */
export const POLLFD_BYTES = 8;
export const POLLIN = 1;
export const POLLERR = 8;

/** struct tpacket_block_desc with tpacket_hdr_v1, in words. */
export const BlockWord = { STATUS: 2, PACKETS: 3, FIRST: 4 } as const;
export const BLOCK_HEADER_BYTES = 48;
export const BLOCK_USER = 1;

/**
 * struct tpacket3_hdr, in words, followed at 48 by the packet's sockaddr_ll (20 bytes). `OFFSETS` holds the frame's
 * (low half) and the network header's offset; `LINK` the hardware type (low half) and the packet type.
 */
export const PacketWord = {
  NEXT: 0,
  SECONDS: 1,
  NANOS: 2,
  CAPTURED: 3,
  LENGTH: 4,
  STATUS: 5,
  OFFSETS: 6,
  TCI: 8,
  TPID: 9,
  LINK: 14,
} as const;
export const PACKET_HEADER_BYTES = 68;
export const STATUS_VLAN = 0x10;
export const STATUS_VLAN_TPID = 0x40;

/** struct sockaddr_ll; its protocol is big-endian. */
export function sockaddrLl(index: number, protocol: number): Uint8Array {
  const bytes = new Uint8Array(20);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF_PACKET, true);
  view.setUint16(2, protocol);
  view.setInt32(4, index, true);
  return bytes;
}

/** struct packet_mreq for promiscuous mode. */
export function promiscuousRequest(index: number): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, index, true);
  view.setUint16(4, MEMBERSHIP_PROMISCUOUS, true);
  return bytes;
}

/** struct tpacket_req3. The frame size only has to divide the block: version 3 packs frames as they come. */
export function ringRequest(blockBytes: number, blocks: number, timeoutMillis: number): Uint32Array {
  const frameBytes = 2048;
  return Uint32Array.of(blockBytes, blocks, frameBytes, (blockBytes / frameBytes) * blocks, timeoutMillis, 0, 0);
}

/** struct ifreq for an interface's name (at most 15 bytes), or null when no interface can have that name. */
export function interfaceRequest(name: string): Uint8Array | null {
  const encoded = new TextEncoder().encode(name);
  if (encoded.length === 0 || encoded.length > 15 || encoded.includes(0)) return null;
  const bytes = new Uint8Array(IFREQ_BYTES);
  bytes.set(encoded);
  return bytes;
}

/** struct sock_fprog for instructions at `address`, which must stay alive during the call. */
export function filterProgram(instructions: Uint8Array, address: bigint): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, instructions.length / 8, true);
  view.setBigUint64(8, address, true);
  return bytes;
}
