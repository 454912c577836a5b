import type { PacketBatch } from '../batch.ts';

/** What is wrong with a capture file, by name. */
export type DamageCode =
  /** Neither pcap nor pcapng. */
  | 'file.format'
  /** A version of the format that is not read. */
  | 'file.version'
  /** The file ends inside a header, record or block. */
  | 'file.cut'
  /** A record or block says something that can't be: a length out of bounds, lengths that don't match. */
  | 'file.record'
  /** A packet of an interface that was not described, or a description that can't be used. */
  | 'file.interface'
  /** A time that can't be told in whole seconds below 2^53. */
  | 'file.time';

/** The first fault of a capture file. What stands before it in the file was read and counts. */
export interface CaptureDamage {
  code: DamageCode;
  message: string;
  /** Octets from the beginning of the (inflated) file to the record that is damaged. */
  offset: number;
}

/**
 * Reads the record headers of one capture file, in place and a piece at a time.
 *
 * The caller points the batch at its memory and calls `fill` with the range `[start, end)` of `batch.bytes` that holds
 * the file's next octets. Packets are appended to the batch, as offsets into that same memory: nothing is copied, and
 * nothing is allocated a packet. `fill` returns the first octet that it did not consume; the caller keeps what is left
 * (it is the beginning of a record) and offers it again with what follows. `final` says that nothing follows: what is
 * left then is damage.
 *
 * When `fill` returns with the batch not full and no damage, `needed` octets from the returned position must be there
 * before it can go on: never more than `maxNeeded`.
 */
export interface CaptureReader {
  readonly format: 'pcap' | 'pcapng';
  /** Link types in order of appearance. */
  readonly linkTypes: readonly number[];
  /** The file can hold times finer than microseconds, as far as is known by now. */
  readonly subMicrosecond: boolean;
  readonly needed: number;
  readonly damage: CaptureDamage | null;
  fill(batch: PacketBatch, start: number, end: number, final: boolean): number;
}

/** What libpcap and Wireshark take for an impossible capture length with common link types. */
const maxCaplen = 262144;

/** D-Bus, USBPcap and EBHSCR have frames beyond that. */
const largeLinkTypes: readonly number[] = [231, 249, 279];
const maxLargeCaplen = 16 * 1024 * 1024 - 64;

/** The longest pcapng block that is read, as in libpcap. */
export const maxBlockOctets = 16 * 1024 * 1024;

/** The most that `CaptureReader.needed` asks for. */
export const maxNeeded = maxBlockOctets;

/** The longest frame of a link type that is read, and the snapshot length that files are written with. */
export function maxSnaplen(linkType: number): number {
  return largeLinkTypes.includes(linkType) ? maxLargeCaplen : maxCaplen;
}
