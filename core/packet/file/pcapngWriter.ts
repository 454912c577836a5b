/**
 * Writing of pcapng files (draft-ietf-opsawg-pcapng): blocks of type, length, body, length. The functions fill or return
 * memory that the caller owns; nothing is written anywhere.
 */
export const BlockType = {
  SECTION: 0x0a0d0d0a,
  INTERFACE: 1,
  OBSOLETE_PACKET: 2,
  SIMPLE_PACKET: 3,
  ENHANCED_PACKET: 6,
} as const;

export const byteOrderMagic = 0x1a2b3c4d;

/** Options of an interface description block. */
export const InterfaceOption = { END: 0, NAME: 2, RESOLUTION: 9, OFFSET: 14 } as const;

/** A section header block for version 1.0, of unknown length. */
export function encodeSectionHeader(bigEndian = false): Uint8Array {
  const bytes = new Uint8Array(28);
  const view = new DataView(bytes.buffer);
  const little = !bigEndian;
  view.setUint32(0, BlockType.SECTION, little);
  view.setUint32(4, bytes.length, little);
  view.setUint32(8, byteOrderMagic, little);
  view.setUint16(12, 1, little);
  view.setUint16(14, 0, little);
  view.setUint32(16, 0xffffffff, little);
  view.setUint32(20, 0xffffffff, little);
  view.setUint32(24, bytes.length, little);
  return bytes;
}

export interface InterfaceDescription {
  linkType: number;
  /** 0 = no limit. */
  snaplen?: number;
  name?: string;
  /** `if_tsresol` as in the file: a power of ten, or of two with the top bit set; microseconds (6) when absent. */
  resolution?: number;
  /** `if_tsoffset`, whole seconds to add to every time of the interface. */
  offset?: number;
}

/** An interface description block. */
export function encodeInterface(description: InterfaceDescription, bigEndian = false): Uint8Array {
  const little = !bigEndian;
  const options: [number, Uint8Array][] = [];
  if (description.name !== undefined && description.name !== '') {
    options.push([InterfaceOption.NAME, new TextEncoder().encode(description.name).subarray(0, 0xfffc)]);
  }
  if (description.resolution !== undefined) {
    options.push([InterfaceOption.RESOLUTION, Uint8Array.of(description.resolution)]);
  }
  if (description.offset !== undefined && description.offset !== 0) {
    const value = new DataView(new ArrayBuffer(8));
    value.setBigInt64(0, BigInt(description.offset), little);
    options.push([InterfaceOption.OFFSET, new Uint8Array(value.buffer)]);
  }
  if (options.length > 0) options.push([InterfaceOption.END, new Uint8Array(0)]);
  const length = 20 + options.reduce((sum, [, value]) => sum + 4 + padded(value.length), 0);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, BlockType.INTERFACE, little);
  view.setUint32(4, length, little);
  view.setUint16(8, description.linkType, little);
  view.setUint32(12, description.snaplen ?? 0, little);
  let at = 16;
  for (const [code, value] of options) {
    view.setUint16(at, code, little);
    view.setUint16(at + 2, value.length, little);
    bytes.set(value, at + 4);
    at += 4 + padded(value.length);
  }
  view.setUint32(at, length, little);
  return bytes;
}

/** Octets before and after the frame in an enhanced packet block without options; between frame and trailer lie 0-3 zeros. */
export const enhancedHeadOctets = 28;
export const enhancedTailOctets = 4;

/** Length of the whole block for a frame of `caplen` octets. */
export function enhancedPacketOctets(caplen: number): number {
  return enhancedHeadOctets + padded(caplen) + enhancedTailOctets;
}

/**
 * Writes the head at `at`, the padding and the trailer of an enhanced packet block; the caller copies the frame to
 * `at + enhancedHeadOctets`. `high` and `low` are the words of the time in the interface's resolution.
 */
export function putEnhancedPacket(
  view: DataView,
  at: number,
  little: boolean,
  interfaceNumber: number,
  high: number,
  low: number,
  caplen: number,
  len: number,
): void {
  const length = enhancedPacketOctets(caplen);
  view.setUint32(at, BlockType.ENHANCED_PACKET, little);
  view.setUint32(at + 4, length, little);
  view.setUint32(at + 8, interfaceNumber, little);
  view.setUint32(at + 12, high, little);
  view.setUint32(at + 16, low, little);
  view.setUint32(at + 20, caplen, little);
  view.setUint32(at + 24, len, little);
  const end = at + length - enhancedTailOctets;
  for (let i = at + enhancedHeadOctets + caplen; i < end; i++) view.setUint8(i, 0);
  view.setUint32(end, length, little);
}

function padded(length: number): number {
  return (length + 3) & ~3;
}
