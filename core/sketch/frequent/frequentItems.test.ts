import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Refusal } from '../refusal.ts';
import { decodeFrequent, encodeFrequent } from './frequentCodec.ts';
import { FrequentItems, type ItemKind } from './frequentItems.ts';
import { type FrequentItem, itemHash } from './itemTable.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function longs(n: number): FrequentItems {
  const sketch = new FrequentItems('long', 6);
  for (let i = 1; i <= n; i++) sketch.update(BigInt(i));
  return sketch;
}

function strings(...items: readonly string[]): FrequentItems {
  const sketch = new FrequentItems('string', 6);
  for (const [i, item] of items.entries()) sketch.update(item, i + 1);
  return sketch;
}

function decoded(bytes: Uint8Array, kind: ItemKind): FrequentItems {
  const sketch = decodeFrequent(bytes, kind);
  if (sketch instanceof Refusal) throw new Error(sketch.toString());
  return sketch;
}

const cyrillic = ['абвгд', 'еёжзи', 'йклмн', 'опрст', 'уфхцч', 'шщъыь', 'эюя'];

/**
 * SHA-256 of what Java writes for `update(i)`, 1 <= i <= n, table of at most 64. 1,000 purges many times: that its bytes
 * are equal pins every rule, and so those for the others, which are from here.
 */
test.each([
  [0, 'ff3797c0de72c77417d43669cdc595ac9f2a54854aec0acc373837b33fe172f2'],
  [1, '82b50763850a419eca4cd4910cd01d6fc4ba8222c4cc259354bc8759e7f8e436'],
  [10, 'ce3ab14215c6a9c1dc12e1cbfebdf6ab5357962b0a3f53fc4c4126e88b33819a'],
  [1000, 'a51430f48b1afd9c1063d83816de4ea2b9631fcddd4908dd9cf781f9d8151c37'],
] as const)('the bytes for %i integers are those of DataSketches', (n, hash) => {
  const bytes = encodeFrequent(longs(n));
  expect(sha256(bytes)).toBe(hash);
  expect(decoded(bytes, 'long').weight).toBe(n);
  expect(encodeFrequent(decoded(bytes, 'long'))).toEqual(bytes);
});

test('the bytes for strings are those of DataSketches', () => {
  const bytes = encodeFrequent(strings(...cyrillic));
  expect(sha256(bytes)).toBe('fb651b9af05e15be4e0a98f60ce3af449c76acf0ac60680e51fa3af3c03aabc9');
  const again = decoded(bytes, 'string');
  expect(encodeFrequent(again)).toEqual(bytes);
  expect(again.rows()[0]).toEqual({ item: 'эюя', estimate: 7, lower: 7, upper: 7 });
  for (const [i, item] of cyrillic.entries()) expect([again.lower(item), again.upper(item)]).toEqual([i + 1, i + 1]);
  expect(again.upper('never')).toBe(0);
});

test('reference files, where they are at hand', (ctx) => {
  const folder = new URL('../../../../shared/golden/', import.meta.url);
  if (!existsSync(folder)) ctx.skip('not in CI: no folder of reference files beside the checkout');
  const read = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));
  const numbers = read('frequent_long_n1000_java.sk');
  expect(encodeFrequent(longs(1000))).toEqual(numbers);
  const sketch = decoded(numbers, 'long');
  expect([sketch.weight, sketch.offset, sketch.count]).toEqual([1000, 20, 20]);
  for (const { item, lower, upper } of sketch.rows()) {
    expect(lower <= 1 && upper >= 1 && BigInt(item) > 0n && BigInt(item) <= 1000n).toBe(true);
  }
  expect(encodeFrequent(strings(...cyrillic))).toEqual(read('frequent_string_utf8_java.sk'));
});

const stream = fc.array(fc.tuple(fc.nat(120), fc.nat(1000)), { maxLength: 300, size: 'max' });

function counted(kind: ItemKind, events: readonly (readonly [number, number])[], lgMax: number): FrequentItems {
  const sketch = new FrequentItems(kind, lgMax);
  for (const [key, weight] of events) sketch.update(itemOf(kind, key), weight);
  return sketch;
}

const itemOf = (kind: ItemKind, key: number): FrequentItem => (kind === 'long' ? BigInt(key) - 60n : `host-${key}`);

test('bounds and weight hold for any stream, merged in any order, and what was written is read', () => {
  fc.assert(
    fc.property(stream, stream, fc.integer({ min: 3, max: 7 }), fc.boolean(), (a, b, lgMax, long) => {
      const kind = long ? 'long' : 'string';
      const truth = new Map<number, number>();
      for (const [key, weight] of [...a, ...b]) truth.set(key, (truth.get(key) ?? 0) + weight);
      const total = [...truth.values()].reduce((sum, weight) => sum + weight, 0);
      const [x, y] = [counted(kind, a, lgMax), counted(kind, b, 5)];
      const [before, other] = [encodeFrequent(y), decoded(encodeFrequent(y), kind)];
      const xy = decoded(encodeFrequent(x), kind);
      xy.merge(other);
      expect(encodeFrequent(other)).toEqual(before);
      const yx = decoded(encodeFrequent(y), kind);
      yx.merge(x);
      for (const sketch of [xy, yx, decoded(encodeFrequent(xy), kind)]) {
        expect(sketch.weight).toBe(total);
        expect(sketch.count).toBeLessThanOrEqual(0.75 * 2 ** sketch.lgMax);
        for (const [key, weight] of truth) {
          expect(sketch.lower(itemOf(kind, key))).toBeLessThanOrEqual(weight);
          expect(sketch.upper(itemOf(kind, key))).toBeGreaterThanOrEqual(weight);
        }
      }
      expect(encodeFrequent(decoded(encodeFrequent(xy), kind))).toEqual(encodeFrequent(xy));
      const neutral = xy.rows();
      xy.merge(new FrequentItems(kind));
      expect(xy.rows()).toEqual(neutral);
      const empty = new FrequentItems(kind, lgMax);
      empty.merge(x);
      expect([empty.weight, empty.offset, empty.rows()]).toEqual([x.weight, x.offset, x.rows()]);
    }),
    { numRuns: 60 },
  );
});

test('heavy items stay among many rare ones, within 3.5 / 2^lgMax of the weight', () => {
  const sketch = new FrequentItems('long', 8);
  for (let i = 0; i < 30_000; i++) sketch.update(i % 2 === 0 ? BigInt(i % 20) : BigInt(i));
  expect(sketch.offset).toBeLessThanOrEqual((3.5 / 256) * sketch.weight);
  const heavy = sketch.rows().slice(0, 10);
  for (const { item, lower, upper } of heavy) {
    expect(BigInt(item) < 20n && BigInt(item) % 2n === 0n).toBe(true);
    expect(lower <= 1500 && upper >= 1500).toBe(true);
  }
});

test('a purge that leaves nothing keeps weight and offset; kinds are not mixed', () => {
  const sketch = longs(49);
  expect([sketch.count, sketch.weight, sketch.offset]).toEqual([0, 49, 1]);
  expect(decoded(encodeFrequent(sketch), 'long')).toMatchObject({ weight: 49, offset: 1 });
  expect(() => sketch.update('x')).toThrow(TypeError);
  expect(() => sketch.merge(strings('x'))).toThrow(TypeError);
  expect(() => new FrequentItems('long', 30)).toThrow(RangeError);
  expect(itemHash(-1n)).toBe(itemHash(0xffff_ffff_ffff_ffffn));
});

test('bytes, mutated: refused by value, never by an exception, and no memory by what they claim', () => {
  const seeds = [longs(0), longs(10), longs(1000), strings(...cyrillic), strings('x'), longs(49)].map((sketch) => ({
    kind: sketch.kind,
    bytes: encodeFrequent(sketch),
  }));
  let state = 9;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  let refused = 0;
  for (let i = 0; i < 20_000; i++) {
    const { kind, bytes } = seeds[next(seeds.length)]!;
    const mutated = next(4) === 0 ? bytes.slice(0, next(bytes.length + 1)) : bytes.slice();
    for (let n = next(3); n >= 0 && mutated.length > 0; n--) {
      mutated[next(Math.min(mutated.length, next(2) ? 40 : 400))] = next(256);
    }
    const sketch = decodeFrequent(mutated, next(8) === 0 ? (kind === 'long' ? 'string' : 'long') : kind);
    if (sketch instanceof Refusal) refused++;
    else expect(encodeFrequent(sketch).length).toBe(mutated.length);
  }
  expect(refused).toBeGreaterThan(5000);
});
