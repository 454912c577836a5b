import { type BpfProgram, encodeProgram } from '../../../core/packet/bpf/program.ts';
import type { Libpcap } from './library.ts';
import koffi from 'koffi';

/**
 * libpcap's own interpreter (`pcap_offline_filter`): the judge of our compiled functions in tests. 0.1-0.3 us a packet.
 */
export class OfflineFilter {
  readonly #library: Libpcap;
  /** Kept referenced: `#program` holds its address. */
  readonly #instructions: Uint8Array;
  readonly #program = new Uint8Array(16);
  /** struct pcap_pkthdr: 16 bytes of time, caplen, len. */
  readonly #header = new Uint32Array(6);
  readonly #headerBytes = new Uint8Array(this.#header.buffer);

  constructor(library: Libpcap, program: BpfProgram) {
    this.#library = library;
    this.#instructions = encodeProgram(program);
    const view = new DataView(this.#program.buffer);
    view.setUint32(0, program.code.length, true);
    view.setBigUint64(8, koffi.address(this.#instructions), true);
  }

  /** The program's answer for one packet, `packet` being its captured bytes and `len` its length on the wire. */
  run(packet: Uint8Array, len: number): number {
    this.#header[4] = packet.byteLength;
    this.#header[5] = len;
    return this.#library.offlineFilter(this.#program, this.#headerBytes, packet) >>> 0;
  }
}
