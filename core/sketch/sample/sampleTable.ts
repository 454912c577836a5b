/** Items by a 64-bit hash with a weight above zero: open-addressed, at most half full, columns of typed arrays. */
export class SampleTable {
  count = 0;
  high: Uint32Array;
  low: Uint32Array;
  /** Zero: the slot is free. */
  weight: Float64Array;

  constructor(slots: number) {
    this.high = new Uint32Array(slots);
    this.low = new Uint32Array(slots);
    this.weight = new Float64Array(slots);
  }

  get slots(): number {
    return this.weight.length;
  }

  /** The slot of an item, or the complement of the free one where it would go. The low bits of the hash choose. */
  find(high: number, low: number): number {
    const mask = this.weight.length - 1;
    let at = low & mask;
    while (this.weight[at]! !== 0) {
      if (this.low[at] === low >>> 0 && this.high[at] === high >>> 0) return at;
      at = (at + 1) & mask;
    }
    return ~at;
  }

  /** A new item with weight `weights[from]` in a free slot. The caller sees to it that the table is not more than half full. */
  put(slot: number, high: number, low: number, weights: Float64Array, from: number): void {
    this.high[slot] = high;
    this.low[slot] = low;
    this.weight[slot] = weights[from]!;
    this.count++;
  }

  /** Puts in all items of `other`, none of which is here. */
  putAll(other: SampleTable): void {
    for (let i = 0; i < other.slots; i++) {
      if (other.weight[i] === 0) continue;
      this.put(~this.find(other.high[i]!, other.low[i]!), other.high[i]!, other.low[i]!, other.weight, i);
    }
  }

  clear(): void {
    this.weight.fill(0);
    this.count = 0;
  }
}

/** The hash as a number above 0 and at most 1: its first 53 bits and a half, in 2^53. */
export function uniform(high: number, low: number): number {
  return ((high >>> 0) * 2_097_152 + (low >>> 11) + 0.5) / 9_007_199_254_740_992;
}

/** The `n`-th least (from 0) of `values[0 .. count)`, which are put into another order (C. A. R. Hoare's selection). */
export function select(values: Float64Array, count: number, n: number): number {
  let from = 0;
  let to = count - 1;
  while (from < to) {
    const pivot = values[(from + to) >>> 1]!;
    let i = from;
    let j = to;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i <= j) {
        const value = values[i]!;
        values[i++] = values[j]!;
        values[j--] = value;
      }
    }
    if (n <= j) to = j;
    else if (n >= i) from = i;
    else break;
  }
  return values[n]!;
}
