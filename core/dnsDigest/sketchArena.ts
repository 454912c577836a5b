import { cellOf, Distinct, MOST_REGISTER, MOST_SPARSE, rankOf, registerOf, REGISTERS } from './distinct.ts';

/** Octets of the blocks that a sketch grows through: hash sets of cells of 16 bits, at last registers of four bits. */
const blockOctets = [32, 128, 512, 2048, REGISTERS / 2] as const;
const DENSE = blockOctets.length - 1;
/** Cells of a set, beyond which it grows: three of four. */
const mostCells = [12, 48, 192, MOST_SPARSE] as const;

/** An arena's contents as plain arrays, as they go to another thread. */
export interface ArenaContents {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly offset: Uint32Array<ArrayBuffer>;
  readonly size: Uint8Array<ArrayBuffer>;
  readonly count: Uint16Array<ArrayBuffer>;
}

/**
 * Many sketches (`Distinct`) in one piece of memory of a fixed size. A sketch is named by the number that its owner has for
 * it; it takes memory once something is added. When there is none left, sketches stay as they are, which is counted.
 */
export class SketchArena {
  /** Items that found no room. */
  shed = 0;
  readonly #bytes: Uint8Array;
  readonly #cells: Uint16Array;
  /** Per sketch: offset in octets, and 0 = nothing, else block size + 1. */
  readonly #offset: Uint32Array;
  readonly #size: Uint8Array;
  readonly #count: Uint16Array;
  /** Offsets of blocks that were given back, by size. */
  readonly #free: number[][] = blockOctets.map(() => []);
  #used = 0;

  constructor(octets: number, sketches: number) {
    this.#bytes = new Uint8Array(Math.floor(octets / 32) * 32);
    this.#cells = new Uint16Array(this.#bytes.buffer);
    this.#offset = new Uint32Array(sketches);
    this.#size = new Uint8Array(sketches);
    this.#count = new Uint16Array(sketches);
  }

  /** Octets for all that goes with a sketch but its blocks. */
  static readonly OCTETS_A_SKETCH = 7;

  /** Forgets all sketches. */
  clear(): void {
    this.#size.fill(0);
    this.#count.fill(0);
    this.#used = 0;
    this.shed = 0;
    for (const free of this.#free) free.length = 0;
  }

  /** Gives a sketch all the memory that it may ever need, where there is so much. */
  reserve(sketch: number): void {
    const offset = this.#take(DENSE);
    if (offset < 0) return;
    this.#offset[sketch] = offset;
    this.#size[sketch] = DENSE + 1;
    this.#count[sketch] = 1;
  }

  add(sketch: number, a: number, b: number): void {
    let size = this.#size[sketch]! - 1;
    if (size < 0) {
      size = 0;
      const offset = this.#take(0);
      if (offset < 0) return void this.shed++;
      this.#offset[sketch] = offset;
      this.#size[sketch] = 1;
    }
    if (size === DENSE) return this.#raise(this.#offset[sketch]!, registerOf(a, b), rankOf(b));
    const cell = cellOf(a, b);
    const found = this.#find(this.#offset[sketch]! >>> 1, size, cell);
    if (found < 0) return undefined;
    if (this.#count[sketch]! < mostCells[size]!) {
      this.#cells[found] = cell;
      this.#count[sketch]! += 1;
      return undefined;
    }
    if (!this.#grow(sketch, size)) return void this.shed++;
    return this.add(sketch, a, b);
  }

  /** A copy of what is used. */
  contents(): ArenaContents {
    return {
      bytes: this.#bytes.slice(0, this.#used),
      offset: this.#offset.slice(),
      size: this.#size.slice(),
      count: this.#count.slice(),
    };
  }

  /** Where that cell goes in a set, or -1 where it is in it. A free place holds 0, which is no item's cell. */
  #find(start: number, size: number, cell: number): number {
    const mask = (blockOctets[size]! >> 1) - 1;
    const cells = this.#cells;
    for (let at = Math.imul(cell, 0x9e3779b1) >>> 16; ; at++) {
      const there = cells[start + (at & mask)]!;
      if (there === cell) return -1;
      if (there === 0) return start + (at & mask);
    }
  }

  #grow(sketch: number, size: number): boolean {
    const from = this.#offset[sketch]!;
    const to = this.#take(size + 1);
    if (to < 0) return false;
    for (const cell of cellsOf(this.#cells, from, size)) {
      if (size + 1 === DENSE) this.#raise(to, cell >>> 3, (cell & 7) + 1);
      else this.#cells[this.#find(to >>> 1, size + 1, cell)] = cell;
    }
    this.#free[size]!.push(from);
    this.#offset[sketch] = to;
    this.#size[sketch] = size + 2;
    return true;
  }

  #raise(offset: number, register: number, rank: number): void {
    const at = offset + (register >> 1);
    const shift = (register & 1) * 4;
    const pair = this.#bytes[at]!;
    if (((pair >> shift) & 15) < rank) this.#bytes[at] = (pair & ~(MOST_REGISTER << shift)) | (rank << shift);
  }

  /** A block of zeros, or -1. */
  #take(size: number): number {
    const octets = blockOctets[size]!;
    const again = this.#free[size]!.pop();
    if (again === undefined && this.#used + octets > this.#bytes.length) return -1;
    const offset = again ?? this.#used;
    if (again === undefined) this.#used += octets;
    this.#bytes.fill(0, offset, offset + octets);
    return offset;
  }
}

/** One sketch of an arena's contents. */
export function sketchOf({ bytes, offset, size, count }: ArenaContents, sketch: number): Distinct {
  const from = offset[sketch]!;
  const kind = size[sketch]! - 1;
  if (kind < 0 || count[sketch] === 0) return new Distinct();
  if (kind < DENSE)
    return Distinct.sparse(Uint16Array.from(cellsOf(new Uint16Array(bytes.buffer), from, kind)).toSorted());
  const registers = new Uint8Array(REGISTERS);
  for (let i = 0; i < REGISTERS; i++) registers[i] = (bytes[from + (i >> 1)]! >> ((i & 1) * 4)) & 15;
  return Distinct.dense(registers);
}

function cellsOf(all: Uint16Array, offset: number, size: number): number[] {
  const found: number[] = [];
  const start = offset >>> 1;
  for (let at = start; at < start + (blockOctets[size]! >> 1); at++) if (all[at] !== 0) found.push(all[at]!);
  return found;
}
