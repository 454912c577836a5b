import type { PacketBatch } from '../../../core/packet/batch.ts';
import { maxSnaplen } from '../../../core/packet/file/captureReader.ts';
import {
  encodeInterface,
  encodeSectionHeader,
  enhancedHeadOctets,
  enhancedPacketOctets,
  putEnhancedPacket,
} from '../../../core/packet/file/pcapngWriter.ts';
import { NanoWords, nanoEra } from '../../../core/packet/file/timestamp.ts';
import type { CaptureWriter, WriterInput } from './captureWriter.ts';
import type { OutputFile } from './outputFile.ts';
import { copyFrame } from './pcapOutput.ts';

const nanoseconds = 9;

/**
 * A pcapng file of one section. An interface is described before its first packet; the snapshot length is the same for
 * all, since libpcap reads no file where it differs. Times outside of what 64 bits of nanoseconds hold go to a further
 * description of the interface, with an offset.
 */
export class PcapngOutput implements CaptureWriter {
  readonly #file: OutputFile;
  readonly #input: WriterInput;
  readonly #numbers = new Map<string, number>();
  readonly #time = new NanoWords();
  #began = false;
  // The interface of the last packet, so that a packet costs no look-up.
  #lastInterface = -1;
  #lastLinkType = -1;
  #lastEra = 0;
  #lastNumber = 0;

  constructor(file: OutputFile, input: WriterInput) {
    this.#file = file;
    this.#input = input;
  }

  write(batch: PacketBatch, index: number): void {
    if (!this.#began) this.#begin();
    const seconds = batch.seconds[index]!;
    const caplen = batch.caplen[index]!;
    const era = Math.floor(seconds / nanoEra);
    const from = batch.interface[index]!;
    const linkType = batch.linkType[index]!;
    if (from !== this.#lastInterface || linkType !== this.#lastLinkType || era !== this.#lastEra) {
      this.#lastNumber = this.#describe(from, linkType, era);
      this.#lastInterface = from;
      this.#lastLinkType = linkType;
      this.#lastEra = era;
    }
    this.#time.set(seconds - era * nanoEra, batch.nanos[index]!);
    const at = this.#file.reserve(enhancedPacketOctets(caplen));
    const { buffer, view } = this.#file;
    const { high, low } = this.#time;
    putEnhancedPacket(view, at, true, this.#lastNumber, high, low, caplen, batch.len[index]!);
    copyFrame(batch, index, buffer, at + enhancedHeadOctets);
  }

  close(): void {
    if (!this.#began) {
      this.#begin();
      // libpcap reads no file without an interface.
      if (this.#input.interfaces.length > 0) this.#describe(0, this.#input.interfaces[0]!.linkType, 0);
      else this.#describe(0, 1, 0);
    }
    this.#file.close();
  }

  discard(): void {
    this.#file.discard();
  }

  #begin(): void {
    this.#began = true;
    this.#file.write(encodeSectionHeader());
  }

  #describe(from: number, linkType: number, era: number): number {
    const key = `${from} ${linkType} ${era}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const name = this.#input.interfaces[from]?.name ?? '';
    const description = {
      linkType,
      name,
      snaplen: maxSnaplen(linkType),
      resolution: nanoseconds,
      offset: era * nanoEra,
    };
    this.#file.write(encodeInterface(description));
    const number = this.#numbers.size;
    this.#numbers.set(key, number);
    return number;
  }
}
