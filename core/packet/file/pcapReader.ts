import type { PacketBatch } from '../batch.ts';
import { canonicalLinkType } from '../linkType.ts';
import type { CaptureDamage, CaptureReader, DamageCode } from './captureReader.ts';
import { maxSnaplen } from './captureReader.ts';
import type { InterfaceTable } from './interfaceTable.ts';
import { chooseRecordLayout, recordLayout } from './pcapVariant.ts';
import { pcapHeaderOctets, PcapMagic } from './pcapWriter.ts';

/** Where a record has its captured length. libpcap wrote it last before version 2.3, and some files of 2.3 still do. */
const lengthOrder = { standard: 0, either: 1, swapped: 2 } as const;

/**
 * Reads pcap: either byte order, micro- and nanoseconds, Kuznetzov's patched layouts, versions 2.x and DG/UX's 543.0.
 *
 * As in Wireshark a frame may be longer than the file's snapshot length (captures with segmentation offload are); it is
 * damage beyond 262,144 octets. A fraction of a second or more in the place of microseconds is carried over.
 * Sources: draft-ietf-opsawg-pcap; https://wiki.wireshark.org/Development/LibpcapFileFormat.
 */
export class PcapReader implements CaptureReader {
  readonly format = 'pcap';
  readonly linkTypes: number[] = [];
  subMicrosecond = false;
  needed = pcapHeaderOctets;
  damage: CaptureDamage | null = null;
  readonly #interfaces: InterfaceTable;
  readonly #file: number;
  /** Offset in the file of the next octet that is offered. */
  #position = 0;
  #opened = false;
  #little = true;
  #layouts: readonly number[] = [recordLayout.standard];
  /** 0 until it is known. */
  #recordOctets = 0;
  #lengthOrder = 0;
  #snaplen = 0;
  #limit = 0;
  #fractions = 1_000_000;
  #linkType = 0;
  #interface = 0;

  constructor(interfaces: InterfaceTable, file: number) {
    this.#interfaces = interfaces;
    this.#file = file;
  }

  fill(batch: PacketBatch, start: number, end: number, final: boolean): number {
    let at = start;
    if (this.damage !== null) return at;
    if (!this.#opened) {
      if (end - at < pcapHeaderOctets) {
        if (final) this.#fail('file.cut', 'the file ends inside its header', 0);
        return at;
      }
      if (!this.#open(batch.view, at)) return at;
      at += pcapHeaderOctets;
      this.#position = pcapHeaderOctets;
    }
    if (this.#recordOctets === 0) {
      const file = { little: this.#little, snaplen: this.#snaplen, caplenLimit: this.#limit };
      this.#recordOctets = chooseRecordLayout(batch.view, at, end, final, file, this.#layouts);
      if (this.#recordOctets === 0) {
        this.needed = end - at + 1;
        return at;
      }
    }
    const next = this.#readRecords(batch, at, end);
    this.#position += next - at;
    if (final && next < end && this.damage === null && batch.count < batch.capacity) {
      this.#fail('file.cut', `the file ends inside a record, after ${end - next} octets of it`, this.#position);
    }
    return next;
  }

  #readRecords(batch: PacketBatch, start: number, end: number): number {
    const { view, capacity, offset, caplen, len, seconds, nanos, vlanTci, interface: interfaces, linkType } = batch;
    const little = this.#little;
    const header = this.#recordOctets;
    const limit = this.#limit;
    const order = this.#lengthOrder;
    const perSecond = this.#fractions;
    const scale = 1_000_000_000 / perSecond;
    let count = batch.count;
    let at = start;
    this.needed = header;
    while (count < capacity && end - at >= header) {
      let captured = view.getUint32(at + 8, little);
      let wire = view.getUint32(at + 12, little);
      if (order !== lengthOrder.standard && (order === lengthOrder.swapped || captured > wire)) {
        const other = captured;
        captured = wire;
        wire = other;
      }
      if (captured > limit) {
        const message = `a record claims ${captured} captured octets, more than ${limit}`;
        this.#fail('file.record', message, this.#position + (at - start));
        break;
      }
      if (captured > end - at - header) {
        this.needed = header + captured;
        break;
      }
      const fraction = view.getUint32(at + 4, little);
      if (fraction < perSecond) {
        seconds[count] = view.getUint32(at, little);
        nanos[count] = fraction * scale;
      } else {
        seconds[count] = view.getUint32(at, little) + Math.floor(fraction / perSecond);
        nanos[count] = (fraction % perSecond) * scale;
      }
      offset[count] = at + header;
      caplen[count] = captured;
      len[count] = wire;
      vlanTci[count] = -1;
      interfaces[count] = this.#interface;
      linkType[count] = this.#linkType;
      count++;
      at += header + captured;
    }
    batch.count = count;
    return at;
  }

  #open(view: DataView, at: number): boolean {
    this.#little = view.getUint8(at) !== 0xa1;
    const magic = view.getUint32(at, this.#little);
    const major = view.getUint16(at + 4, this.#little);
    const minor = view.getUint16(at + 6, this.#little);
    if (major !== 2 && !(major === 543 && minor === 0)) {
      return this.#fail('file.version', `pcap of version ${major}.${minor} is not read, only 2.x`, 0);
    }
    if (major !== 2 || minor < 3) this.#lengthOrder = lengthOrder.swapped;
    else if (minor === 3) this.#lengthOrder = lengthOrder.either;
    if (magic === PcapMagic.NANOSECONDS) {
      this.#fractions = 1_000_000_000;
      this.subMicrosecond = true;
    } else if (magic === PcapMagic.MODIFIED) {
      this.#layouts = [recordLayout.patched, recordLayout.patchedDebug];
    } else if (this.#lengthOrder === lengthOrder.standard) {
      this.#layouts = [recordLayout.standard, recordLayout.patched];
    }
    if (this.#layouts.length === 1) this.#recordOctets = this.#layouts[0]!;
    this.#snaplen = view.getUint32(at + 16, this.#little);
    // The upper half holds the length of the frame check sequence and reserved bits.
    this.#linkType = canonicalLinkType(view.getUint32(at + 20, this.#little) & 0xffff);
    this.#limit = maxSnaplen(this.#linkType);
    const description = { file: this.#file, name: '', linkType: this.#linkType, snaplen: this.#snaplen };
    this.#interface = this.#interfaces.add(description, 0);
    if (this.#interface < 0) return this.#fail('file.interface', 'the files have too many interfaces', 0);
    this.linkTypes.push(this.#linkType);
    this.#opened = true;
    return true;
  }

  #fail(code: DamageCode, message: string, offset: number): false {
    this.damage = { code, message, offset };
    return false;
  }
}
