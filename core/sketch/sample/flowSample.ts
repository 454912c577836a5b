import { SampleTable, select, uniform } from './sampleTable.ts';

export const DEFAULT_SAMPLE = 256;
export const MAX_SAMPLE = 1 << 14;

const FIRST_SLOTS = 64;
/** Slots for each item of the sample: half of them may be used, and half of those stay when it is cut on the way. */
const SLOTS_PER_ITEM = 8;

/** An estimated total. `bound` is relative, at two standard errors; 0 when nothing was left out and `octets` is exact. */
export interface SampleTotal {
  readonly octets: number;
  readonly bound: number;
}

/** The items of a sample in the order of their hashes. */
export interface SampleItems {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly octets: Float64Array;
}

/**
 * A weighted sample of (flow, window) by octets, the same at every sensor that saw the same: bottom-k with ranks u /
 * octets, u the keyed hash of flow key and window start (E. Cohen, H. Kaplan, "Summarizing data using bottom-k sketches",
 * 2007). It keeps the k least ranks; the threshold t is the least rank that was left out. An item is in it with the
 * chance min(1, t * octets), so each stands for max(octets, 1/t) octets, and the sum of that is the total without bias,
 * within 2 / sqrt(k - 1) of it at two standard errors, however heavy the tail.
 *
 * Because u belongs to the item and not to the sensor, samples of several taps can be laid over each other:
 * `dedup` (equal items were seen twice: the greatest holds) and `join` (equal items are parts of one: they add).
 *
 * Laws: both are commutative, with an empty sample neutral. `dedup` is associative and idempotent. `join` is associative
 * as long as equal items are in no more than one of the samples (other windows are other items) or nothing was left out.
 * What a `join` cannot know: a part of an item that its own sample left out. The flow table feeds a flow once a window,
 * and one tap's workers share flows, so such parts are rare; each is less than u / t octets.
 *
 * The same holds for an item that `add` is given again after it was cut. Until something reads the sample, 2k items or
 * more are kept, so that only one that grows to a multiple of what it had is short, by less than that.
 *
 * Reading (anything but `add`) cuts to k. No allocation in `add` once the table has its full size (8k slots).
 */
export class FlowSample {
  /** Items kept; a merge goes to the smaller. */
  k: number;
  #threshold = Number.POSITIVE_INFINITY;
  #table: SampleTable = new SampleTable(FIRST_SLOTS);
  #spare: SampleTable = new SampleTable(FIRST_SLOTS);
  #ranks: Float64Array = new Float64Array(FIRST_SLOTS);
  readonly #one: Float64Array = new Float64Array(1);

  constructor(k: number = DEFAULT_SAMPLE) {
    if (!(Number.isInteger(k) && k >= 2 && k <= MAX_SAMPLE)) throw new RangeError(`k ${k} is not in 2..${MAX_SAMPLE}`);
    this.k = k;
  }

  /** Adds octets (a whole number) to an item by the two words of its hash, signed or not. Nothing for no octets. */
  add(hashHigh: number, hashLow: number, octets: number): void {
    this.#one[0] = octets;
    this.addFrom(hashHigh, hashLow, this.#one, 0);
  }

  /** Adds `octets[at]`: a double that is handed over may be boxed. */
  addFrom(hashHigh: number, hashLow: number, octets: Float64Array, at: number): void {
    const table = this.#table;
    const slot = table.find(hashHigh, hashLow);
    if (slot >= 0) {
      table.weight[slot]! += octets[at]!;
      return;
    }
    if (!(octets[at]! > 0) || uniform(hashHigh, hashLow) >= this.#threshold * octets[at]!) return;
    table.put(~slot, hashHigh, hashLow, octets, at);
    if (table.count * 2 >= table.slots) this.#makeRoom();
  }

  /** A larger table, or, when it has its full size, fewer items. */
  #makeRoom(): void {
    if (this.#table.slots < this.k * SLOTS_PER_ITEM) this.#grow();
    else this.#cutTo(2 * this.k);
  }

  #grow(): void {
    const slots = this.#table.slots * 2;
    const larger = new SampleTable(slots);
    larger.putAll(this.#table);
    this.#table = larger;
    this.#spare = new SampleTable(slots);
    this.#ranks = new Float64Array(slots);
  }

  /** Keeps at most `limit` items, and those only that are below the threshold. */
  #cutTo(limit: number): void {
    const table = this.#table;
    const ranks = this.#ranks;
    let n = 0;
    for (let i = 0; i < table.slots; i++) {
      if (table.weight[i] === 0) continue;
      const rank = uniform(table.high[i]!, table.low[i]!) / table.weight[i]!;
      if (rank < this.#threshold) ranks[n++] = rank;
    }
    if (n > limit) this.#threshold = select(ranks, n, limit);
    else if (n === table.count) return;
    const kept = this.#spare;
    kept.clear();
    for (let i = 0; i < table.slots; i++) {
      const weight = table.weight[i]!;
      if (weight === 0) continue;
      const high = table.high[i]!;
      const low = table.low[i]!;
      if (uniform(high, low) / weight < this.#threshold) kept.put(~kept.find(high, low), high, low, table.weight, i);
    }
    this.#table = kept;
    this.#spare = table;
  }

  get isEmpty(): boolean {
    return this.#table.count === 0 && this.#threshold === Number.POSITIVE_INFINITY;
  }

  /** The least rank that was left out; Infinity while nothing was. */
  get threshold(): number {
    this.#cutTo(this.k);
    return this.#threshold;
  }

  /** Items in the sample. */
  get count(): number {
    this.#cutTo(this.k);
    return this.#table.count;
  }

  /** The octets of an item; 0 when it is not in the sample. */
  octetsOf(hashHigh: number, hashLow: number): number {
    this.#cutTo(this.k);
    const slot = this.#table.find(hashHigh, hashLow);
    return slot < 0 ? 0 : this.#table.weight[slot]!;
  }

  /** Takes in a sample of the same tap (or of one and the same side): equal items add. `other` says what it did. */
  join(other: FlowSample): void {
    this.#merge(other, false);
  }

  /** Takes in a sample of another tap that may have seen the same: of equal items the greatest holds. */
  dedup(other: FlowSample): void {
    this.#merge(other, true);
  }

  #merge(other: FlowSample, greatest: boolean): void {
    const from = (other === this ? other.copy() : other).#settled();
    this.#cutTo(this.k);
    this.k = Math.min(this.k, other.k);
    this.#threshold = Math.min(this.#threshold, other.#threshold);
    for (let i = 0; i < from.slots; i++) {
      if (from.weight[i] === 0) continue;
      const slot = this.#table.find(from.high[i]!, from.low[i]!);
      if (slot < 0) {
        this.#table.put(~slot, from.high[i]!, from.low[i]!, from.weight, i);
        if (this.#table.count * 2 >= this.#table.slots) this.#grow();
      } else {
        const weights = this.#table.weight;
        weights[slot] = greatest
          ? Math.max(weights[slot]!, from.weight[i]!)
          : Math.min(weights[slot]! + from.weight[i]!, Number.MAX_SAFE_INTEGER);
      }
    }
    this.#cutTo(this.k);
  }

  #settled(): SampleTable {
    this.#cutTo(this.k);
    return this.#table;
  }

  /** The total of all that was added, of the sampled and of the others. */
  total(): SampleTotal {
    const { weight, count } = this.#settled();
    const least = 1 / this.#threshold;
    let octets = 0;
    for (let i = 0; i < weight.length; i++) if (weight[i] !== 0) octets += Math.max(weight[i]!, least);
    return { octets: Math.round(octets), bound: least === 0 ? 0 : 2 / Math.sqrt(Math.max(1, count - 1)) };
  }

  /** A copy of the items, sorted by hash. */
  items(): SampleItems {
    const table = this.#settled();
    const slots: number[] = [];
    for (let i = 0; i < table.slots; i++) if (table.weight[i] !== 0) slots.push(i);
    slots.sort((a, b) => table.high[a]! - table.high[b]! || table.low[a]! - table.low[b]!);
    return {
      high: Uint32Array.from(slots, (slot) => table.high[slot]!),
      low: Uint32Array.from(slots, (slot) => table.low[slot]!),
      octets: Float64Array.from(slots, (slot) => table.weight[slot]!),
    };
  }

  /** Lowers the threshold (to one that was read from bytes); what is not below it goes. */
  lowerThreshold(threshold: number): void {
    this.#threshold = Math.min(this.#threshold, threshold);
    this.#cutTo(this.k);
  }

  /** Empty again, with the memory that it has. */
  reset(): void {
    this.#table.clear();
    this.#threshold = Number.POSITIVE_INFINITY;
  }

  copy(): FlowSample {
    const copy = new FlowSample(this.k);
    copy.join(this);
    return copy;
  }
}
