import type { CaptureReader } from './captureReader.ts';
import type { InterfaceTable } from './interfaceTable.ts';
import { PcapngReader } from './pcapngReader.ts';
import { PcapReader } from './pcapReader.ts';
import { PcapMagic } from './pcapWriter.ts';
import { BlockType } from './pcapngWriter.ts';

export type FileFormat = 'pcap' | 'pcapng' | 'gzip' | 'zstd';

/** Octets of a file that `detectFormat` has to see. */
export const magicOctets = 4;

const magics: readonly (readonly [magic: number, little: boolean, format: FileFormat])[] = [
  ...Object.values(PcapMagic).flatMap((magic) => [[magic, true, 'pcap'] as const, [magic, false, 'pcap'] as const]),
  [BlockType.SECTION, true, 'pcapng'],
  [0xfd2fb528, true, 'zstd'],
];

/** What a file is by its first octets, whatever its name; null when it is none of ours (or shorter than four octets). */
export function detectFormat(bytes: Uint8Array): FileFormat | null {
  // RFC 1952: two octets of magic and the only method there is.
  if (bytes.length >= 3 && bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8) return 'gzip';
  if (bytes.length < magicOctets) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, magicOctets);
  for (const [magic, little, format] of magics) {
    if (view.getUint32(0, little) === magic) return format;
  }
  // RFC 8878, 3.1.2: zstd files may begin with a skippable frame, of which there are sixteen kinds.
  return (view.getUint32(0, true) & 0xfffffff0) >>> 0 === 0x184d2a50 ? 'zstd' : null;
}

/** The reader for a file whose first octets are `bytes`, or null when they are of no capture file. */
export function openCapture(bytes: Uint8Array, interfaces: InterfaceTable, file: number): CaptureReader | null {
  const format = detectFormat(bytes);
  if (format === 'pcap') return new PcapReader(interfaces, file);
  if (format === 'pcapng') return new PcapngReader(interfaces, file);
  return null;
}
