const skippableMagic = 0x184d2a50;
const frameMagic = 0xfd2fb528;
const blockRle = 1;

/** What the octets that are gathered next are. */
const Part = {
  MAGIC: 0,
  DESCRIPTOR: 1,
  HEADER: 2,
  BLOCK_HEADER: 3,
  BLOCK: 4,
  CHECKSUM: 5,
  SKIP_LENGTH: 6,
  SKIP: 7,
  UNKNOWN: 8,
} as const;

/**
 * Finds where the frames of a zstd file end, without inflating (RFC 8878, 3.1). Node's inflater drops what stands behind
 * the end of a frame in the piece that it was given, so pieces have to end where frames end.
 */
export class ZstdFrames {
  #part: number = Part.MAGIC;
  /** Octets of the part that are still to come, and what those that came are as a little-endian number. */
  #left = 4;
  #value = 0;
  #shift = 0;
  #hasChecksum = false;
  #lastBlock = false;

  /** How many octets from `at` belong to one frame: to its end, or all there are. At least one. */
  advance(bytes: Uint8Array, at: number): number {
    let next = at;
    while (next < bytes.length) {
      const octets = Math.min(this.#left, bytes.length - next);
      if (isContent(this.#part)) {
        next += octets;
        this.#left -= octets;
      } else {
        this.#value += bytes[next]! * 2 ** this.#shift;
        this.#shift += 8;
        this.#left--;
        next++;
      }
      if (this.#left === 0 && this.#endPart()) break;
    }
    return next - at;
  }

  /** Goes on to the next part; true when the frame is over. */
  #endPart(): boolean {
    const value = this.#value;
    switch (this.#part) {
      case Part.MAGIC:
        if (value === frameMagic) this.#expect(Part.DESCRIPTOR, 1);
        else if ((value & 0xfffffff0) >>> 0 === skippableMagic) this.#expect(Part.SKIP_LENGTH, 4);
        // Not a frame: the inflater will say so.
        else this.#expect(Part.UNKNOWN, Infinity);
        break;
      case Part.DESCRIPTOR:
        this.#hasChecksum = (value & 4) !== 0;
        this.#expect(Part.HEADER, headerOctets(value));
        break;
      case Part.HEADER:
        this.#expect(Part.BLOCK_HEADER, 3);
        break;
      case Part.BLOCK_HEADER: {
        this.#lastBlock = (value & 1) !== 0;
        const octets = ((value >>> 1) & 3) === blockRle ? 1 : value >>> 3;
        if (octets > 0) this.#expect(Part.BLOCK, octets);
        else this.#endBlock();
        break;
      }
      case Part.BLOCK:
        this.#endBlock();
        break;
      case Part.SKIP_LENGTH:
        if (value > 0) this.#expect(Part.SKIP, value);
        else this.#expect(Part.MAGIC, 4);
        break;
      default:
        this.#expect(Part.MAGIC, 4);
    }
    return this.#part === Part.MAGIC;
  }

  #endBlock(): void {
    if (!this.#lastBlock) this.#expect(Part.BLOCK_HEADER, 3);
    else if (this.#hasChecksum) this.#expect(Part.CHECKSUM, 4);
    else this.#expect(Part.MAGIC, 4);
  }

  #expect(part: number, octets: number): void {
    this.#part = part;
    this.#left = octets;
    this.#value = 0;
    this.#shift = 0;
  }
}

/** Parts whose octets are passed over. */
function isContent(part: number): boolean {
  return part === Part.HEADER || part === Part.BLOCK || part === Part.SKIP || part === Part.UNKNOWN;
}

/** Octets of a frame header behind its descriptor: window, dictionary, content size. */
function headerOctets(descriptor: number): number {
  const singleSegment = (descriptor & 0x20) !== 0;
  const window = singleSegment ? 0 : 1;
  const dictionary = [0, 1, 2, 4][descriptor & 3]!;
  const content = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6]!;
  return window + dictionary + content;
}
