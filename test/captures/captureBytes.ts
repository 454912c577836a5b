import {
  encodePcapHeader,
  pcapHeaderOctets,
  pcapRecordOctets,
  putPcapRecord,
} from '../../core/packet/file/pcapWriter.ts';
import {
  encodeInterface,
  encodeSectionHeader,
  enhancedHeadOctets,
  enhancedPacketOctets,
  putEnhancedPacket,
} from '../../core/packet/file/pcapngWriter.ts';
import { NanoWords } from '../../core/packet/file/timestamp.ts';

/** A packet in memory: its time, the octets that were captured, its length on the wire. */
export interface CapturedPacket {
  seconds: number;
  nanos: number;
  bytes: Uint8Array;
  len: number;
}

/** A pcap file of the packets. */
export function toPcap(
  packets: readonly CapturedPacket[],
  options: { linkType?: number; nanoseconds?: boolean; bigEndian?: boolean; snaplen?: number } = {},
): Uint8Array {
  const nanoseconds = options.nanoseconds ?? true;
  const little = options.bigEndian !== true;
  const size = packets.reduce((sum, packet) => sum + pcapRecordOctets + packet.bytes.length, pcapHeaderOctets);
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  file.set(encodePcapHeader({ ...options, linkType: options.linkType ?? 1, nanoseconds }));
  let at = pcapHeaderOctets;
  for (const { seconds, nanos, bytes, len } of packets) {
    putPcapRecord(view, at, little, seconds, nanoseconds ? nanos : Math.floor(nanos / 1000), bytes.length, len);
    file.set(bytes, at + pcapRecordOctets);
    at += pcapRecordOctets + bytes.length;
  }
  return file;
}

/** A pcapng file of the packets: one section, one interface with times in nanoseconds. */
export function toPcapng(
  packets: readonly CapturedPacket[],
  options: { linkType?: number; bigEndian?: boolean } = {},
): Uint8Array {
  const bigEndian = options.bigEndian ?? false;
  const section = encodeSectionHeader(bigEndian);
  const description = encodeInterface({ linkType: options.linkType ?? 1, name: 'picket0', resolution: 9 }, bigEndian);
  const start = section.length + description.length;
  const size = packets.reduce((sum, packet) => sum + enhancedPacketOctets(packet.bytes.length), start);
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  file.set(section);
  file.set(description, section.length);
  const time = new NanoWords();
  let at = start;
  for (const { seconds, nanos, bytes, len } of packets) {
    time.set(seconds, nanos);
    putEnhancedPacket(view, at, !bigEndian, 0, time.high, time.low, bytes.length, len);
    file.set(bytes, at + enhancedHeadOctets);
    at += enhancedPacketOctets(bytes.length);
  }
  return file;
}
