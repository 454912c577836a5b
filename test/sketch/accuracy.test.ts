import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodeAny, encodeAny } from '../../core/sketch/exchange/anySketch.ts';
import { KeyHasher } from '../../core/sketch/hash/keyHasher.ts';
import { Hll } from '../../core/sketch/hll/hll.ts';
import { encodeHll } from '../../core/sketch/hll/hllCodec.ts';
import { Kll } from '../../core/sketch/kll/kll.ts';
import { Refusal } from '../../core/sketch/refusal.ts';
import { hllOf, numbers } from './decoders.ts';

const KEYS = 20_000;
const hasher = new KeyHasher();

/** Adds address number `i` of a set: 16 bytes, v4-mapped, as sensors count hosts. */
function addAddress(hll: Hll, set: number, i: number): void {
  hasher.bytes.fill(0, 0, 10);
  hasher.bytes.fill(0xff, 10, 12);
  hasher.bytes.set([1 + set, i >>> 16, (i >>> 8) & 0xff, i & 0xff], 12);
  hasher.hash(16);
  hll.addHash(hasher.h[0]!, hasher.h[2]!, hasher.h[3]!);
}

test('over 100 fixed sets of 20,000 addresses, each at three sites that overlap: RMS error, mean, worst', () => {
  let [sum, squares, worst] = [0, 0, 0];
  for (let set = 0; set < 100; set++) {
    const whole = new Hll();
    const sites = [new Hll(), new Hll(), new Hll()] as const;
    for (let i = 0; i < KEYS; i++) {
      addAddress(whole, set, i);
      addAddress(sites[i % 3]!, set, i);
      if (i % 10 < 3) addAddress(sites[(i + 1) % 3]!, set, i);
    }
    const merged = new Hll();
    for (const site of sites) merged.merge(site);
    expect(merged.registers).toEqual(whole.registers);
    expect([merged.kxq0, merged.kxq1, merged.zeros]).toEqual([whole.kxq0, whole.kxq1, whole.zeros]);
    const error = merged.estimate() / KEYS - 1;
    sum += error;
    squares += error * error;
    worst = Math.max(worst, Math.abs(error));
  }
  expect(Math.sqrt(squares / 100)).toBeLessThanOrEqual(0.0197);
  expect(Math.abs(sum / 100)).toBeLessThanOrEqual(0.0049);
  expect(worst).toBeLessThanOrEqual(0.065);
});

/** The farthest that any rank of n values 1..n is off. */
function worstRank(kll: Kll, n: number): number {
  let worst = 0;
  for (let percent = 1; percent < 100; percent++) {
    const value = Math.round((percent / 100) * n);
    worst = Math.max(worst, Math.abs(kll.rank(value) - value / n));
  }
  return worst;
}

test('quantiles merged from many small parts: every per cent within 1.33 %', () => {
  for (const [seed, n, parts] of [
    [1, 50_000, 360],
    [2, 100_000, 7],
    [3, 20_000, 60],
  ] as const) {
    const next = numbers(seed);
    const order = Float64Array.from({ length: n }, (_, i) => i + 1);
    for (let i = n - 1; i > 0; i--) {
      const j = next(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    const merged = new Kll(seed);
    for (let part = 0; part < parts; part++) {
      const kll = new Kll(part);
      for (let i = part; i < n; i += parts) kll.updateFrom(order, i);
      merged.merge(kll);
    }
    expect(merged).toMatchObject({ n, min: 1, max: n });
    expect(worstRank(merged, n)).toBeLessThanOrEqual(0.0133);
  }
});

test('every reference file is read and written as it was, where they are at hand', (ctx) => {
  const folder = new URL('../../../shared/golden/', import.meta.url);
  if (!existsSync(folder)) ctx.skip('not in CI: no folder of reference files beside the checkout');
  const names = readdirSync(folder).filter((name) => name.endsWith('.sk'));
  expect(names.length).toBeGreaterThan(15);
  for (const name of names) {
    const bytes = new Uint8Array(readFileSync(new URL(name, folder)));
    const read = decodeAny(bytes);
    if (read instanceof Refusal) throw new Error(`${name}: ${read.toString()}`);
    const n = Number(/n(\d+)/.exec(name)?.[1] ?? Number.NaN);
    if (read.family === 'hll') {
      // HLL_4 and HLL_6 are written as HLL_8; C++ sets flags of its own.
      expect([name, Buffer.compare(encodeAny(read), encodeHll(hllOf(0, n)))]).toEqual([name, 0]);
      expect(Math.abs(read.sketch.estimate() / Math.max(1, n) - (n === 0 ? 0 : 1))).toBeLessThan(0.065);
      continue;
    }
    expect([name, Buffer.compare(encodeAny(read), bytes)]).toEqual([name, 0]);
    if (read.family === 'kll') {
      expect(name.startsWith(`kll_${read.items}`)).toBe(true);
      expect(read.sketch).toMatchObject({ n, min: 1, max: n });
      expect(worstRank(read.sketch, n)).toBeLessThanOrEqual(0.0133);
    } else {
      expect([name, read.sketch.weight]).toEqual([name, name.includes('utf8') ? 28 : n]);
      for (const { item, lower, upper } of read.sketch.rows()) {
        const truth = read.items === 'long' ? 1 : lower;
        expect(lower <= truth && truth <= upper).toBe(true);
        expect(typeof item).toBe(read.items === 'long' ? 'bigint' : 'string');
      }
    }
  }
});
