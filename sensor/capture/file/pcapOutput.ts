import type { PacketBatch } from '../../../core/packet/batch.ts';
import { maxSnaplen } from '../../../core/packet/file/captureReader.ts';
import { encodePcapHeader, pcapRecordOctets, putPcapRecord } from '../../../core/packet/file/pcapWriter.ts';
import { LinkType, linkTypeName } from '../../../core/packet/linkType.ts';
import { AppError } from '../../../runtime/error.ts';
import type { CaptureWriter, WriterInput } from './captureWriter.ts';
import type { OutputFile } from './outputFile.ts';

const maxSeconds = 2 ** 32;

/** A pcap file: in microseconds where the input has no finer times, else in nanoseconds. */
export class PcapOutput implements CaptureWriter {
  readonly #file: OutputFile;
  readonly #input: WriterInput;
  /** -1 until the header is written. */
  #linkType = -1;
  #nanoseconds = false;

  constructor(file: OutputFile, input: WriterInput) {
    this.#file = file;
    this.#input = input;
  }

  write(batch: PacketBatch, index: number): void {
    const linkType = batch.linkType[index]!;
    const seconds = batch.seconds[index]!;
    const nanos = batch.nanos[index]!;
    const caplen = batch.caplen[index]!;
    if (this.#linkType < 0) this.#begin(linkType);
    if (linkType !== this.#linkType) {
      const types = `${linkTypeName(this.#linkType)} and ${linkTypeName(linkType)}`;
      throw unfit(`a pcap file has one link type, the packets have ${types}`);
    }
    if (seconds < 0 || seconds >= maxSeconds) throw unfit('a pcap file has no times before 1970 or after 2106');
    if (!this.#nanoseconds && nanos % 1000 !== 0) throw unfit('times turned from microseconds to finer ones midway');
    const fraction = this.#nanoseconds ? nanos : nanos / 1000;
    const at = this.#file.reserve(pcapRecordOctets + caplen);
    const { buffer, view } = this.#file;
    putPcapRecord(view, at, true, seconds, fraction, caplen, batch.len[index]!);
    copyFrame(batch, index, buffer, at + pcapRecordOctets);
  }

  close(): void {
    if (this.#linkType < 0) this.#begin(this.#input.interfaces[0]?.linkType ?? LinkType.EN10MB);
    this.#file.close();
  }

  discard(): void {
    this.#file.discard();
  }

  #begin(linkType: number): void {
    this.#linkType = linkType;
    this.#nanoseconds = this.#input.subMicrosecond;
    this.#file.write(encodePcapHeader({ linkType, nanoseconds: this.#nanoseconds, snaplen: maxSnaplen(linkType) }));
  }
}

/** Copies a frame, without a view of its own where the batch's memory is a Buffer. */
export function copyFrame(batch: PacketBatch, index: number, target: Buffer, at: number): void {
  const start = batch.offset[index]!;
  const end = start + batch.caplen[index]!;
  const { bytes } = batch;
  if (Buffer.isBuffer(bytes)) bytes.copy(target, at, start, end);
  else target.set(bytes.subarray(start, end), at);
}

function unfit(why: string): AppError {
  return new AppError('capture.format', `${why}: write to a name that ends in .pcapng`);
}
