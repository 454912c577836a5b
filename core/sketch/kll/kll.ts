import { levelCapacity, MIN_LEVEL, totalCapacity } from './capacity.ts';
import { compressed, mergeDown, mergeSorted, sortRange } from './compact.ts';

export const DEFAULT_K = 200;

/**
 * Quantiles of a stream of numbers: the KLL sketch as Apache DataSketches has it (doubles, m = 8), so that what
 * `encodeKll` writes can be read elsewhere. Exact while at most k values came; then the rank of an answer is off by at
 * most 1.33 % of n at k = 200 (99 % of the time, one answer). It holds at most some 600 items, whatever n.
 *
 * The coin that decides which half of a full level survives is a hash of the seed, the level and n: one stream gives
 * the same bytes twice. Z. Karnin, K. Lang, E. Liberty, "Optimal quantile approximation in streams", 2016.
 *
 * Merge laws: n, least and greatest are exact in any order; ranks hold the stated error.
 */
export class Kll {
  k: number;
  /** Decides the coins; of the tap and the window. Not part of the bytes. */
  seed: number;
  n = 0;
  /** The smallest k of all that was merged: what the error is stated by. */
  minK: number;
  min: number = Number.NaN;
  max: number = Number.NaN;
  /** Level h is `items[levels[h] .. levels[h + 1])`, each item standing for 2^h values; sorted from level 1 on. */
  levels: number[];
  items: Float64Array;
  /** The array of items for each number of levels it has had. */
  readonly #grown: Float64Array[] = [];
  readonly #one: Float64Array = new Float64Array(1);
  #scratch: Float64Array = new Float64Array(0);
  #capacities: Int32Array = new Int32Array(0);
  #capacitiesK = 0;

  constructor(seed: number = 0, k: number = DEFAULT_K) {
    if (!(Number.isInteger(k) && k >= MIN_LEVEL && k <= 65_535)) throw new RangeError(`k ${k} is not in 8..65535`);
    this.k = k;
    this.minK = k;
    this.seed = seed >>> 0;
    this.items = new Float64Array(k);
    this.levels = [k, k];
    this.#grown[1] = this.items;
  }

  /** Empty again, with the memory that it has, for another stream. */
  reset(seed: number): void {
    const { k } = this;
    this.seed = seed >>> 0;
    this.n = 0;
    this.minK = k;
    this.min = Number.NaN;
    this.max = Number.NaN;
    this.items = this.#grown[1]!;
    this.levels.length = 2;
    this.levels[0] = k;
    this.levels[1] = k;
  }

  get levelCount(): number {
    return this.levels.length - 1;
  }

  /**
   * How far the rank of an answer can be off, as a share of n, 99 % of the time: what DataSketches states by k, 1.33 % at
   * 200. Nothing while all values are held.
   */
  get rankError(): number {
    return this.levelCount === 1 ? 0 : 2.296 / this.minK ** 0.9723;
  }

  /** Items held. */
  get retained(): number {
    return this.items.length - this.levels[0]!;
  }

  /** Adds a value; what is no number is left out. */
  update(value: number): void {
    this.#one[0] = value;
    this.updateFrom(this.#one, 0);
  }

  /** Adds `values[at]`: a double that is handed over would be boxed. */
  updateFrom(values: Float64Array, at: number): void {
    const value = values[at]!;
    if (Number.isNaN(value)) return;
    if (!(this.min <= value)) this.min = value;
    if (!(this.max >= value)) this.max = value;
    if (this.levels[0] === 0) this.#compress();
    const place = this.levels[0]! - 1;
    this.levels[0] = place;
    this.items[place] = value;
    this.n++;
  }

  /** NaN, of an empty sketch, changes nothing and gives way to anything. */
  #widen(min: number, max: number): void {
    if (!(this.min <= min) && !Number.isNaN(min)) this.min = min;
    if (!(this.max >= max) && !Number.isNaN(max)) this.max = max;
  }

  /**
   * Adds `sorted.length * 2^level` values of which `sorted` is every 2^level-th, in order; `n` must have grown beyond that
   * level (`level < levelCount - 1`). What `KllFeed` does with many values at once. `min` and `max` are of all of them.
   */
  updateSampled(sorted: Float64Array, level: number, min: number, max: number): void {
    const count = sorted.length;
    if (level >= this.levelCount - 1) throw new RangeError(`level ${level} of ${this.levelCount}`);
    while (this.levels[0]! < count) this.#compress();
    const { items, levels } = this;
    items.copyWithin(levels[0]! - count, levels[0]!, levels[level]);
    for (let lower = 0; lower <= level; lower++) levels[lower]! -= count;
    const begin = levels[level]!;
    mergeDown(items, begin, begin + count, levels[level + 1]!, sorted, count);
    this.#widen(min, max);
    this.n += count * 2 ** level;
  }

  /** Makes room at level 0: halves the lowest level that is full into the one above. */
  #compress(): void {
    let level = 0;
    const capacities = this.#capacitiesOf(this.levelCount);
    while (this.#size(level) < capacities[level]!) level++;
    if (level === this.levelCount - 1) this.#addLevel();
    this.#halve(level);
  }

  /** Capacity of each level, computed anew only when k or the number of levels changed. */
  #capacitiesOf(levels: number): Int32Array {
    if (this.#capacities.length !== levels || this.#capacitiesK !== this.k) {
      this.#capacities = Int32Array.from({ length: levels }, (_, level) => levelCapacity(this.k, levels, level));
      this.#capacitiesK = this.k;
    }
    return this.#capacities;
  }

  #size(level: number): number {
    return this.levels[level + 1]! - this.levels[level]!;
  }

  /** A new empty level on top; the room it brings goes below level 0. */
  #addLevel(): void {
    const total = totalCapacity(this.k, this.levelCount + 1);
    const more = total - this.items.length;
    const levels = this.levelCount + 1;
    let items = this.#grown[levels];
    if (items === undefined || items.length !== total) this.#grown[levels] = items = new Float64Array(total);
    items.set(this.items, more);
    this.items = items;
    for (let level = 0; level < levels; level++) this.levels[level]! += more;
    this.levels.push(total);
  }

  /** Sends every other item of a level (an odd one stays) to the level above, and closes the gap from below. In place. */
  #halve(level: number): void {
    const { items, levels } = this;
    const begin = levels[level]!;
    const end = levels[level + 1]!;
    const above = levels[level + 2]!;
    const odd = (end - begin) & 1;
    const half = (end - begin - odd) / 2;
    const left = items[begin]!;
    if (level === 0) sortRange(items, begin + odd, end);
    if (this.#scratch.length < half) this.#scratch = new Float64Array(half * 2);
    const scratch = this.#scratch;
    for (let i = 0, from = begin + odd + this.#coin(level); i < half; i++, from += 2) scratch[i] = items[from]!;
    mergeDown(items, end - half, end, above, scratch, half);
    levels[level + 1] = end - half;
    levels[level] = end - half - odd;
    if (odd === 1) items[end - half - 1] = left;
    if (level === 0) return;
    items.copyWithin(levels[0]! + half, levels[0]!, begin);
    for (let lower = 0; lower < level; lower++) levels[lower]! += half;
  }

  #coin(level: number): number {
    let hash = this.seed ^ Math.imul(level + 1, 0x9e3779b1) ^ Math.imul(this.n, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
    hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
    return (hash >>> 16) & 1;
  }

  /** Takes in `other`, which is left as it is; the smaller k holds for the result. */
  merge(other: Kll): void {
    if (other.n === 0 && other.k >= this.k) return;
    const n = this.n + other.n;
    const source = other === this ? this.copy() : other;
    this.k = Math.min(this.k, source.k);
    this.minK = Math.min(this.minK, source.minK);
    if (this.n === 0 && source.k === this.k) {
      this.levels = source.levels.slice();
      this.items = source.items.slice();
    } else {
      this.#mergeLevels(source);
    }
    this.#widen(source.min, source.max);
    this.n = n;
  }

  #mergeLevels(other: Kll): void {
    const lists: Float64Array[] = [];
    for (let level = 0; level < Math.max(this.levelCount, other.levelCount); level++) {
      const [mine, theirs] = [this.#level(level), other.#level(level)];
      // Level 0 stands in the order of arrival, the newest first, and is sorted only when it is halved.
      lists.push(level === 0 ? Float64Array.from([...theirs, ...mine]) : mergeSorted(mine, theirs));
    }
    const levels = compressed(this.k, lists, (level) => this.#coin(level));
    const items = new Float64Array(totalCapacity(this.k, levels.length));
    let at = items.length;
    const offsets = [at];
    for (const level of levels.toReversed()) {
      at -= level.length;
      items.set(level, at);
      offsets.unshift(at);
    }
    this.items = items;
    this.levels = offsets;
  }

  #level(level: number): Float64Array {
    return level < this.levelCount
      ? this.items.subarray(this.levels[level], this.levels[level + 1])
      : new Float64Array(0);
  }

  copy(): Kll {
    const copy = new Kll(this.seed, this.k);
    copy.n = this.n;
    copy.minK = this.minK;
    copy.min = this.min;
    copy.max = this.max;
    copy.levels = this.levels.slice();
    copy.items = this.items.slice();
    return copy;
  }

  /** The least value whose rank is at least `p` (0..1) of n; undefined while there is none. */
  quantile(p: number): number | undefined {
    if (this.n === 0) return undefined;
    if (p <= 0) return this.min;
    if (p >= 1) return this.max;
    const { values, weights } = this.#sorted();
    const wanted = Math.ceil(p * this.n);
    let rank = 0;
    for (let i = 0; i < values.length; i++) {
      rank += weights[i]!;
      if (rank >= wanted) return values[i];
    }
    return this.max;
  }

  /** The share (0..1) of values that are at most `value`. */
  rank(value: number): number {
    const { values, weights } = this.#sorted();
    let below = 0;
    for (let i = 0; i < values.length && values[i]! <= value; i++) below += weights[i]!;
    return this.n === 0 ? 0 : below / this.n;
  }

  #sorted(): { values: Float64Array; weights: Float64Array } {
    const weight = new Float64Array(this.items.length);
    for (let level = 0; level < this.levelCount; level++) {
      weight.fill(2 ** level, this.levels[level], this.levels[level + 1]);
    }
    const order = Uint32Array.from({ length: this.retained }, (_, i) => this.levels[0]! + i);
    order.sort((a, b) => this.items[a]! - this.items[b]!);
    return {
      values: Float64Array.from(order, (at) => this.items[at]!),
      weights: Float64Array.from(order, (at) => weight[at]!),
    };
  }
}
