import fs from 'node:fs';
import type { ByteSupply, RawSource } from './byteSupply.ts';
import { SupplyError } from './byteSupply.ts';

/** A regular file read as it is, synchronously: from the page cache that is cheaper than a turn of the event loop. */
export class PlainSupply implements ByteSupply {
  readonly size: number;
  taken = 0;
  #descriptor: number;

  /** Owns the descriptor from now on. */
  constructor(descriptor: number, size: number) {
    this.#descriptor = descriptor;
    this.size = size;
  }

  read(target: Uint8Array, at: number, length: number): number {
    const count = readAt(this.#descriptor, target, at, length, this.taken);
    this.taken += count;
    return count;
  }

  close(): void {
    if (this.#descriptor >= 0) fs.closeSync(this.#descriptor);
    this.#descriptor = -1;
  }
}

const pieceOctets = 64 * 1024;

/** A regular file in pieces, for an inflater. */
export class FilePieces implements RawSource {
  readonly #supply: PlainSupply;
  readonly #piece = new Uint8Array(pieceOctets);

  constructor(supply: PlainSupply) {
    this.#supply = supply;
  }

  get taken(): number {
    return this.#supply.taken;
  }

  get size(): number {
    return this.#supply.size;
  }

  pull(): Uint8Array | null {
    const count = this.#supply.read(this.#piece, 0, pieceOctets);
    return count === 0 ? null : this.#piece.subarray(0, count);
  }

  close(): void {
    this.#supply.close();
  }
}

export function readAt(descriptor: number, target: Uint8Array, at: number, length: number, position: number): number {
  try {
    return fs.readSync(descriptor, target, at, length, position);
  } catch (error) {
    throw new SupplyError('file.unreadable', `reading failed: ${(error as Error).message}`);
  }
}
