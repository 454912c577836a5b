import type { PacketBatch } from '../../../core/packet/batch.ts';
import { LinkType } from '../../../core/packet/linkType.ts';
import { linkTypeOfHardware } from './hardware.ts';
import {
  BLOCK_HEADER_BYTES,
  BlockWord,
  Hardware,
  PACKET_HEADER_BYTES,
  PacketWord,
  STATUS_VLAN,
  STATUS_VLAN_TPID,
} from './layout.ts';

const TPID_VLAN = 0x8100;
const TAG_BYTES = 4;
const ADDRESSES_BYTES = 12;

/**
 * Walks the packets of one retired TPACKET_V3 block at a time, in place, and writes them down in a batch.
 *
 * Every header and frame is checked against the block, so whatever stands in it, nothing outside is read or written. A
 * block that contradicts itself ends there: it counts in `damaged`, the packets that it announced and that were not
 * found in `lost`.
 *
 * A VLAN tag that the kernel took off is put back where it was: the addresses move 4 bytes to the front, into the gap
 * that the ring's format leaves there. The packet's header in the ring is changed accordingly, so a block that was walked
 * describes itself truly and can be written out or walked again as it is.
 *
 * Costs no allocation. One object a ring.
 */
export class BlockWalk {
  /** Packets of the current block that have not been handed over. */
  left = 0;
  damaged = 0;
  lost = 0;
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  readonly #snaplen: number;
  #pos = 0;
  #end = 0;

  /** `memory` holds the blocks; its length is a multiple of 4. Packets are cut to `snaplen` bytes, tag included. */
  constructor(memory: ArrayBufferLike, snaplen: number) {
    this.#bytes = new Uint8Array(memory);
    this.#words = new Uint32Array(memory);
    this.#snaplen = snaplen;
  }

  /** Begins the block at `start` (a multiple of 8), whose memory is `length` bytes. */
  begin(start: number, length: number): void {
    const word = start >>> 2;
    const first = this.#words[word + BlockWord.FIRST]!;
    this.left = this.#words[word + BlockWord.PACKETS]!;
    this.#end = start + length;
    this.#pos = start + first;
    if (this.left > 0 && first < BLOCK_HEADER_BYTES) this.#damage();
  }

  /**
   * The next packet's time in seconds, written to `into[at]`; Infinity when there is none. For choosing between rings:
   * exact to a quarter of a microsecond.
   */
  nextTime(into: Float64Array, at: number): void {
    const word = this.#pos >>> 2;
    const readable = this.left > 0 && this.#pos + PACKET_HEADER_BYTES <= this.#end;
    into[at] = readable ? this.#words[word + PacketWord.SECONDS]! + this.#words[word + PacketWord.NANOS]! * 1e-9 : 0;
    if (this.left === 0) into[at] = Infinity;
  }

  /**
   * Adds the next packets of the block to `batch`, as many as fit and are not later than `limit[0]` (in seconds; Infinity
   * for all).
   */
  read(batch: PacketBatch, interfaceNumber: number, limit: Float64Array): void {
    const latest = limit[0]!;
    const limited = latest !== Infinity;
    const bytes = this.#bytes;
    const words = this.#words;
    const end = this.#end;
    const snaplen = this.#snaplen;
    const capacity = batch.capacity;
    let left = this.left;
    let pos = this.#pos;
    let count = batch.count;
    let damaged = false;
    while (left > 0 && count < capacity) {
      damaged = true;
      if (pos + PACKET_HEADER_BYTES > end || (pos & 3) !== 0) break;
      const word = pos >>> 2;
      if (limited && words[word + PacketWord.SECONDS]! + words[word + PacketWord.NANOS]! * 1e-9 > latest) {
        damaged = false;
        break;
      }
      const next = words[word + PacketWord.NEXT]!;
      const offsets = words[word + PacketWord.OFFSETS]!;
      const mac = offsets & 0xffff;
      let captured = words[word + PacketWord.CAPTURED]!;
      let length = words[word + PacketWord.LENGTH]!;
      let at = pos + mac;
      if (mac < PACKET_HEADER_BYTES || at + captured > end) break;

      const hardware = words[word + PacketWord.LINK]! & 0xffff;
      const linkType = hardware === Hardware.ETHERNET ? LinkType.EN10MB : linkTypeOfHardware(hardware);
      let tci = -1;
      if (linkType === LinkType.RAW) {
        const header = (offsets >>> 16) - mac;
        if (header > 0 && header <= captured) {
          at += header;
          captured -= header;
          length = Math.max(0, length - header);
        }
      } else if (
        linkType === LinkType.EN10MB &&
        captured >= ADDRESSES_BYTES &&
        mac >= PACKET_HEADER_BYTES + TAG_BYTES
      ) {
        const status = words[word + PacketWord.STATUS]!;
        if ((status & STATUS_VLAN) !== 0) {
          tci = words[word + PacketWord.TCI]! & 0xffff;
          const tpid = (status & STATUS_VLAN_TPID) === 0 ? TPID_VLAN : words[word + PacketWord.TPID]! & 0xffff;
          at -= TAG_BYTES;
          for (let i = at; i < at + ADDRESSES_BYTES; i++) bytes[i] = bytes[i + TAG_BYTES]!;
          bytes[at + 12] = tpid >> 8;
          bytes[at + 13] = tpid;
          bytes[at + 14] = tci >> 8;
          bytes[at + 15] = tci;
          captured += TAG_BYTES;
          length += TAG_BYTES;
          words[word + PacketWord.CAPTURED] = captured;
          words[word + PacketWord.LENGTH] = length;
          words[word + PacketWord.STATUS] = status & ~(STATUS_VLAN | STATUS_VLAN_TPID);
          words[word + PacketWord.OFFSETS] = offsets - TAG_BYTES;
        }
      }
      batch.offset[count] = at;
      batch.caplen[count] = captured < snaplen ? captured : snaplen;
      batch.len[count] = length;
      batch.seconds[count] = words[word + PacketWord.SECONDS]!;
      batch.nanos[count] = words[word + PacketWord.NANOS]!;
      batch.vlanTci[count] = tci;
      batch.interface[count] = interfaceNumber;
      batch.linkType[count] = linkType;
      count++;
      left--;
      // The last packet has no next one (0); before it, a header that does not lead on would be read for ever.
      if (left > 0 && next < PACKET_HEADER_BYTES) break;
      pos += next;
      damaged = false;
    }
    batch.count = count;
    this.left = left;
    this.#pos = pos;
    if (damaged) this.#damage();
  }

  #damage(): void {
    this.damaged++;
    this.lost += this.left;
    this.left = 0;
  }
}
