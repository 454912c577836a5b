/**
 * A packet batch: what every source hands to decoding, to the recorder and to file writers, in place and without copies.
 *
 * The batch and the bytes it points into are *borrowed*: they are valid until `release()`, and then belong to the source
 * again (a ring block goes back to the kernel, a file buffer is filled anew). Whoever wants to keep bytes copies them: of
 * `plain`, `slice()` is a copy; of `bytes`, which may be a Buffer, it may be a view.
 *
 * All arrays have one entry a packet, `count` of them valid:
 * - `offset[i]`, `caplen[i]`: the captured bytes are `bytes[offset .. offset + caplen)`. The source guarantees that this
 *   range lies inside `bytes`; nothing about the content is guaranteed.
 * - `len[i]`: octets on the wire (pcap's `len`), after a VLAN tag that the kernel took off has been put back. May be
 *   smaller than `caplen` in a hostile file.
 * - `seconds[i]`, `nanos[i]`: the packet's time, whole seconds since 1970 (an integer in a double: pcapng goes beyond
 *   2^32, and below zero) and nanoseconds 0..999,999,999.
 * - `vlanTci[i]`: the tag that was put back by the source, or -1. For information: the frame already contains it.
 * - `interface[i]`: the source's number of the interface; `linkType[i]`: LINKTYPE_ value (see `linkType.ts`).
 */
export class PacketBatch {
  bytes: Uint8Array = new Uint8Array(0);
  /** The same memory, never a Buffer: what decoding and all behind it are given. */
  plain: Uint8Array = this.bytes;
  /** The same memory as `bytes`, for reads of several bytes. */
  view: DataView = new DataView(this.bytes.buffer);
  count = 0;
  /** The source's number of the block that holds the packets (a ring's block), or 0. */
  block = 0;
  readonly capacity: number;
  readonly offset: Uint32Array;
  readonly caplen: Uint32Array;
  readonly len: Uint32Array;
  readonly seconds: Float64Array;
  readonly nanos: Uint32Array;
  readonly vlanTci: Int32Array;
  readonly interface: Uint16Array;
  readonly linkType: Uint16Array;
  #onRelease: (() => void) | undefined;

  /** Room for `capacity` packets, in memory of its own or in `shared` (at least `PacketBatch.size(capacity)` bytes). */
  constructor(capacity: number, shared?: ArrayBufferLike) {
    this.capacity = capacity;
    const memory = shared ?? new ArrayBuffer(PacketBatch.size(capacity));
    let at = 0;
    const take = (bytes: number): number => {
      const start = at;
      at += bytes * capacity;
      return start;
    };
    this.seconds = new Float64Array(memory, take(8), capacity);
    this.offset = new Uint32Array(memory, take(4), capacity);
    this.caplen = new Uint32Array(memory, take(4), capacity);
    this.len = new Uint32Array(memory, take(4), capacity);
    this.nanos = new Uint32Array(memory, take(4), capacity);
    this.vlanTci = new Int32Array(memory, take(4), capacity);
    this.interface = new Uint16Array(memory, take(2), capacity);
    this.linkType = new Uint16Array(memory, take(2), capacity);
  }

  /** Bytes of memory that the arrays of a batch of `capacity` packets take. */
  static size(capacity: number): number {
    return capacity * 32;
  }

  /** Points the batch at other memory. Costs two views, so once a batch, never once a packet. */
  setBytes(bytes: Uint8Array): void {
    if (bytes === this.bytes) return;
    this.bytes = bytes;
    this.plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** What `release()` does; set by the source. */
  onRelease(action: () => void): void {
    this.#onRelease = action;
  }

  /** Gives the batch and its bytes back to the source. */
  release(): void {
    this.#onRelease?.();
  }
}
