import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import type { ByteSupply, RawSource } from './byteSupply.ts';
import { SupplyError } from './byteSupply.ts';
import { ZstdFrames } from './zstdFrames.ts';

const outputOctets = 64 * 1024;

/**
 * Inflates gzip (RFC 1952) and zstd (RFC 8878), of one or several members or frames, with bounded memory whatever the
 * ratio: a piece is given to the inflater only when all output of the piece before has been taken.
 *
 * That order also keeps what came before a fault: a stream of Node's drops the output it holds when it fails. What the
 * failing step itself had made (up to 64 KiB) is lost when data are corrupt, nothing when they are cut.
 */
export class InflateSupply implements ByteSupply {
  readonly #raw: RawSource;
  readonly #stream: Transform;
  readonly #frames: ZstdFrames | undefined;
  /** Octets that are there and not yet given to the inflater. */
  #piece: Uint8Array;
  #output: Buffer | null = null;
  #outputAt = 0;
  #busy = false;
  #finished = false;
  #fault: Error | undefined;
  #changed = false;
  #wake: (() => void) | undefined;

  /** `first` are octets that were already taken from `raw`. */
  constructor(format: 'gzip' | 'zstd', raw: RawSource, first: Uint8Array = new Uint8Array(0)) {
    this.#raw = raw;
    this.#piece = first;
    this.#frames = format === 'zstd' ? new ZstdFrames() : undefined;
    const options = { chunkSize: outputOctets, readableHighWaterMark: 1 };
    this.#stream = format === 'gzip' ? zlib.createGunzip(options) : zlib.createZstdDecompress(options);
    this.#stream.on('readable', () => this.#notify());
    this.#stream.on('end', () => {
      this.#finished = true;
      this.#notify();
    });
    this.#stream.on('error', (error) => {
      this.#fault = error;
      this.#notify();
    });
  }

  get taken(): number {
    return this.#raw.taken;
  }

  get size(): number | null {
    return this.#raw.size;
  }

  async read(target: Uint8Array, at: number, length: number): Promise<number> {
    for (;;) {
      this.#output ??= this.#stream.read() as Buffer | null;
      if (this.#output !== null) return this.#take(target, at, length);
      if (this.#fault !== undefined) throw new SupplyError('file.compression', describe(this.#fault));
      if (this.#finished) return 0;
      if (!this.#busy) await this.#feed();
      await this.#change();
    }
  }

  close(): void {
    this.#stream.destroy();
    this.#raw.close();
  }

  #take(target: Uint8Array, at: number, length: number): number {
    const output = this.#output!;
    const count = output.copy(target, at, this.#outputAt, Math.min(output.length, this.#outputAt + length));
    this.#outputAt += count;
    if (this.#outputAt === output.length) {
      this.#output = null;
      this.#outputAt = 0;
    }
    return count;
  }

  async #feed(): Promise<void> {
    const piece = this.#piece.length > 0 ? this.#piece : await this.#raw.pull();
    this.#busy = true;
    if (piece === null) {
      this.#stream.end();
      return;
    }
    const octets = this.#frames?.advance(piece, 0) ?? piece.length;
    this.#piece = piece.subarray(octets);
    this.#stream.write(piece.subarray(0, octets), () => {
      this.#busy = false;
      this.#notify();
    });
  }

  #notify(): void {
    this.#changed = true;
    this.#wake?.();
  }

  async #change(): Promise<void> {
    if (!this.#changed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    this.#changed = false;
  }
}

function describe(fault: Error): string {
  const cut = fault.message.includes('unexpected end') || fault.message.includes('truncated');
  return cut ? 'the compressed data are cut' : `the compressed data are damaged: ${fault.message}`;
}
