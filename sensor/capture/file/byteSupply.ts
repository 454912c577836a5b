/** Where the (inflated) octets of a capture file come from, a piece at a time and in order. */
export interface ByteSupply {
  /** Octets taken from the file itself, before inflating: for progress. */
  readonly taken: number;
  /** Octets that the file has as far as is known: null for a pipe. */
  readonly size: number | null;
  /**
   * Puts up to `length` of the next octets at `target[at]`; answers how many, 0 at the end. Throws `SupplyError` when
   * there is more that can't be had. A plain file answers at once.
   */
  read(target: Uint8Array, at: number, length: number): number | Promise<number>;
  close(): void;
}

/** A file can't be read (any further). A value in the report, so it never leaves this folder as an exception. */
export class SupplyError extends Error {
  readonly code: 'file.unreadable' | 'file.compression';

  constructor(code: 'file.unreadable' | 'file.compression', message: string) {
    super(message);
    this.name = 'SupplyError';
    this.code = code;
  }
}

/** Octets as they are in the file: what an inflater is fed with. */
export interface RawSource {
  readonly taken: number;
  readonly size: number | null;
  /** The next octets, null at the end. The piece is valid until the next call. */
  pull(): Uint8Array | null | Promise<Uint8Array | null>;
  close(): void;
}
