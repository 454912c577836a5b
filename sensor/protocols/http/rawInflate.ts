import { constants, createInflateRaw } from 'node:zlib';

/** Octets that are handed out at once. */
const OUT_OCTETS = 16_384;
/** Smallest that the runtime allows: its own buffer is not used. */
const UNUSED_OCTETS = 64;

/** What of a stream of the runtime is used: its engine, and where that says how much room and input it left. */
interface Engine {
  readonly _handle: {
    onerror: (message: string) => void;
    writeSync(
      flush: number,
      from: Uint8Array,
      at: number,
      octets: number,
      to: Uint8Array,
      toAt: number,
      room: number,
    ): void;
    close(): void;
  };
  readonly _writeState: Uint32Array;
}

/**
 * Undoes bare deflate (RFC 1951) piece by piece and at once: the runtime offers streams that answer later, and calls that
 * want all octets at the same time. So its engine is driven directly, as these calls do; the runtime's version is pinned,
 * and a test tells when it has changed.
 */
export class RawInflate {
  readonly #engine: Engine = createInflateRaw({ chunkSize: UNUSED_OCTETS }) as unknown as Engine;
  readonly #out: Uint8Array = new Uint8Array(OUT_OCTETS);
  #isBroken = false;
  #isClosed = false;

  constructor() {
    this.#engine._handle.onerror = () => {
      this.#isBroken = true;
    };
  }

  /**
   * Takes octets; gives `out` what they bring, borrowed, as long as it answers true. False: they are no such stream. What
   * stands behind its end is passed over.
   */
  push(bytes: Uint8Array, from: number, to: number, out: (bytes: Uint8Array) => boolean): boolean {
    const { _handle: handle, _writeState: state } = this.#engine;
    let at = from;
    while (!this.#isClosed) {
      handle.writeSync(constants.Z_SYNC_FLUSH, bytes, at, to - at, this.#out, 0, OUT_OCTETS);
      if (this.#isBroken) return false;
      const [room = 0, left = 0] = state;
      if (room < OUT_OCTETS && !out(this.#out.subarray(0, OUT_OCTETS - room))) return true;
      if (room > 0) return true;
      at = to - left;
    }
    return true;
  }

  /** It is over: its memory outside of the heap goes. */
  close(): void {
    if (!this.#isClosed) this.#engine._handle.close();
    this.#isClosed = true;
  }
}
