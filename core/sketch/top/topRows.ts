import type { Metric } from './topList.ts';

/** A line of a top list as it is shown: the truth lies within `octets` +- `error.octets`, and so for packets. */
export interface TopRow {
  /** The key's words. */
  readonly key: Uint32Array;
  readonly packets: number;
  readonly octets: number;
  readonly error: { readonly packets: number; readonly octets: number };
}

const none = { octets: 0, packets: 0 } as const;

/**
 * A top list at rest: columns sorted by key. For each key what was counted and what may have been missed (its truth lies
 * in [counted, counted + missed]), and for all keys that are not here the most they can have: the floors.
 *
 * Merge: counts add; where one side lacks a key its floor is what was missed. The bounds hold after any number of merges
 * in any order; while no more than `capacity` keys come together the result does not depend on the order either. Beyond,
 * the keys with the least are cut off and raise the floors.
 */
export class TopRows {
  readonly width: number;
  /** Keys kept by a merge. */
  capacity: number;
  keys: Uint32Array;
  octets: Float64Array;
  packets: Float64Array;
  missedOctets: Float64Array;
  missedPackets: Float64Array;
  floorOctets = 0;
  floorPackets = 0;

  constructor(width: number, capacity: number, count: number = 0) {
    this.width = width;
    this.capacity = capacity;
    this.keys = new Uint32Array(count * width);
    this.octets = new Float64Array(count);
    this.packets = new Float64Array(count);
    this.missedOctets = new Float64Array(count);
    this.missedPackets = new Float64Array(count);
  }

  get count(): number {
    return this.octets.length;
  }

  /** Whether every count is known: nothing was ever cut off. */
  get exact(): boolean {
    return this.floorOctets === 0 && this.floorPackets === 0 && this.missedOctets.every((missed) => missed === 0);
  }

  /** Below, above or zero as key `i` is to key `j` of `other`, by words. */
  compareKeys(i: number, other: TopRows, j: number): number {
    for (let w = 0; w < this.width; w++) {
      const difference = this.keys[i * this.width + w]! - other.keys[j * this.width + w]!;
      if (difference !== 0) return difference;
    }
    return 0;
  }

  /** Puts the rows into the order of their keys. */
  sortByKey(): void {
    this.#pick(this.#order((i, j) => this.compareKeys(i, this, j)));
  }

  #order(compare: (i: number, j: number) => number): Uint32Array {
    return Uint32Array.from(this.octets, (_, i) => i).sort(compare);
  }

  /** Keeps the rows with these numbers, in this order. */
  #pick(order: Uint32Array): void {
    const { width, keys, octets, packets, missedOctets, missedPackets } = this;
    this.keys = new Uint32Array(order.length * width);
    for (let to = 0; to < order.length; to++) {
      const from = order[to]! * width;
      for (let w = 0; w < width; w++) this.keys[to * width + w] = keys[from + w]!;
    }
    const column = (values: Float64Array): Float64Array => {
      const picked = new Float64Array(order.length);
      for (let to = 0; to < picked.length; to++) picked[to] = values[order[to]!]!;
      return picked;
    };
    this.octets = column(octets);
    this.packets = column(packets);
    this.missedOctets = column(missedOctets);
    this.missedPackets = column(missedPackets);
  }

  /** Takes in `other`, which is left as it is; the smaller capacity holds for the result. */
  merge(other: TopRows): void {
    this.#union(other, true);
  }

  /**
   * Takes in a list of other keys, which is left as it is: a key of one list is known not to have been in the other, so
   * neither list's floor says anything of the other's keys. The smaller capacity holds for the result.
   */
  join(other: TopRows): void {
    this.#union(other, false);
  }

  #union(other: TopRows, floorsCount: boolean): void {
    const myFloor = floorsCount ? { octets: this.floorOctets, packets: this.floorPackets } : none;
    const theirFloor = floorsCount ? { octets: other.floorOctets, packets: other.floorPackets } : none;
    if (other.width !== this.width) throw new RangeError(`keys of ${other.width} words merged into ${this.width}`);
    const { width } = this;
    const union = new TopRows(width, Math.min(this.capacity, other.capacity), this.count + other.count);
    const { keys } = union;
    const [myCount, theirCount] = [this.count, other.count];
    let i = 0;
    let j = 0;
    let n = 0;
    for (; i < myCount || j < theirCount; n++) {
      const side = i === myCount ? 1 : j === theirCount ? -1 : this.compareKeys(i, other, j);
      const mine = side <= 0;
      const theirs = side >= 0;
      const source = mine ? this.keys : other.keys;
      const from = (mine ? i : j) * width;
      const to = n * width;
      // Word by word: a view for each key costs more than all else here.
      for (let w = 0; w < width; w++) keys[to + w] = source[from + w]!;
      union.octets[n] = (mine ? this.octets[i]! : 0) + (theirs ? other.octets[j]! : 0);
      union.packets[n] = (mine ? this.packets[i]! : 0) + (theirs ? other.packets[j]! : 0);
      union.missedOctets[n] =
        (mine ? this.missedOctets[i]! : myFloor.octets) + (theirs ? other.missedOctets[j]! : theirFloor.octets);
      union.missedPackets[n] =
        (mine ? this.missedPackets[i]! : myFloor.packets) + (theirs ? other.missedPackets[j]! : theirFloor.packets);
      if (mine) i++;
      if (theirs) j++;
    }
    this.capacity = union.capacity;
    this.keys = keys.slice(0, n * width);
    this.octets = union.octets.slice(0, n);
    this.packets = union.packets.slice(0, n);
    this.missedOctets = union.missedOctets.slice(0, n);
    this.missedPackets = union.missedPackets.slice(0, n);
    this.floorOctets = floorsCount
      ? this.floorOctets + other.floorOctets
      : Math.max(this.floorOctets, other.floorOctets);
    this.floorPackets = floorsCount
      ? this.floorPackets + other.floorPackets
      : Math.max(this.floorPackets, other.floorPackets);
    if (n > this.capacity) this.cut(this.capacity);
  }

  /**
   * Cuts the list to at most `limit` keys: those that can have the most octets and those that can have the most packets,
   * in turns. The others raise the floors.
   */
  cut(limit: number): void {
    if (this.count <= limit) return;
    const most = { octets: this.#most('octets'), packets: this.#most('packets') };
    const sorted = { octets: most.octets.slice().sort(), packets: most.packets.slice().sort() };
    const kept = new Uint8Array(this.count);
    const markBoth = (ranks: number): number => {
      kept.fill(0);
      return markFirst(kept, most.octets, sorted.octets, ranks) + markFirst(kept, most.packets, sorted.packets, ranks);
    };
    // So many ranks of both as fit; sorting numbers and counting is quicker than putting rows into order.
    let low = 0;
    let high = limit;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (markBoth(middle) <= limit) low = middle;
      else high = middle - 1;
    }
    // One more fits where the next rank of both would be two.
    if (markBoth(low) < limit) markFirst(kept, most.octets, sorted.octets, low + 1);
    this.#keep(kept, most.octets, most.packets);
  }

  /**
   * Cuts the list to the union of the first `n` keys by octets and the first `n` by packets, as a window ships it. The
   * rows need not be in order yet.
   */
  cutToUnion(n: number): void {
    if (this.count <= n) return;
    const most = { octets: this.#most('octets'), packets: this.#most('packets') };
    const kept = new Uint8Array(this.count);
    if (n > 0) for (const metric of ['octets', 'packets'] as const) this.#mark(kept, most[metric], n);
    this.#keep(kept, most.octets, most.packets);
  }

  /** Marks the `n` largest values; of equal ones those with the least keys. Sorts numbers only, so it is quick. */
  #mark(kept: Uint8Array, values: Float64Array, n: number): void {
    const least = values.slice().sort()[values.length - n]!;
    const equal: number[] = [];
    let free = n;
    values.forEach((value, i) => {
      if (value === least) equal.push(i);
      if (!(value > least)) return;
      kept[i] = 1;
      free--;
    });
    if (equal.length > free) equal.sort((i, j) => this.compareKeys(i, this, j));
    for (const i of equal.slice(0, free)) kept[i] = 1;
  }

  #most(metric: Metric): Float64Array {
    const [counted, missed] =
      metric === 'octets' ? [this.octets, this.missedOctets] : [this.packets, this.missedPackets];
    return counted.map((value, i) => value + missed[i]!);
  }

  #keep(kept: Uint8Array, mostOctets: Float64Array, mostPackets: Float64Array): void {
    const order: number[] = [];
    kept.forEach((keep, i) => {
      if (keep === 1) {
        order.push(i);
        return;
      }
      this.floorOctets = Math.max(this.floorOctets, mostOctets[i]!);
      this.floorPackets = Math.max(this.floorPackets, mostPackets[i]!);
    });
    this.#pick(Uint32Array.from(order));
  }

  /**
   * Rounds what may have been missed up to five binary digits, before a list is sent: bounds stay true and grow by 1/16 at
   * most, exact counts stay exact, and deflated lists are smaller by a quarter.
   */
  roundMissed(): void {
    for (const column of [this.missedOctets, this.missedPackets]) {
      for (let i = 0; i < column.length; i++) column[i] = roundUp(column[i]!);
    }
  }

  /**
   * The first `n` keys by a metric. What is shown is the middle of where the truth can lie, in whole numbers; equal ones
   * come in the order of their keys.
   */
  top(n: number, by: Metric): TopRow[] {
    const counted = by === 'octets' ? this.octets : this.packets;
    const missed = by === 'octets' ? this.missedOctets : this.missedPackets;
    const middle = counted.map((value, i) => value + Math.floor(missed[i]! / 2));
    const order = this.#order((i, j) => middle[j]! - middle[i]! || i - j).subarray(0, n);
    return Array.from(order, (i) => ({
      key: this.keys.slice(i * this.width, (i + 1) * this.width),
      packets: this.packets[i]! + Math.floor(this.missedPackets[i]! / 2),
      octets: this.octets[i]! + Math.floor(this.missedOctets[i]! / 2),
      error: { packets: Math.ceil(this.missedPackets[i]! / 2), octets: Math.ceil(this.missedOctets[i]! / 2) },
    }));
  }

  copy(): TopRows {
    const copy = new TopRows(this.width, this.capacity);
    copy.keys = this.keys.slice();
    copy.octets = this.octets.slice();
    copy.packets = this.packets.slice();
    copy.missedOctets = this.missedOctets.slice();
    copy.missedPackets = this.missedPackets.slice();
    copy.floorOctets = this.floorOctets;
    copy.floorPackets = this.floorPackets;
    return copy;
  }
}

const DIGITS = 5;

/** The least number of five binary digits and zeros behind them that is not below a whole number up to 2^53-1. */
function roundUp(value: number): number {
  if (value < 2 ** DIGITS) return value;
  const step = 2 ** (Math.floor(Math.log2(value)) - DIGITS + 1);
  return Math.min(Math.ceil(value / step) * step, Number.MAX_SAFE_INTEGER);
}

/** Marks the `n` largest values, of equal ones the first; `sorted`: all of them, ascending. Answers how many are new. */
function markFirst(kept: Uint8Array, values: Float64Array, sorted: Float64Array, n: number): number {
  if (n === 0) return 0;
  const least = sorted[sorted.length - n]!;
  let equal = n;
  for (let i = sorted.length - 1; i >= 0 && sorted[i]! > least; i--) equal -= 1;
  let marked = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < least || (value === least && equal === 0)) continue;
    if (value === least) equal -= 1;
    if (kept[i] === 1) continue;
    kept[i] = 1;
    marked += 1;
  }
  return marked;
}
