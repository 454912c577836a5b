import type { Readable } from 'node:stream';
import type { PacketBatch } from '../../../core/packet/batch.ts';
import { magicOctets, openCapture } from '../../../core/packet/file/captureFormat.ts';
import type { CaptureReader, DamageCode } from '../../../core/packet/file/captureReader.ts';
import type { InterfaceTable } from '../../../core/packet/file/interfaceTable.ts';
import { linkTypeName } from '../../../core/packet/linkType.ts';
import type { ByteSupply } from './byteSupply.ts';
import { SupplyError } from './byteSupply.ts';
import { openSupply } from './openSupply.ts';

/** What `picket read` reports of each file. */
export interface CaptureFileInfo {
  path: string;
  /** Null when nothing of it could be understood. */
  format: 'pcap' | 'pcapng' | null;
  /** Names of the link types in order of appearance. */
  linkTypes: string[];
  packets: number;
  octets: number;
  capturedOctets: number;
  /** Read to its end, and nothing was wrong. */
  complete: boolean;
  error: CaptureFileError | null;
}

export interface CaptureFileError {
  code: DamageCode | 'file.unreadable' | 'file.compression';
  message: string;
  /** Octets from the beginning of the (inflated) file; null when it could not be opened. */
  offset: number | null;
}

export interface CaptureFileOptions {
  path: string;
  /** Opens the octets; throws `SupplyError`. */
  open: () => ByteSupply;
  interfaces: InterfaceTable;
  /** The file's number in the list of files. */
  number: number;
  chunkOctets: number;
}

/**
 * Reads one capture file in chunks, into a buffer that is used again and again. Memory is the chunk, or the largest
 * record (at most `maxNeeded`) once one was met that is larger.
 */
export class CaptureFile {
  readonly path: string;
  readonly number: number;
  readonly #options: CaptureFileOptions;
  #supply: ByteSupply | undefined;
  #reader: CaptureReader | null = null;
  #buffer: Buffer;
  /** What is in the buffer and not consumed, and where in the file it begins. */
  #start = 0;
  #end = 0;
  #position = 0;
  /** No more octets will come: the file's end, or a fault of the supply. */
  #exhausted = false;
  #done = false;
  #complete = false;
  #error: CaptureFileError | null = null;
  #packets = 0;
  #octets = 0;
  #capturedOctets = 0;

  constructor(options: CaptureFileOptions) {
    this.path = options.path;
    this.number = options.number;
    this.#options = options;
    this.#buffer = Buffer.allocUnsafeSlow(options.chunkOctets);
    try {
      this.#supply = options.open();
    } catch (error) {
      this.#failSupply(error, null);
      this.#done = true;
    }
  }

  static open(
    path: string,
    number: number,
    interfaces: InterfaceTable,
    chunkOctets: number,
    stdin: () => Readable,
  ): CaptureFile {
    return new CaptureFile({ path, number, interfaces, chunkOctets, open: () => openSupply(path, stdin) });
  }

  get info(): CaptureFileInfo {
    return {
      path: this.path,
      format: this.#reader?.format ?? null,
      linkTypes: (this.#reader?.linkTypes ?? []).map(linkTypeName),
      packets: this.#packets,
      octets: this.#octets,
      capturedOctets: this.#capturedOctets,
      complete: this.#complete,
      error: this.#error,
    };
  }

  get subMicrosecond(): boolean {
    return this.#reader?.subMicrosecond ?? false;
  }

  /** Octets taken from the file, and its size if it has one. */
  get taken(): number {
    return this.#supply?.taken ?? 0;
  }

  get size(): number | null {
    return this.#supply === undefined ? 0 : this.#supply.size;
  }

  /**
   * Fills the batch with the next packets; false when there are none (any more). The batch points into this file's
   * buffer until the next call.
   */
  next(batch: PacketBatch): boolean | Promise<boolean> {
    while (!this.#done) {
      if (this.#read(batch)) return true;
      if (this.#isDone()) break;
      const more = this.#refill();
      if (typeof more !== 'boolean') return this.#nextLater(batch, more);
    }
    return false;
  }

  close(): void {
    this.#supply?.close();
    this.#buffer = Buffer.alloc(0);
    this.#start = this.#end = 0;
    this.#done = true;
  }

  async #nextLater(batch: PacketBatch, first: Promise<boolean>): Promise<boolean> {
    await first;
    while (!this.#done) {
      if (this.#read(batch)) return true;
      if (this.#isDone()) break;
      await this.#refill();
    }
    return false;
  }

  /** Packets out of what is in the buffer; true when there were some. */
  #read(batch: PacketBatch): boolean {
    batch.count = 0;
    const reader = (this.#reader ??= this.#detect());
    if (reader === null) return false;
    batch.setBytes(this.#buffer);
    const next = reader.fill(batch, this.#start, this.#end, this.#exhausted);
    this.#position += next - this.#start;
    this.#start = next;
    // A record that is cut because the supply failed is no second fault; other damage stands before the supply's.
    const { damage } = reader;
    if (damage !== null && (damage.code !== 'file.cut' || this.#error === null)) this.#error = damage;
    this.#count(batch);
    return batch.count > 0;
  }

  #count(batch: PacketBatch): void {
    let octets = 0;
    let captured = 0;
    for (let i = 0; i < batch.count; i++) {
      octets += batch.len[i]!;
      captured += batch.caplen[i]!;
    }
    this.#packets += batch.count;
    this.#octets += octets;
    this.#capturedOctets += captured;
  }

  #detect(): CaptureReader | null {
    const there = this.#end - this.#start;
    if (there < magicOctets && !this.#exhausted) return null;
    const { interfaces, number } = this.#options;
    const reader = openCapture(this.#buffer.subarray(this.#start, this.#end), interfaces, number);
    if (reader === null) {
      const message = there === 0 ? 'the file is empty' : 'it is neither pcap nor pcapng';
      this.#error ??= { code: 'file.format', message, offset: 0 };
    }
    return reader;
  }

  /** Whether nothing will follow, now that the buffer has no more packets. */
  #isDone(): boolean {
    if (this.#error === null && !this.#exhausted) return false;
    this.#done = true;
    this.#complete = this.#error === null;
    this.#supply?.close();
    return true;
  }

  /** Reads on; true when octets came. */
  #refill(): boolean | Promise<boolean> {
    this.#makeRoom();
    try {
      const count = this.#supply!.read(this.#buffer, this.#end, this.#buffer.length - this.#end);
      return typeof count === 'number' ? this.#took(count) : this.#takeLater(count);
    } catch (error) {
      return this.#failSupply(error, this.#position + this.#end - this.#start);
    }
  }

  async #takeLater(count: Promise<number>): Promise<boolean> {
    try {
      return this.#took(await count);
    } catch (error) {
      return this.#failSupply(error, this.#position + this.#end - this.#start);
    }
  }

  #took(count: number): boolean {
    this.#end += count;
    if (count === 0) this.#exhausted = true;
    return count > 0;
  }

  /** Moves the beginning of a record to the front, and doubles a buffer that one record (at most `maxNeeded`) has filled. */
  #makeRoom(): void {
    const left = this.#end - this.#start;
    if (left === this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(this.#buffer.length * 2);
      this.#buffer.copy(larger, 0, 0, left);
      this.#buffer = larger;
    } else if (this.#start > 0) {
      this.#buffer.copyWithin(0, this.#start, this.#end);
    }
    this.#start = 0;
    this.#end = left;
  }

  #failSupply(error: unknown, offset: number | null): false {
    if (!(error instanceof SupplyError)) throw error;
    this.#error ??= { code: error.code, message: error.message, offset };
    this.#exhausted = true;
    return false;
  }
}
