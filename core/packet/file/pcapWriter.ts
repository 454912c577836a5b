/**
 * Writing of pcap files (draft-ietf-opsawg-pcap): a header of 24 octets, then records of a 16-octet header and a frame.
 * Version 2.4, UTC. The functions fill memory that the caller owns; nothing is written anywhere.
 */
export const pcapHeaderOctets = 24;
export const pcapRecordOctets = 16;

/** Magic numbers, as read in the file's own byte order. */
export const PcapMagic = {
  MICROSECONDS: 0xa1b2c3d4,
  NANOSECONDS: 0xa1b23c4d,
  /** Kuznetzov's patched libpcap of 1999: records with an interface index, protocol and packet type more. */
  MODIFIED: 0xa1b2cd34,
} as const;

/** What tcpdump writes, and the most that readers take for common link types. */
export const defaultSnaplen = 262144;

export interface PcapHeader {
  linkType: number;
  nanoseconds?: boolean;
  snaplen?: number;
  bigEndian?: boolean;
}

/** The file header. */
export function encodePcapHeader(header: PcapHeader): Uint8Array {
  const bytes = new Uint8Array(pcapHeaderOctets);
  const view = new DataView(bytes.buffer);
  const little = header.bigEndian !== true;
  view.setUint32(0, header.nanoseconds === true ? PcapMagic.NANOSECONDS : PcapMagic.MICROSECONDS, little);
  view.setUint16(4, 2, little);
  view.setUint16(6, 4, little);
  view.setUint32(16, header.snaplen ?? defaultSnaplen, little);
  view.setUint32(20, header.linkType, little);
  return bytes;
}

/**
 * Writes a record header at `at`; the frame's `caplen` octets follow it. `fraction` is in the file's unit, `seconds` an
 * unsigned 32-bit number.
 */
export function putPcapRecord(
  view: DataView,
  at: number,
  little: boolean,
  seconds: number,
  fraction: number,
  caplen: number,
  len: number,
): void {
  view.setUint32(at, seconds, little);
  view.setUint32(at + 4, fraction, little);
  view.setUint32(at + 8, caplen, little);
  view.setUint32(at + 12, len, little);
}
