import { wasmBase64 } from './murmur3Wasm.ts';

/** The seed that every DataSketches sketch uses; a sketch made with another cannot be merged by anyone. */
export const DEFAULT_SEED = 9001;

/** Where the input begins in the module's memory: behind the result, on a cache line of its own. */
const INPUT = 64;
/** Bytes of memory after the input that the module may read (and masks away). */
const SLACK = 16;
const PAGE = 65_536;

interface HashExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly hash: (this: void, at: number, length: number, seed: number) => void;
}

/** The part of the WebAssembly interface used here; the library's types for it come with the DOM only. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/**
 * MurmurHash3_x64_128 of short keys without allocation: write the key into `bytes` or `words`, call `hash`, read `h`.
 *
 * The hash runs in a WebAssembly module of about 700 bytes, because it needs 64-bit multiplication. Measured: 9-15 ns a
 * 16-byte key with the call. Making a hasher costs some 0.1 ms; make one a thread and keep it.
 */
export class KeyHasher {
  readonly seed: number;
  /** The input area: `KeyHasher.CAPACITY` bytes. */
  readonly bytes: Uint8Array;
  /** The same area as little-endian words. */
  readonly words: Uint32Array;
  /**
   * The result: h1 low, h1 high, h2 low, h2 high; overwritten by the next `hash`. Signed, because a number of 2^31 or more
   * would be put on the heap whenever it is handed to a function.
   */
  readonly h: Int32Array;
  readonly #hash: HashExports['hash'];

  static readonly CAPACITY = PAGE - INPUT - SLACK;

  /** `seed`: 32 bits, zero-extended to the algorithm's two 64-bit states. `capacity`: bytes of the input area. */
  constructor(seed: number = DEFAULT_SEED, capacity: number = KeyHasher.CAPACITY) {
    this.seed = seed >>> 0;
    const binary = Uint8Array.from(atob(wasmBase64), (character) => character.charCodeAt(0));
    const exports = new WebAssembly.Instance(new WebAssembly.Module(binary)).exports as HashExports;
    const more = Math.ceil((INPUT + capacity + SLACK - PAGE) / PAGE);
    if (more > 0) exports.memory.grow(more);
    const { buffer } = exports.memory;
    this.bytes = new Uint8Array(buffer, INPUT, buffer.byteLength - INPUT - SLACK);
    this.words = new Uint32Array(buffer, INPUT, this.bytes.length >>> 2);
    this.h = new Int32Array(buffer, 0, 4);
    this.#hash = exports.hash;
  }

  /** Hashes `bytes[at .. at + length)` into `h`. The caller keeps the range inside `bytes`. */
  hash(length: number, at: number = 0): void {
    this.#hash(INPUT + at, length, this.seed);
  }

  /** Hashes bytes from elsewhere (at most `bytes.length` of them) into `h`. */
  hashBytes(input: Uint8Array): void {
    if (input.length > this.bytes.length) throw new RangeError(`key of ${input.length} bytes`);
    this.bytes.set(input);
    this.#hash(INPUT, input.length, this.seed);
  }
}

/** The 16 bytes of MurmurHash3_x64_128 of `input` (h1 then h2, little-endian). For cold paths: makes a hasher a call. */
export function murmur3(input: Uint8Array, seed: number = DEFAULT_SEED): Uint8Array {
  const hasher = new KeyHasher(seed, input.length);
  hasher.hashBytes(input);
  return new Uint8Array(hasher.h.buffer.slice(0, 16) as ArrayBuffer);
}
