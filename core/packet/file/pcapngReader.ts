import type { PacketBatch } from '../batch.ts';
import type { CaptureDamage, CaptureReader, DamageCode } from './captureReader.ts';
import { maxBlockOctets, maxSnaplen } from './captureReader.ts';
import type { InterfaceTable } from './interfaceTable.ts';
import type { SectionInterface } from './pcapngInterface.ts';
import { readInterface } from './pcapngInterface.ts';
import { BlockType, byteOrderMagic } from './pcapngWriter.ts';

/** Octets of an SHB that must be seen to know its byte order. */
const orderOctets = 12;
/** More than these in one section, and the file is taken for damaged. */
const maxSectionInterfaces = 65_536;

/**
 * Reads pcapng: any number of sections, each of either byte order and with interfaces of its own; enhanced, simple and
 * obsolete packet blocks; all other blocks are skipped. A packet of a simple packet block has no time: as in libpcap it
 * is the interface's zero.
 *
 * Damage is what libpcap and Wireshark refuse: lengths that are too small, no multiple of four, over 16 MiB or not the
 * same at both ends of a block; a packet longer than its block; an interface that was not described.
 * Source: draft-ietf-opsawg-pcapng.
 */
export class PcapngReader implements CaptureReader {
  readonly format = 'pcapng';
  readonly linkTypes: number[] = [];
  subMicrosecond = false;
  needed = orderOctets;
  damage: CaptureDamage | null = null;
  readonly #interfaces: InterfaceTable;
  readonly #file: number;
  /** Offset in the file of the next octet that is offered. */
  #position = 0;
  #little = true;
  #section: SectionInterface[] = [];
  readonly #knownLinkTypes = new Set<number>();

  constructor(interfaces: InterfaceTable, file: number) {
    this.#interfaces = interfaces;
    this.#file = file;
  }

  fill(batch: PacketBatch, start: number, end: number, final: boolean): number {
    let at = start;
    while (this.damage === null && batch.count < batch.capacity && at < end) {
      const length = this.#blockLength(batch.view, at, end);
      if (length === 0) break;
      if (!this.#readBlock(batch, at, length)) break;
      at += length;
      this.#position += length;
    }
    if (at === end) this.needed = orderOctets;
    if (final && at < end && this.damage === null && batch.count < batch.capacity) {
      this.#fail('file.cut', `the file ends inside a block, after ${end - at} octets of it`);
    }
    return at;
  }

  /** The length of the block at `at` if it is there as a whole, else 0 and either `needed` or `damage` says why. */
  #blockLength(view: DataView, at: number, end: number): number {
    // The shortest block there is has 12 octets, so asking for them before looking at a length is never too much.
    this.needed = orderOctets;
    if (end - at < orderOctets) return 0;
    // The type of a section header reads the same in both byte orders; what follows it tells the order.
    if (view.getUint32(at, true) === BlockType.SECTION && !this.#readOrder(view, at)) return 0;
    const length = view.getUint32(at + 4, this.#little);
    if (length < 12 || length % 4 !== 0 || length > maxBlockOctets) {
      this.#fail('file.record', `a block claims a length of ${length} octets`);
      return 0;
    }
    this.needed = length;
    if (length > end - at) return 0;
    const trailer = view.getUint32(at + length - 4, this.#little);
    if (trailer !== length) {
      this.#fail('file.record', `a block has a length of ${length} at its beginning and of ${trailer} at its end`);
      return 0;
    }
    return length;
  }

  #readOrder(view: DataView, at: number): boolean {
    if (view.getUint32(at + 8, true) === byteOrderMagic) this.#little = true;
    else if (view.getUint32(at + 8, false) === byteOrderMagic) this.#little = false;
    else return this.#fail('file.record', 'a section header has no byte order');
    return true;
  }

  #readBlock(batch: PacketBatch, at: number, length: number): boolean {
    switch (batch.view.getUint32(at, this.#little)) {
      case BlockType.ENHANCED_PACKET:
        return this.#readPacket(batch, at, length, length < 32 ? 0 : batch.view.getUint32(at + 8, this.#little));
      case BlockType.OBSOLETE_PACKET:
        // The same layout, but that the interface has the first two octets and a count of drops the others.
        return this.#readPacket(batch, at, length, length < 32 ? 0 : batch.view.getUint16(at + 8, this.#little));
      case BlockType.SIMPLE_PACKET:
        return this.#readSimplePacket(batch, at, length);
      case BlockType.INTERFACE:
        return this.#readInterface(batch, at, length);
      case BlockType.SECTION:
        return this.#readSection(batch.view, at, length);
      default:
        return true;
    }
  }

  #readPacket(batch: PacketBatch, at: number, length: number, interfaceNumber: number): boolean {
    const { view } = batch;
    const little = this.#little;
    if (length < 32) return this.#fail('file.record', 'a packet block is too short');
    const from = this.#section[interfaceNumber];
    if (from === undefined) return this.#failInterface(interfaceNumber);
    const caplen = view.getUint32(at + 20, little);
    if (caplen > length - 32) {
      return this.#fail('file.record', `a packet block of ${length} octets claims ${caplen} captured octets`);
    }
    if (caplen > from.maxCaplen) return this.#failCaplen(caplen);
    const high = view.getUint32(at + 12, little);
    const low = view.getUint32(at + 16, little);
    return this.#append(batch, from, high, low, at + 28, caplen, view.getUint32(at + 24, little));
  }

  #readSimplePacket(batch: PacketBatch, at: number, length: number): boolean {
    if (length < 16) return this.#fail('file.record', 'a simple packet block is too short');
    const from = this.#section[0];
    if (from === undefined) return this.#failInterface(0);
    const len = batch.view.getUint32(at + 8, this.#little);
    const caplen = from.snaplen === 0 ? len : Math.min(len, from.snaplen);
    if (caplen > length - 16) {
      return this.#fail('file.record', `a simple packet block of ${length} octets claims ${caplen} captured octets`);
    }
    if (caplen > from.maxCaplen) return this.#failCaplen(caplen);
    return this.#append(batch, from, 0, 0, at + 12, caplen, len);
  }

  #append(
    batch: PacketBatch,
    from: SectionInterface,
    high: number,
    low: number,
    offset: number,
    caplen: number,
    len: number,
  ): boolean {
    const i = batch.count;
    if (!from.scale.place(high, low, batch.seconds, batch.nanos, i)) {
      return this.#fail('file.time', 'a time is beyond 2^53 seconds');
    }
    batch.offset[i] = offset;
    batch.caplen[i] = caplen;
    batch.len[i] = len;
    batch.vlanTci[i] = -1;
    batch.interface[i] = from.number;
    batch.linkType[i] = from.linkType;
    batch.count = i + 1;
    return true;
  }

  #readSection(view: DataView, at: number, length: number): boolean {
    if (length < 28) return this.#fail('file.record', 'a section header block is too short');
    const major = view.getUint16(at + 12, this.#little);
    const minor = view.getUint16(at + 14, this.#little);
    // 1.2 is what some programs write; it is 1.0 with more kinds of blocks.
    if (major !== 1 || (minor !== 0 && minor !== 2)) {
      return this.#fail('file.version', `pcapng of version ${major}.${minor} is not read, only 1.0`);
    }
    this.#section = [];
    return true;
  }

  #readInterface(batch: PacketBatch, at: number, length: number): boolean {
    const described = readInterface(batch.bytes, batch.view, at, length, this.#little);
    if (typeof described === 'string') return this.#fail('file.interface', described);
    const place = this.#section.length;
    const { name, linkType, snaplen, scale } = described;
    const number =
      place < maxSectionInterfaces ? this.#interfaces.add({ file: this.#file, name, linkType, snaplen }, place) : -1;
    if (number < 0) return this.#fail('file.interface', 'the files have too many interfaces');
    this.#section.push({ number, linkType, snaplen, maxCaplen: maxSnaplen(linkType), scale });
    if (!this.#knownLinkTypes.has(linkType)) this.linkTypes.push(linkType);
    this.#knownLinkTypes.add(linkType);
    if (scale.subMicrosecond) this.subMicrosecond = true;
    return true;
  }

  #failCaplen(caplen: number): boolean {
    return this.#fail('file.record', `a packet claims ${caplen} captured octets, too many for its link type`);
  }

  #failInterface(number: number): boolean {
    return this.#fail('file.interface', `a packet of interface ${number}, which is not described before it`);
  }

  #fail(code: DamageCode, message: string): false {
    this.damage = { code, message, offset: this.#position };
    return false;
  }
}
