import type { Readable } from 'node:stream';
import { detectFormat, magicOctets } from '../../../core/packet/file/captureFormat.ts';
import type { ByteSupply, RawSource } from './byteSupply.ts';
import { SupplyError } from './byteSupply.ts';
import { InflateSupply } from './inflateSupply.ts';

/** The pieces of a stream: standard input, a named pipe. No more is taken than is asked for. */
export class StreamPieces implements RawSource {
  readonly size = null;
  taken = 0;
  readonly #stream: Readable;
  readonly #pieces: AsyncIterator<Uint8Array>;

  constructor(stream: Readable) {
    this.#stream = stream;
    this.#pieces = stream.iterator({ destroyOnReturn: true });
  }

  async pull(): Promise<Uint8Array | null> {
    try {
      const piece = await this.#pieces.next();
      if (piece.done === true) return null;
      this.taken += piece.value.length;
      return piece.value;
    } catch (error) {
      throw new SupplyError('file.unreadable', `reading failed: ${(error as Error).message}`);
    }
  }

  close(): void {
    this.#stream.destroy();
  }
}

/** A stream of a capture file, which may be compressed: its first octets say so. */
export class StreamSupply implements ByteSupply {
  readonly size = null;
  readonly #raw: RawSource;
  #inflater: InflateSupply | undefined;
  #detected = false;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(raw: RawSource) {
    this.#raw = raw;
  }

  get taken(): number {
    return this.#raw.taken;
  }

  async read(target: Uint8Array, at: number, length: number): Promise<number> {
    if (!this.#detected) await this.#detect();
    if (this.#inflater !== undefined) return this.#inflater.read(target, at, length);
    if (this.#rest.length === 0) this.#rest = (await this.#raw.pull()) ?? this.#rest;
    const count = Math.min(length, this.#rest.length);
    target.set(this.#rest.subarray(0, count), at);
    this.#rest = this.#rest.subarray(count);
    return count;
  }

  close(): void {
    this.#inflater?.close();
    this.#raw.close();
  }

  async #detect(): Promise<void> {
    this.#detected = true;
    while (this.#rest.length < magicOctets) {
      const piece = await this.#raw.pull();
      if (piece === null) break;
      this.#rest = Buffer.concat([this.#rest, piece]);
    }
    const format = detectFormat(this.#rest);
    if (format === 'gzip' || format === 'zstd') this.#inflater = new InflateSupply(format, this.#raw, this.#rest);
  }
}
