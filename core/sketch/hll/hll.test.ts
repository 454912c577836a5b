import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyHasher } from '../hash/keyHasher.ts';
import { Refusal } from '../refusal.ts';
import { STANDARD_ERROR, withBounds } from './estimator.ts';
import { Hll } from './hll.ts';
import { decodeHll, encodeHll } from './hllCodec.ts';

const hasher = new KeyHasher();

/** As DataSketches' `update(long)`, for integers below 2^53. */
function addLong(hll: Hll, value: number): void {
  hasher.words[0] = value % 2 ** 32;
  hasher.words[1] = Math.floor(value / 2 ** 32);
  hasher.hash(8);
  hll.addHash(hasher.h[0]!, hasher.h[2]!, hasher.h[3]!);
}

function counted(from: number, to: number, lgK = 12): Hll {
  const hll = new Hll(lgK);
  for (let i = from; i < to; i++) addLong(hll, i);
  return hll;
}

function decoded(bytes: Uint8Array): Hll {
  const hll = decodeHll(bytes);
  if (hll instanceof Refusal) throw new Error(hll.toString());
  return hll;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
/** Everything but the running estimate and the order of coupons in a set. */
const canonical = (hll: Hll) => ({
  mode: hll.mode,
  lgTable: hll.lgTable,
  coupons: hll.coupons.filter((coupon) => coupon !== 0).sort(),
  registers: hll.registers,
  kxq: [hll.kxq0, hll.kxq1],
  zeros: hll.zeros,
  outOfOrder: hll.outOfOrder,
});

/** SHA-256 of what DataSketches' Java writes for `update(i)`, i < n, lgK 12. */
const golden: readonly (readonly [number, string])[] = [
  [0, 'a7838f0b9a21f59d0a658f772afa8d34ff64203f231455c257db66b02d58001e'],
  [1, 'e37b6886cf9a1e11bf2bebb217d8d67587293f05a51d8113cd0ec2b2d71787b8'],
  [10, 'ce6beaaa76c69f94bc1dfd7df0e95dbcb1d847bb2f3430c2d3eb173898f8f480'],
  [100, '501b5b647d48d3e2dddd79052eae7f2221ab4ef08e370ce8c17d9e5e14859b0c'],
  [1000, '6415bcc063cdd0b60dbb57a91c126640afacafb88c24f31194660a4550067229'],
  [10_000, '3cc6cd05049f8909248d0f46b17042485afa8746c1ca95405d39768d4f76e3fd'],
  [100_000, '08e910eb4e5821637ec46fac9b9b4a6ba22fdb11d5e992fbc2532788ce1e8d5f'],
];

test.each(golden)('the bytes for %i items are those of DataSketches', (n, hash) => {
  const bytes = encodeHll(counted(0, n));
  expect(sha256(bytes)).toBe(hash);
  expect(encodeHll(decoded(bytes))).toEqual(bytes);
});

test('reference files of other languages and register types, where they are at hand', (ctx) => {
  const folder = new URL('../../../../shared/golden/', import.meta.url);
  if (!existsSync(folder)) ctx.skip('not in CI: no folder of reference files beside the checkout');
  for (const name of ['hll8_n1000_cpp', 'hll4_n1000_java', 'hll4_n100000_java', 'hll6_n1000_java']) {
    const hll = decoded(readFileSync(new URL(`${name}.sk`, folder)));
    const expected = counted(0, Number(/n(\d+)/.exec(name)?.[1]));
    expect(encodeHll(hll)).toEqual(encodeHll(expected));
  }
  for (const [n] of golden) {
    const bytes = new Uint8Array(readFileSync(new URL(`hll8_n${n}_java.sk`, folder)));
    expect(encodeHll(counted(0, n))).toEqual(bytes);
    expect(encodeHll(decoded(bytes))).toEqual(bytes);
  }
});

/** HLL_6 and HLL_4 as the format has them, written here so that reading them is tested without reference files. */
function packed(hll: Hll, type: 4 | 6, compact: boolean): Uint8Array {
  const { registers } = hll;
  const least = type === 4 ? Math.min(...registers) : 0;
  const exceptions = [...registers.entries()].filter(([, value]) => type === 4 && value - least >= 15);
  const lgTable = 8;
  const tail = compact ? exceptions.length : exceptions.length > 0 ? 1 << lgTable : 0;
  const size = type === 4 ? registers.length / 2 : registers.length * 0.75 + 1;
  const out = new Uint8Array(40 + size + 4 * tail);
  out.set(encodeHll(hll).subarray(0, 40));
  out[4] = lgTable;
  out[5] = compact ? 8 : 0;
  out[6] = least;
  out[7] = type === 4 ? 2 : 6;
  for (const [slot, value] of registers.entries()) {
    if (type === 4) {
      out[40 + (slot >> 1)]! |= Math.min(15, value - least) << ((slot & 1) * 4);
    } else {
      const bit = slot * 6;
      const shifted = value << (bit & 7);
      out[40 + (bit >> 3)]! |= shifted;
      out[41 + (bit >> 3)]! |= shifted >> 8;
    }
  }
  const view = new DataView(out.buffer);
  view.setUint32(36, exceptions.length, true);
  for (const [i, [slot, value]] of exceptions.entries()) view.setUint32(40 + size + 4 * i, (value << 26) | slot, true);
  return out;
}

test.each([
  [4, true],
  [4, false],
  [6, true],
] as const)('reads HLL_%i (compact: %s)', (type, compact) => {
  const hll = counted(0, 50_000);
  hll.addCoupon((62 << 26) | 77);
  expect(encodeHll(decoded(packed(hll, type, compact)))).toEqual(encodeHll(hll));
});

test('lists and sets that are not compact are read', () => {
  for (const [n, slots, head] of [
    [5, 8, 8],
    [60, 128, 12],
  ] as const) {
    const hll = counted(0, n);
    const table = new Uint8Array(head + 4 * slots);
    table.set(encodeHll(hll).subarray(0, head));
    table[5] = 0;
    table.set(new Uint8Array(hll.coupons.buffer), head);
    expect(canonical(decoded(table))).toEqual(canonical(hll));
  }
});

test('merging parts is the same as one pass, for any grouping and order', () => {
  const sizes = fc.constantFrom(0, 3, 7, 20, 200, 383, 400, 3000);
  fc.assert(
    fc.property(sizes, sizes, sizes, fc.boolean(), (a, b, c, overlap) => {
      const step = overlap ? 2 : 1;
      const parts = [counted(0, a), counted(a / step, a / step + b), counted(b, b + c)] as const;
      const union = (...order: readonly Hll[]): Hll => {
        const into = new Hll(12);
        for (const part of order) into.merge(part);
        return into;
      };
      const [x, y, z] = parts;
      const whole = union(x, y, z);
      expect(encodeHll(union(z, y, x))).toEqual(encodeHll(whole));
      expect(encodeHll(union(x, union(y, z)))).toEqual(encodeHll(whole));
      const onePass = counted(0, a);
      for (let i = a / step; i < a / step + b; i++) addLong(onePass, i);
      for (let i = b; i < b + c; i++) addLong(onePass, i);
      expect({ ...canonical(whole), outOfOrder: false }).toEqual({ ...canonical(onePass), outOfOrder: false });
      const again = whole.copy();
      again.merge(whole.copy());
      expect(again.toRegisterArray()).toEqual(whole.toRegisterArray());
      const neutral = whole.copy();
      neutral.merge(new Hll(12));
      expect(encodeHll(neutral)).toEqual(encodeHll(whole));
      expect(encodeHll(decoded(encodeHll(whole)))).toEqual(encodeHll(whole));
    }),
    { numRuns: 30 },
  );
});

test('a union of registers is marked, has no running estimate, and says so in its bytes', () => {
  const union = counted(0, 5000);
  union.merge(counted(2500, 7500));
  expect(union).toMatchObject({ outOfOrder: true, hip: 0 });
  addLong(union, 123_456);
  expect(union.hip).toBe(0);
  expect(encodeHll(union)[5]).toBe(16);
  expect(decoded(encodeHll(union))).toEqual(union);
  expect(() => union.merge(new Hll(11))).toThrow(RangeError);
});

test('coupons tell registers in every mode, and small lgK go without a set', () => {
  expect(counted(0, 300).toRegisterArray()).toEqual(
    (() => {
      const hll = new Hll(12);
      hll.toRegisters();
      for (let i = 0; i < 300; i++) addLong(hll, i);
      return hll.registers;
    })(),
  );
  expect(counted(0, 8, 7).mode).toBe('hll');
  expect(encodeHll(decoded(encodeHll(counted(0, 100, 4))))).toEqual(encodeHll(counted(0, 100, 4)));
});

test('over 100 fixed sets of 20,000 keys: RMS error, mean and worst', () => {
  let [sum, squares, worst] = [0, 0, 0];
  for (let set = 0; set < 100; set++) {
    const error = counted(set * 1e6, set * 1e6 + 20_000).estimate() / 20_000 - 1;
    sum += error;
    squares += error * error;
    worst = Math.max(worst, Math.abs(error));
  }
  expect(Math.sqrt(squares / 100)).toBeLessThan(0.0197);
  expect(Math.abs(sum / 100)).toBeLessThan(0.0049);
  expect(worst).toBeLessThan(0.065);
});

test('small counts are all but exact', () => {
  for (const n of [0, 1, 2, 7, 8, 50, 384]) expect(withBounds(counted(0, n).estimate()).estimate).toBe(n);
  expect(Math.abs(counted(0, 500).estimate() / 500 - 1)).toBeLessThan(3 * STANDARD_ERROR);
  expect(withBounds(1234)).toEqual({ estimate: 1234, lower: 1195, upper: 1276, exact: false });
});

test('hostile bytes are refused, never thrown at, and never read past', () => {
  const seeds = [0, 5, 60, 384, 2000].map((n) => encodeHll(counted(0, n)));
  seeds.push(packed(counted(0, 30_000), 4, true), packed(counted(0, 30_000), 6, true));
  let state = 1;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  let refused = 0;
  for (let i = 0; i < 20_000; i++) {
    const bytes = seeds[next(seeds.length)]!.slice(0, next(4) === 0 ? next(5000) : undefined);
    for (let n = next(4); n >= 0; n--) bytes[next(Math.min(bytes.length, next(2) ? 48 : 5000))] = next(256);
    const result = decodeHll(bytes);
    if (result instanceof Refusal) refused++;
    else expect(result.estimate()).toBeGreaterThanOrEqual(0);
  }
  expect(refused).toBeGreaterThan(5000);
});
