import { registerEstimate } from '../sketch/hll/estimator.ts';

/**
 * Number of different items in few octets, mergeable without limits. An item of 64 bits of hash has a register, the upper
 * 13 bits of `a`, and a rank, the leading zeros of `b` and one more. Sparse it is the set of all (register, rank), which
 * 768 items fill to the largest (one standard deviation: 0.6 %); dense the largest rank of each register, as HyperLogLog
 * (1.2 %).
 */
export const REGISTER_BITS = 13;
export const REGISTERS: number = 1 << REGISTER_BITS;
/** Cells that a sparse sketch has at most. */
export const MOST_SPARSE = 768;
/** Ranks are at most this in a cell (three bits hold one less), and in a register (four bits). */
export const MOST_RANK = 8;
export const MOST_REGISTER = 15;

/** The register of an item. None has rank 1 in register 0, whose cell would be 0: that stands for nothing in tables. */
export function registerOf(a: number, b: number): number {
  const register = a >>> (32 - REGISTER_BITS);
  return register === 0 && b >>> 31 === 1 ? 1 : register;
}

/** Register and rank less one of an item, as sparse sketches hold them: 16 bits. */
export function cellOf(a: number, b: number): number {
  return (registerOf(a, b) << 3) | (Math.min(MOST_RANK, Math.clz32(b) + 1) - 1);
}

/** The rank of an item in a register. */
export function rankOf(b: number): number {
  return Math.min(MOST_REGISTER, Math.clz32(b) + 1);
}

export class Distinct {
  /** Cells in rising order; undefined once dense. */
  #cells: Uint16Array | undefined = new Uint16Array(0);
  #registers: Uint8Array | undefined;

  /** From cells in rising order, at most `MOST_SPARSE`; not copied. */
  static sparse(cells: Uint16Array): Distinct {
    const made = new Distinct();
    made.#cells = cells;
    return made;
  }

  /** From `REGISTERS` registers, each at most `MOST_REGISTER`; not copied. */
  static dense(registers: Uint8Array): Distinct {
    const made = new Distinct();
    made.#cells = undefined;
    made.#registers = registers;
    return made;
  }

  /** Undefined where it is dense. */
  get cells(): Uint16Array | undefined {
    return this.#cells;
  }

  /** Undefined where it is sparse. */
  get registers(): Uint8Array | undefined {
    return this.#registers;
  }

  /** About how many different items there were. */
  get estimate(): number {
    return this.#cells === undefined ? registerEstimate(this.#registers!) : cellEstimate(this.#cells.length);
  }

  add(a: number, b: number): void {
    if (this.#cells === undefined) {
      raise(this.#registers!, registerOf(a, b), rankOf(b));
      return;
    }
    const cell = cellOf(a, b);
    const at = find(this.#cells, cell);
    if (this.#cells[at] === cell) return;
    const more = new Uint16Array(this.#cells.length + 1);
    more.set(this.#cells.subarray(0, at));
    more[at] = cell;
    more.set(this.#cells.subarray(at), at + 1);
    this.#cells = more;
    if (more.length > MOST_SPARSE) this.#makeDense();
  }

  /** False for an item that is not in it; true for one that is, and by chance for others. */
  mayHave(a: number, b: number): boolean {
    if (this.#cells === undefined) return this.#registers![registerOf(a, b)]! >= Math.min(MOST_RANK, rankOf(b));
    const cell = cellOf(a, b);
    return this.#cells[find(this.#cells, cell)] === cell;
  }

  /** Takes over what the other has, which stays as it is. */
  merge(other: Distinct): void {
    if (other.#cells === undefined) {
      const registers = this.#makeDense();
      for (const [i, rank] of other.#registers!.entries()) raise(registers, i, rank);
    } else if (this.#cells === undefined) {
      for (const cell of other.#cells) raise(this.#registers!, cell >>> 3, (cell & 7) + 1);
    } else {
      this.#cells = union(this.#cells, other.#cells);
      if (this.#cells.length > MOST_SPARSE) this.#makeDense();
    }
  }

  copy(): Distinct {
    const copied = new Distinct();
    copied.merge(this);
    return copied;
  }

  #makeDense(): Uint8Array {
    if (this.#registers !== undefined) return this.#registers;
    this.#registers = new Uint8Array(REGISTERS);
    for (const cell of this.#cells!) raise(this.#registers, cell >>> 3, (cell & 7) + 1);
    this.#cells = undefined;
    return this.#registers;
  }
}

function raise(registers: Uint8Array, register: number, rank: number): void {
  if (registers[register]! < rank) registers[register] = rank;
}

/** How many items fill so many cells in the mean: Newton's method on the sum of the chances that a cell is filled. */
function cellEstimate(cells: number): number {
  let items = cells;
  for (let step = 0; step < 6; step++) {
    let [filled, slope] = [0, 0];
    for (let rank = 1; rank <= MOST_RANK; rank++) {
      const share = 2 ** -Math.min(rank, MOST_RANK - 1) / REGISTERS;
      const empty = Math.exp(-items * share);
      filled += REGISTERS * (1 - empty);
      slope += REGISTERS * share * empty;
    }
    items += (cells - filled) / slope;
  }
  return items;
}

/** Where that cell is, or would be. */
function find(cells: Uint16Array, cell: number): number {
  let low = 0;
  let high = cells.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cells[middle]! < cell) low = middle + 1;
    else high = middle;
  }
  return low;
}

function union(one: Uint16Array, other: Uint16Array): Uint16Array {
  const all = new Uint16Array(one.length + other.length);
  let [i, j, length] = [0, 0, 0];
  while (i < one.length || j < other.length) {
    const a = one[i] ?? Number.POSITIVE_INFINITY;
    const b = other[j] ?? Number.POSITIVE_INFINITY;
    all[length++] = Math.min(a, b);
    if (a <= b) i++;
    if (b <= a) j++;
  }
  return all.slice(0, length);
}
