import { type FrequentItem, ItemTable } from './itemTable.ts';

export const MIN_LG_SLOTS = 3;
/** Larger ones are not read: a million slots are more than any report shows. */
export const MAX_LG_SLOTS = 20;
/** Counts that a purge looks at. */
const SAMPLE = 1024;

export type ItemKind = 'long' | 'string';

/** An item with what it can have had: never below `lower`, never above `upper`. */
export interface FrequentRow {
  readonly item: FrequentItem;
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
}

/** Items and counts at rest, in the order of bytes. */
export interface PackedItems {
  readonly items: readonly FrequentItem[];
  readonly counts: Float64Array;
}

/**
 * Frequent items as Apache DataSketches has them (LongsSketch and ItemsSketch of strings; D. Anderson and others, "A
 * high-performance algorithm for identifying frequent items in data streams", 2017). A full table takes its median from
 * all counts and remembers it in `offset`: an item's truth lies in [count, count + offset], and what is not in the table
 * had at most `offset`. Upper less lower is at most 3.5 / 2^lgMax of the weight.
 *
 * For exchange with other tools; a sensor's lists are `TopRows`. Not for the packet path: 64-bit integers are `bigint`s.
 *
 * Laws: weight is exact in any order of merging, the bounds hold in any order. The bytes depend on the order; one stream
 * gives the same bytes twice, and the same as Java's.
 */
export class FrequentItems {
  readonly kind: ItemKind;
  readonly lgMax: number;
  /** All that was added. */
  weight = 0;
  offset = 0;
  #lgSlots: number = MIN_LG_SLOTS;
  #table: ItemTable | undefined;
  /** What was decoded, until it changes: encoding then gives the same bytes, and no table is made to look at it. */
  #packed: PackedItems | undefined;

  /** `lgMax`: log2 of the largest table, 3 to 20; it is full with three quarters of it. */
  constructor(kind: ItemKind, lgMax: number = 8) {
    if (!(Number.isInteger(lgMax) && lgMax >= MIN_LG_SLOTS && lgMax <= MAX_LG_SLOTS)) {
      throw new RangeError(`lgMax ${lgMax} is not in ${MIN_LG_SLOTS}..${MAX_LG_SLOTS}`);
    }
    this.kind = kind;
    this.lgMax = lgMax;
  }

  /** A sketch from its parts, which it takes over; `lgSlots` has room for the items. */
  static of(head: { kind: ItemKind; lgMax: number; lgSlots: number }, packed: PackedItems): FrequentItems {
    const sketch = new FrequentItems(head.kind, head.lgMax);
    sketch.#lgSlots = head.lgSlots;
    sketch.#packed = packed;
    return sketch;
  }

  get lgSlots(): number {
    return this.#table?.lgSlots ?? this.#lgSlots;
  }

  /** Items with a count. */
  get count(): number {
    return this.#packed?.items.length ?? this.#table?.count ?? 0;
  }

  get isEmpty(): boolean {
    return this.weight === 0;
  }

  /** The table of what is here; for decoded bytes one is made, and the bytes stay what they are. */
  #tabled(): ItemTable {
    if (this.#table !== undefined) return this.#table;
    const table = new ItemTable(this.#lgSlots);
    this.#packed?.items.forEach((item, i) => table.add(item, this.#packed!.counts[i]!));
    return table;
  }

  /** Adds a whole number to an item, of this sketch's kind. Nothing for 0. */
  update(item: FrequentItem, weight: number = 1): void {
    if (weight === 0) return;
    if ((typeof item === 'bigint') !== (this.kind === 'long')) throw new TypeError(`not a ${this.kind}`);
    this.weight = Math.min(this.weight + weight, Number.MAX_SAFE_INTEGER);
    const table = this.#tabled();
    this.#table = table;
    this.#packed = undefined;
    table.add(item, weight);
    if (table.count <= table.capacity) return;
    if (table.lgSlots === this.lgMax) {
      this.offset = Math.min(this.offset + table.purge(Math.min(SAMPLE, table.capacity)), Number.MAX_SAFE_INTEGER);
      return;
    }
    const larger = new ItemTable(table.lgSlots + 1);
    for (const at of table.used()) larger.add(table.items[at]!, table.counts[at]!);
    this.#table = larger;
  }

  /** Takes in `other`, of the same kind and of any size, which is left as it is. */
  merge(other: FrequentItems): void {
    if (other.kind !== this.kind) throw new TypeError(`${other.kind}s merged into ${this.kind}s`);
    if (other.isEmpty) return;
    const weight = Math.min(this.weight + other.weight, Number.MAX_SAFE_INTEGER);
    const { offset } = other;
    const table = other.#tabled();
    const rows = table.strided().map((at) => ({ item: table.items[at]!, count: table.counts[at]! }));
    for (const { item, count } of rows) this.update(item, count);
    this.offset = Math.min(this.offset + offset, Number.MAX_SAFE_INTEGER);
    this.weight = weight;
  }

  /** The least an item can have had. */
  lower(item: FrequentItem): number {
    const packed = this.#packed;
    if (packed === undefined) return this.#table?.get(item) ?? 0;
    return packed.counts[packed.items.indexOf(item)] ?? 0;
  }

  /** The most an item can have had. */
  upper(item: FrequentItem): number {
    return this.lower(item) + this.offset;
  }

  /** Items and counts in the order of the bytes. */
  pack(): PackedItems {
    if (this.#packed !== undefined) return this.#packed;
    const table = this.#table;
    const slots = table?.used() ?? [];
    return {
      items: slots.map((at) => table!.items[at]!),
      counts: Float64Array.from(slots, (at) => table!.counts[at]!),
    };
  }

  /** Items with their bounds, the most frequent first; equal ones in the order of the items. */
  rows(): FrequentRow[] {
    const { items, counts } = this.pack();
    const rows = items.map((item, i) => ({
      item,
      estimate: counts[i]! + this.offset,
      lower: counts[i]!,
      upper: counts[i]! + this.offset,
    }));
    return rows.sort((a, b) => b.estimate - a.estimate || (a.item < b.item ? -1 : 1));
  }
}
