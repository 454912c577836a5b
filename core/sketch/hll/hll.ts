import { couponEstimate, registerEstimate } from './estimator.ts';

/** Coupons that a list holds before it becomes a set. */
const LIST_SIZE = 8;
export const LIST_LG_SIZE = 3;
export const SET_MIN_LG_SIZE = 5;
/** The low 26 bits of a coupon come from h1 (slot and more), the high 6 are the register's value. */
const COUPON_KEY = 0x3ffffff;
/** Below this lgK there is no set: the list becomes registers. */
const MIN_LG_K_WITH_SET = 8;

const noCoupons = new Int32Array(0);
const noRegisters = new Uint8Array(0);

/** 2^-v for every value a register can have. */
const inverse: Float64Array = Float64Array.from({ length: 64 }, (_, value) => 2 ** -value);

export type HllMode = 'list' | 'set' | 'hll';

/**
 * Counts distinct items: HyperLogLog as Apache DataSketches has it (HLL_8), so that Spark, Druid, Hive or BigQuery read
 * what `encodeHll` writes. An item is the MurmurHash3_x64_128, seed 9001, of its bytes.
 *
 * Few items are kept as coupons (a list, then a hash set: practically exact), more as 2^lgK one-byte registers with the
 * running estimate (HIP) of DataSketches. The relative standard error is 1.04 / sqrt(2^lgK): 1.62 % at lgK 12.
 *
 * Merge laws: the union of several sketches has the same bytes for any order and grouping; merging a sketch with itself
 * changes no register, with an empty one not a bit. A union that ends in registers gives up the running estimate
 * (out-of-order flag).
 */
export class Hll {
  readonly lgK: number;
  mode: HllMode = 'list';
  /** LIST: the coupons in order, then zeros. SET: an open-addressed table of 2^lgTable. HLL: empty. */
  coupons: Int32Array = new Int32Array(LIST_SIZE);
  lgTable: number = LIST_LG_SIZE;
  /** Coupons held (LIST and SET). */
  count = 0;
  /** HLL: 2^lgK values; else empty. */
  registers: Uint8Array = noRegisters;
  /** HLL: the running estimate, sums of 2^-value over values below 32 and from 32 on, and registers that are zero. */
  hip = 0;
  kxq0 = 0;
  kxq1 = 0;
  zeros = 0;
  outOfOrder = false;
  /** Tables and registers that were grown before: a sketch that is used again grows without an allocation. */
  readonly #tables: Int32Array[] = [];
  #kept: Uint8Array | undefined;
  /** A decoded SET's coupons in the order of its bytes, until a new one comes: encoding then gives the same bytes. */
  packed: Int32Array | undefined;

  constructor(lgK: number = 12) {
    if (!(Number.isInteger(lgK) && lgK >= 4 && lgK <= 21)) throw new RangeError(`lgK ${lgK} is not in 4..21`);
    this.lgK = lgK;
  }

  /** Adds an item by the words of its hash (`KeyHasher.h`: 0, 2 and 3). About 3 ns once there are registers. */
  addHash(h1Low: number, h2Low: number, h2High: number): void {
    const zeros = h2High === 0 ? 32 + Math.clz32(h2Low) : Math.clz32(h2High);
    const value = (zeros > 62 ? 62 : zeros) + 1;
    if (this.mode === 'hll') {
      const slot = h1Low & (this.registers.length - 1);
      const old = this.registers[slot]!;
      if (value > old) this.#raise(slot, old, value);
    } else {
      this.addCoupon((value << 26) | (h1Low & COUPON_KEY));
    }
  }

  /** Adds an item by its coupon: (value << 26) | 26 bits of h1. Never zero. */
  addCoupon(coupon: number): void {
    if (this.mode === 'hll') {
      const slot = coupon & (this.registers.length - 1);
      const value = coupon >>> 26;
      const old = this.registers[slot]!;
      if (value > old) this.#raise(slot, old, value);
    } else if (this.mode === 'list') {
      this.#addToList(coupon);
    } else {
      this.#addToSet(coupon);
    }
  }

  #addToList(coupon: number): void {
    for (let i = 0; i < this.count; i++) if (this.coupons[i] === coupon) return;
    this.coupons[this.count++] = coupon;
    if (this.count < LIST_SIZE) return;
    if (this.lgK < MIN_LG_K_WITH_SET) this.#promote();
    else this.#resize(SET_MIN_LG_SIZE);
  }

  #addToSet(coupon: number): void {
    const at = findCoupon(this.coupons, this.lgTable, coupon);
    if (at >= 0) return;
    this.coupons[~at] = coupon;
    this.count++;
    this.packed = undefined;
    if (4 * this.count <= 3 * this.coupons.length) return;
    if (this.lgTable === this.lgK - 3) this.#promote();
    else this.#resize(this.lgTable + 1);
  }

  #resize(lgTable: number): void {
    const old = this.coupons;
    this.coupons = this.#table(lgTable);
    this.lgTable = lgTable;
    this.mode = 'set';
    for (let i = 0; i < old.length; i++) {
      const coupon = old[i]!;
      if (coupon !== 0) this.coupons[~findCoupon(this.coupons, lgTable, coupon)] = coupon;
    }
  }

  #promote(): void {
    const { coupons, count } = this;
    this.toRegisters();
    for (let i = 0; i < coupons.length; i++) if (coupons[i] !== 0) this.addCoupon(coupons[i]!);
    this.hip = couponEstimate(count);
  }

  /** Empty registers in the place of everything. */
  toRegisters(): void {
    this.mode = 'hll';
    this.coupons = noCoupons;
    this.lgTable = 0;
    this.count = 0;
    this.packed = undefined;
    this.registers = this.#kept ??= new Uint8Array(1 << this.lgK);
    this.registers.fill(0);
    this.hip = 0;
    this.kxq0 = 1 << this.lgK;
    this.kxq1 = 0;
    this.zeros = 1 << this.lgK;
  }

  #raise(slot: number, old: number, value: number): void {
    this.registers[slot] = value;
    if (!this.outOfOrder) this.hip += this.registers.length / (this.kxq0 + this.kxq1);
    if (old < 32) this.kxq0 -= inverse[old]!;
    else this.kxq1 -= inverse[old]!;
    if (value < 32) this.kxq0 += inverse[value]!;
    else this.kxq1 += inverse[value]!;
    if (old === 0) this.zeros--;
  }

  /** Empty again, with the memory that it has. Whoever shares its arrays must be done with them. */
  reset(): void {
    this.mode = 'list';
    this.coupons = this.#table(LIST_LG_SIZE);
    this.lgTable = LIST_LG_SIZE;
    this.count = 0;
    this.registers = noRegisters;
    this.hip = 0;
    this.kxq0 = 0;
    this.kxq1 = 0;
    this.zeros = 0;
    this.outOfOrder = false;
    this.packed = undefined;
  }

  #table(lgTable: number): Int32Array {
    const table = (this.#tables[lgTable] ??= new Int32Array(1 << lgTable));
    table.fill(0);
    return table;
  }

  get isEmpty(): boolean {
    return this.mode !== 'hll' && this.count === 0;
  }

  /** Takes in everything that `other` counted. Both must have one lgK: parameters are identity. */
  merge(other: Hll): void {
    if (other.lgK !== this.lgK) throw new RangeError(`lgK ${other.lgK} merged into ${this.lgK}`);
    if (other === this || other.isEmpty) return;
    if (this.isEmpty) {
      this.#become(other);
      return;
    }
    if (other.mode !== 'hll') {
      for (const coupon of other.coupons) if (coupon !== 0) this.addCoupon(coupon);
    } else {
      const mine = this.coupons;
      if (this.mode !== 'hll') {
        this.#become(other);
        for (const coupon of mine) if (coupon !== 0) this.addCoupon(coupon);
      } else {
        for (let slot = 0; slot < this.registers.length; slot++) {
          const old = this.registers[slot]!;
          const value = other.registers[slot]!;
          if (value > old) this.#raise(slot, old, value);
        }
      }
    }
    if (this.mode === 'hll') this.setOutOfOrder();
    else this.#sortCoupons();
  }

  /** Puts the coupons where they would be had they come in ascending order, so that a union's bytes know no other order. */
  #sortCoupons(): void {
    const sorted = this.coupons.filter((coupon) => coupon !== 0).sort();
    this.coupons.fill(0);
    this.packed = undefined;
    if (this.mode === 'list') this.coupons.set(sorted);
    else for (const coupon of sorted) this.coupons[~findCoupon(this.coupons, this.lgTable, coupon)] = coupon;
  }

  /** Gives up the running estimate. */
  setOutOfOrder(): void {
    this.outOfOrder = true;
    this.hip = 0;
  }

  #become(other: Hll): void {
    this.mode = other.mode;
    this.coupons = other.coupons.slice();
    this.lgTable = other.lgTable;
    this.count = other.count;
    this.registers = other.registers.slice();
    this.hip = other.hip;
    this.kxq0 = other.kxq0;
    this.kxq1 = other.kxq1;
    this.zeros = other.zeros;
    this.outOfOrder = other.outOfOrder;
    this.packed = other.packed?.slice();
  }

  copy(): Hll {
    const copy = new Hll(this.lgK);
    copy.#become(this);
    return copy;
  }

  /** The 2^lgK registers, whatever the mode. In HLL mode the sketch's own: do not write. */
  toRegisterArray(): Uint8Array {
    if (this.mode === 'hll') return this.registers;
    const registers = new Uint8Array(1 << this.lgK);
    for (const coupon of this.coupons) {
      const slot = coupon & (registers.length - 1);
      if (coupon >>> 26 > registers[slot]!) registers[slot] = coupon >>> 26;
    }
    return registers;
  }

  /** How many distinct items, as a real number: from coupons while there are any, else Ertl's estimate of the registers. */
  estimate(): number {
    return this.mode === 'hll' ? registerEstimate(this.registers) : couponEstimate(this.count);
  }
}

/** Where a coupon is in a table of 2^lgTable, or the complement of the place where it would go. */
export function findCoupon(table: Int32Array, lgTable: number, coupon: number): number {
  const mask = table.length - 1;
  const stride = ((coupon & COUPON_KEY) >>> lgTable) | 1;
  let at = coupon & mask;
  for (;;) {
    const there = table[at]!;
    if (there === 0) return ~at;
    if (there === coupon) return at;
    at = (at + stride) & mask;
  }
}
